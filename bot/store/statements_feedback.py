"""SQL about what people say of stories, muted outlets and welcomes; written as in bot/store/statements.py."""

from __future__ import annotations

# A person's word on a story that is kept; the last one counts.
SAY = """
    INSERT INTO feedback (story, topic, by, channel, relevant, at)
    SELECT id, :topic, :by, :channel, :relevant, :at FROM story WHERE id = :story
    ON CONFLICT (story, topic, by) DO UPDATE SET
        channel = excluded.channel, relevant = excluded.relevant, at = excluded.at
"""

# How many people say what of a story under a topic.
SAID = """
    SELECT sum(relevant) AS relevant, sum(NOT relevant) AS irrelevant FROM feedback
    WHERE story = :story AND topic = :topic
"""

# What was said since then, each with the item that leads its story.
FEEDBACK = """
    SELECT told_item.*, feedback.story, feedback.topic AS said_topic, feedback.by AS said_by,
           feedback.channel AS said_in, feedback.relevant, feedback.at AS said_at
    FROM feedback JOIN told_item ON told_item.id = (
        SELECT lead.id FROM story_item JOIN told_item AS lead ON lead.id = story_item.item
        WHERE story_item.story = feedback.story ORDER BY lead.rank, lead.seen, lead.feed, lead.id LIMIT 1)
    WHERE :since IS NULL OR feedback.at > :since
    ORDER BY feedback.at, feedback.story, feedback.topic, feedback.by
"""

# The items of one story, the lead first.
STORY = """
    SELECT told_item.*, story.id AS story, story.seen AS story_seen
    FROM story JOIN story_item ON story_item.story = story.id JOIN told_item ON told_item.id = story_item.item
    WHERE story.id = :story
    ORDER BY told_item.rank, told_item.seen, told_item.feed, told_item.id
"""

# How many items about each topic were first seen since then, without what we tell ourselves (a feed without an
# address). (Its few items by their numbers: to look at each item's feed takes three times as long.)
TOPIC_COUNTS = """
    SELECT topic, count(*) AS items FROM item CROSS JOIN match ON match.item = item.id
    WHERE item.seen > :since
      AND item.id NOT IN (SELECT ours.id FROM feed JOIN item AS ours ON ours.feed = feed.id WHERE url = '')
    GROUP BY topic
"""

# Channels that get something and in which a person changed or marked anything. (In an id `_` is a letter, to LIKE it
# is any.)
KNOWN_TO = """
    SELECT id FROM channel
    WHERE listed AND substr(id, 1, length(:workspace) + 1) = :workspace || ':' AND (
        owner = :person
        OR EXISTS (SELECT 1 FROM audit WHERE audit.by = :person AND audit.channel = channel.id)
        OR EXISTS (SELECT 1 FROM feedback
                   WHERE feedback.by = :workspace || ':' || :person AND feedback.channel = channel.id))
    ORDER BY id
"""

# Muted feeds.
MUTED = "SELECT channel, feed FROM mute WHERE :channel IS NULL OR channel = :channel ORDER BY channel, feed"
MUTE = "INSERT OR IGNORE INTO mute (channel, feed) VALUES (:channel, :feed)"
UNMUTE = "DELETE FROM mute WHERE channel = :channel AND feed = :feed"

# Whether there ever was such a channel.
IS_CHANNEL = "SELECT 1 FROM channel WHERE id = :channel"

# That somebody was told how to begin.
WELCOME = "INSERT OR IGNORE INTO welcomed (workspace, at) VALUES (:workspace, :now)"

# Nobody was, after all.
TAKE_BACK_WELCOME = "DELETE FROM welcomed WHERE workspace = :workspace"
