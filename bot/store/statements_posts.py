"""SQL about what is owed, and the posts that tell it; written as in bot/store/statements.py."""

from __future__ import annotations

# ── what is owed

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

# Items of the stories that a post tells, planned since then; what was refused nobody has read.
TOLD_STORIES = """
    SELECT told_item.*, story.id AS story, story.seen AS story_seen
    FROM delivery JOIN story ON story.id = delivery.story
    JOIN story_item ON story_item.story = story.id JOIN told_item ON told_item.id = story_item.item
    WHERE delivery.channel = :channel AND delivery.state = 'told' AND delivery.told >= :since
      AND delivery.post IN (SELECT id FROM post WHERE state <> 'refused')
    ORDER BY story.id, told_item.rank, told_item.seen, told_item.feed, told_item.id
"""

# When each message was planned since then that told something at once; a thread counts as its first message.
TOLD_AT_ONCE = """
    SELECT min(delivery.told) AS told FROM delivery JOIN post ON post.id = delivery.post
    WHERE delivery.channel = :channel AND delivery.state = 'told' AND delivery.told > :since
      AND delivery.wish = 'instant'
    GROUP BY coalesce(post.parent, post.id) ORDER BY 1
"""

# How many stories were told since then, before a digest of that cadence: at once, and before a weekly one also in daily
# ones.
EARLIER = """
    SELECT count(*) FROM delivery JOIN post ON post.id = delivery.post
    WHERE delivery.channel = :channel AND post.state = 'sent'
      AND (delivery.wish = 'instant' OR :cadence = 'weekly' AND delivery.wish = 'digest')
      AND delivery.told >= coalesce(:since, '')
"""

# Stories about these topics, by the week in which each was first read; one that was old by then, by the week of its
# date. What we tell ourselves (a feed without an address) is no report. (CROSS JOIN: the few stories of these weeks
# first, not all that ever matched.)
STORIES_BY_WEEK = """
    WITH told AS (
        SELECT topic, iif(min(dated) < strftime('%Y-%m-%dT%H:%M:%S', story.seen, '-7 days'), min(dated), story.seen)
               AS began
        FROM story CROSS JOIN story_item ON story_item.story = story.id CROSS JOIN item ON item.id = story_item.item
        CROSS JOIN match ON match.item = story_item.item
        WHERE story.seen > :first AND story.seen <= :last AND topic IN (SELECT value FROM json_each(:topics))
          AND feed NOT IN (SELECT id FROM feed WHERE url = '')
        GROUP BY topic, story.id
    ), week AS MATERIALIZED (
        SELECT key AS week, json_extract(value, '$[0]') AS begins, json_extract(value, '$[1]') AS ends
        FROM json_each(:weeks)
    )
    SELECT topic, week, count(*) AS stories FROM told JOIN week ON began > begins AND began <= ends
    GROUP BY topic, week
"""

# ── planning

# One post, with the message in whose thread it goes, or which it changes.
POST = """
    SELECT post.*, parent.message AS thread, edited.message AS target FROM post
    LEFT JOIN post AS parent ON parent.id = post.parent LEFT JOIN post AS edited ON edited.id = post.edits
    WHERE post.id = :id
"""

# Posts of a channel that are planned or begun and not settled, oldest first.
UNSETTLED = """
    SELECT post.*, parent.message AS thread, edited.message AS target FROM post
    LEFT JOIN post AS parent ON parent.id = post.parent LEFT JOIN post AS edited ON edited.id = post.edits
    WHERE post.channel = :channel AND post.state IN ('owed', 'unknown') ORDER BY post.serial
"""

# The digest of this day is made; a second time this adds nothing.
ADD_DIGEST = """
    INSERT INTO digest (channel, cadence, day, made) VALUES (:channel, :cadence, :day, :now)
    ON CONFLICT (channel, cadence, day) DO NOTHING
"""

# Since then the next digest of its cadence tells what is new.
DIGEST_MADE = """
    UPDATE channel SET
        last_digest_at = CASE WHEN :cadence = 'daily' THEN :now ELSE last_digest_at END,
        last_weekly_at = CASE WHEN :cadence = 'weekly' THEN :now ELSE last_weekly_at END
    WHERE id = :channel
"""

# A request that is owed from now on.
ADD_POST = """
    INSERT INTO post (id, channel, kind, payload, state, due, parent, edits, planned, told)
    VALUES (:id, :channel, :kind, :payload, 'owed', :due, :parent, :edits, :planned, :told)
"""

# A story is told by a post; it must be owed, since one story told twice is what must not be.
TOLD_BY = """
    UPDATE delivery SET state = 'told', told = :now, post = :post
    WHERE channel = :channel AND story = :story AND state = 'owed'
"""

# A story that is never told here.
DROP_DELIVERY = """
    UPDATE delivery SET state = 'dropped', why = :why WHERE channel = :channel AND story = :story AND state = 'owed'
"""

# ── a post's way

# owed → sending; should nothing be heard of it again, it is looked for at :look.
BEGIN_POST = """
    UPDATE post SET
        state = 'sending', tries = tries + 1, looks = 0, first_try = coalesce(first_try, :now), due = :look, why = NULL
    WHERE id = :id AND state = 'owed'
"""

