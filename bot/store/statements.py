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

# Read something, so that a transaction that reads begins now; without it, it begins with the first look.
IS_ANYTHING = "SELECT 1 FROM sqlite_schema LIMIT 1"

COMMIT = "COMMIT"
ROLLBACK = "ROLLBACK"

# A unit among others in one transaction: its own mark, to which it alone goes back.
BEGIN_UNIT = "SAVEPOINT unit"
END_UNIT = "RELEASE unit"
UNDO_UNIT = "ROLLBACK TO unit"

# ── at the start

# Leases that a dead process left; the lock of this duty says that no other lives.
FREE_FEEDS = "UPDATE feed SET leased_until = NULL, leased_by = NULL WHERE leased_until IS NOT NULL"

# The same for channels. A post that was under way there keeps its due time: it is not looked at too soon.
FREE_CHANNELS = "UPDATE channel SET leased_until = NULL, leased_by = NULL WHERE leased_until IS NOT NULL"

# Leases of readings that this worker cut off.
FREE_OURS = "UPDATE feed SET leased_until = NULL, leased_by = NULL WHERE leased_by = :worker"

# ── what feeds.yaml says

# Feeds that the file names no more. (Not all of them first, to be named again: most stay as they are.)
UNWATCH_FEEDS = "UPDATE feed SET watched = 0 WHERE watched AND id NOT IN (SELECT value FROM json_each(:named))"

# A feed as the file has it. New, back again or with another address it is due now; and what was known of an address
# is known of no other: validators, pace, move, and that it fails. That the channels were told so stays, so that they
# are told that it is back.
WATCH_FEED = """
    INSERT INTO feed (id, name, url, owner, rank, watched, due) VALUES (:id, :name, :url, :owner, :rank, 1, :now)
    ON CONFLICT (id) DO UPDATE SET
        due = CASE WHEN url = excluded.url AND watched THEN due ELSE excluded.due END,
        etag = CASE WHEN url = excluded.url THEN etag END,
        modified = CASE WHEN url = excluded.url THEN modified END,
        body_hash = CASE WHEN url = excluded.url THEN body_hash END,
        pace = CASE WHEN url = excluded.url THEN pace ELSE '{}' END,
        move = CASE WHEN url = excluded.url THEN move END,
        status = CASE WHEN url = excluded.url THEN status END,
        failures = CASE WHEN url = excluded.url THEN failures ELSE 0 END,
        failing_since = CASE WHEN url = excluded.url THEN failing_since END,
        error = CASE WHEN url = excluded.url THEN error END,
        fault = CASE WHEN url = excluded.url THEN fault END,
        name = excluded.name, url = excluded.url, owner = excluded.owner, rank = excluded.rank, watched = 1
    WHERE (name, url, owner, rank, watched)
        IS NOT (excluded.name, excluded.url, excluded.owner, excluded.rank, excluded.watched)
"""

# A feed of our own, which nobody fetches and no list shows.
OWN_FEED = """
    INSERT INTO feed (id, name, url, rank, watched, due) VALUES (:id, :name, :url, :rank, 0, :now)
    ON CONFLICT (id) DO NOTHING
"""

# ── feeds and items

# Lease feeds that are due by :due (with :only, those of them), of owners of whom none is leased: of each the first.
# The healthy come first, then the longest due. A dead worker's lease ends by itself. (Each part goes along an index and
# ends with :limit; a window over all that is due took ten times as long.)
CLAIM_FEEDS = """
    WITH busy AS MATERIALIZED (
        SELECT owner FROM feed WHERE leased_until > :now
    ), named AS MATERIALIZED (
        SELECT value AS id FROM json_each(:only)
    ), healthy AS MATERIALIZED (
        SELECT id FROM feed AS one INDEXED BY feed_by_turn
        WHERE watched AND failing = 0 AND due <= :due
          AND owner NOT IN busy AND (:only IS NULL OR id IN named)
          AND NOT EXISTS (
            SELECT 1 FROM feed AS first INDEXED BY feed_by_owner
            WHERE first.watched AND first.owner = one.owner AND first.failing = 0
              AND (first.due, first.id) < (one.due, one.id) AND (:only IS NULL OR first.id IN named))
        ORDER BY due, id LIMIT :limit
    ), failing AS MATERIALIZED (
        SELECT id FROM feed AS one INDEXED BY feed_by_turn
        WHERE watched AND failing = 1 AND due <= :due
          AND owner NOT IN busy AND (:only IS NULL OR id IN named)
          AND NOT EXISTS (
            SELECT 1 FROM feed AS first INDEXED BY feed_by_owner
            WHERE first.watched AND first.owner = one.owner AND first.failing = 0
              AND first.due <= :due AND (:only IS NULL OR first.id IN named))
          AND NOT EXISTS (
            SELECT 1 FROM feed AS first INDEXED BY feed_by_owner
            WHERE first.watched AND first.owner = one.owner AND first.failing = 1
              AND (first.due, first.id) < (one.due, one.id) AND (:only IS NULL OR first.id IN named))
        ORDER BY due, id LIMIT max(:limit - (SELECT count(*) FROM healthy), 0)
    )
    UPDATE feed SET leased_until = :until, leased_by = :worker
    WHERE id IN (SELECT id FROM healthy UNION ALL SELECT id FROM failing)
    RETURNING *
"""

