"""Parsing in child processes with a time and a memory limit."""

from __future__ import annotations

import asyncio
import gzip
import os
import select
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import ParseError
from bot.feeds.parse import parse
from bot.feeds.sandbox import Sandbox
from bot.model import Feed, FeedFault, Fetched, Rank
from tests.feed_server import Told, rss

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
FEED = Feed(
    id="a-feed", name="Zürich", url="https://example.org/rss.xml", every=timedelta(minutes=90), rank=Rank.COMMENT
)
GOOD = rss(
    "A feed",
    [
        Told(title="Signé 签署", link="https://example.org/1", guid="1", summary="a", content="a b", published=NOW),
        Told(title="Undated"),
    ],
)
# An element of so many attributes keeps the parser busy for minutes.
SLOW = b"<rss version='2.0'><channel><item " + b" ".join(b"a%d='x'" % n for n in range(100_000)) + b"/></channel></rss>"
# One of a tenth as many takes about a second.
BUSY = b"<rss version='2.0'><channel><item><title>Busy</title></item><x "
BUSY += b" ".join(b"a%d='x'" % n for n in range(8_000)) + b"/></channel></rss>"


def fetched(body: bytes) -> Fetched:
    return Fetched(url="https://example.org/rss.xml", status=200, body=body, content_type="application/rss+xml")


@pytest.fixture(scope="module", autouse=True)
def _linux() -> None:
    if not Path("/proc/self/task").is_dir():
        pytest.skip("children are looked up in /proc")


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(size=1, limit=timedelta(minutes=1)) as sandbox:
        yield sandbox


async def titles(sandbox: Sandbox, body: bytes = GOOD) -> list[str]:
    return [item.title for item in (await sandbox.parse(fetched(body), feed=FEED, now=NOW)).items]


async def complaint(sandbox: Sandbox, body: bytes) -> tuple[str, FeedFault, int | None]:
    with pytest.raises(ParseError) as raised:
        await titles(sandbox, body)
    return str(raised.value), raised.value.fault, raised.value.status


def children() -> set[int]:
    """Ids of this process's children that have not ended."""
    told = ""
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError):  # a thread that has just ended
            told += (task / "children").read_text()
    return {int(child) for child in told.split()}


PACED = GOOD.replace(
    b"<item>",
    b"<ttl>90</ttl><skipHours><hour>3</hour></skipHours><skipDays><day>Sunday</day></skipDays><item>",
    1,
)


@pytest.mark.parametrize("body", [GOOD, PACED], ids=["plain", "paced"])
async def test_a_document_is_the_one_that_parse_gives(sandbox: Sandbox, body: bytes) -> None:
    document = await sandbox.parse(fetched(body), feed=FEED, now=NOW)
    assert document == parse(fetched(body), feed=FEED, now=NOW)


async def test_a_document_that_is_no_feed_is_told_as_parse_tells_it(sandbox: Sandbox) -> None:
    assert await complaint(sandbox, b"<html>") == ("answered with a page, not a feed (HTML)", FeedFault.PAGE, 200)


async def test_a_child_is_started_when_it_is_needed_and_used_again(sandbox: Sandbox) -> None:
    before = children()
    await titles(sandbox)
    first = children()
    await titles(sandbox)
    assert len(first - before) == 1
    assert children() == first


async def test_a_document_that_takes_too_long_is_given_up_and_the_next_is_read() -> None:
    async with Sandbox(size=1, limit=timedelta(seconds=2)) as sandbox:
        told = await complaint(sandbox, SLOW)
        assert told == ("took longer than 2 s to read and was given up", FeedFault.KILLED, 200)
        assert await titles(sandbox) == ["Signé 签署", "Undated"]


async def test_a_document_whose_reader_is_killed_is_given_to_a_new_one(sandbox: Sandbox) -> None:
    before = children()
    await titles(sandbox)
    (child,) = children() - before
    async with asyncio.TaskGroup() as group:
        reading = group.create_task(titles(sandbox, BUSY), name="reading")
        await at_work(child)
        os.kill(child, signal.SIGKILL)
    assert reading.result() == ["Busy"]


