"""SQL about channels, their wishes and pauses; written as in bot/store/statements.py.

A channel is listed while it gets anything: it stands in feeds.yaml (set_by 'file'), or has a subscription made in
chat (set_by 'chat').
"""

from __future__ import annotations

# ── what is asked

# Every channel that gets anything.
CHANNELS = "SELECT * FROM channel WHERE listed ORDER BY id"

# One of them.
CHANNEL = "SELECT * FROM channel WHERE listed AND id = :channel"

# Every standing wish, each channel's in the order in which they were made.
SUBSCRIPTIONS = "SELECT * FROM subscription ORDER BY channel, rowid"

# The wishes of one channel.
SUBSCRIPTIONS_OF = "SELECT * FROM subscription WHERE channel = :channel ORDER BY rowid"

# Who changed what, newest first,
CHANGES = "SELECT * FROM audit WHERE at > coalesce(:since, '') ORDER BY id DESC LIMIT :limit"

# and the same of one channel.
CHANGES_OF = """
    SELECT * FROM audit WHERE channel = :channel AND at > coalesce(:since, '') ORDER BY id DESC LIMIT :limit
"""

# ── what feeds.yaml says

# No channel of the file is listed, until the file names it.
UNLIST_CHANNELS = "UPDATE channel SET listed = 0 WHERE set_by = 'file'"

# Channels that were chat's until the file named them.
TAKEN_OVER = "SELECT id FROM channel WHERE set_by = 'chat' AND id IN (SELECT value FROM json_each(:named))"

# A channel as the file has it; with another cadence its next digest is to be reckoned anew. A pause stays.
LIST_CHANNEL = """
    INSERT INTO channel (id, listed, digest_at, zone, days, weekly_at, weekly_day, quiet_from, quiet_to, always)
    VALUES (:id, 1, :digest_at, :zone, :days, :weekly_at, :weekly_day, :quiet_from, :quiet_to, :always)
    ON CONFLICT (id) DO UPDATE SET
        next_digest_at = CASE WHEN digest_at IS excluded.digest_at AND zone IS excluded.zone
                                   AND days IS excluded.days THEN next_digest_at END,
        next_weekly_at = CASE WHEN weekly_at IS excluded.weekly_at AND zone IS excluded.zone
                                   AND weekly_day IS excluded.weekly_day THEN next_weekly_at END,
        digest_at = excluded.digest_at, zone = excluded.zone, days = excluded.days,
        weekly_at = excluded.weekly_at, weekly_day = excluded.weekly_day,
        quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, instant_at = NULL,
        always = excluded.always, listed = 1, set_by = 'file', owner = ''
"""

# The file's subscriptions take the place of all before in its channels, also of those made in chat.
END_SUBSCRIPTIONS = "DELETE FROM subscription WHERE channel IN (SELECT id FROM channel WHERE set_by = 'file')"

# A topic that the file no longer has cannot be wished in chat either.
END_GONE_TOPICS = """
    DELETE FROM subscription WHERE set_by = 'chat' AND topic NOT IN (SELECT value FROM json_each(:topics))
    RETURNING channel, topic
"""

# A standing wish of the file.
SUBSCRIBE = "INSERT OR IGNORE INTO subscription (channel, topic, wish) VALUES (:channel, :topic, :wish)"

# A channel that is gone has no digest to come.
END_DIGESTS = """
    UPDATE channel SET next_digest_at = NULL, next_weekly_at = NULL, catch_up_at = NULL
    WHERE NOT listed AND coalesce(next_digest_at, next_weekly_at, catch_up_at) IS NOT NULL
"""

# What a channel that is gone is owed is never told.
END_DELIVERIES = """
    UPDATE delivery SET state = 'dropped', why = 'its channel gets nothing any more'
    WHERE state = 'owed' AND channel IN (SELECT id FROM channel WHERE NOT listed)
"""

# Nor is what was planned for it and never tried.
END_POSTS = """
    UPDATE post SET state = 'refused', why = 'the channel was taken out of feeds.yaml, or unsubscribed from everything'
    WHERE state = 'owed' AND channel IN (SELECT id FROM channel WHERE NOT listed)
"""

