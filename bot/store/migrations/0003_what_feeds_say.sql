-- What a feed asks and says of itself, whose server it is on, and what its channels were told of it.

ALTER TABLE feed ADD COLUMN owner TEXT NOT NULL DEFAULT '';  -- registrable domain; known once feeds.yaml was read
ALTER TABLE feed ADD COLUMN pace TEXT NOT NULL DEFAULT '{}';  -- JSON: wait (seconds), skip_hours, skip_days, oldest
ALTER TABLE feed ADD COLUMN move TEXT;  -- JSON: url, days, last; NULL: it says of none
ALTER TABLE feed ADD COLUMN fault TEXT;
ALTER TABLE feed ADD COLUMN told_failing INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feed ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feed ADD COLUMN held_at TEXT;
ALTER TABLE feed ADD COLUMN told_held INTEGER NOT NULL DEFAULT 1;
ALTER TABLE feed ADD COLUMN failing INTEGER AS (failures > 0);

-- Whose turn it is: the healthy first, then the longest due; of each owner its first; who is leased; and who
-- brought too much at once.
DROP INDEX feed_by_due;
CREATE INDEX feed_by_turn ON feed (failing, due, id, owner) WHERE watched;
CREATE INDEX feed_by_owner ON feed (owner, failing, due, id) WHERE watched;
CREATE INDEX feed_by_lease ON feed (leased_until, owner) WHERE leased_until IS NOT NULL;
CREATE INDEX feed_by_flood ON feed (held_at) WHERE held > 0;

-- How many stories became owed at once of late.
CREATE INDEX delivery_at_once ON delivery (since, story) WHERE wish = 'instant';

-- The index of words merges sixteen parts into one, not four, and never all at once: a third less to write, and a
-- search takes no longer.
INSERT INTO item_words (item_words, rank) VALUES ('automerge', 16);
INSERT INTO item_words (item_words, rank) VALUES ('crisismerge', 64);
