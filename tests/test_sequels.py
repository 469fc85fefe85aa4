"""How a message that stands is corrected, and what goes into its thread."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.delivery.compose import compose_digest, compose_instant
from bot.delivery.sequels import corrected, correction, coverage
from bot.model import Coverage, Entry, Message, Outdated, Owed, Post, Sequel, SequelKind, Story
from tests.desks import CHANNEL, LIMITS, MORNING, desk, edition, item, owed, told_by, wish

TITLE = "Ghana signs the UN cybercrime treaty"
SUMMARY = "In Accra the minister said so. Ghana signed the UN cybercrime treaty on Monday. More will follow."
AT_ONCE = desk(wish("convention"), wish("ratification", "instant"))


def covered(title: str = TITLE, summary: str = "", topic: str = "ratification", outlet: str = "CEPA") -> Coverage:
    of = item(title, summary, link=f"https://{outlet.lower()}.example/1")
    return told_by(outlet, replace(of, key=outlet), (topic, 0.5, "UN cybercrime treaty"))


def outdated(
    message: Message, story: Story, *changed: Coverage, kind: SequelKind = "correction", post: str = "instant"
) -> Outdated:
    stands = Post(id="p1", channel=CHANNEL.id, kind="digest", payload="", due=MORNING, message="1.0")
    return Outdated(
        post=replace(stands, kind="instant" if post == "instant" else "digest"),
        message=message,
        stories=(story,),
        sequels=tuple(Sequel(channel=CHANNEL.id, story=story.id, item=part.item.id, kind=kind) for part in changed),
    )


def instant(one: Owed) -> Message:
    return compose_instant(one, desk=AT_ONCE, limits=LIMITS)


def entries(message: Message | None) -> list[Entry]:
    assert message is not None
    return [entry for group in message.groups for entry in group.entries]


def after(before: Coverage, now: Coverage) -> Message | None:
    """What a message at once about the first becomes when it is told like the second."""
    one = owed(before, wished="instant")
    told = outdated(instant(one), replace(one.story, told_by=(now,)), now)
    return corrected(told, desk=AT_ONCE, limits=LIMITS)


def test_another_title_takes_the_place_of_the_one_that_was_told() -> None:
    (entry,) = entries(after(covered(), covered("Ghana ratifies the UN cybercrime treaty")))
    assert entry.title == "Ghana ratifies the UN cybercrime treaty"
    assert entry.edited == f"Edited: the title was “{TITLE}”."


def test_another_proving_sentence_takes_the_place_of_the_one_that_was_quoted() -> None:
    (entry,) = entries(after(covered(summary=SUMMARY), covered(summary=SUMMARY.replace("Monday", "Tuesday"))))
    assert entry.quote.text == "Ghana signed the UN cybercrime treaty on Tuesday."
    assert entry.edited == "Edited: the sentence was “Ghana signed the UN cybercrime treaty on Monday.”."


@pytest.mark.parametrize(
    "now",
    [
        replace(covered(), item=replace(covered().item, title="GHANA signs the U.N. Cybercrime Treaty!")),
        replace(covered(), item=replace(covered().item, summary="Not about it. Nothing here.")),
        replace(covered(), outlet="Another name"),
    ],
    ids=["marks and case", "words that were not shown", "the outlet"],
)
def test_what_a_reader_would_not_see_is_not_corrected(now: Coverage) -> None:
    assert after(covered(), now) is None


def test_an_item_that_is_about_something_else_by_now_says_so() -> None:
    both = desk(wish("convention", "instant"), wish("ratification", "instant"), wish("rights", "instant"))
    one = owed(covered(), wished="instant")
    now = covered(topic="rights")
    told = outdated(compose_instant(one, desk=both, limits=LIMITS), replace(one.story, told_by=(now,)), now)
    (entry,) = entries(corrected(told, desk=both, limits=LIMITS))
    assert entry.edited == "Edited: it is now under Human rights, and was under Signature and ratification."


def test_in_a_digest_only_the_story_changes_that_changed() -> None:
    first, second = owed(covered()), owed(covered("Kenya joins the UN cybercrime treaty", outlet="PRIF"))
    digest = compose_digest([first, second], desk=desk(), edition=edition(), limits=LIMITS).messages[0]
    now = covered("Kenya leaves the UN cybercrime treaty", outlet="PRIF")
    told = outdated(digest, replace(second.story, told_by=(now,)), now, post="digest")
    message = corrected(told, desk=desk(), limits=LIMITS)
    assert [(entry.title, entry.edited) for entry in entries(message)] == [
        (TITLE, ""),
        ("Kenya leaves the UN cybercrime treaty", "Edited: the title was “Kenya joins the UN cybercrime treaty”."),
    ]
    assert message is not None
    assert replace(message, groups=()) == replace(digest, groups=())


def test_where_nothing_can_be_changed_the_correction_says_what_changed_alone() -> None:
    first, second = owed(covered()), owed(covered("Kenya joins the UN cybercrime treaty", outlet="PRIF"))
    digest = compose_digest([first, second], desk=desk(), edition=edition(), limits=LIMITS).messages[0]
    now = covered("Kenya leaves the UN cybercrime treaty", outlet="PRIF")
    told = outdated(digest, replace(second.story, told_by=(now,)), now, post="digest")
    message = corrected(told, desk=desk(), limits=LIMITS)
    assert message is not None
    said = correction(told, message)
    assert (said.heading, [entry.title for entry in entries(said)]) == (
        "Correction",
        ["Kenya leaves the UN cybercrime treaty"],
    )


def test_an_outlet_that_is_only_named_beside_changes_nothing_when_it_changes() -> None:
    lead, other = covered(), covered(outlet="PRIF")
    one = owed(lead, other, wished="instant")
    now = covered("Ghana signs nothing of the UN cybercrime treaty", outlet="PRIF")
    told = outdated(instant(one), replace(one.story, told_by=(lead, now)), now)
    assert corrected(told, desk=AT_ONCE, limits=LIMITS) is None


def test_a_message_that_was_not_kept_is_not_corrected() -> None:
    one = owed(covered(), wished="instant")
    told = replace(outdated(instant(one), one.story, covered("Another UN cybercrime treaty")), message=None)
    assert corrected(told, desk=AT_ONCE, limits=LIMITS) is None


def test_who_tells_a_story_later_is_told_in_its_thread() -> None:
    lead, late = covered(), covered("Accra puts its name to the UN cybercrime treaty", outlet="PRIF")
    one = owed(lead, wished="instant")
    told = outdated(instant(one), replace(one.story, told_by=(lead, late)), late, kind="coverage")
    (reply,) = coverage(told, desk=AT_ONCE, limits=LIMITS)
    assert reply.message.heading == "Also told by PRIF"
    assert [entry.title for entry in entries(reply.message)] == ["Accra puts its name to the UN cybercrime treaty"]
    assert reply.sequels == told.sequels


def test_later_coverage_of_what_the_channel_follows_no_more_is_not_told() -> None:
    lead, late = covered(), covered(topic="rights", outlet="PRIF")
    one = owed(lead, wished="instant")
    told = outdated(instant(one), replace(one.story, told_by=(lead, late)), late, kind="coverage")
    assert coverage(told, desk=AT_ONCE, limits=LIMITS) == []


def test_what_a_muted_outlet_tells_later_or_otherwise_goes_nowhere() -> None:
    deaf = replace(AT_ONCE, muted={"f"})
    lead, late = covered(), covered("Accra puts its name to the UN cybercrime treaty", outlet="PRIF")
    one = owed(lead, wished="instant")
    later = outdated(instant(one), replace(one.story, told_by=(lead, late)), late, kind="coverage")
    otherwise = outdated(
        instant(one), replace(one.story, told_by=(covered("Ghana rejects the UN cybercrime treaty"),)), lead
    )
    assert coverage(later, desk=deaf, limits=LIMITS) == []
    assert corrected(otherwise, desk=AT_ONCE, limits=LIMITS) is not None
    assert corrected(otherwise, desk=deaf, limits=LIMITS) is None