# End the lease, if it is still this worker's.
RELEASE_FEED = """
    UPDATE feed SET leased_until = NULL, leased_by = NULL WHERE id = :feed AND leased_by = :worker
"""

# When the next watched feed can be claimed: the longest due of owners of whom none is leased, or the first of another
# once the lease there has ended.
NEXT_FEED = """
    WITH busy AS MATERIALIZED (
        SELECT owner, max(leased_until) AS until FROM feed WHERE leased_until IS NOT NULL GROUP BY owner
    )
    SELECT min(turn) FROM (
        SELECT * FROM (
            SELECT due AS turn FROM feed INDEXED BY feed_by_turn
            WHERE watched AND failing = 0 AND owner NOT IN (SELECT owner FROM busy) ORDER BY due LIMIT 1)
        UNION ALL
        SELECT * FROM (
            SELECT due FROM feed INDEXED BY feed_by_turn
            WHERE watched AND failing = 1 AND owner NOT IN (SELECT owner FROM busy) ORDER BY due LIMIT 1)
        UNION ALL
        SELECT max(until, (
            SELECT min(due) FROM feed INDEXED BY feed_by_owner
            WHERE watched AND feed.owner = busy.owner AND failing = 0)) FROM busy
        UNION ALL
        SELECT max(until, (
            SELECT min(due) FROM feed INDEXED BY feed_by_owner
            WHERE watched AND feed.owner = busy.owner AND failing = 1)) FROM busy
    )
"""

# The state of every watched feed.
FEED_STATES = "SELECT * FROM feed WHERE watched ORDER BY id"

# Items that a feed has given before, under these keys ([[key, twin, recent], …]) or, not long ago, under others.
GIVEN = """
    WITH asked AS MATERIALIZED (
        SELECT key AS place, value ->> 0 AS key, value ->> 1 AS twin, value ->> 2 AS recent FROM json_each(:asked)
    )
    SELECT place, 1 AS same, id, given, link, title, summary FROM asked JOIN item USING (key)
    WHERE feed = :feed
    UNION ALL
    SELECT place, 0, id, given, link, title, summary FROM asked JOIN item USING (twin)
    WHERE feed = :feed AND item.given >= asked.recent
"""

# Its feed still gives it; written once a day, since a feed is read far more often.
GIVEN_AGAIN = "UPDATE item SET given = :seen WHERE id = :id"

# A document of this feed was compared with what is kept; written once a day, too. So what was in the last one was given
# since the day before that.
FEED_GIVEN = "UPDATE feed SET given = :seen WHERE id = :feed AND (given IS NULL OR given < :day_before)"

# Items as they are kept, each with the story that it tells.
KEPT = """
    SELECT item.*, story FROM item LEFT JOIN story_item ON story_item.item = item.id
    WHERE item.id IN (SELECT value FROM json_each(:ids))
"""

# The number of the next item.
NEXT_ITEM = "SELECT coalesce(max(id), 0) + 1 FROM item"

# A new item.
ADD_ITEM = """
    INSERT INTO item (id, feed, key, link, title, summary, content, lang, published, seen, twin, given)
    VALUES (:id, :feed, :key, :link, :title, :summary, :content, :lang, :published, :seen, :twin, :seen)
"""

# The words by which it is found.
ADD_WORDS = "INSERT INTO item_words (rowid, title, body) VALUES (:id, :title_words, :body_words)"

