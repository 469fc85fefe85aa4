-- What people say of stories, which outlets a channel does not want to hear of, more that the audit tells, and where an
-- item of a page is found.

CREATE TABLE lines (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    channel TEXT NOT NULL REFERENCES channel (id),
    by TEXT NOT NULL,  -- the platform's id of a person, or "treatywatch"
    what TEXT NOT NULL CHECK (
        what IN ('subscribed', 'unsubscribed', 'cadence', 'quiet', 'paused', 'resumed', 'muted', 'unmuted')),
    told TEXT NOT NULL
) STRICT;

INSERT INTO lines SELECT id, at, channel, by, what, told FROM audit;
DROP TABLE audit;
ALTER TABLE lines RENAME TO audit;

-- What one channel's people did, newest first; and where one person did anything.
CREATE INDEX audit_by_channel ON audit (channel, id);
CREATE INDEX audit_by_person ON audit (by, channel);

-- The last word of each person on each story under each topic.
CREATE TABLE feedback (
    story TEXT NOT NULL REFERENCES story (id),
    topic TEXT NOT NULL,
    by TEXT NOT NULL,  -- platform:workspace:person
    channel TEXT NOT NULL,  -- where it was said
    relevant INTEGER NOT NULL CHECK (relevant IN (0, 1)),
    at TEXT NOT NULL,
    PRIMARY KEY (story, topic, by)
) STRICT, WITHOUT ROWID;

CREATE INDEX feedback_by_person ON feedback (by, channel);

-- Outlets that a channel does not want to hear of.
CREATE TABLE mute (
    channel TEXT NOT NULL,
    feed TEXT NOT NULL,
    PRIMARY KEY (channel, feed)
) STRICT, WITHOUT ROWID;

-- Which items one page has; addresses begin with a host, in whatever case.
CREATE INDEX item_by_link ON item (link COLLATE NOCASE);

-- Workspaces in which somebody was told how to begin.
CREATE TABLE welcomed (
    workspace TEXT PRIMARY KEY,  -- platform:workspace
    at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
