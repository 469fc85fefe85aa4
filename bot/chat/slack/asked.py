"""What Slack sends us → what is asked, in our nouns (pure).

Shapes: https://docs.slack.dev/reference/interaction-payloads and …/reference/events.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice, pairwise
from typing import Any

from bot.chat.slack import buttons, forms, story
from bot.chat.slack.forms import Kept
from bot.chat.slack.traces import links_in
from bot.model import MOST_EXPLAINED, Answer, ChannelId, Command, Line

# What Slack makes of words with `should_escape`: <#C1|name>, <@U1|name>, <!here>, <https://…|label>, <mailto:…|label>.
SIGNED = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
ADDRESS = re.compile(r"https?://[^\s<>|]+")  # in a message that has no blocks
SUBSCRIBE, WHY = "subscribe", "why"  # the shortcuts' callback_ids, and the words that they stand for
NO_LINKS = "There is no link in this message, so there is nothing that I could explain. Try it on one of my posts."

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """The ways back to who asked."""

    url: str = field(default="", repr=False)  # Slack's response_url: who knows it can answer in our name
    trigger: str = ""  # opens a view, for three seconds; "": none can be opened
    view: str = ""  # the view that is open and is to be drawn anew: a form that changes, or a window
    version: str = ""  # as which it was seen: Slack's hash of it
    kept: Kept = field(default_factory=Kept)  # what the view kept that was sent or is open
    home: bool = False  # it was asked in the App Home
    place: str = ""  # the channel in which the answer is seen; "": in none
    thread: str = ""  # of which message the thread is in which it was asked; "": in none
    replaces: bool = False  # what was pressed stands in an answer of ours, whose place this one takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A command, and where its answer goes; `ready`: what is answered, where nobody has to be asked."""

    command: Command
    back: Back
    ready: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A person has opened the App Home."""

    id: str
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A person types into a field that is looked up."""

    form: str
    field: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """The workspace has let us go."""

    why: str


Heard = Asked | Looked | Typed | Gone


def heard(body: Body, *, workspace: str) -> Heard | None:
    """What is asked; None: nothing, it is only to be acknowledged."""
    if "command" in body:
        return _command(body, workspace)
    if body.get("type") == "block_suggestion":
        return _typing(body)
    if body.get("type") == "event_callback":
        return _event(body)
    readers = {
        "block_actions": _action,
        "view_submission": _submission,
        "message_action": _why,
        "shortcut": _subscribe,
    }
    read = readers.get(str(body.get("type")))
    return read(body, workspace) if read else None


def _command(body: Body, workspace: str) -> Asked:
    """A slash command (slash-commands/SlashCommandPayload)."""
    back = _back(body)
    # A redelivered command is the very same payload in another envelope; only where it names no trigger its
    # response_url, equally its own, stands for it, and not as it is: it is a secret.
    key = back.trigger or hashlib.sha256(back.url.encode()).hexdigest()
    channel = ChannelId("slack", workspace, str(body.get("channel_id", "")))
    words = typed(str(body.get("text", "")))
    person, name = str(body.get("user_id", "")), str(body.get("user_name", ""))
    return Asked(command=Command(id=key, channel=channel, person=person, name=name, words=words), back=back)


def _asks(body: Body, workspace: str, *, channel: str = "", **what: Any) -> Command:
    user: Body = body.get("user") or {}
    person, name = str(user.get("id", "")), str(user.get("username") or user.get("name") or "")
    where = ChannelId("slack", workspace, channel or _place(body))
    return Command(id=str(body.get("trigger_id", "")), channel=where, person=person, name=name, **what)


def _back(body: Body, **more: Any) -> Back:
    """The ways that a payload names; only with a response_url is an answer seen in a channel."""
    url, trigger = str(body.get("response_url") or ""), str(body.get("trigger_id") or "")
    return Back(url=url, trigger=trigger, place=_place(body) if url else "", thread=_thread(body), **more)


def _place(body: Body) -> str:
    """The channel in which something was done; "": in none."""
    return str(body.get("channel_id") or (body.get("channel") or {}).get("id", ""))


def _thread(body: Body) -> str:
    """In whose thread it was done. The message that a thread is about stands in the channel itself."""
    for key, own in (("message", "ts"), ("container", "message_ts")):
        told: Body = body.get(key) or {}
        if told.get("thread_ts") and told["thread_ts"] != told.get(own):
            return str(told["thread_ts"])
    return ""


def _action(body: Body, workspace: str) -> Asked | None:
    """A press of a button, a choice in a story's menu, or a change in a form that is open."""
    view: Body = body.get("view") or {}
    action: Body = next(iter(body.get("actions") or ()), {})
    if view.get("type") == "modal" and view.get("callback_id") != forms.WINDOW:
        return _draft(body, workspace)
    back = _back(body, home=view.get("type") == "home", replaces=_replaces(body))
    if view.get("type") == "modal":  # what is pressed in a window is answered in it
        keep = forms.kept(view)
        back = _back(body, view=str(view.get("id", "")), kept=keep, home=keep.home)
    if action.get("action_id") == story.MENU:
        chosen = str((action.get("selected_option") or {}).get("value", ""))
        press = story.pressed(str(action.get("block_id", "")), chosen)
        back = replace(back, replaces=False)  # the stories, which are still to be read, stay
        return Asked(command=_asks(body, workspace, press=press), back=back) if press else None
    said = buttons.said(action)
    if said is None:  # such as a link that looks like a button: Slack follows it, and tells us
        return None
    if said.words == SUBSCRIBE:  # it opens a form, and what is below that may still be wanted
        back = replace(back, replaces=False)
    return Asked(command=_asks(body, workspace, channel=said.channel, words=said.words), back=back)


