"""A child of the sandbox: reads documents on its standard input, and answers on its standard output.

It is started as `python -m bot.feeds.reader SECONDS`, holds no more than reading needs, and ends with its standard
input, so it does not outlive its parent; over a bad document SECONDS and five more at most. A question is two frames,
what feeds.wire makes of it and the document; an answer is one. A `?` is answered by a `?`.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from typing import BinaryIO

from bot.errors import ParseError
from bot.feeds.read import find, read
from bot.feeds.treaty import read_record
from bot.feeds.wire import LENGTH, PING, answer, feed_in, fetched_in, frame, places, refusal, told
from bot.model import FeedFault

_ROOM_BYTES = 256 * 1024 * 1024  # beyond what the imports take
# Memory that is still taken when a document has been read is kept for good, or lost: then a new child is cheaper.
_LEFT_BYTES = 48 * 1024 * 1024
_FILES = 32
_STATM = "/proc/self/statm"  # pages: of the address space, in memory, …; elsewhere than on Linux there is none


def main() -> None:
    """Answer questions until standard input ends, or too much memory is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source = sys.stdin.buffer
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a print in some library must not get between the frames
    confine()
    # Without its parent nobody would stop it over a bad document.
    longest_seconds = int(sys.argv[1]) + 5
    while question := _read(source):
        if question == PING:
            _send(sink, PING)
            continue
        body = _read(source)
        signal.alarm(longest_seconds)
        _send(sink, _answer(question, body))
        signal.alarm(0)
        del body
        if _bytes(1) > _LEFT_BYTES:
            return


def confine() -> None:
    """No more memory and files than parsing takes, and no core dump of what strangers sent."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, _FILES))
    if taken := _bytes(0):  # elsewhere than on Linux the limit on memory does not hold anyway
        resource.setrlimit(resource.RLIMIT_AS, (taken + _ROOM_BYTES, taken + _ROOM_BYTES))


def _answer(question: bytes, body: bytes) -> bytes:
    fetched, asked = fetched_in(question, body), feed_in(question)
    try:
        if asked is None:
            return places(find(fetched))
        feed, now = asked
        if feed.kind == "treaty-status":
            return told(read_record(fetched.body, now=now))
        return answer(read(fetched, feed=feed, now=now))
    except ParseError as error:
        return refusal(error, status=fetched.status)
    except MemoryError:
        sentence = "takes more memory to read than a feed may"
        return refusal(ParseError(sentence, fault=FeedFault.KILLED), status=fetched.status)


def _bytes(which: int) -> int:
    """What this process has of memory now: 0 for addresses, 1 for memory; 0 where the system does not say."""
    try:
        with open(_STATM) as statm:  # noqa: PTH123 - pathlib is not needed here otherwise
            return int(statm.read().split()[which]) * resource.getpagesize()
    except OSError:
        return 0


def _send(sink: BinaryIO, content: bytes) -> None:
    sink.write(frame(content))
    sink.flush()


def _read(source: BinaryIO) -> bytes:
    """The next frame; empty at the end of the input."""
    return source.read(int.from_bytes(source.read(LENGTH)))


if __name__ == "__main__":
    main()
