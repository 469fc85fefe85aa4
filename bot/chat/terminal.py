"""No account needed: the screen is the channel, or whatever file or pipe standard output leads to.

A message is text for a reader of 80 columns or what the screen has. Colours and links that can be clicked are for
screens only; in a pipe or a file stands plain text. Of feed text nothing gets through that could move a cursor, turn
the direction of writing, or hide.
"""

from __future__ import annotations

import asyncio
import mmap
import os
import re
import select
import stat
import sys
import time
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TextIO

from bot.chat import CannotLook, Clerk
from bot.chat.shown import JOINERS, plain
from bot.delivery.notes import moment
from bot.errors import TreatywatchError, TryLater, Unsure
from bot.model import Channel, ChannelId, Entry, Glance, Limits, Message, Post, Receipt, Trace

LIMITS = Limits(title=300, quote=400, stories=100, whole=400_000)
TIMEOUT = timedelta(seconds=5)
PATIENCE = timedelta(seconds=4)  # with a reader that does not read; less, so that we know whether anything was written
AGAIN = timedelta(minutes=1)  # after a write that failed
# A pipe that poll calls writable takes so many bytes at once without waiting (POSIX: PIPE_BUF is at least 512).
CHUNK = 512
NARROW, WIDE, PIPE = 40, 100, 80  # columns: a screen's least and most, and where there is no screen

BOLD, DIM, HEADING, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[1;36m", "\x1b[0m"
MARKED = "\x1b[1;4m"  # no colour of its own: yellow, for one, cannot be read on white
# Until a paragraph's lines are made, these stand in it for the beginning and the end of the proving words and of a
# link; text from outside has no control characters by then.
MARK, UNMARK, LINK, UNLINK = "\x01", "\x02", "\x03", "\x04"
SIGNS = re.compile("[\x01-\x04]")
IDLE = re.compile(r"(?:\x1b\[[1-9][0-9;]*m)+\x1b\[0m")  # looks that end before any text

# Escape sequences go as a whole, so that no "[31m" is left (ECMA-48): control sequences, strings, and all others.
ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[P\]X^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]"
)
WRITTEN = re.compile(r"^(?:  )?(https?://\S+)$", re.MULTILINE)  # the address under a story, in plain text
CLICKABLE = re.compile(r"https?://[!-~]+")  # OSC 8 takes no other bytes
# Where a line of Chinese is not broken: before and after these.
CLOSING = f"，。、；：？！）」』》〉】〕”’…{UNMARK}{UNLINK}"
OPENING = f"（「『《〈【〔“‘{MARK}{LINK}{JOINERS}"


class Terminal:
    """A stream as a channel."""

    platform = "terminal"
    workspace = ""
    limits = LIMITS
    lags = edits = False
    timeout = TIMEOUT
    pace = timedelta()

    def __init__(self, stream: TextIO, *, colour: bool, width: int, patience: timedelta = PATIENCE) -> None:
        self._stream, self._patience = stream, patience
        self._colour, self._width = colour, width

    @classmethod
    def for_stdout(cls) -> Terminal:
        """Standard output: with colours and as wide as it is on a screen, plain and of 80 columns elsewhere.

        Raises TreatywatchError where it is closed.
        """
        if sys.stdout is None:
            raise TreatywatchError("standard output is closed, and posts go there; lead it to a file or a pipe")
        if not sys.stdout.isatty():
            return cls(sys.stdout, colour=False, width=PIPE)
        columns = os.get_terminal_size(sys.stdout.fileno()).columns
        return cls(sys.stdout, colour=True, width=min(max(columns, NARROW), WIDE))

    def render(self, message: Message) -> str:
        """The message as lines, without a line end after the last."""
        return "\n".join(_Page(message, colour=self._colour, width=self._width).lines())

    def render_plainly(self, message: Message) -> str:
        """The same without colours."""
        return "\n".join(_Page(message, colour=False, width=self._width).lines())

    async def send(self, post: Post) -> Receipt:
        """Write all of it and a blank line; TryLater if nothing was written, Unsure if only a part."""
        repeat = "(possible repeat)\n" * post.repeat
        data = f"{repeat}{post.payload}\n\n".encode()
        await asyncio.to_thread(_write, self._stream, data, self._patience)
        return Receipt(message=post.id)

    async def find(self, post: Post) -> Receipt | None:
        """Look for the payload in the file that the stream leads to; what is no file cannot be looked at."""
        found = await asyncio.to_thread(_holds, self._stream.fileno(), post.payload.encode())
        return Receipt(message=post.id) if found else None

    async def recent(self, channel: ChannelId, *, since: datetime) -> list[Trace]:
        """All links in the file that the stream leads to, whenever they were written; what is no file is not read."""
        content = await asyncio.to_thread(_content, self._stream.fileno())
        return [Trace(links=tuple(dict.fromkeys(WRITTEN.findall(content.decode(errors="replace")))))]

    async def tell_owner(self, channel: Channel, text: str) -> None:
        """Nobody: a screen has no owner."""

    async def zone(self, person: str) -> str | None:
        """Not told."""
        return None

    async def may_not_change(self, channel: ChannelId, person: str, rule: str) -> str:
        """Whoever is at this screen may."""
        return ""

    async def listen(self, clerk: Clerk, stop: asyncio.Event) -> None:
        """Nothing: commands are typed elsewhere."""
        await stop.wait()


