"""Forms for tests of Slack's views."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.model import (
    Button,
    Buttons,
    ChannelId,
    Choices,
    Field,
    Form,
    Heading,
    Hour,
    Line,
    Lookup,
    Option,
    Place,
)
from tests.slack_shapes import SIGNED

HERE = ChannelId("slack", "T1", "C1")
TOPICS = (
    Option(value="convention", label="The convention", told="34 items in the last 30 days"),
    Option(value="ratification", label="Signature and ratification", told="12 items in the last 30 days"),
)
DIGEST = Choices(name="digest", label="In the digest", options=TOPICS, chosen=("convention",))
DAYS = Choices(
    name="days",
    label="Days",
    options=tuple(Option(value=day, label=day.title()) for day in ("mon", "tue", "wed")),
    chosen=("mon",),
    folded=True,
)
HOUR = Hour(name="at", label="Hour", chosen="09:00")
QUIET = Hour(name="quiet", label="Quiet from", optional=True, hint="Nothing comes at once from then on.")
ZONE = Lookup(name="zone", label="Time zone", chosen="Europe/Vienna")
PLACE = Place(name="place", label="Channel")
FIELDS: tuple[Field, ...] = (DIGEST, HOUR, ZONE, DAYS, QUIET)


def form(*fields: Field, **given: Any) -> Form:
    """A form for the channel C1, of these fields or of one of each kind but a place."""
    whole = Form(
        name="subscribe",
        title="Subscribe this channel",
        submit="Subscribe",
        channel=HERE,
        fields=fields or FIELDS,
        parts=(
            Heading(text="The last one that would have come"),
            SIGNED,
            Buttons(buttons=(Button(label="Show more", words="latest"),)),
            Line(text="Nothing else."),
        ),
    )
    return replace(whole, **given)


def many(count: int) -> tuple[Option, ...]:
    """So many things to choose."""
    return tuple(Option(value=f"t{number}", label=f"Topic {number}") for number in range(count))
