"""Interactions as Discord tells of them."""

from __future__ import annotations

from tests.fake_discord.guild import BOT, GUILD, Guild
from tests.fake_discord.nouns import Json, Person, Posted, Reply, Room

COMMAND, COMPONENT, TYPING, MODAL = 2, 3, 4, 5
STRING, INTEGER, SUB_COMMAND = 3, 4, 1


def interaction(guild: Guild, kind: int, data: Json, room: Room, person: Person) -> Json:
    """What somebody does in a channel."""
    number = guild.snowflake()
    return {
        "id": number,
        "application_id": BOT,
        "type": kind,
        "token": f"token-of-{number}",
        "version": 1,
        "guild_id": GUILD,
        "channel_id": room.id,
        "channel": guild.channel(room),
        "guild": {"id": GUILD, "locale": "en-US", "features": []},
        "member": guild.member(person),
        "locale": "en-US",
        "guild_locale": "en-US",
        "app_permissions": "0",
        "entitlements": [],
        "authorizing_integration_owners": {},
        "context": 0,
        "attachment_size_limit": 10_485_760,
        "data": data,
    }


def command(name: str, options: Json, *, focused: str = "") -> Json:
    """/treaty name with these options; one may still be typed."""
    given: list[Json] = [
        {
            "name": key,
            "type": INTEGER if isinstance(value, int) else STRING,
            "value": value,
            **({"focused": True} if key == focused else {}),
        }
        for key, value in options.items()
    ]
    sub = {"name": name, "type": SUB_COMMAND, "options": given}
    return {"id": "1", "name": "treaty", "type": 1, "guild_id": None, "options": [sub]}


def press(custom_id: str, values: list[str] | None = None) -> Json:
    """A button that is pressed, or something chosen in a menu."""
    return {"custom_id": custom_id, "component_type": 2} if values is None else {
        "custom_id": custom_id,
        "component_type": 3,
        "values": values,
    }  # fmt: skip


def message_of(guild: Guild, shown: Posted | Reply, room: Room) -> Json:
    """The message that a pressed button stands in."""
    if isinstance(shown, Posted):
        return guild.shown(shown)
    posted = Posted(id=guild.snowflake(), channel=room.id, by=BOT, body=shown.body)
    return guild.shown(posted)


def sent(modal: Json, values: Json) -> Json:
    """A modal that is sent: `values` by custom_id, a text or a list; what is not among them is as it was shown."""
    components = []
    for number, row in enumerate(modal["components"]):
        shown = row["component"]
        custom_id = shown["custom_id"]
        if shown["type"] == 4:
            told = {"value": values.get(custom_id, shown.get("value", ""))}
        else:
            chosen = [one["value"] for one in shown.get("options", ()) if one.get("default")]
            told = {"values": values.get(custom_id, chosen)}
        components.append({"type": 18, "id": number, "component": {"type": shown["type"], "id": 100 + number, "custom_id": custom_id, **told}})  # fmt: skip
    return {"custom_id": modal["custom_id"], "components": components}