# When a channel's next digest of that cadence is due.
SET_DIGEST = """
    UPDATE channel SET
        next_digest_at = CASE WHEN :cadence = 'daily' THEN :due ELSE next_digest_at END,
        next_weekly_at = CASE WHEN :cadence = 'weekly' THEN :due ELSE next_weekly_at END,
        catch_up_at = CASE WHEN :cadence = 'daily' OR :cadence = 'catch-up' OR digest_at IS NULL THEN NULL
                           ELSE catch_up_at END
    WHERE id = :channel
"""

# Channels whose next digest is to be reckoned, once for each of these.
UNDATED = """
    SELECT 'daily' AS cadence, channel.* FROM channel
    WHERE listed AND digest_at IS NOT NULL AND next_digest_at IS NULL
    UNION ALL
    SELECT 'weekly', channel.* FROM channel WHERE listed AND weekly_at IS NOT NULL AND next_weekly_at IS NULL
    ORDER BY id, cadence
"""

# ── what is wished in chat

# A channel as chat has it: with another cadence its next digest comes at another time; who subscribed it first owns
# it; and one that comes back is not paused as it was when it left.
LIST_IN_CHAT = """
    INSERT INTO channel (id, listed, set_by, owner, digest_at, zone, days, weekly_at, weekly_day, always,
                         quiet_from, quiet_to, next_digest_at, next_weekly_at)
    VALUES (:id, 1, 'chat', :owner, :digest_at, :zone, :days, :weekly_at, :weekly_day, :always,
            :quiet_from, :quiet_to, :next_digest, :next_weekly)
    ON CONFLICT (id) DO UPDATE SET
        next_digest_at = CASE WHEN digest_at IS excluded.digest_at AND zone IS excluded.zone
                                   AND days IS excluded.days AND next_digest_at IS NOT NULL
                              THEN next_digest_at ELSE excluded.next_digest_at END,
        next_weekly_at = CASE WHEN weekly_at IS excluded.weekly_at AND zone IS excluded.zone
                                   AND weekly_day IS excluded.weekly_day AND next_weekly_at IS NOT NULL
                              THEN next_weekly_at ELSE excluded.next_weekly_at END,
        digest_at = excluded.digest_at, zone = excluded.zone, days = excluded.days,
        weekly_at = excluded.weekly_at, weekly_day = excluded.weekly_day, always = excluded.always,
        instant_at = CASE WHEN quiet_from IS excluded.quiet_from AND quiet_to IS excluded.quiet_to
                               AND zone IS excluded.zone THEN instant_at END,
        quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to,
        owner = CASE WHEN listed THEN owner ELSE excluded.owner END,
        pause_why = CASE WHEN listed THEN pause_why END,
        paused_until = CASE WHEN listed THEN paused_until END,
        listed = 1, set_by = 'chat'
"""

# A wish of chat; a topic that is there moves to the wish named now.
SUBSCRIBE_IN_CHAT = """
    INSERT INTO subscription (channel, topic, wish, set_by) VALUES (:channel, :topic, :wish, 'chat')
    ON CONFLICT DO UPDATE SET wish = excluded.wish
"""

# End wishes of chat.
UNSUBSCRIBE = """
    DELETE FROM subscription
    WHERE channel = :channel AND set_by = 'chat' AND topic IN (SELECT value FROM json_each(:topics))
    RETURNING topic
"""

# Without a topic in it there is no daily digest,
END_EMPTY_DIGEST = """
    UPDATE channel SET digest_at = NULL, days = NULL, next_digest_at = NULL
    WHERE id = :channel AND set_by = 'chat'
      AND NOT EXISTS (SELECT 1 FROM subscription WHERE channel = :channel AND wish = 'digest')
"""

# and no weekly one;
END_EMPTY_WEEKLY = """
    UPDATE channel SET weekly_at = NULL, weekly_day = NULL, next_weekly_at = NULL
    WHERE id = :channel AND set_by = 'chat'
      AND NOT EXISTS (SELECT 1 FROM subscription WHERE channel = :channel AND wish = 'weekly')
"""

# and without hours of any kind no zone in which they are meant.
END_ZONE = """
    UPDATE channel SET zone = NULL
    WHERE id = :channel AND set_by = 'chat' AND digest_at IS NULL AND weekly_at IS NULL AND quiet_from IS NULL
"""