def _replaces(body: Body) -> bool:
    """Whether it was pressed in what one person alone sees: an answer, never a message of the channel."""
    return (body.get("container") or {}).get("is_ephemeral") is True


def _draft(body: Body, workspace: str) -> Asked | None:
    """Something was changed in a form that stays open."""
    view = body["view"]
    keep = forms.kept(view)
    command = _asks(body, workspace, channel=keep.channel or forms.place(view), filled=forms.filled(view, done=False))
    back = Back(view=str(view.get("id", "")), version=str(view.get("hash", "")), kept=keep)
    return Asked(command=command, back=back)


def _submission(body: Body, workspace: str) -> Asked:
    """A form was sent (views/ViewSubmissionPayload)."""
    view = body["view"]
    keep = forms.kept(view)
    command = _asks(body, workspace, channel=keep.channel or forms.place(view), filled=forms.filled(view, done=True))
    place = keep.channel if keep.url else ""
    back = Back(url=keep.url, trigger=str(body.get("trigger_id") or ""), kept=keep, home=keep.home, place=place)
    return Asked(command=command, back=back)


def _typing(body: Body) -> Typed:
    form = str((body.get("view") or {}).get("callback_id", ""))
    return Typed(form=form, field=str(body.get("action_id", "")), words=str(body.get("value", "")))


def _subscribe(body: Body, workspace: str) -> Asked | None:
    """The shortcut that is in no channel, so that its form asks for one."""
    if body.get("callback_id") != SUBSCRIBE:
        return None
    return Asked(command=_asks(body, workspace, words=SUBSCRIBE), back=_back(body))


def _why(body: Body, workspace: str) -> Asked | None:
    """Why is this here? asked of a message (interactive-components/MessageShortcutPayload)."""
    if body.get("callback_id") != WHY:
        return None
    links = _links(body.get("message") or {})
    ready = None if links else Answer(parts=(Line(text=NO_LINKS),))
    return Asked(command=_asks(body, workspace, words=" ".join([WHY, *links])), back=_back(body), ready=ready)


def _links(message: Body) -> list[str]:
    """The first addresses in a message, each once: those of its stories, else all of its blocks, else of its text."""
    attached = [one for one in message.get("attachments") or () if isinstance(one, dict)]
    found = [*_stories(message.get("blocks") or ())]
    if not found:
        found = [*links_in(message.get("blocks")), *links_in([one.get("blocks") for one in attached])]
    if not found:
        found = ADDRESS.findall(html.unescape(str(message.get("text", ""))))
        found += [str(one[key]) for one in attached for key in ("title_link", "from_url") if one.get(key)]
    return [one for one in dict.fromkeys(found) if ADDRESS.fullmatch(one)][:MOST_EXPLAINED]


def _stories(blocks: Sequence[Body]) -> Iterator[str]:
    """The links of the stories in a message of ours, each the first above its menu: not where else they are told."""
    for told, below in pairwise(blocks):
        if str(below.get("block_id", "")).startswith(f"{story.MENU} "):
            yield from islice(links_in(told), 1)


def _event(body: Body) -> Looked | Gone | None:
    event = body.get("event") or {}
    match event.get("type"):
        case "app_home_opened" if event.get("tab", "home") == "home":
            return Looked(id=str(body.get("event_id", "")), person=str(event.get("user", "")))
        case "app_uninstalled":
            return Gone(why="the app was removed from the workspace")
        case "tokens_revoked" if (event.get("tokens") or {}).get("bot"):
            return Gone(why="SLACK_BOT_TOKEN was revoked")
    return None


def typed(words: str) -> str:
    """The words as the person typed them, names and addresses as they are read."""
    return html.unescape(SIGNED.sub(_typed, words))


def _typed(found: re.Match[str]) -> str:
    sign, what, label = found[1], found[2], found[3]
    if sign == "!":  # <!here>, <!subteam^S1|@team>
        return label or f"@{what.partition('^')[0]}"
    if sign:
        return f"{sign}{label or what}"
    return what.removeprefix("mailto:")


class Once:
    """Which requests were taken in hand lately: Slack delivers again what it believes was not acknowledged."""

    LIFE, MOST = timedelta(minutes=10), 10_000

    def __init__(self) -> None:
        self._taken: OrderedDict[str, float] = OrderedDict()

    def take(self, key: str, now_s: float) -> bool:
        """Whether it is the first time; "" is always."""
        while self._taken and (len(self._taken) >= self.MOST or self._oldest() < now_s - self.LIFE.total_seconds()):
            self._taken.popitem(last=False)
        if not key or key in self._taken:
            return not key
        self._taken[key] = now_s
        return True

    def forget(self, key: str) -> None:
        """It came to nothing: delivered again, it is to be tried again."""
        self._taken.pop(key, None)

    def _oldest(self) -> float:
        return next(iter(self._taken.values()))