# An item that is told otherwise now, and whether it has matched.
KNOWN_ITEM = """
    SELECT id, EXISTS (SELECT 1 FROM match WHERE match.item = item.id) AS matched
    FROM item WHERE feed = :feed AND key = :key
"""

# It is told so now; when it was first seen stays, and it was not published later than that.
CHANGE_ITEM = """
    UPDATE item SET
        link = :link, title = :title, summary = :summary, content = :content, lang = :lang,
        published = min(:published, seen), twin = :twin, given = :seen
    WHERE id = :id
"""

# The words by which it is found now.
CHANGE_WORDS = "UPDATE item_words SET title = :title_words, body = :body_words WHERE rowid = :id"

# What it was about; the evidence pointed into what it was.
END_MATCHES = "DELETE FROM match WHERE item = :id"

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

# A story is owed to a channel, once and for all; one that left the file meanwhile gets none. What waits for the end of
# the week comes sooner if later coverage is about something that is wished sooner; and what was dropped because only
# muted outlets told it is owed after all when another one tells it.
ADD_DELIVERY = """
    INSERT INTO delivery (channel, story, wish, before, since, state, why)
    VALUES (:channel, :story, :wish, :before,
            coalesce(:since, (SELECT seen FROM story WHERE id = :story)),
            (SELECT CASE WHEN listed THEN 'owed' ELSE 'dropped' END FROM channel WHERE id = :channel),
            (SELECT CASE WHEN NOT listed THEN 'its channel gets nothing any more' END FROM channel
             WHERE id = :channel))
    ON CONFLICT (channel, story) DO UPDATE SET
        wish = excluded.wish, before = excluded.before, state = excluded.state, why = excluded.why,
        since = CASE WHEN state = 'owed' THEN since ELSE excluded.since END
        WHERE (state = 'owed' AND wish = 'weekly' AND NOT before AND NOT excluded.before)
           OR (state = 'dropped' AND why = :muted)
"""

# What one reading leaves known of its feed; it ends this worker's lease, not another's. What the channels were told is
# written by `announce` alone, which may have come between; only a new flood is one that nobody was told of.
KEEP_STATE = """
    UPDATE feed SET
        due = :due, etag = :etag, modified = :modified, body_hash = :body_hash, first_read = :first_read,
        last_read = :last_read, status = :status, items = :items, failures = :failures,
        failing_since = :failing_since, error = :error, fault = :fault, pace = :pace, move = :move,
        told_held = CASE WHEN held_at IS :held_at THEN told_held ELSE :told_held END,
        held = :held, held_at = :held_at,
        leased_until = CASE WHEN leased_by IS NOT :worker THEN leased_until END,
        leased_by = CASE WHEN leased_by IS NOT :worker THEN leased_by END
    WHERE id = :feed
"""

# What the channels were told of a feed; of a flood that came since, they were told nothing.
NOTE_TOLD = """
    UPDATE feed SET
        told_failing = :told_failing, told_held = CASE WHEN held_at IS :held_at THEN :told_held ELSE told_held END
    WHERE id = :feed
"""

# The depositary's record, believed from now on; what was doubted of another is settled by it.
KEEP_RECORD = """
    INSERT INTO record (feed, told, since) VALUES (:feed, :told, :now)
    ON CONFLICT (feed) DO UPDATE SET
        since = CASE WHEN told = excluded.told THEN since ELSE excluded.since END, told = excluded.told, doubt = NULL
"""

# A newer record that is not believed; where none is kept, there is nothing to doubt it by.
KEEP_DOUBT = "UPDATE record SET doubt = :doubt WHERE feed = :feed"

# The records of watched feeds, the one read last first.
RECORDS = """
    SELECT feed.*, told, since, doubt FROM record JOIN feed ON feed.id = record.feed
    WHERE watched ORDER BY last_read DESC, id
"""

# Stories that became owed at once since then and began with an item of this feed.
AT_ONCE = """
    SELECT count(DISTINCT story) FROM delivery
    WHERE wish = 'instant' AND since >= :since AND state <> 'dropped' AND :feed = (
        SELECT feed FROM story_item JOIN item ON item.id = story_item.item
        WHERE story_item.story = delivery.story ORDER BY seen, item.id LIMIT 1)
"""