# The lease outlasts the request, and the next one keeps the platform's pace; a lease that another worker holds is not
# ours to renew.
RENEW_LEASE = """
    UPDATE channel SET
        leased_until = max(coalesce(leased_until, ''), :until), leased_by = :worker, next_send_at = :next_send
    WHERE id = :channel AND (leased_by IS NULL OR leased_by = :worker OR leased_until <= :now)
"""

# → sent, whatever it was taken for meanwhile: the platform has spoken.
SETTLE_POST = "UPDATE post SET state = 'sent', message = :message, why = NULL WHERE id = :id"

# sending → owed, not before :due.
PUT_OFF_POST = "UPDATE post SET state = 'owed', due = :due, why = :why WHERE id = :id AND state = 'sending'"

# No request to the channel before :due, if there is such a time, nor before the one that was known.
WAIT = """
    UPDATE channel SET next_send_at = max(coalesce(next_send_at, ''), :due) WHERE id = :channel AND :due IS NOT NULL
"""

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

# What should have gone into its thread has none, and what should have changed it neither.
REFUSE_THREAD = """
    UPDATE post SET state = 'refused', why = :why WHERE (parent = :id OR edits = :id) AND state = 'owed'
"""

# sending → owed once more, as plain text.
SAY_PLAINLY = """
    UPDATE post SET state = 'owed', payload = :payload, plain = 1, due = :due, why = :why
    WHERE id = :id AND state = 'sending' AND plain = 0
"""

# unknown → held.
HOLD_POST = "UPDATE post SET state = 'held', why = :why WHERE id = :id AND state = 'unknown'"

# What should go into its thread waits with it; else it would keep back the whole channel.
HOLD_THREAD = """
    UPDATE post SET state = 'held', why = :why WHERE (parent = :id OR edits = :id) AND state = 'owed'
"""

# ── what an operator does

# Posts that are not sent, newest last.
OUTBOX = """
    SELECT post.*, parent.message AS thread, edited.message AS target FROM post
    LEFT JOIN post AS parent ON parent.id = post.parent LEFT JOIN post AS edited ON edited.id = post.edits
    WHERE post.state <> 'sent' ORDER BY post.serial
"""

# What stopped together with its parent goes on with it.
RETRY_THREAD = """
    UPDATE post SET state = 'owed', why = NULL
    WHERE (parent = :id OR edits = :id) AND state IN ('held', 'refused')
      AND why IS (SELECT why FROM post WHERE id = :id AND state IN ('held', 'refused'))
      AND channel IN (SELECT id FROM channel WHERE listed)
"""

# held, refused, unknown → owed, at once. It may be a double where nobody looked; a reply needs its thread.
RETRY_POST = """
    UPDATE post SET
        state = 'owed', why = NULL, due = min(due, coalesce(first_try, due)),
        repeat = max(repeat, tries > 0 AND state IN ('held', 'unknown'))
    WHERE id = :id AND state IN ('held', 'refused', 'unknown')
      AND channel IN (SELECT id FROM channel WHERE listed)
      AND (parent IS NULL OR (SELECT message FROM post AS first WHERE first.id = post.parent) IS NOT NULL)
      AND (edits IS NULL OR (SELECT message FROM post AS first WHERE first.id = post.edits) IS NOT NULL)
"""

# owed, unknown, held, refused → refused; should it be tried again all the same, it may be a double where nobody looked.
DROP_POST = """
    UPDATE post SET
        state = 'refused', why = :why, repeat = max(repeat, tries > 0 AND state IN ('held', 'unknown'))
    WHERE id = :id AND state IN ('owed', 'unknown', 'held', 'refused')
"""

# What should have gone into its thread is dropped with it.
DROP_THREAD = """
    UPDATE post SET state = 'refused', why = :why
    WHERE (parent = :id OR edits = :id) AND state IN ('owed', 'held', 'refused')
"""

# ── at once, but later

# Nothing is told there at once before that.
WAIT_AT_ONCE = "UPDATE channel SET instant_at = :until WHERE id = :channel"

# A post that surely was not accepted, and with it what belongs to it.
UNSENT = "SELECT id FROM post WHERE id = :id AND state = 'owed' AND NOT repeat AND parent IS NULL AND edits IS NULL"

# Its stories are owed again.
OWE_AGAIN = """
    UPDATE delivery SET state = 'owed', told = NULL, post = NULL
    WHERE post = :id OR post IN (SELECT id FROM post WHERE parent = :id)
    RETURNING story
"""

# What was owed to it is owed no more: its stories are told anew, as they are by then.
END_SEQUELS = """
    UPDATE sequel SET state = 'dropped', post = NULL
    WHERE post IN (SELECT id FROM post WHERE parent = :id OR edits = :id)
       OR (channel = :channel AND state = 'owed' AND story IN (SELECT value FROM json_each(:stories)))
"""

# It never was.
FORGET_THREAD = "DELETE FROM post WHERE parent = :id OR edits = :id"
FORGET_POST = "DELETE FROM post WHERE id = :id"