def _write(stream: TextIO, data: bytes, patience: timedelta) -> None:
    """Write all bytes, never waiting longer than that for somebody to read them."""
    deadline = time.monotonic() + patience.total_seconds()
    ready = select.poll()
    written = 0
    try:
        stream.flush()
        ready.register(stream.fileno(), select.POLLOUT)
        while written < len(data):
            if not ready.poll(max(deadline - time.monotonic(), 0) * 1000):
                raise TimeoutError("nobody reads it")
            written += os.write(stream.fileno(), data[written : written + CHUNK])
    except OSError as error:
        why = f"standard output: {error.strerror or error}"
        raise Unsure(why) if written else TryLater(why, retry_after=AGAIN) from error


def _holds(descriptor: int, payload: bytes) -> bool:
    """Whether the file behind the descriptor holds these bytes; raises CannotLook."""
    with _reopened(descriptor) as again:
        if os.fstat(again).st_size == 0:
            return False
        with mmap.mmap(again, 0, access=mmap.ACCESS_READ) as content:
            return content.find(payload) >= 0


def _content(descriptor: int) -> bytes:
    """All of that file; raises CannotLook."""
    with _reopened(descriptor) as again, os.fdopen(os.dup(again), "rb") as file:
        return file.read()


@contextmanager
def _reopened(descriptor: int) -> Iterator[int]:
    """The file behind the descriptor, to be read; raises CannotLook."""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise CannotLook("standard output is no file")
    try:
        # The shell opened it for writing only, so it is opened once more; a file that was deleted can be read too.
        again = os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY)
    except OSError as error:
        raise CannotLook(f"the file of standard output cannot be read: {error.strerror}") from error
    try:
        yield again
    finally:
        os.close(again)


