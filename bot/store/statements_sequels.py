"""SQL about what is owed to messages that stand; written as in bot/store/statements.py."""

from __future__ import annotations

# An item that is told differently now, wherever its story was told since then; what is owed already is owed once.
OWE_CORRECTION = """
    INSERT INTO sequel (channel, story, item, kind, state, since)
    SELECT delivery.channel, delivery.story, item.id, 'correction', 'owed', :now
    FROM item JOIN story_item ON story_item.item = item.id JOIN delivery ON delivery.story = story_item.story
    WHERE item.feed = :feed AND item.key = :key AND delivery.state = 'told' AND delivery.told >= :since
    ON CONFLICT DO NOTHING
"""

# An item that came to a story which was told at once since then.
OWE_COVERAGE = """
    INSERT INTO sequel (channel, story, item, kind, state, since)
    SELECT delivery.channel, delivery.story, item.id, 'coverage', 'owed', :now
    FROM delivery JOIN item ON item.feed = :feed AND item.key = :key
    WHERE delivery.story = :story AND delivery.state = 'told' AND delivery.told >= :since
      AND delivery.wish = 'instant'
    ON CONFLICT DO NOTHING
"""

# What has no message that it could be owed to.
END_ORPHANS = """
    UPDATE sequel SET state = 'dropped'
    WHERE channel = :channel AND state = 'owed' AND NOT EXISTS (
        SELECT 1 FROM delivery JOIN post ON post.id = delivery.post
        WHERE delivery.channel = sequel.channel AND delivery.story = sequel.story AND delivery.state = 'told'
          AND post.state NOT IN ('refused', 'held'))
"""

# What is owed to messages of a channel, by message.
OUTDATED = """
    SELECT post.*, parent.message AS thread, NULL AS target,
           sequel.story, sequel.kind AS sequel_kind, item.feed, item.key
    FROM sequel
    JOIN delivery ON delivery.channel = sequel.channel AND delivery.story = sequel.story
    JOIN post ON post.id = delivery.post LEFT JOIN post AS parent ON parent.id = post.parent
    JOIN item ON item.id = sequel.item
    WHERE sequel.channel = :channel AND sequel.state = 'owed'
    ORDER BY post.serial, sequel.since, sequel.id
"""

# Items of the stories of these, each story with its lead first.
STORIES = """
    SELECT told_item.*, story.id AS story, story.seen AS story_seen
    FROM story JOIN story_item ON story_item.story = story.id JOIN told_item ON told_item.id = story_item.item
    WHERE story.id IN (SELECT story FROM sequel WHERE channel = :channel AND state = 'owed')
    ORDER BY story.id, told_item.rank, told_item.seen, told_item.feed, told_item.id
"""

# A message as it stands from now on, or will.
STANDS = "UPDATE post SET told = :told WHERE id = :id"

# What is owed to a message is told by a post of its own.
TELL_SEQUEL = """
    UPDATE sequel SET state = 'told', post = :post
    WHERE channel = :channel AND story = :story AND kind = :kind AND state = 'owed'
      AND item = (SELECT id FROM item WHERE feed = :feed AND key = :key)
"""

# Or it is not worth one.
DROP_SEQUEL = """
    UPDATE sequel SET state = 'dropped'
    WHERE channel = :channel AND story = :story AND kind = :kind AND state = 'owed'
      AND item = (SELECT id FROM item WHERE feed = :feed AND key = :key)
"""

# A channel that gets nothing more is owed none.
END_UNLISTED = """
    UPDATE sequel SET state = 'dropped'
    WHERE state = 'owed' AND channel IN (SELECT id FROM channel WHERE NOT listed)
"""
