-- Weekly digests, quiet hours and the pace of a channel; what is owed to messages that stand already; a sign of life
-- for each part of the program; what was found in a channel's past after a backup was restored.

DROP VIEW due_channel;

-- A wish for the weekly digest. (A CHECK cannot be changed, so the table is made anew.)
CREATE TABLE wish (
    channel TEXT NOT NULL REFERENCES channel (id),
    topic TEXT NOT NULL,
    wish TEXT NOT NULL CHECK (wish IN ('instant', 'digest', 'weekly')),
    set_by TEXT NOT NULL DEFAULT 'file' CHECK (set_by IN ('file', 'chat')),
    UNIQUE (channel, topic, wish)
) STRICT;

INSERT INTO wish (channel, topic, wish, set_by) SELECT channel, topic, wish, set_by FROM subscription ORDER BY rowid;
DROP TABLE subscription;
ALTER TABLE wish RENAME TO subscription;

CREATE UNIQUE INDEX subscription_in_chat ON subscription (channel, topic) WHERE set_by = 'chat';

CREATE TABLE debt (
    id INTEGER PRIMARY KEY,
    channel TEXT NOT NULL REFERENCES channel (id),
    story TEXT NOT NULL REFERENCES story (id),
    wish TEXT NOT NULL CHECK (wish IN ('instant', 'digest', 'weekly')),
    before INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('owed', 'told', 'dropped')),
    since TEXT NOT NULL,  -- when it became owed
    told TEXT,  -- when a post of it was planned
    post TEXT REFERENCES post (id),
    why TEXT,  -- of one that is dropped: why it is never told
    UNIQUE (channel, story)
) STRICT;

INSERT INTO debt (id, channel, story, wish, before, state, since, told, post)
SELECT id, channel, story, wish, before, state, since, told, post FROM delivery;
DROP TABLE delivery;
ALTER TABLE debt RENAME TO delivery;

CREATE INDEX delivery_owed ON delivery (channel, wish, since) WHERE state = 'owed';
CREATE INDEX delivery_dropped ON delivery (why) WHERE state = 'dropped';
CREATE INDEX delivery_told ON delivery (channel, told) WHERE state = 'told';
CREATE INDEX delivery_by_post ON delivery (post);
CREATE INDEX delivery_by_story ON delivery (story);
CREATE INDEX delivery_at_once ON delivery (since, state, story) WHERE wish = 'instant';

-- A channel has one zone, for its digests and its quiet hours.
ALTER TABLE channel ADD COLUMN weekly_at TEXT;  -- HH:MM; NULL: no weekly digest
ALTER TABLE channel ADD COLUMN weekly_day INTEGER;  -- 0 = Monday
ALTER TABLE channel ADD COLUMN next_weekly_at TEXT;
ALTER TABLE channel ADD COLUMN last_weekly_at TEXT;
ALTER TABLE channel ADD COLUMN quiet_from TEXT;  -- HH:MM; NULL: no quiet hours
ALTER TABLE channel ADD COLUMN quiet_to TEXT;
ALTER TABLE channel ADD COLUMN catch_up_at TEXT;  -- a digest of what a pause kept back is due since; NULL: none is
ALTER TABLE channel ADD COLUMN instant_at TEXT;  -- nothing is told at once before this; NULL: now
ALTER TABLE channel ADD COLUMN next_send_at TEXT;  -- no request before this: a platform takes so many a second
-- After a restore without a look at the channel: what was news before this may stand there already.
ALTER TABLE channel ADD COLUMN held_before TEXT;

ALTER TABLE post ADD COLUMN planned TEXT;  -- when; NULL: before there was this column
ALTER TABLE post ADD COLUMN edits TEXT REFERENCES post (id);  -- the post whose message this changes; NULL: a new message
ALTER TABLE post ADD COLUMN plain INTEGER NOT NULL DEFAULT 0;  -- 1: the payload is the plain text that comes last
ALTER TABLE post ADD COLUMN told TEXT;  -- JSON: the message as it was composed, for corrections

CREATE INDEX post_by_edits ON post (edits) WHERE edits IS NOT NULL;

-- What is owed to a message that stands: its story is told differently by now, or somebody else tells it too.
CREATE TABLE sequel (
    id INTEGER PRIMARY KEY,
    channel TEXT NOT NULL REFERENCES channel (id),
    story TEXT NOT NULL REFERENCES story (id),
    item INTEGER NOT NULL REFERENCES item (id),
    kind TEXT NOT NULL CHECK (kind IN ('correction', 'coverage')),
    state TEXT NOT NULL CHECK (state IN ('owed', 'told', 'dropped')),
    since TEXT NOT NULL,
    post TEXT REFERENCES post (id)  -- that tells it
) STRICT;

CREATE UNIQUE INDEX sequel_owed ON sequel (channel, story, item, kind) WHERE state = 'owed';
CREATE INDEX sequel_by_story ON sequel (story);
CREATE INDEX sequel_by_item ON sequel (item);
CREATE INDEX sequel_by_post ON sequel (post);

-- When a document of it was last compared with what is kept, to the day; what that one held cannot be dropped.
ALTER TABLE feed ADD COLUMN given TEXT;

-- Each part of the program may be a process of its own.
CREATE TABLE alive (
    duty TEXT PRIMARY KEY CHECK (duty IN ('poll', 'post', 'chat', 'web')),
    at TEXT NOT NULL
) STRICT;

INSERT INTO alive (duty, at) SELECT duties.value, beat.at FROM beat, json_each('["poll", "post"]') AS duties;
DROP TABLE beat;

-- What a channel was told after the backup that was restored.
CREATE TABLE told_before (
    channel TEXT NOT NULL REFERENCES channel (id),
    told TEXT NOT NULL,  -- a page that a link of a message leads to, or the id of a post
    message TEXT,  -- of a post: the platform's id of its message
    PRIMARY KEY (channel, told)
) STRICT, WITHOUT ROWID;

-- When something is due in a channel; NULL: nothing. One message is in flight at a time and in order, so the oldest
-- unsettled post decides alone; without one, what is first of the stories and sequels at once and the digests.
-- '~' sorts behind every time.
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
                nullif(
                    min(
                        max(coalesce(instant, '~'), coalesce(instant_at, '')),
                        max(coalesce(sequel, '~'), coalesce(instant_at, '')),
                        coalesce(next_digest_at, '~'),
                        coalesce(next_weekly_at, '~'),
                        coalesce(catch_up_at, '~')
                    ),
                    '~'
                )
            ),
            coalesce(paused_until, ''),
            coalesce(next_send_at, '')
        )
    END AS due
FROM (
    SELECT
        id,
        substr(id, 1, instr(id || ':', ':') - 1) AS platform,
        leased_until,
        pause_why,
        paused_until,
        next_digest_at,
        next_weekly_at,
        CASE WHEN coalesce(digest_at, weekly_at) IS NOT NULL THEN catch_up_at END AS catch_up_at,
        next_send_at,
        instant_at,
        (SELECT min(since) FROM delivery
         WHERE delivery.channel = channel.id AND state = 'owed' AND wish = 'instant') AS instant,
        (SELECT min(since) FROM sequel WHERE sequel.channel = channel.id AND state = 'owed') AS sequel
    -- Also one that gets nothing more, for a last word that was planned since.
    FROM channel WHERE listed OR EXISTS (
        SELECT 1 FROM post WHERE post.channel = channel.id AND state IN ('owed', 'sending', 'unknown'))
) AS waiting;