class _Page:
    """One message as lines."""

    def __init__(self, message: Message, *, colour: bool, width: int) -> None:
        self._message, self._colour, self._width = message, colour, width

    def lines(self) -> list[str]:
        """All of it, blank lines included."""
        message = self._message
        if message.kind == "instant":
            lines = self._rule(message.heading)
        else:
            lines = [*self._text(message.heading, HEADING), "═" * self._width, *self._text(message.lead)]
        for group in message.groups:
            lines += [] if message.kind == "instant" else ["", *self._rule(group.name)]
            for entry in group.entries:
                lines += ["", *self._entry(entry)]
        if message.glance:
            lines += ["", *self._rule(message.glance.heading), "", *self._glance(message.glance)]
        foot = [line for part in message.foot for line in self._text(part, DIM)]
        return [*lines, "", *(self._rule("") if message.kind == "digest" else []), *foot] if foot else lines

    def _rule(self, name: str) -> list[str]:
        """A line across the page, with a name near its beginning."""
        if not name:
            return self._paint(["─" * self._width], DIM)
        shown = safe(name)
        return self._paint([f"── {shown} {'─' * (self._width - columns(shown) - 4)}"], HEADING)

    def _glance(self, glance: Glance) -> Iterator[str]:
        """A line for each topic, its bar first, so that the bars stand below each other; then the notes."""
        for trend in glance.trends:
            beside = f"{'':{len(trend.bar)}}  "
            first, *others = wrap(f"{safe(trend.name)}: {trend.told}", self._width - len(beside))
            yield from self._paint([f"{trend.bar}  {first}", *(beside + line for line in others)])
        yield from [""] * bool(glance.trends)
        for note in glance.notes:
            yield from self._text(note)

    def _entry(self, entry: Entry) -> list[str]:
        """One story: its title, where and when, the proof, where else, and the address."""
        quote = f"{safe(entry.quote.before)}{MARK}{safe(entry.quote.words)}{UNMARK}{safe(entry.quote.after)}"
        # Where only the title proves the match, it is not said twice.
        twice = entry.quote.text == entry.title
        when = [moment(entry.published, self._message.zone)] if entry.published else []
        lines = self._links([("", quote if twice else safe(entry.title), entry.url)], BOLD)
        lines += self._text(" · ".join([entry.outlet, *when]), DIM, indent=2)
        if entry.quote.text and not twice:
            lines += self._paint(wrap(f"“{quote}”", self._width - 2))
        lines += self._text(entry.edited, DIM, indent=2)
        if entry.also:
            begins = ["Also in ", *[", "] * len(entry.also)]
            lines += self._links(
                [(begin, safe(link.label), link.url) for begin, link in zip(begins, entry.also, strict=False)], DIM
            )
        if entry.url:
            lines += self._paint([safe(entry.url)], DIM)
        return [f"{' ' if number else '•'} {line}" for number, line in enumerate(lines)]

    def _text(self, text: str, style: str = "", *, indent: int = 0) -> list[str]:
        return self._paint(wrap(safe(text), self._width - indent), style)

    def _links(self, links: Sequence[tuple[str, str, str]], style: str) -> list[str]:
        """What stands before each link, its label and its address, as one paragraph inside a story."""
        text = "".join(f"{begin}{LINK}{label}{UNLINK}" for begin, label, _ in links)
        return self._paint(wrap(text, self._width - 2), style, [url for _, _, url in links])

    def _paint(self, lines: Sequence[str], style: str = "", urls: Sequence[str] = ()) -> list[str]:
        """The lines in a style, proving words and links made so; without colours, their plain text.

        Each line begins and ends by itself, so that a screen cut in the middle shows no stray colour.
        """
        if not self._colour:
            return [SIGNS.sub("", line) for line in lines]
        state = _Style(style, iter(urls))
        painted = [state.begin() + SIGNS.sub(state.sign, line) + state.end() for line in lines]
        return [IDLE.sub("", line) for line in painted]


class _Style:
    """How the text looks at one place of a paragraph."""

    def __init__(self, base: str, urls: Iterator[str]) -> None:
        self._base, self._urls = base, urls
        self._marked, self._url = False, ""

    def begin(self) -> str:
        """What makes a line look so from its beginning."""
        return self._base + MARKED * self._marked + _link(self._url) * bool(self._url)

    def end(self) -> str:
        """What ends the look of a line."""
        return _link("") * bool(self._url) + PLAIN * bool(self._base or self._marked)

    def sign(self, found: re.Match[str]) -> str:
        """The change of looks that a sign stands for."""
        ended, sign = self.end(), found[0]
        if sign in MARK + UNMARK:
            self._marked = sign == MARK
        else:
            url = next(self._urls) if sign == LINK else ""
            self._url = url if CLICKABLE.fullmatch(url) else ""
        return ended + self.begin()


def _link(url: str) -> str:
    """OSC 8: what follows is a link; "" ends it."""
    return f"\x1b]8;;{url}\x1b\\"


def safe(text: str) -> str:
    """Text from outside without anything that acts on a screen: on one line, nothing hidden, nothing turned around."""
    return plain(ESCAPES.sub("", text))


def columns(text: str) -> int:
    """How many columns of a screen the text takes."""
    return sum(map(_columns, text))


def _columns(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me", "Cf", "Cc"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most so many columns, none for no text; a word that is longer gets a line of its own."""
    lines: list[str] = []
    line, used = "", 0
    for blank, piece in _pieces(text):
        takes = columns(piece)
        if line and used + len(blank) + takes > width:
            lines.append(line)
            line, used = "", 0
        gap = blank if line else ""
        line, used = f"{line}{gap}{piece}", used + len(gap) + takes
    return [*lines, line] if line else lines


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """What a line may end after, each with the blank before it: words, and in Chinese nearly every character."""
    for word in text.split():
        blank, piece = " ", ""
        for char in word:
            if piece and _breaks(piece[-1], char):
                yield blank, piece
                blank, piece = "", ""
            piece += char
        yield blank, piece


def _breaks(before: str, after: str) -> bool:
    wide = 2 in {_columns(before), _columns(after)}
    return wide and _columns(after) > 0 and after not in CLOSING and before not in OPENING
