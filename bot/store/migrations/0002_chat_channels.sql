-- Channels that subscribe in chat, pauses, and who changed what.

ALTER TABLE channel ADD COLUMN set_by TEXT NOT NULL DEFAULT 'file' CHECK (set_by IN ('file', 'chat'));
ALTER TABLE channel ADD COLUMN owner TEXT NOT NULL DEFAULT '';  -- who subscribed it first in chat
ALTER TABLE channel ADD COLUMN pause_why TEXT;  -- NULL: it is not paused
ALTER TABLE channel ADD COLUMN paused_until TEXT;  -- NULL: until somebody resumes it

CREATE INDEX channel_by_pause ON channel (paused_until) WHERE paused_until IS NOT NULL;

-- In the file a topic may be wished both at once and in the digest; in chat the newer word takes the older one's place.
ALTER TABLE subscription ADD COLUMN set_by TEXT NOT NULL DEFAULT 'file' CHECK (set_by IN ('file', 'chat'));

CREATE UNIQUE INDEX subscription_in_chat ON subscription (channel, topic) WHERE set_by = 'chat';

-- What an outbox shows: few, beside all that was sent.
CREATE INDEX post_not_sent ON post (serial) WHERE state <> 'sent';

CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    channel TEXT NOT NULL REFERENCES channel (id),
    by TEXT NOT NULL,  -- the platform's id of a person, or "treatywatch"
    what TEXT NOT NULL CHECK (what IN ('subscribed', 'unsubscribed', 'cadence', 'paused', 'resumed')),
    told TEXT NOT NULL
) STRICT;

-- Commands of the last day: a platform delivers one again when it missed our answer.
CREATE TABLE answered (
    command TEXT PRIMARY KEY,
    at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX answered_by_time ON answered (at);

-- As before, but a pause holds everything back: a channel that is paused until somebody resumes it is never due.
DROP VIEW due_channel;

CREATE VIEW due_channel AS
SELECT
    id,
    platform,
    leased_until,
    CASE WHEN pause_why IS NULL OR paused_until IS NOT NULL THEN
        max(
            coalesce(
                (SELECT due FROM post
                 WHERE post.channel = waiting.id AND state IN ('owed', 'sending', 'unknown') ORDER BY serial LIMIT 1),
                min(coalesce(instant, digest), coalesce(digest, instant))
            ),
            coalesce(paused_until, '')
        )
    END AS due
FROM (
    SELECT
        id,
        substr(id, 1, instr(id || ':', ':') - 1) AS platform,
        leased_until,
        pause_why,
        paused_until,
        next_digest_at AS digest,
        (SELECT min(since) FROM delivery
         WHERE delivery.channel = channel.id AND state = 'owed' AND wish = 'instant') AS instant
    -- Also one that gets nothing more, for a last word that was planned since.
    FROM channel WHERE listed OR EXISTS (
        SELECT 1 FROM post WHERE post.channel = channel.id AND state IN ('owed', 'sending', 'unknown'))
) AS waiting;
