"""SQL, each statement with a sentence above it; the tables are in migrations/.

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

# No channel is listed, until the file names it.
UNLIST_CHANNELS = "UPDATE channel SET listed = 0"

# A channel as the file has it; with another cadence its next digest is to be reckoned anew.
LIST_CHANNEL = """
    INSERT INTO channel (id, listed, digest_at, zone, days, always)
    VALUES (:id, 1, :digest_at, :zone, :days, :always)
    ON CONFLICT (id) DO UPDATE SET
        next_digest_at = CASE WHEN digest_at IS excluded.digest_at AND zone IS excluded.zone
                                   AND days IS excluded.days THEN next_digest_at END,
        digest_at = excluded.digest_at, zone = excluded.zone, days = excluded.days,
        always = excluded.always, listed = 1
"""

# The file's subscriptions take the place of all before.
END_SUBSCRIPTIONS = "DELETE FROM subscription"

# A standing wish.
SUBSCRIBE = "INSERT OR IGNORE INTO subscription (channel, topic, wish) VALUES (:channel, :topic, :wish)"

# A channel that is gone has no digest to come.
END_DIGESTS = "UPDATE channel SET next_digest_at = NULL WHERE NOT listed"

# What a channel that is gone is owed is never told.
END_DELIVERIES = """
    UPDATE delivery SET state = 'dropped'
    WHERE state = 'owed' AND channel IN (SELECT id FROM channel WHERE NOT listed)
"""

# Nor is what was planned for it and never tried.
END_POSTS = """
    UPDATE post SET state = 'refused', why = 'the channel was taken out of feeds.yaml'
    WHERE state = 'owed' AND channel IN (SELECT id FROM channel WHERE NOT listed)
"""

# When a channel's next digest is due.
SET_DIGEST = "UPDATE channel SET next_digest_at = :due WHERE id = :channel"

# Channels whose next digest is to be reckoned.
UNDATED = "SELECT * FROM channel WHERE listed AND digest_at IS NOT NULL AND next_digest_at IS NULL ORDER BY id"

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

# ── channels

# Every channel of the file.
CHANNELS = "SELECT * FROM channel WHERE listed ORDER BY id"

# One channel of the file.
CHANNEL = "SELECT * FROM channel WHERE listed AND id = :channel"

# Every standing wish, in the order of the file.
SUBSCRIPTIONS = "SELECT * FROM subscription ORDER BY channel, rowid"

# Stories that no post tells yet, oldest first.
OWED = "SELECT * FROM delivery WHERE channel = :channel AND state = 'owed' ORDER BY since, id"

# Items of those stories, each story with its lead first.
OWED_STORIES = """
    SELECT told_item.*, story.id AS story, story.seen AS story_seen
    FROM delivery JOIN story ON story.id = delivery.story
    JOIN story_item ON story_item.story = story.id JOIN told_item ON told_item.id = story_item.item
    WHERE delivery.channel = :channel AND delivery.state = 'owed'
    ORDER BY story.id, told_item.rank, told_item.seen, told_item.feed, told_item.id
"""

# How many stories were told at once since then.
EARLIER = """
    SELECT count(*) FROM delivery JOIN post ON post.id = delivery.post
    WHERE delivery.channel = :channel AND delivery.wish = 'instant' AND post.state = 'sent'
      AND delivery.told >= coalesce(:since, '')
"""

# Lease the channel where something has been due longest.
CLAIM_CHANNEL = """
    UPDATE channel SET leased_until = :until, leased_by = :worker
    WHERE id = (SELECT id FROM due_channel
                WHERE due <= :now AND (leased_until IS NULL OR leased_until <= :now)
                AND (:platforms IS NULL OR platform IN (SELECT value FROM json_each(:platforms)))
                ORDER BY due, id LIMIT 1)
    RETURNING *
"""

# A request that was under way when its lease ended may have been accepted; it is to be looked for, when `begin` said.
LOST_SIGHT = """
    UPDATE post SET state = 'unknown', why = 'the worker that sent it went away'
    WHERE channel = :channel AND state = 'sending'
"""

# End the lease, if it is still this worker's.
RELEASE = """
    UPDATE channel SET leased_until = NULL, leased_by = NULL WHERE id = :channel AND leased_by = :worker
"""

# When something can next be claimed in any channel.
NEXT_CHANNEL = """
    SELECT min(max(due, coalesce(leased_until, ''))) FROM due_channel
    WHERE due IS NOT NULL AND (:platforms IS NULL OR platform IN (SELECT value FROM json_each(:platforms)))
