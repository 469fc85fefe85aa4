"""Feeds spoiled at random, each by a number of its own: `python -m tests.mutants --count 100000 --seed 1 [--piece 2/8]`.

A mutant is a real or made document with some of it flipped, cut, doubled, swapped or renamed. Whatever comes of it,
`parse` gives a document that keeps every promise of the model, or raises ParseError. One that takes more than 5 s or
too much memory is counted as killed, which is what the sandbox would do; anything else that goes wrong is a failure: it
is printed with its seed, and the exit status is 1. The same seed and the same documents give the same mutant.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import FrameType
from typing import NoReturn

from bot.errors import ParseError
from bot.feeds.parse import parse
from bot.feeds.reader import confine
from bot.model import Document, Feed, Fetched, Item
from tests.conftest import ROOT

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
FEED = Feed(id="mutant", name="Mutant", url="https://mutant.example/feed.xml", every=timedelta(hours=1))
LONGEST = 5  # seconds, as in the sandbox
_MOST = 300_000  # bytes of a mutant
_BATCH = 200

# ── documents


def documents() -> list[bytes]:
    """Those that are spoiled: ours, and where the data beside the project is, those of other parsers' tests."""
    shared = Path(os.environ.get("SHARED") or ROOT.parent / "shared")
    folders = (ROOT / "tests" / "data" / "feeds", shared / "oracles" / "feeds", shared / "corpus" / "feeds")
    paths = sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in _SUFFIXES)
    return [body for path in paths if 0 < len(body := path.read_bytes()) <= _MOST // 2]


_SUFFIXES = {".xml", ".rss", ".atom", ".rdf"}

# ── what spoils them

Spoiler = Callable[[random.Random, bytes, Sequence[bytes]], bytes]
_TAG = re.compile(rb"</?[A-Za-z][^<>]{0,300}>")
_ODD = (
    *(b"&#0;", b"&#xD800;", b"&#x110000;", b"&#" + b"9" * 5000 + b";", b"&#x80;", b"&#xFFFE;", b"&amp;#xD800;", b"&#12;"),
    *(b"&bogus;", b"&nbsp;", b"&amp;amp;lt;b&gt;", b"&", b"&#", b"&#x;", b"&#-1;", b"&lt;script&gt;", b"&quot;"),
    *(b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?php ", b"?>", b"<!ENTITY a '&a;'>", b"<!DOCTYPE x [<!ENTITY a 'b'>]>"),
    *(b"\0", b"\xff", b"\xed\xa0\x80", b"\xef\xbf\xbe", b"\xe2\x80\xae", b"\x1b", b"\x85", b"\xc2\x85", b"\xe2\x80\xa8"),
    *(b"<br/>", b"<p>", b"</div>", b"<svg>", b"<math>", b"</channel>", b"</rss>", b"<item>", b"<entry/>", b"<link/>"),
    *(b"<gml:pos>1</gml:pos>", b"<itunes:image/>", b"<media:rating/>", b"<georss:box>1</georss:box>", b"<content/>"),
    *(b"<source/>", b"<title type='base64'>x</title>", b"<content type='application/octet-stream'>a</content>"),
    *(b"<image/>", b"<textInput>", b"</textInput>", b"<author>", b"<name>x</name>", b"<base href='http://[::1'/>"),
    *(b" xml:base='http://[::1'", b" xml:lang=''", b" xmlns:x='y'", b" href='//['", b" rel='license'", b" type='xhtml'"),
    *(b"Mon, 31 Feb 0000 25:61:61 +9999", b"99999-99-99T99:99:99Z", b"-0001-01-01", b"1e400", b"https://[", b"javascript:"),
)  # fmt: skip
_CODECS = (
    *(b"utf-8", b"utf-16", b"utf-32", b"utf-7", b"iso-8859-1", b"windows-1251", b"gb2312", b"big5", b"shift_jis"),
    *(b"punycode", b"undefined", b"idna", b"zlib_codec", b"base64", b"rot13", b"unicode_escape", b"cp037", b"hz", b""),
)
_WRAPS = (b"div", b"item", b"channel", b"title", b"description", b"media:group", b"a", b"entry", b"content:encoded")


def mutant(seed: int, documents: Sequence[bytes]) -> bytes:
    """One of the documents, spoiled one to six times; at most 300,000 bytes."""
    chance = random.Random(seed)
    body = chance.choice(documents)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        body = chance.choice(_SPOILERS)(chance, body, documents)[:_MOST]
    return body


def _slice(chance: random.Random, body: bytes, longest: int) -> tuple[int, int]:
    start = chance.randrange(len(body) + 1)
    return start, min(len(body), start + chance.randrange(1, longest))


def _flip(chance: random.Random, body: bytes, _: Sequence[bytes]) -> bytes:
    spoiled = bytearray(body)
    for _number in range(chance.choice((1, 3, 30)) if body else 0):
        spoiled[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
    return bytes(spoiled)


def _cut(chance: random.Random, body: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _slice(chance, body, len(body) + 2)
    return chance.choice((body[:start], body[start:], body[:start] + body[end:]))


def _splice(chance: random.Random, body: bytes, documents: Sequence[bytes]) -> bytes:
    other = chance.choice(documents)
    return body[: chance.randrange(len(body) + 1)] + other[chance.randrange(len(other) + 1) :]


def _double(chance: random.Random, body: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _slice(chance, body, 2_000)
    return body[:start] + body[start:end] * chance.choice((2, 3, 20)) + body[end:]


def _move(chance: random.Random, body: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _slice(chance, body, 2_000)
    rest = body[:start] + body[end:]
    to = chance.randrange(len(rest) + 1)
    return rest[:to] + body[start:end] + rest[to:]


def _swap_tags(chance: random.Random, body: bytes, _: Sequence[bytes]) -> bytes:
    tags = list(_TAG.finditer(body))
    if len(tags) < 2:
        return body
    one, two = sorted(chance.sample(tags, 2), key=re.Match.start)
    return body[: one.start()] + two[0] + body[one.end() : two.start()] + one[0] + body[two.end() :]


def _rename_tag(chance: random.Random, body: bytes, _: Sequence[bytes]) -> bytes:
    names = sorted(set(re.findall(rb"[<\s/]([A-Za-z][\w:.-]{0,40})", body)))
    if not names:
        return body
    old, new = chance.choice(names), chance.choice((*names, b"", b":", b"xmlns", b"rdf:li"))
    return body.replace(old, new, chance.choice((1, 2, -1)))


def _odd(chance: random.Random, body: bytes, _: Sequence[bytes]) -> bytes:
    for _number in range(chance.choice((1, 2, 10))):
        at = chance.choice([tag.end() for tag in _TAG.finditer(body)] or [0]) - chance.choice((0, 0, 1))
        body = body[: max(at, 0)] + chance.choice(_ODD) * chance.choice((1, 1, 1, 50)) + body[max(at, 0) :]
    return body


def _recode(chance: random.Random, body: bytes, _: Sequence[bytes]) -> bytes:
    codec = chance.choice(_CODECS)
    bare = re.sub(rb"\A\s*<\?xml[^>]*>", b"", body)
    declared = b"<?xml version='1.0' encoding='" + codec + b"'?>" + bare
    return chance.choice((
        declared,
        body.decode("utf-8", "replace").encode(chance.choice(("utf-16", "utf-16-be", "utf-32", "utf-8-sig"))),
        declared.decode("utf-8", "replace").encode(chance.choice(("gb18030", "cp1251", "cp037", "utf-7")), "ignore"),
        body.replace(b"\0", b"").decode("latin-1").encode("utf-8"),
    ))  # fmt: skip


def _nest(chance: random.Random, body: bytes, _: Sequence[bytes]) -> bytes:
    name, deep = chance.choice(_WRAPS), chance.choice((1, 10, 300, 3_000))
    start, end = _slice(chance, body, 2_000)
    closed = b"</" + name + b">" if chance.random() < 0.8 else b""
    return body[:start] + (b"<" + name + b">") * deep + body[start:end] + closed * deep + body[end:]


def _crowd(chance: random.Random, body: bytes, _: Sequence[bytes]) -> bytes:
    """Many attributes in one tag; ten times as many would be killed for their time each time."""
    tag = chance.choice([*_TAG.finditer(body), None])
    at = tag.end() - 1 if tag else 0
    names = (b" a%d='%d'" % (number, number) for number in range(chance.choice((3, 30, 500))))
    return body[:at] + b"".join(names) + body[at:]


_SPOILERS: tuple[Spoiler, ...] = (
    *(_flip, _cut, _splice, _double, _move, _swap_tags, _rename_tag, _odd, _odd, _recode, _nest, _crowd),
)

# ── what must hold

_UNSEEN = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")


def broken_promises(document: Document) -> list[str]:
    """What a document does not keep of what the model says of it; empty if all is well."""
    pace = document.pace
    kept = {
        "1 to 2,000 items": 1 <= len(document.items) <= 2_000,
        "the wait": timedelta(0) <= pace.wait <= timedelta(days=7),
        "the hours": pace.skip_hours < frozenset(range(24)),
        "the days": pace.skip_days < frozenset(range(7)),
        "the oldest": pace.oldest is None or pace.oldest < NOW,
    }
    broken = [promise for promise, is_kept in kept.items() if not is_kept]
    return broken + [f"{promise} of {item.key[:60]!r}" for item in document.items for promise in _broken_by(item)]


def _broken_by(item: Item) -> Iterator[str]:
    kept = {
        "feed and time": item.feed == FEED.id and item.seen == NOW,
        "key": 1 <= len(item.key) <= 1_024,
        "link": item.link == "" or (item.link.startswith(("http://", "https://")) and len(item.link) <= 2_048),
        "title": 0 <= len(item.title) <= 300 and "\n" not in item.title,
        "a title, a link or a key": bool(item.title or item.link or item.key),
        "summary": len(item.summary) <= 4_000,
        "content": len(item.content) <= 100_000,
        "language": item.lang is None or item.lang.replace("-", "").isalnum(),
        "date": item.published is None or (item.published <= item.seen and item.published.tzinfo is UTC),
        "characters": not any(map(_UNSEEN.search, (item.key, item.link, item.title, item.summary, item.content))),
    }
    return (promise for promise, is_kept in kept.items() if not is_kept)


def judged(seed: int, documents: Sequence[bytes]) -> str:
    """What came of a mutant: "read", "refused", or what is wrong with it."""
    body = mutant(seed, documents)
    content_type = random.Random(-seed).choice((None, "text/xml", "text/html; charset=iso-8859-1", "a/b; charset=gbk"))
    try:
        document = parse(Fetched(url=FEED.url, status=200, body=body, content_type=content_type), feed=FEED, now=NOW)
    except ParseError:
        return "refused"
    return "; ".join(broken_promises(document)) or "read"


# ── the runner


class TooLong(BaseException):
    """The parser has had its 5 seconds; no handler of its own shall stop this."""


def _too_long(signum: int, frame: FrameType | None) -> NoReturn:
    raise TooLong


@cache
def _prepared() -> list[bytes]:
    """A worker's documents; it gets its limits with them."""
    bodies = documents()
    signal.signal(signal.SIGALRM, _too_long)
    confine()
    return bodies


def _judge_batch(seeds: range) -> list[tuple[int, str, float]]:
    return [(seed, *_judge_in_time(seed)) for seed in seeds]


def _judge_in_time(seed: int) -> tuple[str, float]:
    bodies, started = _prepared(), time.monotonic()
    signal.setitimer(signal.ITIMER_REAL, LONGEST)
    try:
        told = judged(seed, bodies)
    except (TooLong, MemoryError) as error:
        told = "killed: " + type(error).__name__
    except Exception as error:  # noqa: BLE001 - to find these is what this is for
        told = f"raises {type(error).__name__}: {error}"[:200]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return told, time.monotonic() - started


def _piece(count: int, first: int, piece: str) -> range:
    """The seeds of the K-th of N pieces."""
    number, _, pieces = piece.partition("/")
    k, n = int(number), int(pieces)
    return range(first + count * (k - 1) // n, first + count * k // n)


def _show(progress: str) -> None:
    if sys.stderr.isatty():
        print(progress, end="", file=sys.stderr, flush=True)


def main() -> None:
    """Judge that many mutants on all cores."""
    options = argparse.ArgumentParser(prog="python -m tests.mutants", description=(__doc__ or "").split(":")[0])
    options.add_argument("--count", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=1, help="the first; each mutant has the next")
    options.add_argument("--piece", default="1/1", help="K/N: the K-th of N equal pieces")
    asked = options.parse_args()
    seeds = _piece(asked.count, asked.seed, asked.piece)
    batches = [seeds[start : start + _BATCH] for start in range(0, len(seeds), _BATCH)]
    sums: Counter[str] = Counter()
    slowest, started = (0.0, 0), time.monotonic()
    with ProcessPoolExecutor() as pool:
        for results in pool.map(_judge_batch, batches):
            for seed, told, took in results:
                kind = told.partition(":")[0]
                sums[kind if kind in {"read", "refused", "killed"} else "failed"] += 1
                slowest = max(slowest, (took, seed))
                if kind not in {"read", "refused"}:
                    print(f"seed {seed}: {told}", flush=True)
            _show(f"\r{sum(sums.values()):,} of {len(seeds):,}; {sums['failed']} failed ")
    _show("\n")
    counts = ", ".join(f"{sums[kind]:,} {kind}" for kind in ("read", "refused", "killed", "failed"))
    print(
        f"{len(seeds):,} mutants of {len(documents()):,} documents, seed {asked.seed}, piece {asked.piece}: {counts}; "
        f"{time.monotonic() - started:.0f} s, the slowest {slowest[0]:.1f} s (seed {slowest[1]})"
    )
    sys.exit(sums["failed"] > 0)


if __name__ == "__main__":
    main()