async def test_a_document_that_kills_two_readers_is_given_up_and_the_next_is_read(sandbox: Sandbox) -> None:
    before = children()
    await titles(sandbox)
    (first,) = children() - before
    async with asyncio.TaskGroup() as group:
        reading = group.create_task(complaint(sandbox, SLOW), name="reading")
        await at_work(first)
        os.kill(first, signal.SIGKILL)
        second = await started_beside(before | {first})
        await at_work(second)
        os.kill(second, signal.SIGKILL)
    assert reading.result() == ("could not be read: its reader died of it", FeedFault.KILLED, 200)
    assert await titles(sandbox) == ["Signé 签署", "Undated"]


async def started_beside(known: set[int]) -> int:
    """A child that is not among these, once it has set its limits, the last thing before it reads."""
    while True:
        for child in children() - known:
            if limits_of(child).get("Max open files") == "32":
                return child
        await asyncio.sleep(0)


def limits_of(child: int) -> dict[str, str]:
    rows = told_by_the_system(child, "limits").decode().splitlines()
    return {row[:26].strip(): row[26:].split()[0] for row in rows}


async def at_work(child: int) -> None:
    """Return when the child has begun with its document: its time on the processor grows."""
    start = ticks(child)
    while ticks(child) < start + 3:  # noqa: ASYNC110 - what another process does sets no event
        await asyncio.sleep(0)


def ticks(child: int) -> int:
    """Hundredths of a second that the process has worked."""
    return int(Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[11])


def told_by_the_system(child: int, what: str) -> bytes:
    return (Path("/proc") / str(child) / what).read_bytes()


async def test_a_child_that_dies_between_two_documents_takes_none_with_it(sandbox: Sandbox) -> None:
    before = children()
    await titles(sandbox)
    (child,) = children() - before
    os.kill(child, signal.SIGKILL)
    assert await titles(sandbox) == ["Signé 签署", "Undated"]


async def test_a_child_retires_after_200_documents(sandbox: Sandbox) -> None:
    await titles(sandbox)
    first = children()
    for _ in range(200):
        await titles(sandbox)
    assert children() - first


async def test_a_reading_that_is_called_off_leaves_the_sandbox_usable(sandbox: Sandbox) -> None:
    before = children()
    await titles(sandbox)
    (child,) = children() - before
    reading = asyncio.ensure_future(titles(sandbox, SLOW))
    await at_work(child)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert await titles(sandbox) == ["Signé 签署", "Undated"]


async def test_two_documents_are_read_side_by_side() -> None:
    before = children()
    async with Sandbox(size=2) as sandbox:
        await asyncio.gather(*(titles(sandbox) for _ in range(5)))
        assert len(children() - before) == 2


async def test_a_second_child_is_started_only_when_the_first_is_busy() -> None:
    before = children()
    async with Sandbox(size=2) as sandbox:
        assert children() == before
        for _ in range(3):
            await titles(sandbox)
        assert len(children() - before) == 1


async def test_closing_leaves_no_process() -> None:
    before = children()
    async with Sandbox(size=2) as sandbox:
        await asyncio.gather(titles(sandbox), titles(sandbox))
    assert children() == before


