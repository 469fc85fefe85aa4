"""SQL about what is too old to be kept; written as in bot/store/statements.py."""

from __future__ import annotations

# The next items seen before that time, and which of them may go: not what its feed may still hold (it would come again
# as new; see FEED_GIVEN), nor anything of a story that is owed, or whose post is not settled.
OLD_ITEMS = """
    SELECT
        item.id, item.seen, story_item.story,
        item.given < date(feed.given, '-1 day')
        AND NOT EXISTS (
            SELECT 1 FROM delivery LEFT JOIN post ON post.id = delivery.post
            WHERE delivery.story = story_item.story
              AND (delivery.state = 'owed' OR post.state IN ('owed', 'sending', 'unknown', 'held')))
        AND NOT EXISTS (
            SELECT 1 FROM sequel LEFT JOIN post ON post.id = sequel.post
            WHERE sequel.story = story_item.story
              AND (sequel.state = 'owed' OR post.state IN ('owed', 'sending', 'unknown', 'held'))) AS may_go
    FROM item JOIN feed ON feed.id = item.feed LEFT JOIN story_item ON story_item.item = item.id
    WHERE item.seen < :before AND (item.seen, item.id) > (:seen, :id)
    ORDER BY item.seen, item.id LIMIT :limit
"""

# Items, after all that speaks of them.
DROP_ITEMS = (
    "DELETE FROM item_words WHERE rowid IN (SELECT value FROM json_each(:items))",
    "DELETE FROM match WHERE item IN (SELECT value FROM json_each(:items))",
    "DELETE FROM sequel WHERE item IN (SELECT value FROM json_each(:items))",
    "DELETE FROM story_item WHERE item IN (SELECT value FROM json_each(:items))",
    "DELETE FROM item WHERE id IN (SELECT value FROM json_each(:items))",
)

# Which of these stories have no item left.
EMPTY_STORIES = """
    SELECT id FROM story WHERE id IN (SELECT value FROM json_each(:stories))
      AND NOT EXISTS (SELECT 1 FROM story_item WHERE story_item.story = story.id)
"""

# Stories, after all that speaks of them.
DROP_STORIES = (
    "DELETE FROM sequel WHERE story IN (SELECT value FROM json_each(:stories))",
    "DELETE FROM delivery WHERE story IN (SELECT value FROM json_each(:stories))",
    "DELETE FROM feedback WHERE story IN (SELECT value FROM json_each(:stories))",
    "DELETE FROM story WHERE id IN (SELECT value FROM json_each(:stories))",
)

# The next posts in the order in which they were planned, which of them are old, and which of these may go: those that
# are settled, tell nothing that is kept, and on which no other hangs.
OLD_POSTS = """
    SELECT
        serial, id, coalesce(planned, due) < :before AS is_old,
        coalesce(planned, due) < :before AND state IN ('sent', 'refused')
        AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.post = post.id)
        AND NOT EXISTS (SELECT 1 FROM sequel WHERE sequel.post = post.id)
        AND NOT EXISTS (SELECT 1 FROM post AS reply WHERE reply.parent = post.id)
        AND NOT EXISTS (SELECT 1 FROM post AS edit WHERE edit.edits = post.id) AS may_go
    FROM post WHERE serial > :id ORDER BY serial LIMIT :limit
"""

# Posts.
DROP_POSTS = "DELETE FROM post WHERE id IN (SELECT value FROM json_each(:posts))"

# Some digests of days before that one. (Along the primary key: a few thousand may be kept for each channel.)
DROP_DIGESTS = """
    DELETE FROM digest WHERE rowid IN (
        SELECT digest.rowid FROM channel CROSS JOIN digest
        WHERE digest.channel = channel.id AND digest.cadence IN ('daily', 'weekly', 'catch-up') AND digest.day < :day
        LIMIT :limit)
"""

# The first lines of the audit, where they are old.
DROP_AUDIT = """
    DELETE FROM audit WHERE at < :before AND id IN (SELECT id FROM audit ORDER BY id LIMIT :limit)
"""
