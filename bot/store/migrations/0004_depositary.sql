-- The depositary's record, as each feed of that kind last told it.

CREATE TABLE record (
    feed TEXT PRIMARY KEY REFERENCES feed (id),
    told TEXT NOT NULL,  -- JSON, as bot/feeds/treaty_rows.py writes it
    since TEXT NOT NULL,  -- when it was first told so
    doubt TEXT  -- JSON: record, days, last; of a newer one that is not believed
) STRICT;