"""

# ── posts

# One post, with the message in whose thread it goes.
POST = """
    SELECT post.*, parent.message AS thread FROM post LEFT JOIN post AS parent ON parent.id = post.parent
    WHERE post.id = :id
"""

# Posts of a channel that are planned or begun and not settled, oldest first.
UNSETTLED = """
    SELECT post.*, parent.message AS thread FROM post LEFT JOIN post AS parent ON parent.id = post.parent
    WHERE post.channel = :channel AND post.state IN ('owed', 'unknown') ORDER BY post.serial
"""

# The digest of this day is made; a second time this adds nothing.
ADD_DIGEST = """
    INSERT INTO digest (channel, cadence, day, made) VALUES (:channel, :cadence, :day, :now)
    ON CONFLICT (channel, cadence, day) DO NOTHING
"""

# Since then the next digest tells what is new.
DIGEST_MADE = "UPDATE channel SET last_digest_at = :now WHERE id = :channel"

# A request that is owed from now on.
ADD_POST = """
    INSERT INTO post (id, channel, kind, payload, state, due, parent)
    VALUES (:id, :channel, :kind, :payload, 'owed', :due, :parent)
"""

# A story is told by a post; it must be owed, since one story told twice is what must not be.
TOLD_BY = """
    UPDATE delivery SET state = 'told', told = :now, post = :post
    WHERE channel = :channel AND story = :story AND state = 'owed'
"""

# A story that is never told here.
DROP_DELIVERY = """
    UPDATE delivery SET state = 'dropped' WHERE channel = :channel AND story = :story AND state = 'owed'
"""

# owed → sending; should nothing be heard of it again, it is looked for at :look.
BEGIN_POST = """
    UPDATE post SET
        state = 'sending', tries = tries + 1, looks = 0, first_try = coalesce(first_try, :now), due = :look, why = NULL
    WHERE id = :id AND state = 'owed'
"""

# The lease outlasts the request; one that another worker holds is not ours to renew.
RENEW_LEASE = """
    UPDATE channel SET leased_until = max(coalesce(leased_until, ''), :until), leased_by = :worker
    WHERE id = :channel AND (leased_by IS NULL OR leased_by = :worker OR leased_until <= :now)
"""

# → sent, whatever it was taken for meanwhile: the platform has spoken.
SETTLE_POST = "UPDATE post SET state = 'sent', message = :message, why = NULL WHERE id = :id"

# sending → owed, not before :due.
PUT_OFF_POST = "UPDATE post SET state = 'owed', due = :due, why = :why WHERE id = :id AND state = 'sending'"

# → unknown; where it was unknown before, a look was in vain.
DOUBT_POST = """
    UPDATE post SET looks = looks + (state = 'unknown'), state = 'unknown', due = :due, why = :why
    WHERE id = :id AND state IN ('sending', 'unknown')
"""

# unknown → owed, due since it was first tried: at once.
REPEAT_POST = """
    UPDATE post SET state = 'owed', due = min(due, first_try), repeat = max(repeat, :marked)
    WHERE id = :id AND state = 'unknown'
"""

# → refused.
REFUSE_POST = "UPDATE post SET state = 'refused', why = :why WHERE id = :id AND state <> 'sent'"

# What should have gone into its thread has none.
REFUSE_THREAD = "UPDATE post SET state = 'refused', why = :why WHERE parent = :id AND state = 'owed'"

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

# Counts of everything; a story is owed until a post of it is sent, refused or held.
STATUS = """
    WITH waiting AS (
        SELECT delivery.wish, delivery.since FROM delivery LEFT JOIN post ON post.id = delivery.post
        WHERE delivery.state = 'owed' OR post.state IN ('owed', 'sending', 'unknown')
    )
    SELECT
        (SELECT count(*) FROM item) AS items,
        (SELECT count(DISTINCT item) FROM match) AS matched,
        (SELECT count(*) FROM story) AS stories,
        (SELECT count(*) FROM waiting) AS owed,
        (SELECT min(since) FROM waiting WHERE wish = 'instant') AS oldest_owed,
        (SELECT at FROM beat) AS beat
"""

# How many posts stand in each state.
POST_STATES = "SELECT state, count(*) AS posts FROM post GROUP BY state"

# The next digest of each channel.
NEXT_DIGESTS = "SELECT id, next_digest_at FROM channel WHERE listed AND next_digest_at IS NOT NULL ORDER BY id"

# A sign of life.
BEAT = "INSERT INTO beat (id, at) VALUES (1, :now) ON CONFLICT (id) DO UPDATE SET at = excluded.at"
