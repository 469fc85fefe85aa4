"""Whether an item under a known key is the known article told anew, or another one under a used key.

Some publishers use one guid for everything (a bulletin, a security list): what came second would never be seen.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from rapidfuzz import fuzz

from bot.model import Changed, Item
from bot.topics.events import event_of
from bot.topics.text import canonical_link, normalise

# An edited title keeps most of its words ("72 states sign" → "73 states sign"); two articles of one outlet share few.
ALIKE = 60.0  # percent


def apart(changed: Changed) -> Item | None:
    """The item under a key of its own, if it is another article; None: it is an edition of the one we have.

    Another article has another link, and a title that is not alike or names other states. The key of its own is made
    from the used one and the link, so that the same article gets the same key at each reading.
    """
    before, now = changed.before, changed.now
    if not now.link or canonical_link(now.link) == canonical_link(before.link):
        return None
    if _is_alike(before.title, now.title):
        return None
    mark = hashlib.sha256(f"{canonical_link(now.link)}\n{now.title}".encode()).hexdigest()[:16]
    return replace(now, key=f"{now.key[:1000]}#{mark}")


def _is_alike(title: str, other: str) -> bool:
    if fuzz.token_set_ratio(title.casefold(), other.casefold()) < ALIKE:
        return False
    # "Malta signs …" and "Nepal signs …" share all words but the one that counts.
    mine, theirs = (event_of(normalise(text), normalise("")).actors for text in (title, other))
    return not mine or not theirs or bool(mine & theirs)
