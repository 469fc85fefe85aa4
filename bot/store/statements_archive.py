"""SQL about the archive: what is found in it; written as in bot/store/statements.py."""

from __future__ import annotations

# Items about any topic, newest first.
LATEST = """
    SELECT * FROM told_item WHERE EXISTS (SELECT 1 FROM match WHERE match.item = told_item.id)
    ORDER BY dated DESC, seen DESC, id DESC LIMIT :limit
"""

# Items about one topic, newest first.
LATEST_OF_TOPIC = """
    WITH newest AS (
        SELECT id FROM match JOIN item ON item.id = match.item
        WHERE topic = :topic ORDER BY dated DESC, seen DESC, id DESC LIMIT :limit
    )
    SELECT told_item.* FROM newest JOIN told_item USING (id) ORDER BY dated DESC, seen DESC, id DESC
"""

# Items that hold every word, best first; a word of the title weighs four times one of the text. Of very many only the
# newest are compared: to weigh 100,000 took 350 ms, to weigh 2,000 of them takes 15. (Sorted before the texts are read:
# a frequent word has many hits.)
SEARCH = """
    WITH newest AS (
        SELECT rowid AS id, bm25(item_words, 4.0, 1.0) AS distance FROM item_words
        WHERE item_words MATCH :query ORDER BY rowid DESC LIMIT :newest
    ), best AS (
        SELECT id, distance FROM newest JOIN item USING (id)
        ORDER BY distance, dated DESC, seen DESC, id DESC LIMIT :limit
    )
    SELECT told_item.* FROM best JOIN told_item USING (id) ORDER BY distance, dated DESC, seen DESC, id DESC
"""

# Links that begin so, and in which the last part of a page's path stands somewhere, in the order in which their items
# were seen; which of them lead to the page is not for SQL.
LINKS_LIKE = """
    SELECT item.id, link FROM json_each(:beginnings) AS beginning CROSS JOIN item
        ON link COLLATE NOCASE >= beginning.value AND link COLLATE NOCASE < beginning.value || char(0x10FFFF)
    WHERE instr(lower(link), :end) ORDER BY seen, item.id
"""

# One item.
ITEM = "SELECT * FROM told_item WHERE id = :id"

# The next items seen since then, behind one that was given before. (Texts are read for those few only.)
ITEMS = """
    WITH last AS (
        SELECT coalesce(max(seen), '') AS seen, coalesce(max(id), 0) AS id FROM item WHERE feed = :feed AND key = :key
    ), page AS (
        SELECT item.id FROM item
        WHERE seen >= max(:since, (SELECT seen FROM last))
          AND (seen, id) > ((SELECT seen FROM last), (SELECT id FROM last))
        ORDER BY seen, id LIMIT :limit
    )
    SELECT told_item.* FROM page JOIN told_item USING (id) ORDER BY seen, id
"""