async def test_a_child_knows_nothing_of_our_environment(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-not-a-token")
    before = children()
    await titles(sandbox)
    (child,) = children() - before
    assert b"SLACK" not in told_by_the_system(child, "environ")


async def test_a_child_is_limited_in_memory_files_and_core_dumps(sandbox: Sandbox) -> None:
    before = children()
    await titles(sandbox)
    (child,) = children() - before
    limits = limits_of(child)
    assert (limits["Max core file size"], limits["Max open files"]) == ("0", "32")
    assert int(limits["Max address space"]) < 512 * 2**20


HUGE = b"<rss version='2.0'><channel><item><title>Huge</title><description>%s</description></item></channel></rss>"


async def test_a_document_that_takes_too_much_memory_is_given_up_and_the_next_is_read(sandbox: Sandbox) -> None:
    told = await complaint(sandbox, HUGE % (b"\xe2\x82\xac" * 30_000_000))
    assert told == ("takes more memory to read than a feed may", FeedFault.KILLED, 200)
    assert await titles(sandbox) == ["Signé 签署", "Undated"]


async def test_a_child_holds_only_what_parsing_needs() -> None:
    imports = "import bot.feeds.reader, sys; print(*sys.modules)"
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", imports, stdout=asyncio.subprocess.PIPE)
    told, _ = await child.communicate()
    held = {name.split(".")[0] for name in told.decode().split()}
    assert "feedparser" in held
    assert held & {"aiohttp", "asyncio", "pydantic", "slack_sdk", "sqlite3", "structlog", "yarl"} == set()


async def test_a_child_is_small_between_two_documents(sandbox: Sandbox) -> None:
    before = children()
    await titles(sandbox, rss("A feed", [Told(title=f"{n}", content="<p>word</p>" * 200) for n in range(500)]))
    (child,) = children() - before
    status = dict(line.split(":", 1) for line in told_by_the_system(child, "status").decode().splitlines())
    assert int(status["VmRSS"].split()[0]) < 50 * 1024


async def test_a_child_ends_when_its_parent_is_killed() -> None:
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.test_sandbox"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert parent.stdout
    grandchild = os.pidfd_open(int(await parent.stdout.readline()))
    parent.kill()
    await parent.wait()
    ended, _, _ = await asyncio.to_thread(select.select, [grandchild], [], [], 30)
    os.close(grandchild)
    assert ended == [grandchild]


async def a_child() -> asyncio.subprocess.Process:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.feeds.reader", "5"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdin
    assert child.stdout
    child.stdin.write(b"\0\0\0\1?")
    assert await child.stdout.readexactly(5) == b"\0\0\0\1?"
    return child


async def test_a_child_ends_with_its_parents_end_of_the_pipe() -> None:
    child = await a_child()
    assert child.stdin
    child.stdin.close()
    assert await child.wait() == 0


async def test_a_child_leaves_ctrl_c_to_its_parent() -> None:
    child = await a_child()
    child.send_signal(signal.SIGINT)
    assert child.stdin
    child.stdin.close()
    assert await child.wait() == 0


BOMBS = {
    "billion_laughs": "",
    "xxe_file": "is a feed with no items",
    "enc_undefined": "is a feed with no items",
    "enc_punycode": "breaks off before its first item ends",
    "surrogate_ref": "",
    "year_99999": "",
    "js_links": "",
    "base64_content": "",
    "huge_attr_10MB": "",
    "html_page": "answered with a page, not a feed (HTML)",
}


def unpacked(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


async def told_of(sandbox: Sandbox, folder: Path, bomb: str) -> str:
    body = unpacked(folder / "oracles" / "xmlbombs" / f"{bomb}.xml.gz")
    try:
        return "" if await titles(sandbox, body) else "nothing"
    except ParseError as error:
        return str(error)


@pytest.mark.shared
@pytest.mark.parametrize(("bomb", "sentence"), BOMBS.items(), ids=BOMBS)
async def test_a_hostile_document_gives_its_items_or_a_sentence(shared: Path, bomb: str, sentence: str) -> None:
    async with Sandbox(size=1, limit=timedelta(minutes=1)) as sandbox:
        assert await told_of(sandbox, shared, bomb) == sentence


@pytest.mark.shared
@pytest.mark.parametrize("bomb", ["many_attrs_100k", "redos_author_160k"])
async def test_a_document_made_to_be_read_for_ever_is_given_up(shared: Path, bomb: str) -> None:
    async with Sandbox(size=1, limit=timedelta(seconds=1)) as sandbox:
        told = await told_of(sandbox, shared, bomb)
    assert told == "took longer than 1 s to read and was given up"


async def _be_a_parent() -> None:
    """Start a child, print its id, and wait to be killed."""
    async with Sandbox(size=1) as sandbox:
        await titles(sandbox)
        print(*children(), flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_be_a_parent())
