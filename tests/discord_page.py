"""What Discord's own client would show of messages and forms, as a page: its looks as far as pictures of the docs need them.

The renderer beside the project knows no code, no menus, no forms and no threads of Discord's, so these are drawn here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from bot.delivery.notes import moment

Json = Mapping[str, Any]  # the shapes are Discord's

ZONE = "Europe/Vienna"  # of the reader
TOKEN = re.compile(
    r"\\(?P<sign>[^0-9A-Za-z\s])|`(?P<code>[^`]+)`|\[(?P<label>[^\]]+)\]\((?P<to>\S+?)\)|<(?P<bare>https?://[^>\s]+)>"
    r"|<t:(?P<time>\d+):f>|<#(?P<room>\d+)>|\*\*(?P<bold>(?:\\.|.)+?)\*\*|\*(?P<italic>(?:\\.|[^*])+?)\*"
)
BUTTONS = {1: "blue", 2: "", 3: "green", 4: "red"}
TEXT_INPUT = 4  # a type of component in a form

STYLE = """
body { display: flex; flex-direction: column; gap: 18px; margin: 0; padding: 16px; width: 640px; background: #313338; color: #dbdee1; font: 16px/22px "Noto Sans", "Noto Sans CJK SC", sans-serif }
.message { display: flex; gap: 16px }
.face { flex: none; width: 40px; height: 40px; border-radius: 50%; background: #4b92db; color: #fff; font: bold 16px/40px "Noto Sans"; text-align: center }
.body { flex: 1; min-width: 0 } .used { color: #949ba4; font-size: 13px } .used b { color: #c9cdfb; font-weight: 500 }
.who { font-weight: 600; color: #f2f3f5 } .app { background: #5865f2; color: #fff; border-radius: 4px; font: 600 11px/15px "Noto Sans"; padding: 0 5px; margin: 0 6px }
.when { color: #949ba4; font-size: 12px } .only { color: #949ba4; font-size: 12px; margin-top: 4px }
.embed { background: #2b2d31; border-left: 4px solid; border-radius: 4px; padding: 10px 16px 14px 12px; margin-top: 6px; width: 500px; font-size: 14px; line-height: 18px }
.title { font-size: 16px; line-height: 22px; font-weight: 600; color: #f2f3f5; margin-bottom: 6px } .line { min-height: 18px; overflow-wrap: anywhere }
blockquote { margin: 0; padding-left: 10px; border-left: 4px solid #4e5058; border-radius: 2px } a { color: #00a8fc; text-decoration: none }
code { background: #1e1f22; border-radius: 4px; padding: 1px 4px; font: 12.5px/17px "Noto Sans Mono", monospace } .room { background: #3c4270; color: #c9cdfb; border-radius: 3px; padding: 0 2px }
.foot { font-size: 12px; line-height: 16px; margin-top: 8px; white-space: pre-line } .row { display: flex; gap: 8px; margin-top: 8px }
.button { background: #4e5058; color: #fff; border-radius: 4px; padding: 6px 16px; font-size: 14px; line-height: 20px; font-weight: 500 } .red { background: #da373c } .blue { background: #5865f2 }
.menu, .input { background: #1e1f22; border-radius: 4px; padding: 9px 12px; width: 380px; font-size: 15px; display: flex; justify-content: space-between; color: #949ba4 } .set { color: #dbdee1 }
.options { background: #2b2d31; border: 1px solid #1e1f22; border-radius: 4px; width: 402px; margin-top: 2px } .option { padding: 8px 12px; font-size: 14px; line-height: 18px } .option:first-child { background: #35373c }
.told { color: #949ba4; font-size: 13px; margin: 2px 0 4px }
.modal { background: #383a40; border-radius: 8px; width: 440px; margin: 0 auto; padding: 16px 20px } .modal h1 { font-size: 19px; margin: 0 0 12px; color: #f2f3f5 } .modal .label { font-weight: 600; font-size: 14px; color: #f2f3f5; margin-top: 14px }
.modal .menu, .modal .input { width: auto } .modal .row { justify-content: flex-end; margin-top: 20px } .chips { display: flex; flex-wrap: wrap; gap: 4px } .chip { background: #4e5058; color: #fff; border-radius: 3px; padding: 0 6px; font-size: 14px }
.thread { font-weight: 600; color: #f2f3f5; border: solid #1e1f22; border-width: 1px 0; margin: 0 -16px; padding: 10px 16px } .thread::before { content: "# "; color: #80848e }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message as it is seen."""

    body: Json
    at: datetime
    used: str = ""  # the command that it answers
    opened: bool = False  # its menu is


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The head of a thread."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A form that is open."""

    modal: Json


Shown = Said | Thread | Window


def page(shown: Sequence[Shown]) -> str:
    """The page of all these, below each other."""
    return f"<!doctype html><meta charset=utf-8><style>{STYLE}</style><body>{''.join(map(_drawn, shown))}"


def _drawn(one: Shown) -> str:
    match one:
        case Said():
            return _message(one)
        case Thread():
            return f"<div class=thread>{escape(one.name)}</div>"
        case Window():
            return _modal(one.modal)


def _message(said: Said) -> str:
    body, at = said.body, said.at.astimezone(ZoneInfo(ZONE))
    used = f"<div class=used>↱ <b>ada</b> used <b>{escape(said.used)}</b></div>" if said.used else ""
    head = f"<span class=who>TreatyWatch</span><span class=app>APP</span><span class=when>{at:%d/%m/%Y %H:%M}</span>"
    only = "<div class=only>👁 Only you can see this</div>" if body.get("flags", 0) & 64 else ""
    parts = [
        *([markdown(body["content"])] if body.get("content") else []),
        *map(_embed, body.get("embeds") or ()),
        *(_row(row, opened=said.opened) for row in body.get("components") or ()),
    ]
    return f"<div class=message><div class=face>TW</div><div class=body>{used}{head}{''.join(parts)}{only}</div></div>"


def _embed(embed: Json) -> str:
    title = f"<div class=title>{_inline(embed['title'])}</div>" if embed.get("title") else ""
    foot = f"<div class=foot>{escape(embed['footer']['text'])}</div>" if embed.get("footer") else ""
    words = markdown(embed.get("description", ""))
    return f"<div class=embed style='border-color: #{embed.get('color', 0):06x}'>{title}{words}{foot}</div>"


def _row(row: Json, *, opened: bool) -> str:
    return f"<div class=row>{''.join(_component(one, opened=opened) for one in row['components'])}</div>"


def _component(one: Json, *, opened: bool) -> str:
    if one["type"] == 2:
        return f"<span class='button {BUTTONS[one['style']]}'>{escape(one['label'])}</span>"
    menu = f"<div class=menu>{escape(one['placeholder'])}<span>{'▴' if opened else '▾'}</span></div>"
    options = "".join(_option(option) for option in one["options"]) if opened else ""
    return f"<div>{menu}{f'<div class=options>{options}</div>' if options else ''}</div>"


def _option(option: Json) -> str:
    return f"<div class=option>{escape(option['label'])}<div class=told>{escape(option.get('description', ''))}</div></div>"


def _modal(modal: Json) -> str:
    fields = "".join(_field(row) for row in modal["components"])
    buttons = "<div class=row><span class=button>Cancel</span><span class='button blue'>Submit</span></div>"
    return f"<div class=modal><h1>{escape(modal['title'])}</h1>{fields}{buttons}</div>"


def _field(row: Json) -> str:
    one = row["component"]
    told = f"<div class=told>{escape(row['description'])}</div>" if row.get("description") else ""
    if one["type"] == TEXT_INPUT:
        value = f"<span class=set>{escape(one['value'])}</span>" if one.get("value") else escape(one["placeholder"])
        return f"<div class=label>{escape(row['label'])}</div>{told}<div class=input>{value}</div>"
    chosen = [f"<span class=chip>{escape(each['label'])}</span>" for each in one["options"] if each["default"]]
    value = f"<span class=chips>{''.join(chosen)}</span>" if chosen else "Make a selection"
    return f"<div class=label>{escape(row['label'])}</div>{told}<div class=menu>{value}<span>▾</span></div>"


def markdown(text: str) -> str:
    """A text with Discord's markdown, as HTML."""
    return "".join(_lines(text))


def _lines(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        if line.startswith("> "):
            yield f"<blockquote>{_inline(line[2:])}</blockquote>"
        else:
            yield f"<div class=line>{_inline(line)}</div>"


def _inline(text: str) -> str:
    done, place = [], 0
    for hit in TOKEN.finditer(text):
        done += [escape(text[place : hit.start()]), _token(hit)]
        place = hit.end()
    return "".join([*done, escape(text[place:])])


def _token(hit: re.Match[str]) -> str:
    kind, found = str(hit.lastgroup), hit[str(hit.lastgroup)]
    match kind:
        case "sign":
            return escape(found)
        case "code":
            return f"<code>{escape(found)}</code>"
        case "to":
            return f"<a>{escape(hit['label'])}</a>"
        case "bare":
            return f"<a>{escape(found)}</a>"
        case "time":
            return escape(moment(datetime.fromtimestamp(int(found), UTC), ZONE))
        case "room":
            return "<span class=room># treaties</span>"
        case "bold":
            return f"<b>{_inline(found)}</b>"
    return f"<i>{_inline(found)}</i>"
