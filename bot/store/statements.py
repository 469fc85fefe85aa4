"""SQL, each statement with a sentence above it; the tables are in migrations/.

Here: transactions, feeds, items and the whole; statements_channels.py and statements_posts.py hold the rest.
Values are bound by name. Times are text that sorts (rows.text_of); a lease is live while `leased_until > :now`.
"""

from __future__ import annotations

# ── transactions

# A unit that writes takes the write lock at once: a deferred one fails at its first write, whatever the busy timeout.
BEGIN_WRITE = "BEGIN IMMEDIATE"

# A unit that reads sees one state of the file from its first statement to its last.
BEGIN_READ = "BEGIN"

COMMIT = "COMMIT"
ROLLBACK = "ROLLBACK"

# A unit among others in one transaction: its own mark, to which it alone goes back.
BEGIN_UNIT = "SAVEPOINT unit"
END_UNIT = "RELEASE unit"
UNDO_UNIT = "ROLLBACK TO unit"

# ── at the start

# Leases that a dead instance left; the lock says that no other lives.
FREE_FEEDS = "UPDATE feed SET leased_until = NULL, leased_by = NULL WHERE leased_until IS NOT NULL"

# The same for channels. A post that was under way there keeps its due time: it is not looked at too soon.
FREE_CHANNELS = "UPDATE channel SET leased_until = NULL, leased_by = NULL WHERE leased_until IS NOT NULL"

# ── what feeds.yaml says

# No feed is watched, until the file names it.
UNWATCH_FEEDS = "UPDATE feed SET watched = 0"

# A feed as the file has it. New, back again or with another address it is due now; validators belong to an address.
WATCH_FEED = """
    INSERT INTO feed (id, name, url, rank, watched, due) VALUES (:id, :name, :url, :rank, 1, :now)
    ON CONFLICT (id) DO UPDATE SET
        due = CASE WHEN url = excluded.url AND id IN (SELECT value FROM json_each(:watched))
                   THEN due ELSE excluded.due END,
        etag = CASE WHEN url = excluded.url THEN etag END,
        modified = CASE WHEN url = excluded.url THEN modified END,
        body_hash = CASE WHEN url = excluded.url THEN body_hash END,
        name = excluded.name, url = excluded.url, rank = excluded.rank, watched = 1
"""

# Ids of the feeds that are watched.
WATCHED_FEEDS = "SELECT id FROM feed WHERE watched"

# ── feeds and items

# Lease the feeds that have been due longest; a dead worker's lease ends by itself.
CLAIM_FEEDS = """
    UPDATE feed SET leased_until = :until, leased_by = :worker
    WHERE id IN (SELECT id FROM feed
                 WHERE watched AND due <= :now AND (leased_until IS NULL OR leased_until <= :now)
                 ORDER BY due, id LIMIT :limit)
    RETURNING *
"""

# Lease these feeds, due or not.
CLAIM_NAMED_FEEDS = """
    UPDATE feed SET leased_until = :until, leased_by = :worker
    WHERE id IN (SELECT id FROM feed
                 WHERE watched AND (leased_until IS NULL OR leased_until <= :now)
                   AND id IN (SELECT value FROM json_each(:only))
                 ORDER BY due, id LIMIT :limit)
    RETURNING *
"""

# When the next watched feed can be claimed.
NEXT_FEED = "SELECT min(max(due, coalesce(leased_until, ''))) FROM feed WHERE watched"

# The state of every watched feed.
FEED_STATES = "SELECT * FROM feed WHERE watched ORDER BY id"

# An item that its feed has given before, under this key or, not long ago, under another.
SEEN_ITEM = """
    SELECT id FROM item WHERE feed = :feed AND key = :key
    UNION ALL
    SELECT id FROM item WHERE feed = :feed AND twin = :twin AND given >= :recent
    LIMIT 1
"""

# Its feed still gives it; written once a day, since a feed is read far more often.
GIVEN_AGAIN = "UPDATE item SET given = :seen WHERE id = :id AND given < :day_before"

# A new item.
ADD_ITEM = """
    INSERT INTO item (feed, key, link, title, summary, content, lang, published, seen, twin, given)
    VALUES (:feed, :key, :link, :title, :summary, :content, :lang, :published, :seen, :twin, :seen)
    RETURNING id
"""

# The words by which it is found.
ADD_WORDS = "INSERT INTO item_words (rowid, title, body) VALUES (:id, :title_words, :body_words)"

# A topic that an item is about.
ADD_MATCH = """
    INSERT INTO match (item, topic, place, score, evidence)
    VALUES ((SELECT id FROM item WHERE feed = :feed AND key = :key), :topic, :place, :score, :evidence)
"""

# A new story begins when its first item is seen; an old one stays as it is.
ADD_STORY = """
    INSERT INTO story (id, seen) VALUES (:story, (SELECT seen FROM item WHERE feed = :feed AND key = :key))
    ON CONFLICT (id) DO NOTHING
"""

# An item tells a story; telling two is an error.
ADD_STORY_ITEM = """
    INSERT INTO story_item (item, story) VALUES ((SELECT id FROM item WHERE feed = :feed AND key = :key), :story)
"""

