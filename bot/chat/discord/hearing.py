"""What comes in: answered within three seconds, or acknowledged by then; whatever breaks, the asker hears of it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

import discord

from bot.chat import Clerk
from bot.chat.answering import STOPPING, answered, wind_up
from bot.chat.discord import forms, marks, tree, verdict
from bot.chat.discord.answers import about_story, asked_first, bodies, told, with_way_in
from bot.chat.discord.embeds import Json, button, row, said
from bot.chat.discord.people import SERVER_WIDE, People, Rights
from bot.chat.discord.requests import Failure, Requests
from bot.chat.discord.sending import send_words
from bot.chat.lately import remember
from bot.errors import Closed
from bot.log import log
from bot.model import Answer, Buttons, ChannelId, Command, Filled, Press

# Discord waits three seconds for the first answer; what is there sooner is the first answer, and may be a form.
PROMPT_SECONDS = 1.5
KEPT = 200  # forms with faults, that may be opened again as they were filled in; and questions
ELSEWHERE = "This works in the channels of a server."
# https://discord.com/developers/docs/interactions/receiving-and-responding: kinds of answers
MESSAGE, LATER, LATER_INSTEAD, INSTEAD, FOUND, WINDOW = 4, 5, 6, 7, 8, 9


class Hearing:
    """Answers what people ask, as long as its group lives."""

    def __init__(self, requests: Requests, people: People, clerk: Clerk, group: asyncio.TaskGroup) -> None:
        self._requests, self._people, self._clerk, self._group = requests, people, clerk, group
        self._busy: set[asyncio.Task[None]] = set()
        self._kept: OrderedDict[str, Filled] = OrderedDict()
        # What was shown lately by us: the question before each command that asks one, and how fields are called.
        self._questions: OrderedDict[str, str] = OrderedDict()
        self._labels: dict[str, dict[str, str]] = {}
        self._greeted: set[str] = set()
        self._stopping = False

    def take(self, interaction: discord.Interaction) -> None:
        """Answer it by a task of its own."""
        task = self._group.create_task(self._safely(interaction), name=f"answer {interaction.id}")
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)

    async def stop(self) -> None:
        """Turn away what comes from now on; what is being answered gets eight seconds."""
        self._stopping = True
        await wind_up(self._busy)

    async def _safely(self, interaction: discord.Interaction) -> None:
        try:
            await self._hear(interaction)
        except Failure as failure:
            log.warning("command.unanswered", channel=str(interaction.channel_id), why=str(failure.verdict))
        except Exception:  # noqa: BLE001 - the top of a deed: one interaction's fault must not stop the others
            log.error("interaction.broke", reference=uuid4().hex[:8], exc_info=True)

    async def _hear(self, interaction: discord.Interaction) -> None:
        data: Mapping[str, Any] = interaction.data or {}
        if interaction.type is discord.InteractionType.autocomplete:
            await self._respond(interaction, FOUND, {"choices": self._found(data)})
            return
        if self._stopping or interaction.guild_id is None:
            await self._respond(interaction, MESSAGE, told(STOPPING if self._stopping else ELSEWHERE))
            return
        asked = self._asked(interaction, data)
        if not isinstance(asked, Command):
            await self._respond(interaction, MESSAGE, asked)
            return
        self._remember(interaction, asked.channel)
        await self._reply(interaction, asked)

    def _found(self, data: Mapping[str, Any]) -> list[Json]:
        typing = tree.typing(data)
        if typing is None:
            return []
        found = self._clerk.lookup(typing.form, typing.field, typing.typed) if typing.form else ()
        return tree.choices([*typing.known, *found], typing.before)

    def _remember(self, interaction: discord.Interaction, channel: ChannelId) -> None:
        roles = frozenset(str(role) for role in getattr(interaction.user, "_roles", ()))
        permissions = interaction.permissions.value
        if channel != _place(interaction):  # a button may speak of another channel; what holds here need not hold there
            permissions &= SERVER_WIDE
        self._people.met(channel, str(interaction.user.id), Rights(permissions=permissions, roles=roles))

    # ── what is asked

    def _asked(self, interaction: discord.Interaction, data: Mapping[str, Any]) -> Command | Json:
        """A command, or what is shown at once."""
        command = Command(
            id=str(interaction.id),
            channel=_place(interaction),
            person=str(interaction.user.id),
            name=interaction.user.display_name,
        )
        if interaction.type is discord.InteractionType.application_command:
            return replace(command, words=tree.words(data))
        custom_id = str(data.get("custom_id", ""))
        if interaction.type is discord.InteractionType.modal_submit:
            return self._sent(command, custom_id, data)
        if custom_id == marks.STORY:
            return about_story(*_chosen(interaction, data))
        return self._pressed(command, custom_id, label=_label(interaction, custom_id))

    def _pressed(self, command: Command, custom_id: str, *, label: str) -> Command | Json:
        kind, _, key = custom_id.partition(":")
        if kind == marks.AGAIN:
            kept = self._kept.get(key)
            return replace(command, filled=replace(kept, done=False)) if kept else replace(command, words="subscribe")
        match marks.read(custom_id):
            case marks.Words(sure=True) as pressed:
                return asked_first(pressed, self._questions.get(pressed.words, ""), label)
            case marks.Words(words=words, channel=channel):
                place = command.channel._replace(channel=channel or command.channel.channel)
                return replace(command, words=words, channel=place)
            case Press() as press:
                return replace(command, press=press)
        return told("That button is of an older TreatyWatch. Type `/treaty help` to see what there is.")

    def _sent(self, command: Command, custom_id: str, data: Mapping[str, Any]) -> Command | Json:
        """A form that was filled in, or what is wrong with it; Discord lets nobody open a form out of a form."""
        form = forms.form_of(custom_id, command.channel)
        if form is None:
            return told("That form is of an older TreatyWatch. Type `/treaty subscribe` for a new one.")
        name, channel, stamp = form
        filled = forms.filled(name, data, stamp)
        command = replace(command, channel=channel, filled=filled)
        if faults := self._clerk.faults(command):
            remember(self._kept, command.id, filled, most=KEPT)
            again = button("Correct it", f"{marks.AGAIN}:{command.id}")
            labels = self._labels.get(name, {})
            said = [f"{labels[field]}: {fault}" if field in labels else fault for field, fault in faults.items()]
            return told("\n".join(said), [row([again])])
        return command

    # ── what is answered

    async def _reply(self, interaction: discord.Interaction, command: Command) -> None:
        answering = self._group.create_task(answered(self._clerk, command), name=f"answer {command.id}")
        await asyncio.wait([answering], timeout=PROMPT_SECONDS)
        lost: Failure | None = None
        try:
            await self._show(interaction, answering, command)
        except Failure as failure:
            lost = failure
        # What was changed is so, whether the asker could be told or not.
        answer = await answering
        if answer.notice:
            await self._notice(interaction, command, answer.notice)
        if lost is not None:
            raise lost
        if answer.form is None:
            await self._greet(interaction, command.channel.workspace)

    async def _show(self, interaction: discord.Interaction, answering: asyncio.Task[Answer], command: Command) -> None:
        """Give an answer to the asker, once it is there."""
        # A message that only the asker sees is replaced by what was asked for in it.
        replaces = bool(command.words) and interaction.message is not None and interaction.message.flags.ephemeral
        late = not answering.done()
        if late:
            await self._respond(interaction, LATER_INSTEAD if replaces else LATER, {} if replaces else {"flags": 64})
        answer = await answering
        self._note(answer)
        opens = answer.form is not None and forms.has_room(answer.form)
        if answer.form is not None and opens and not late:
            await self._respond(interaction, WINDOW, forms.modal(answer.form))
            return
        pages = bodies(with_way_in(answer) if opens else answer) or [told("Done.")]
        if late:
            await self._follow(interaction, pages[0], instead=True)
        else:
            await self._respond(interaction, INSTEAD if replaces else MESSAGE, pages[0])
        for page in pages[1:]:
            await self._follow(interaction, page)

    def _note(self, answer: Answer) -> None:
        """Keep what no button or modal has room for."""
        shown = [one for part in answer.parts if isinstance(part, Buttons) for one in part.buttons]
        for one in shown:
            if one.sure:
                remember(self._questions, one.words, one.sure, most=KEPT)
        if answer.form is not None:
            self._labels[answer.form.name] = {field.name: field.label for field in answer.form.fields}

    async def _notice(self, interaction: discord.Interaction, command: Command, text: str) -> None:
        """Say in the channel what changed; where that cannot be, tell the asker what to do."""
        try:
            await send_words(self._requests, command.channel.channel, said(text), key=f"notice-{command.id}")
        except Failure as failure:
            log.warning("notice.not_said", channel=str(command.channel), why=str(failure.verdict))
            if isinstance(failure.verdict, Closed):
                await self._follow(interaction, told(verdict.not_said(failure.verdict)))

    async def _greet(self, interaction: discord.Interaction, server: str) -> None:
        """Tell the first person of a server who meets us how to begin."""
        if server in self._greeted:
            return
        self._greeted.add(server)
        welcome = await self._clerk.welcome("discord", server)
        for page in bodies(welcome) if welcome else ():
            await self._follow(interaction, page)

    async def _respond(self, interaction: discord.Interaction, kind: int, data: Json) -> None:
        await self._requests.respond(str(interaction.id), interaction.token, {"type": kind, "data": data})

    async def _follow(self, interaction: discord.Interaction, page: Json, *, instead: bool = False) -> None:
        await self._requests.follow(str(interaction.application_id), interaction.token, page, instead=instead)


def _place(interaction: discord.Interaction) -> ChannelId:
    """The channel that is meant: of a thread that we began under a message of ours, the one in which that stands."""
    channel, ours = interaction.channel, interaction.application_id
    place = interaction.channel_id
    if isinstance(channel, discord.Thread) and channel.owner_id in {ours, interaction.client.application_id}:
        place = channel.parent_id
    return ChannelId("discord", str(interaction.guild_id), str(place))


def _chosen(interaction: discord.Interaction, data: Mapping[str, Any]) -> tuple[str, str, str]:
    """What the option that was chosen in a menu holds, its label, and what is said of it."""
    value = str(next(iter(data.get("values", ())), ""))
    menus = (one for one in _parts(interaction) if isinstance(one, discord.SelectMenu))
    options = (option for menu in menus for option in menu.options if option.value == value)
    found = next(options, None)
    return (value, found.label, found.description or "") if found else (value, "", "")


def _label(interaction: discord.Interaction, custom_id: str) -> str:
    """What the button says that was pressed."""
    buttons = (one for one in _parts(interaction) if isinstance(one, discord.Button))
    return next((one.label for one in buttons if one.custom_id == custom_id and one.label), "")


def _parts(interaction: discord.Interaction) -> Iterator[object]:
    """All buttons and menus of the message in which something was pressed or chosen."""
    rows = interaction.message.components if interaction.message else []
    yield from (one for each in rows if isinstance(each, discord.ActionRow) for one in each.children)
