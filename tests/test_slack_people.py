"""What Slack tells of people: zones, and who may change what a channel gets; nobody may where it cannot be told."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.slack.people import DAY, FRESH, HOUR, People
from bot.model import ChannelId
from tests.fake_slack import FakeSlack, Fault, Person
from tests.slack_chats import fake, opened

SCOPES = ("users:read", "channels:read", "groups:read", "usergroups:read")
HERE = ChannelId("slack", "T1", "C1")


class Seconds:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with fake(("chat:write", *SCOPES)) as made:
        made.room("C1").creator = "U2"
        yield made


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
def people(slack: FakeSlack, clock: Seconds) -> People:
    return People(AsyncWebClient(token=slack.bot_token, base_url=slack.url, retry_handlers=[]), clock=clock)


# ── zones ─────────────────────────────────────────────────────────────────────


async def test_the_zone_is_the_one_of_the_profile(people: People) -> None:
    assert [await people.zone("U1"), await people.zone("U2")] == ["Europe/Vienna", "America/New_York"]


async def test_a_zone_is_asked_for_once_a_day(people: People, slack: FakeSlack, clock: Seconds) -> None:
    await people.zone("U1")
    slack.workspace.people["U1"].zone = "America/Lima"
    clock.now = DAY.total_seconds() - 1
    first = await people.zone("U1")
    clock.now += 2
    assert (first, await people.zone("U1"), len(slack.calls("users.info"))) == ("Europe/Vienna", "America/Lima", 2)


async def test_without_the_scope_a_zone_is_not_known_and_asked_for_again_after_an_hour(
    people: People, slack: FakeSlack, clock: Seconds
) -> None:
    slack.workspace.scopes.discard("users:read")
    assert [await people.zone("U1"), await people.zone("U1")] == [None, None]
    slack.workspace.scopes.add("users:read")
    clock.now = HOUR.total_seconds() - 1
    first = await people.zone("U1")
    clock.now += 2
    assert (first, await people.zone("U1"), len(slack.calls("users.info"))) == (None, "Europe/Vienna", 2)


@pytest.mark.parametrize("fault", [Fault.http(500), Fault.half(), Fault.rate_limited(5), Fault.html(200)])
async def test_a_slack_that_does_not_answer_is_asked_again(people: People, slack: FakeSlack, fault: Fault) -> None:
    slack.faults.add("users.info", fault)
    assert [await people.zone("U1"), await people.zone("U1")] == [None, "Europe/Vienna"]


async def test_a_zone_that_this_machine_does_not_know_is_none(people: People, slack: FakeSlack) -> None:
    slack.workspace.people["U1"].zone = "Mars/Phobos"
    assert await people.zone("U1") is None


async def test_nobody_has_no_zone(people: People) -> None:
    assert await people.zone("U999") is None


async def test_a_chat_tells_both(slack: FakeSlack) -> None:
    async with opened(slack) as chat:
        assert await chat.zone("U2") == "America/New_York"
        assert await chat.may_not_change(HERE, "U2", "creators") == ""


# ── who may ───────────────────────────────────────────────────────────────────

CREATOR, ADMIN, OTHER = "U2", "U1", "U3"


@pytest.fixture
def other(slack: FakeSlack) -> str:
    slack.workspace.people[OTHER] = Person(id=OTHER, name="third")
    return OTHER


@pytest.mark.parametrize(
    ("rule", "may"),
    [
        ("anyone", [CREATOR, ADMIN, OTHER]),
        ("creators", [CREATOR, ADMIN]),
        ("admins", [ADMIN]),
        ("S1", [ADMIN]),
    ],
)
async def test_those_may_whom_the_rule_names(people: People, other: str, rule: str, may: list[str]) -> None:
    told = {person: await people.may_not_change(HERE, person, rule) for person in (CREATOR, ADMIN, other)}
    assert [person for person, why in told.items() if not why] == may
    assert all("othing was changed" in why for why in told.values() if why)


async def test_an_owner_may_what_an_admin_may(people: People, slack: FakeSlack, other: str) -> None:
    slack.workspace.people[other].owner = True
    assert await people.may_not_change(HERE, other, "admins") == ""


@pytest.mark.parametrize("rule", ["anyone", "admins"])
async def test_a_direct_message_gets_nothing_whoever_asks(people: People, slack: FakeSlack, rule: str) -> None:
    assert await people.may_not_change(ChannelId("slack", "T1", "D77"), ADMIN, rule) == (
        "I cannot post in a direct message. Type this in the channel that should get the news."
    )
    assert slack.asked == []


async def test_where_anyone_may_slack_is_not_asked(people: People, slack: FakeSlack) -> None:
    await people.may_not_change(HERE, "U2", "anyone")
    assert slack.asked == []


@pytest.mark.parametrize(
    ("rule", "scope"),
    [("creators", "channels:read"), ("admins", "users:read"), ("S1", "usergroups:read")],
)
async def test_without_the_scope_nobody_may_and_it_is_named(
    people: People, slack: FakeSlack, rule: str, scope: str
) -> None:
    slack.workspace.scopes.discard(scope)
    assert await people.may_not_change(HERE, ADMIN, rule) == (
        f"I cannot tell whether you may change this: the app lacks the scope {scope}. Nothing was changed. "
        "Whoever manages the app can add it."
    )


@pytest.mark.parametrize("rule", ["creators", "admins", "S1"])
@pytest.mark.parametrize("fault", [Fault.http(500), Fault.half(), Fault.rate_limited(5), Fault.error("internal_error")])
async def test_where_slack_does_not_answer_nobody_may_until_it_does(
    people: People, slack: FakeSlack, rule: str, fault: Fault
) -> None:
    slack.faults.add("*", fault)
    first = await people.may_not_change(HERE, ADMIN, rule)
    assert (first.startswith("I cannot tell"), "Nothing was changed." in first) == (True, True)
    assert await people.may_not_change(HERE, ADMIN, rule) == ""


async def test_a_group_that_slack_does_not_know_is_named(people: People) -> None:
    why = await people.may_not_change(HERE, ADMIN, "S999")
    assert why == "Slack knows no group of users S999, which `bot.may_change` names. Nothing was changed."


async def test_in_a_private_channel_that_we_cannot_see_it_is_said_what_to_do(people: People) -> None:
    why = await people.may_not_change(ChannelId("slack", "T1", "C4"), CREATOR, "creators")
    assert "/invite @TreatyWatch" in why


async def test_who_leaves_a_group_may_no_more_within_minutes(people: People, slack: FakeSlack, clock: Seconds) -> None:
    assert await people.may_not_change(HERE, ADMIN, "S1") == ""
    slack.workspace.groups["S1"] = []
    assert await people.may_not_change(HERE, ADMIN, "S1") == ""
    clock.now = FRESH.total_seconds() + 1
    assert await people.may_not_change(HERE, ADMIN, "S1") != ""


async def test_who_ceases_to_be_an_admin_may_no_more_within_minutes_whatever_was_asked_before(
    people: People, slack: FakeSlack, clock: Seconds
) -> None:
    await people.zone(ADMIN)
    slack.workspace.people[ADMIN].admin = False
    clock.now = FRESH.total_seconds() + 1
    assert await people.may_not_change(HERE, ADMIN, "admins") != ""
