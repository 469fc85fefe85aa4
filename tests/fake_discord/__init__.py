"""A Discord on loopback that tests lean on: methods, gateway, faults on demand, and a check of every request.

    async with FakeDiscord(reference=shared / "oracles") as discord:
        …                                                       # discord.url, discord.gateway_url, discord.token
        await discord.connected()
        exchange = await discord.command("subscribe", topics="ratification", when="instant", channel="101", user="11")
        assert "Subscribed" in (await exchange.answer()).words
        assert [post.key for post in discord.posts("101")] == [...]

tests/README.md tells the rest: how to make it misbehave, what it checks, and what it does not know.
"""

from tests.fake_discord.answers import limited, refused, shut_out
from tests.fake_discord.nouns import Asked, Exchange, Person, Posted, Reply, Room
from tests.fake_discord.server import FakeDiscord
from tests.fake_slack.faults import Armed, Fault

__all__ = [
    "Armed",
    "Asked",
    "Exchange",
    "FakeDiscord",
    "Fault",
    "Person",
    "Posted",
    "Reply",
    "Room",
    "limited",
    "refused",
    "shut_out",
]
