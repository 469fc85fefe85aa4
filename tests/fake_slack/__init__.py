"""A Slack on loopback that tests lean on: Web API, Socket Mode, faults on demand, and a check of every request.

    async with FakeSlack(reference=shared / "oracles") as slack:
        …                                                       # SLACK_API_URL=slack.url, its two tokens
        await slack.connected()
        exchange = await slack.command("/treaty", "subscribe ratification", channel="C1", user="U1")
        assert "Subscribed" in (await exchange.answer()).words
        assert [post.text for post in slack.posts("C1")] == [...]

tests/README.md tells the rest: how to make it misbehave, what it checks, and what it does not know.
"""

from tests.fake_slack.faults import Armed, Fault
from tests.fake_slack.nouns import Ack, Asked, Exchange, Person, Posted, Reply, Room, Upgrade, Whisper
from tests.fake_slack.remote import RemoteSlack, running
from tests.fake_slack.server import FakeSlack
from tests.fake_slack.workspace import View

__all__ = [
    "Ack",
    "Armed",
    "Asked",
    "Exchange",
    "FakeSlack",
    "Fault",
    "Person",
    "Posted",
    "RemoteSlack",
    "Reply",
    "Room",
    "Upgrade",
    "View",
    "Whisper",
    "running",
]
