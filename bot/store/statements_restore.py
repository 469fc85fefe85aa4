"""SQL about what stands in a channel after a backup was restored; written as in bot/store/statements.py."""

from __future__ import annotations

# The channel, whatever it gets.
CHANNEL = "SELECT * FROM channel WHERE id = :channel"

# ── its past was read

# A post of before the backup that stands there, whatever it was taken for.
FOUND = """
    UPDATE post SET state = 'sent', message = :message, why = NULL
    WHERE id = :post AND channel = :channel AND state <> 'sent'
"""

# What it was told after the backup: a link as rows of told_before have it, or the id of a post and its message.
REMEMBER = """
    INSERT INTO told_before (channel, told, message) VALUES (:channel, :told, :message)
    ON CONFLICT (channel, told) DO NOTHING
"""

# A daily digest of after the backup.
MADE_DAILY = "UPDATE channel SET last_digest_at = :made, next_digest_at = :due WHERE id = :channel"

# A weekly one.
MADE_WEEKLY = "UPDATE channel SET last_weekly_at = :made, next_weekly_at = :due WHERE id = :channel"

# Its past is known.
TRUST = "UPDATE channel SET held_before = NULL WHERE id = :channel"

# All that it was told after a backup.
TOLD_BEFORE = "SELECT told FROM told_before WHERE channel = :channel"

# A post that is planned now and stands there already.
STANDS_ALREADY = """
    UPDATE post SET
        state = 'sent', message = (SELECT message FROM told_before WHERE channel = :channel AND told = :post)
    WHERE id = :post AND EXISTS (SELECT 1 FROM told_before WHERE channel = :channel AND told = :post)
"""

# ── its past cannot be read

# What is news of before then may stand there.
DISTRUST = "UPDATE channel SET held_before = :before WHERE id = :channel"

# Posts of before the backup that were not sent by then; a change of a message does no harm a second time.
HOLD_UNSETTLED = """
    UPDATE post SET state = 'held', repeat = 1, why = :why
    WHERE channel = :channel AND state IN ('owed', 'sending', 'unknown') AND edits IS NULL
      AND (planned IS NULL OR planned < :opened)
"""

# Whether one of these stories was news before then, as far as its dates say: those without are new a day later.
IS_DOUBTFUL = """
    SELECT EXISTS (
        SELECT 1 FROM story_item JOIN item ON item.id = story_item.item
        WHERE story_item.story IN (SELECT value FROM json_each(:stories))
          AND CASE WHEN published IS NULL THEN seen < :day_later ELSE published < :before END) AS doubtful
"""

# A post that is planned now, for a person to decide about.
HOLD_PLANNED = "UPDATE post SET state = 'held', repeat = 1, why = :why WHERE id = :post AND state = 'owed'"
