"""What comes back over a response_url or with an acknowledgement, and what it does to the room."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.fake_slack.nouns import Exchange, Json, Posted, Reply, Room
from tests.fake_slack.workspace import Said, SlackError, Workspace

USES, LIFE = 5, timedelta(minutes=30)


@dataclass(eq=False)
class Address:
    """One response_url."""

    exchange: Exchange
    room: Room
    born: datetime
    original: str | None = None  # ts of the message whose button was pressed
    uses: int = 0


@dataclass(eq=False)
class Answers:
    """All addresses that were given out."""

    workspace: Workspace
    addresses: dict[str, Address] = field(default_factory=dict)

    def give(self, key: str, exchange: Exchange, room: Room, original: Posted | None) -> None:
        """Open an address."""
        born = self.workspace.now()
        self.addresses[key] = Address(exchange, room, born, original.ts if original else None)

    def use(self, key: str, body: Json, refusal: str | None) -> None:
        """Take what was said to an address; SlackError where it is used up, too old or refused."""
        address = self.addresses.get(key)
        if address is None:
            raise SlackError("expired_url")
        if self.workspace.now() - address.born > LIFE:
            raise SlackError("expired_url")
        if address.uses >= USES:
            raise SlackError("used_url")
        if refusal:
            raise SlackError(refusal)
        if not any(body.get(name) for name in ("text", "blocks", "delete_original")):
            raise SlackError("no_text")
        address.uses += 1
        self.take(address.exchange, body, address.room, original=address.original, via="response_url")

    def take(self, exchange: Exchange, body: Json, room: Room, *, original: str | None, via: str) -> None:
        """Note a reply and let it stand in the room where it belongs there."""
        here = self.workspace
        reply = Reply(
            at=here.now(),
            text=str(body.get("text") or ""),
            blocks=body.get("blocks") or [],
            in_channel=body.get("response_type") == "in_channel",
            replace_original=bool(body.get("replace_original")),
            delete_original=bool(body.get("delete_original")),
            thread=body.get("thread_ts"),
            via=via,
        )
        exchange.replies.append(reply)
        said = Said(text=reply.text, blocks=reply.blocks)
        old = here.message(room, original) if original else None
        if old and reply.delete_original:
            here.delete(room, old)
        elif old and reply.replace_original:
            here.edit(room, old, said)
        elif reply.in_channel:
            here.say(room, said, by=here.bot, via=via)
        here.bell.ring()
