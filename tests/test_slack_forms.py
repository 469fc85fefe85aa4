"""How a form looks in Slack, and that what is filled in there comes back in our nouns."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.chat.slack.forms import Kept, errors, filled, kept, modal, place, window
from bot.model import Answer, Choices, Fact, Field, Filled, Form, Lookup, Option
from tests.fake_slack.checks import Checks
from tests.fake_slack.filling import state_of
from tests.fake_slack.nouns import words_in
from tests.slack_forms import DAYS, DIGEST, FIELDS, HOUR, PLACE, QUIET, ZONE, form, many
from tests.slack_shapes import Json, digest, hostile, several, together

CHECKS = Checks(None)


def drawn(*fields: Field, keep: Kept | None = None, **given: Any) -> Json:
    return dict(modal(form(*fields, **given), keep or Kept(channel="C1")))


def blocks(*fields: Field) -> list[Json]:
    return [block for block in drawn(*fields)["blocks"] if block["type"] == "input"]


def sent(view: Json, entered: Mapping[str, Any] | None = None) -> Filled:
    """What comes back of a view that was sent as it was drawn, but for what was entered."""
    return filled({**view, "state": {"values": state_of(view, dict(entered or {}))}}, done=True)


# ── drawing ───────────────────────────────────────────────────────────────────


def test_choices_are_boxes_to_tick_with_what_is_told_of_each() -> None:
    (block,) = blocks(DIGEST)
    first, second = block["element"]["options"]
    assert (block["element"]["type"], block["optional"], block["dispatch_action"]) == ("checkboxes", True, True)
    assert block["element"]["initial_options"] == [first]
    assert (second["value"], second["text"]["text"], second["description"]["text"]) == (
        "ratification",
        "Signature and ratification",
        "12 items in the last 30 days",
    )


def test_more_than_ten_choices_are_several_groups_of_one_name() -> None:
    found = blocks(Choices(name="topics", label="Topics", options=many(23), chosen=("t12",), hint="Any."))
    assert [block["block_id"] for block in found] == ["topics", "topics 2", "topics 3"]
    assert {block["element"]["action_id"] for block in found} == {"topics"}
    assert [len(block["element"]["options"]) for block in found] == [10, 10, 3]
    assert ["initial_options" in block["element"] for block in found] == [False, True, False]
    assert ["hint" in block for block in found] == [False, False, True]


def test_what_is_folded_is_a_menu() -> None:
    (block,) = blocks(DAYS)
    assert (block["element"]["type"], len(block["element"]["options"])) == ("multi_static_select", 3)


def test_a_menu_of_more_than_a_hundred_things_has_them_in_groups() -> None:
    (block,) = blocks(Choices(name="topics", label="Topics", options=many(230), chosen=("t120",), folded=True))
    assert [len(group["options"]) for group in block["element"]["option_groups"]] == [100, 100, 30]
    assert [one["value"] for one in block["element"]["initial_options"]] == ["t120"]


def test_an_hour_a_search_and_a_place_are_slack_s_own_elements() -> None:
    hour, quiet, zone, where = blocks(HOUR, QUIET, ZONE, PLACE)
    assert hour["element"] == {"type": "timepicker", "initial_time": "09:00", "action_id": "at"}
    assert (quiet["element"], quiet["optional"]) == ({"type": "timepicker", "action_id": "quiet"}, True)
    assert (zone["element"]["type"], zone["element"]["min_query_length"]) == ("external_select", 1)
    assert zone["element"]["initial_option"]["value"] == "Europe/Vienna"
    assert where["element"] == {
        "type": "conversations_select",
        "default_to_current_conversation": True,
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        "action_id": "place",
    }


def test_a_choice_of_nothing_is_left_out() -> None:
    assert blocks(Choices(name="a", label="A", options=()), Choices(name="b", label="B", options=(), folded=True)) == []


def test_below_the_fields_stands_what_it_would_come_to_with_nothing_to_press() -> None:
    below = [block for block in drawn()["blocks"] if block["type"] != "input"]
    assert [block["type"] for block in below] == ["divider", "rich_text", "rich_text", "rich_text"]
    assert "Show more: \n/treaty latest" in "\n".join(words_in(below))


def test_a_form_of_too_much_counts_what_it_leaves_out() -> None:
    view = drawn(parts=tuple(several(120)))
    assert len(view["blocks"]) == 100
    assert "27 more did not fit here." in "\n".join(words_in(view["blocks"][-1:]))


def test_an_answer_in_a_window_has_nothing_to_send() -> None:
    view: Json = dict(
        window(Answer(parts=(Fact(name="a", told="b"),), preview=(digest(*several(2), change="subscribe"),)), Kept())
    )
    assert "submit" not in view
    assert {"actions"} & {block["type"] for block in view["blocks"]} == set()
    assert CHECKS.view(view) == []


EXTREMES: Mapping[str, Form] = {
    "one of each": form(*FIELDS, PLACE),
    "long words": form(
        Choices(
            name="c",
            label="L" * 3000,
            hint="h" * 3000,
            options=(Option(value="v" * 75, label="l" * 200, told="t" * 200),),
        ),
        Lookup(name="z", label="Z" * 3000, chosen="c" * 75),
        title="T" * 60,
        submit="S" * 60,
    ),
    "emoji": form(
        Choices(name="c", label="😂" * 1500, options=(Option(value="v", label="😂" * 60, told="😂" * 60),)),
        title="😂" * 30,
    ),
    "no words": form(Choices(name="c", label="", options=(Option(value="v", label=""),)), title="", submit=""),
    "three hundred choices": form(Choices(name="c", label="C", options=many(300))),
    "nothing below": form(parts=()),
}


@pytest.mark.parametrize("name", EXTREMES)
@pytest.mark.shared
def test_slack_takes_every_form(shared: Path, name: str) -> None:
    view = dict(modal(EXTREMES[name], Kept(channel="C1", url="https://hooks.slack.com/" + "x" * 200)))
    assert Checks(shared / "oracles").of("views.open", {"trigger_id": "1", "view": view}).violations == []


@pytest.mark.shared
def test_no_text_from_outside_can_do_anything_in_a_form(shared: Path) -> None:
    checks = Checks(shared / "oracles")
    for texts in together(hostile(shared)):
        fields = [field for number, text in enumerate(texts) for field in said_by(text, number)]
        told = tuple(Fact(name=text, told=text) for text in texts)
        view = dict(modal(form(*fields, title=texts[0], submit=texts[0], parts=(*told, *several(1))), Kept()))
        assert checks.of("views.open", {"trigger_id": "1", "view": view}).violations == []


def said_by(text: str, number: int) -> list[Field]:
    """Fields in which everything says that."""
    option = Option(value="v", label=text, told=text)
    return [
        Choices(name=f"a{number}", label=text, options=(option,), chosen=("v",), hint=text),
        Choices(name=f"b{number}", label=text, options=(option,), folded=True),
        Lookup(name=f"c{number}", label=text, chosen=text[:75] or "x", hint=text),
    ]


# ── what came back ────────────────────────────────────────────────────────────


def test_a_form_that_is_sent_untouched_says_what_it_began_with() -> None:
    assert sent(drawn(*FIELDS, PLACE)) == Filled(
        form="subscribe",
        values={
            "digest": ("convention",),
            "at": ("09:00",),
            "zone": ("Europe/Vienna",),
            "days": ("mon",),
            "quiet": (),
            "place": (),
        },
    )


def test_groups_of_choices_come_back_as_one_in_their_order() -> None:
    view = drawn(Choices(name="topics", label="Topics", options=many(23), chosen=("t21", "t3", "t12")))
    assert sent(view).values == {"topics": ("t3", "t12", "t21")}


def test_what_is_still_open_is_not_done() -> None:
    assert filled({**drawn(), "state": {"values": {}}}, done=False).done is False


def test_a_place_is_the_channel_that_was_chosen() -> None:
    state = {"place": {"place": {"type": "conversations_select", "selected_conversation": "C7"}}}
    view = {**drawn(PLACE), "state": {"values": state}}
    assert (place(view), filled(view, done=True).values["place"], place(drawn(PLACE))) == ("C7", ("C7",), "")


def test_faults_stand_at_their_fields_and_others_at_the_first() -> None:
    view = drawn(DIGEST, HOUR)
    assert errors({"at": "No such hour.", "cadence": "Choose one."}, view) == {
        "at": "No such hour.",
        "digest": "Choose one.",
    }
    assert errors({"digest": "A.", "else": "B."}, view) == {"digest": "A. B."}


def test_a_form_gives_its_stamp_back() -> None:
    assert sent(drawn(DIGEST, stamp="1a2b3c4d")).stamp == "1a2b3c4d"


def test_a_form_drawn_anew_keeps_what_was_entered_only_while_its_stamp_is_the_same() -> None:
    first = drawn(PLACE, DIGEST, HOUR, stamp="1a2b3c4d")
    same = drawn(PLACE, DIGEST, HOUR, stamp="1a2b3c4d", keep=kept(first))
    other = drawn(PLACE, DIGEST, HOUR, stamp="5e6f7a8b", keep=kept(first))
    later = drawn(PLACE, DIGEST, HOUR, stamp="5e6f7a8b", keep=kept(other))
    # Slack keeps what was entered in a field of the same block_id; the channel that was chosen stays in any case.
    assert ids(first) == ids(same) == ["place", "digest", "at"]
    assert ids(other) == ids(later) == ["place", "digest@5e6f7a8b", "at@5e6f7a8b"]
    assert sent(other).values == sent(first).values
    assert errors({"at": "No such hour."}, other) == {"at@5e6f7a8b": "No such hour."}


def ids(view: Json) -> list[str]:
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]


def test_a_view_keeps_where_it_came_from_and_shows_it_to_nobody() -> None:
    keep = Kept(channel="C1", url="https://hooks.slack.com/actions/secret", home=True)
    view = drawn(keep=keep)
    assert kept(view) == keep
    assert "secret" not in repr(keep)


@pytest.mark.parametrize("metadata", ["", "{", "[]", "1", None])
def test_a_view_that_kept_nothing_of_ours_is_read_as_such(metadata: str | None) -> None:
    assert kept({"private_metadata": metadata}) == Kept()


def test_an_address_that_has_no_room_in_a_view_is_left_out() -> None:
    keep = Kept(channel="C1", url="https://hooks.slack.com/" + "x" * 3000)
    assert kept(drawn(keep=keep)) == Kept(channel="C1")