# A story is owed to a channel, once and for all; one that left the file meanwhile gets none.
ADD_DELIVERY = """
    INSERT INTO delivery (channel, story, wish, before, since, state)
    VALUES (:channel, :story, :wish, :before,
            coalesce(:since, (SELECT seen FROM story WHERE id = :story)),
            (SELECT CASE WHEN listed THEN 'owed' ELSE 'dropped' END FROM channel WHERE id = :channel))
    ON CONFLICT (channel, story) DO NOTHING
"""

# What one reading leaves known of its feed; it ends this worker's lease, not another's.
KEEP_STATE = """
    UPDATE feed SET
        due = :due, etag = :etag, modified = :modified, body_hash = :body_hash, first_read = :first_read,
        last_read = :last_read, status = :status, items = :items, failures = :failures,
        failing_since = :failing_since, error = :error,
        leased_until = CASE WHEN leased_by IS NOT :worker THEN leased_until END,
        leased_by = CASE WHEN leased_by IS NOT :worker THEN leased_by END
    WHERE id = :feed
"""

# Items of the stories that began since then: story by story, the oldest first, each with its lead first.
STORIES = """
    SELECT told_item.*, story.id AS story, story.seen AS story_seen
    FROM story JOIN story_item ON story_item.story = story.id JOIN told_item ON told_item.id = story_item.item
    WHERE story.seen >= :since
    ORDER BY story.seen, story.id, told_item.rank, told_item.seen, told_item.feed, told_item.id
"""

# ── the archive

# Items about any topic, newest first.
LATEST = """
    SELECT * FROM told_item WHERE EXISTS (SELECT 1 FROM match WHERE match.item = told_item.id)
    ORDER BY dated DESC, seen DESC, id DESC LIMIT :limit
"""

# Items about one topic, newest first.
LATEST_OF_TOPIC = """
    WITH newest AS (
        SELECT id FROM match JOIN item ON item.id = match.item
        WHERE topic = :topic ORDER BY dated DESC, seen DESC, id DESC LIMIT :limit
    )
    SELECT told_item.* FROM newest JOIN told_item USING (id) ORDER BY dated DESC, seen DESC, id DESC
"""

# Items that hold every word, best first; a word of the title weighs four times one of the text. (Sorted before
# the texts are read: a frequent word has many hits.)
SEARCH = """
    WITH best AS (
        SELECT id, bm25(item_words, 4.0, 1.0) AS distance FROM item_words JOIN item ON item.id = item_words.rowid
        WHERE item_words MATCH :query ORDER BY distance, dated DESC, seen DESC, id DESC LIMIT :limit
    )
    SELECT told_item.* FROM best JOIN told_item USING (id) ORDER BY distance, dated DESC, seen DESC, id DESC
"""

# Links that may lead to a host, in the order in which their items were seen; which lead to one page is not for SQL.
LINKS_OF_HOST = "SELECT id, link FROM item WHERE instr(lower(link), :host) ORDER BY seen, id"

# One item.
ITEM = "SELECT * FROM told_item WHERE id = :id"

# The next items seen since then, behind one that was given before. (Texts are read for those few only.)
ITEMS = """
    WITH last AS (
        SELECT coalesce(max(seen), '') AS seen, coalesce(max(id), 0) AS id FROM item WHERE feed = :feed AND key = :key
    ), page AS (
        SELECT item.id FROM item
        WHERE seen >= max(:since, (SELECT seen FROM last))
          AND (seen, id) > ((SELECT seen FROM last), (SELECT id FROM last))
        ORDER BY seen, id LIMIT :limit
    )
    SELECT told_item.* FROM page JOIN told_item USING (id) ORDER BY seen, id
"""

# ── how the whole stands

# Counts for a digest's "what was read".
READINGS = """
    SELECT
        (SELECT count(*) FROM feed WHERE watched) AS feeds,
        (SELECT count(*) FROM item WHERE seen >= coalesce(:since, '')) AS items,
        (SELECT count(*) FROM item WHERE seen >= coalesce(:since, '')
             AND EXISTS (SELECT 1 FROM match WHERE match.item = item.id)) AS matched
"""

# Watched feeds whose last reading failed, longest first.
FAILING = "SELECT * FROM feed WHERE watched AND failures > 0 ORDER BY failing_since, id"

# Counts of everything; a story is owed until a post of it is sent, refused or held. Where a channel is paused, it
# waits because somebody wanted so.
STATUS = """
    WITH waiting AS (
        SELECT delivery.wish, delivery.since, channel.pause_why FROM delivery
        JOIN channel ON channel.id = delivery.channel LEFT JOIN post ON post.id = delivery.post
        WHERE delivery.state = 'owed' OR post.state IN ('owed', 'sending', 'unknown')
    )
    SELECT
        (SELECT count(*) FROM item) AS items,
        (SELECT count(DISTINCT item) FROM match) AS matched,
        (SELECT count(*) FROM story) AS stories,
        (SELECT count(*) FROM waiting) AS owed,
        (SELECT min(since) FROM waiting WHERE wish = 'instant' AND pause_why IS NULL) AS oldest_owed,
        (SELECT at FROM beat) AS beat
"""

# How many posts stand in each state.
POST_STATES = "SELECT state, count(*) AS posts FROM post GROUP BY state"

# The next digest of each channel.
NEXT_DIGESTS = "SELECT id, next_digest_at FROM channel WHERE listed AND next_digest_at IS NOT NULL ORDER BY id"

# A sign of life.
BEAT = "INSERT INTO beat (id, at) VALUES (1, :now) ON CONFLICT (id) DO UPDATE SET at = excluded.at"
