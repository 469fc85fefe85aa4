"""The audit on a screen: who changed what, in words for each kind of change."""

from __future__ import annotations

from typing import get_args

import pytest

from bot.model import Change, ChangeKind, ChannelId
from bot.show import change_line
from tests.stores import NOW

KINDS: dict[ChangeKind, tuple[str, str]] = {
    "subscribed": ("ratification at once", "U1 subscribed: ratification at once"),
    "unsubscribed": ("ratification", "U1 unsubscribed: ratification"),
    "cadence": ("09:00 Europe/Vienna mon,tue", "U1 set the digest: 09:00 Europe/Vienna mon,tue"),
    "quiet": ("none", "U1 set quiet hours: none"),
    "paused": ("until somebody resumes: paused by hand", "U1 paused: until somebody resumes: paused by hand"),
    "resumed": ("", "U1 resumed"),
    "muted": ("gazette", "U1 muted an outlet: gazette"),
    "unmuted": ("gazette", "U1 unmuted an outlet: gazette"),
}


def test_each_kind_of_change_has_its_words() -> None:
    assert set(KINDS) == set(get_args(ChangeKind))


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_is_told_with_its_time_its_channel_and_who_made_it(kind: ChangeKind) -> None:
    told, words = KINDS[kind]
    change = Change(at=NOW, channel=ChannelId("slack", "T1", "C1"), by="U1", what=kind, told=told)
    assert change_line(change, zone="Europe/Vienna") == f"2025-10-27 09:30  slack:T1:C1  {words}"


def test_nothing_in_a_change_acts_on_the_screen() -> None:
    change = Change(at=NOW, channel=ChannelId("terminal"), by="U\x1b[2J1", what="muted", told="\u202egazette")
    line = change_line(change, zone="UTC")
    assert "\x1b" not in line
    assert "\u202e" not in line
