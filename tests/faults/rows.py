"""All rows of fault runs, by name."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from tests.faults.digests import digests
from tests.faults.documents import packed, xml
from tests.faults.failpoints import failpoints, nth
from tests.faults.flipping import flipping
from tests.faults.foreign import corpus, foreign
from tests.faults.kills import kills
from tests.faults.liars import liars
from tests.faults.misbehaving import discord, slack
from tests.faults.mutants import mutants
from tests.faults.private import private
from tests.faults.tally import Setting, Tally
from tests.faults.wire import hanging, wire


@dataclass(frozen=True, slots=True)
class Row:
    """A row: what it tries, and how."""

    title: str
    run: Callable[[Setting], Coroutine[None, None, Tally]]


ROWS = {
    "wire": Row("Servers that speak HTTP badly or never end, beside healthy feeds", wire),
    "hanging": Row("200 of 1,000 feeds stop answering", hanging),
    "bombs": Row("1 GiB of zeros in gzip, deflate, br and zstd", packed),
    "xml": Row("Hostile XML: floods of entities, attributes, nesting, odd alphabets", xml),
    "flipping": Row("A publisher who answers something else each time, on a turned clock", flipping),
    "liars": Row("Feeds that lie about what is new, on a turned clock", liars),
    "private": Row("Addresses, spellings, redirects and names that lead into private networks", private),
    "foreign": Row("All feeds of the tests of gofeed (541) and ROME (179)", foreign),
    "corpus": Row("Real feeds", corpus),
    "mutants": Row("Documents spoiled at random, given to the parser as the children run it", mutants),
    "kills": Row("kill -9 at random times while stories go to many channels, restarted at once", kills),
    "failpoints": Row("Killed before and after every commit and request of a standard run", failpoints),
    "slack": Row("A Slack that misbehaves, while stories go to many channels", slack),
    "discord": Row("A Discord that misbehaves, while stories go to many channels", discord),
    "nth": Row("The n-th commit, statement or request of a standard run fails", nth),
    "digests": Row("Digests through every change of the clocks, and while the machine's clock is moved", digests),
}