# Items of the stories that began since then, behind one that is known; of their texts only the beginning. Nothing joins
# what we tell ourselves (a feed without an address).
TELLINGS = """
    SELECT item.id, story, feed, link, title, item.seen, published,
           CASE WHEN summary <> '' THEN summary ELSE substr(content, 1, 1200) END AS opening
    FROM story_item JOIN item ON item.id = story_item.item JOIN story ON story.id = story_item.story
    WHERE story_item.item > :after AND story.seen >= :since AND feed NOT IN (SELECT id FROM feed WHERE url = '')
    ORDER BY item.id
"""

# ── how the whole stands

# Counts for a digest's "what was read"; what we tell ourselves (a feed without an address) was not read.
READINGS = """
    SELECT
        (SELECT count(*) FROM feed WHERE watched) AS feeds,
        (SELECT count(*) FROM item WHERE seen >= coalesce(:since, '')
             AND feed NOT IN (SELECT id FROM feed WHERE url = '')) AS items,
        (SELECT count(*) FROM item WHERE seen >= coalesce(:since, '')
             AND feed NOT IN (SELECT id FROM feed WHERE url = '')
             AND EXISTS (SELECT 1 FROM match WHERE match.item = item.id)) AS matched
"""

# Watched feeds whose last reading failed, longest first.
FAILING = "SELECT * FROM feed WHERE watched AND failing = 1 ORDER BY failing_since, id"

# Watched feeds that brought too much at once since then, the first first.
HELD = """
    SELECT * FROM feed WHERE watched AND held > 0 AND held_at >= coalesce(:since, '') ORDER BY held_at, id
"""

# Counts of everything.
STATUS = """
    SELECT
        (SELECT count(*) FROM item) AS items,
        (SELECT count(DISTINCT item) FROM match) AS matched,
        (SELECT count(*) FROM story) AS stories
"""

# What each channel is owed: a story until a post of it is sent, refused or held. Late can be what is owed at once, and
# any post that is planned; a story for a digest waits for its hour, and in a channel that is paused all waits because
# somebody wanted so.
WAITING = """
    WITH waiting AS (
        SELECT delivery.channel, 1 AS stories, CASE WHEN wish = 'instant' THEN since END AS since,
               CASE WHEN wish = 'instant' THEN
                   max(since, CASE WHEN delivery.state = 'owed' THEN coalesce(instant_at, '') ELSE '' END) END AS wanted
        FROM delivery JOIN channel ON channel.id = delivery.channel LEFT JOIN post ON post.id = delivery.post
        WHERE delivery.state = 'owed' OR post.state IN ('owed', 'sending', 'unknown')
        UNION ALL
        SELECT channel, 0, coalesce(planned, due), coalesce(planned, due) FROM post
        WHERE state IN ('owed', 'sending', 'unknown')
    )
    SELECT channel, sum(stories) AS owed,
        CASE WHEN pause_why IS NULL THEN min(since) END AS since,
        CASE WHEN pause_why IS NULL THEN min(wanted) END AS wanted
    FROM waiting JOIN channel ON channel.id = waiting.channel GROUP BY channel ORDER BY channel
"""

# The last sign of life of each part of the program.
BEATS = "SELECT duty, at FROM alive"

# Stories that are never told, by the reason.
NEVER_TOLD = """
    SELECT coalesce(why, 'before reasons were noted') AS why, count(*) AS stories FROM delivery
    WHERE state = 'dropped' GROUP BY 1 ORDER BY stories DESC, why
"""

# How many posts stand in each state.
POST_STATES = "SELECT state, count(*) AS posts FROM post GROUP BY state"

# The next digests of each channel, its daily and its weekly one.
NEXT_DIGESTS = """
    SELECT id, next_digest_at AS due FROM channel WHERE listed AND next_digest_at IS NOT NULL
    UNION ALL SELECT id, next_weekly_at FROM channel WHERE listed AND next_weekly_at IS NOT NULL
    ORDER BY id, due
"""

# What a copy of the whole holds.
HOLDS = "SELECT (SELECT count(*) FROM item), (SELECT count(*) FROM post)"

# A sign of life of these parts of the program.
BEAT = """
    INSERT INTO alive (duty, at) SELECT value, :now FROM json_each(:duties) WHERE true
    ON CONFLICT (duty) DO UPDATE SET at = excluded.at
"""