# A story of which no topic is wished any more is never told; without :story, any such story. (Where only one can be
# such, only that one is looked at: a channel that is paused for months may be owed a thousand, at 4 µs each.)
DROP_UNWISHED = """
    UPDATE delivery SET state = 'dropped', why = 'nothing that it is about is subscribed any more'
    WHERE channel = :channel AND state = 'owed' AND (:story IS NULL OR story = :story) AND NOT EXISTS (
        SELECT 1 FROM story_item JOIN match ON match.item = story_item.item
        JOIN subscription ON subscription.topic = match.topic AND subscription.channel = :channel
        WHERE story_item.story = delivery.story
    )
"""

# Without the digest that it was kept for, a story goes into the channel's other one; where there is none it is owed at
# once, so that nothing is lost, but nothing of a feed's first reading is ever told at once.
WITHOUT_DIGEST = """
    UPDATE delivery SET
        state = CASE WHEN before AND digest_at IS NULL AND weekly_at IS NULL THEN 'dropped' ELSE 'owed' END,
        why = CASE WHEN before AND digest_at IS NULL AND weekly_at IS NULL THEN 'there is no digest to tell it in' END,
        wish = CASE WHEN digest_at IS NOT NULL THEN 'digest' WHEN weekly_at IS NOT NULL THEN 'weekly'
                    WHEN before THEN wish ELSE 'instant' END
    FROM channel AS place
    WHERE place.id = :channel AND delivery.channel = :channel AND state = 'owed' AND wish IN ('digest', 'weekly')
      AND CASE WHEN wish = 'digest' THEN digest_at IS NULL ELSE weekly_at IS NULL END
"""

# A channel of chat that wishes nothing gets nothing.
UNLIST_IDLE = """
    UPDATE channel SET listed = 0
    WHERE id = :channel AND set_by = 'chat' AND NOT EXISTS (SELECT 1 FROM subscription WHERE channel = :channel)
"""

# A line of the audit.
NOTE = "INSERT INTO audit (at, channel, by, what, told) VALUES (:at, :channel, :by, :what, :told)"

# ── pauses

# Nothing is posted there until then.
PAUSE = "UPDATE channel SET pause_why = :why, paused_until = :until WHERE id = :channel"

# Channels that are not paused.
UNPAUSED = "SELECT * FROM channel WHERE listed AND pause_why IS NULL ORDER BY id"

# Channels whose pause has run out.
RUN_OUT = "SELECT id FROM channel WHERE paused_until <= :now ORDER BY paused_until, id"

# The pause ends, if there was one.
RESUME = "UPDATE channel SET pause_why = NULL, paused_until = NULL WHERE id = :channel AND pause_why IS NOT NULL"

# What was owed at once and waited is news no more: it goes into the daily digest, else into the weekly one, where there
# is either. Without :stories, all of it.
FOLD = """
    UPDATE delivery SET wish = CASE WHEN digest_at IS NOT NULL THEN 'digest' ELSE 'weekly' END
    FROM channel AS place
    WHERE place.id = delivery.channel AND delivery.channel = :channel AND state = 'owed' AND wish = 'instant'
      AND (digest_at IS NOT NULL OR weekly_at IS NOT NULL)
      AND (:stories IS NULL OR story IN (SELECT value FROM json_each(:stories)))
"""

# The digest that tells it comes at once, besides those that come at their hour.
CATCH_UP = "UPDATE channel SET catch_up_at = :now WHERE id = :channel"

# ── commands

# A command that was answered.
WAS_ANSWERED = "SELECT 1 FROM answered WHERE command = :command"

# Note that it was.
ANSWERED = "INSERT OR IGNORE INTO answered (command, at) VALUES (:command, :now)"

# No platform delivers a command again after a day.
FORGET_ANSWERED = "DELETE FROM answered WHERE at <= :day_before"

# ── claims

# Lease the channels where something has been due longest. The view looks at every channel, 2 µs each, so many are
# claimed at once.
CLAIM_CHANNELS = """
    UPDATE channel SET leased_until = :until, leased_by = :worker
    WHERE id IN (SELECT id FROM due_channel
                WHERE due <= :now AND (leased_until IS NULL OR leased_until <= :now)
                AND (:platforms IS NULL OR platform IN (SELECT value FROM json_each(:platforms)))
                ORDER BY due, id LIMIT :limit)
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
