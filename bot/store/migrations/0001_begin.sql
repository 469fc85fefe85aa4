-- The whole first schema. Times are UTC text in one format with microseconds, so they sort as text.

PRAGMA application_id = 1415005000;  -- "TWCH": how a file is known as ours

CREATE TABLE feed (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    url TEXT NOT NULL,  -- validators belong to one address; a new one ends them
    rank INTEGER NOT NULL,
    watched INTEGER NOT NULL,  -- 0: taken out of feeds.yaml; its items stay
    due TEXT NOT NULL,
    etag TEXT,
    modified TEXT,
    body_hash TEXT,
    first_read TEXT,
    last_read TEXT,
    status INTEGER,
    items INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    failing_since TEXT,
    error TEXT,
    leased_until TEXT,
    leased_by TEXT
) STRICT;

CREATE INDEX feed_by_due ON feed (due) WHERE watched;

CREATE TABLE item (
    id INTEGER PRIMARY KEY,
    feed TEXT NOT NULL REFERENCES feed (id),
    key TEXT NOT NULL,
    link TEXT NOT NULL,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    content TEXT NOT NULL,
    lang TEXT,
    published TEXT,
    seen TEXT NOT NULL,
    dated TEXT NOT NULL AS (coalesce(published, seen)),
    twin TEXT,  -- hash of canonical link and title; NULL where there is no link
    given TEXT NOT NULL,  -- when its feed last held it, to the day
    UNIQUE (feed, key)
) STRICT;

CREATE INDEX item_by_date ON item (dated, seen);
CREATE INDEX item_by_seen ON item (seen);
CREATE INDEX item_by_twin ON item (feed, twin);

-- The words of an item as bot.topics.text normalises them. What a word is has been decided there (Chinese comes as
-- pairs of characters), so the tokenizer that leaves letters beyond ASCII alone is the right one.
CREATE VIRTUAL TABLE item_words USING fts5 (title, body, tokenize = 'ascii');

CREATE TABLE match (
    item INTEGER NOT NULL REFERENCES item (id),
    topic TEXT NOT NULL,
    place INTEGER NOT NULL,  -- 0: the most specific topic of its item
    score REAL NOT NULL,
    evidence TEXT NOT NULL,  -- JSON: [[field, phrase, text, start, end], …]
    PRIMARY KEY (item, topic)
) STRICT;

CREATE INDEX match_by_topic ON match (topic, item);

CREATE TABLE story (
    id TEXT PRIMARY KEY,
    seen TEXT NOT NULL
) STRICT;

CREATE INDEX story_by_seen ON story (seen);

CREATE TABLE story_item (
    item INTEGER PRIMARY KEY REFERENCES item (id),  -- an item tells one event
    story TEXT NOT NULL REFERENCES story (id)
) STRICT;

CREATE INDEX story_item_by_story ON story_item (story);

CREATE TABLE channel (
    id TEXT PRIMARY KEY,
    listed INTEGER NOT NULL,  -- 0: taken out of feeds.yaml; its history stays
    digest_at TEXT,  -- HH:MM in the channel's zone; NULL: no digest
    zone TEXT,
    days TEXT,  -- "01234": 0 = Monday
    always INTEGER NOT NULL,
    next_digest_at TEXT,
    last_digest_at TEXT,
    leased_until TEXT,
    leased_by TEXT
) STRICT;

CREATE TABLE subscription (
    channel TEXT NOT NULL REFERENCES channel (id),
    topic TEXT NOT NULL,
    wish TEXT NOT NULL CHECK (wish IN ('instant', 'digest')),
    UNIQUE (channel, topic, wish)
) STRICT;

CREATE TABLE post (
    serial INTEGER PRIMARY KEY,  -- the order in which posts were planned
    id TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL REFERENCES channel (id),
    kind TEXT NOT NULL CHECK (kind IN ('instant', 'digest', 'rest')),
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('owed', 'sending', 'sent', 'unknown', 'refused', 'held')),
    tries INTEGER NOT NULL DEFAULT 0,
    looks INTEGER NOT NULL DEFAULT 0,
    due TEXT NOT NULL,
    first_try TEXT,
    message TEXT,
    parent TEXT REFERENCES post (id),
    repeat INTEGER NOT NULL DEFAULT 0,
    why TEXT  -- one sentence: why it is put off, unknown or refused
) STRICT;

CREATE INDEX post_unsettled ON post (channel, serial) WHERE state IN ('owed', 'sending', 'unknown');
CREATE UNIQUE INDEX post_one_in_flight ON post (channel) WHERE state = 'sending';
CREATE INDEX post_by_parent ON post (parent);

CREATE TABLE delivery (
    id INTEGER PRIMARY KEY,
    channel TEXT NOT NULL REFERENCES channel (id),
    story TEXT NOT NULL REFERENCES story (id),
    wish TEXT NOT NULL CHECK (wish IN ('instant', 'digest')),
    before INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('owed', 'told', 'dropped')),
    since TEXT NOT NULL,  -- when it became owed
    told TEXT,  -- when a post of it was planned
    post TEXT REFERENCES post (id),
    UNIQUE (channel, story)
) STRICT;

CREATE INDEX delivery_owed ON delivery (channel, wish, since) WHERE state = 'owed';
CREATE INDEX delivery_by_post ON delivery (post);

CREATE TABLE digest (
    channel TEXT NOT NULL REFERENCES channel (id),
    cadence TEXT NOT NULL,
    day TEXT NOT NULL,  -- the channel's local date
    made TEXT NOT NULL,
    PRIMARY KEY (channel, cadence, day)
) STRICT;

CREATE TABLE beat (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at TEXT NOT NULL
) STRICT;

-- An item as readers meet it: with its outlet, and its matches as JSON: [[place, topic, score, evidence], …].
CREATE VIEW told_item AS
SELECT
    item.*,
    feed.name AS outlet,
    feed.rank AS rank,
    (SELECT json_group_array(json_array(place, topic, score, json(evidence)))
     FROM match WHERE match.item = item.id) AS matches
FROM item JOIN feed ON feed.id = item.feed;

-- When something is due in a channel; NULL: nothing. One message is in flight at a time and in order, so the
-- oldest unsettled post decides alone; without one, the oldest story owed at once or the digest.
CREATE VIEW due_channel AS
SELECT
    id,
    platform,
    leased_until,
    coalesce(
        (SELECT due FROM post
         WHERE post.channel = waiting.id AND state IN ('owed', 'sending', 'unknown') ORDER BY serial LIMIT 1),
        min(coalesce(instant, digest), coalesce(digest, instant))
    ) AS due
FROM (
    SELECT
        id,
        substr(id, 1, instr(id || ':', ':') - 1) AS platform,
        leased_until,
        next_digest_at AS digest,
        (SELECT min(since) FROM delivery
         WHERE delivery.channel = channel.id AND state = 'owed' AND wish = 'instant') AS instant
    FROM channel WHERE listed
) AS waiting;
