"""What is new in the depositary's record since it was last read, and how that is told as an item; pure.

A record is a list to which the depositary adds. Nothing in it goes away: what is withdrawn stays, in brackets. So a new
record that lacks what the old one had contradicts it, and of such a record nothing is believed, not even what would be
new in it. Only a slight contradiction, told again on three days, is the depositary's own correction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time

from bot.errors import ParseError
from bot.feeds.participants import ORGANISATIONS
from bot.feeds.treaty import day_words
from bot.model import ActKind, Doubt, Feed, FeedFault, Item, Participant, Record, TreatyAct
from bot.topics.text import normalise

SLIGHT = 2  # contradictions; a table that was cut has more
BELIEVED = 3  # days on which the record must say the same before a slight one is believed


# ── what is new


def acts_since(before: Record, after: Record, *, days: int = 1) -> list[TreatyAct]:
    """Each act that the record has gained, earliest first, those without a day last; may be empty.

    A state spelt anew is the same state, and a corrected day or kind is no new act (see `corrections`). ParseError
    with fault DOUBTED where the two records contradict each other: keep the old one. `days` counts on how many days the
    record was this same new one (see `doubted`); from BELIEVED on, a slight contradiction is taken for the depositary's
    correction.
    """
    new = sorted(_new(before, after), key=_by_day)
    doubts = list(_contradictions(before, after, any_new=bool(new)))
    if doubts and (len(doubts) > SLIGHT or days < BELIEVED):
        more = f" ({len(doubts)} contradictions in all)" if len(doubts) > 1 else ""
        raise ParseError(f"{doubts[0]}{more}; what it said before is kept", fault=FeedFault.DOUBTED)
    return new


def doubted(before: Doubt | None, record: Record, *, today: date) -> Doubt:
    """A record that may be doubted, and on how many days it has been the same by now; `today` in UTC."""
    if before is None or before.record != record:
        return Doubt(record=record, days=1, last=today)
    # Earlier than the last day: a clock was set back, which makes no new day.
    return replace(before, days=before.days + 1, last=today) if today > before.last else before


def corrections(before: Record, after: Record) -> list[TreatyAct]:
    """The acts that were known, as the record now has them with another day or of another kind."""
    return [
        now
        for was, is_ in _both(before, after)
        for then, now in zip(_standing(was), _standing(is_), strict=True)
        if then and now and then != now and then not in is_.withdrawn
    ]


def standing(record: Record) -> list[TreatyAct]:
    """Every signature and every instrument that was not withdrawn, earliest first."""
    acts = (act for participant in record.participants for act in _standing(participant) if act)
    return sorted(acts, key=_by_day)


def _by_day(act: TreatyAct) -> tuple[bool, str, str, str]:
    return (act.day is None, str(act.day), act.state, act.kind)


def _both(before: Record, after: Record) -> Iterator[tuple[Participant, Participant]]:
    """Each state that both records list: as it was, as it is."""
    now = {participant.state: participant for participant in after.participants}
    return ((was, now[was.state]) for was in before.participants if was.state in now)


def _standing(participant: Participant) -> tuple[TreatyAct | None, TreatyAct | None]:
    """Its signature and its instrument; None for one that it has not made, or has withdrawn."""
    state, how = participant.state, participant.how
    return (
        TreatyAct(state=state, kind="signature", day=participant.signed) if participant.signed else None,
        TreatyAct(state=state, kind=how, day=participant.bound) if how else None,
    )


def _withdrawn(participant: Participant) -> tuple[list[TreatyAct], list[TreatyAct]]:
    """Its signatures and its instruments that stand in brackets."""
    signatures = [act for act in participant.withdrawn if act.kind == "signature"]
    return signatures, [act for act in participant.withdrawn if act.kind != "signature"]


def _new(before: Record, after: Record) -> Iterator[TreatyAct]:
    known = {participant.state: participant for participant in before.participants}
    for participant in after.participants:
        was = known.get(participant.state) or Participant(state=participant.state, name=participant.name)
        yield from _new_of(was, participant)
    if before.statements is not None and after.statements is not None:
        stated = {act.state for act in before.statements}
        yield from (act for act in after.statements if act.state not in stated)


def _new_of(was: Participant, now: Participant) -> Iterator[TreatyAct]:
    """What one state has done since."""
    for then, act, undone_then, undone in zip(
        _standing(was), _standing(now), _withdrawn(was), _withdrawn(now), strict=True
    ):
        if len(undone) > len(undone_then):
            yield TreatyAct(state=now.state, kind="withdrawal", day=None, undone=undone[-1].kind)
        # Out of its brackets again, an act is the old one.
        if act and act not in undone_then and (then is None or len(undone) > len(undone_then)):
            yield act


def _contradictions(before: Record, after: Record, *, any_new: bool) -> Iterator[str]:
    """What the new record lacks or has otherwise, each as a sentence without its subject."""
    now = {participant.state for participant in after.participants}
    yield from (f"no longer lists {was.state}" for was in before.participants if was.state not in now)
    for was, is_ in _both(before, after):
        for then, act, undone_then, undone in zip(
            _standing(was), _standing(is_), _withdrawn(was), _withdrawn(is_), strict=True
        ):
            if then and not act and len(undone) <= len(undone_then):
                yield f"no longer has the {then.kind} of {was.state}"
            elif undone_then and not act and len(undone) < len(undone_then):
                yield f"no longer has what {was.state} withdrew"
    # Days that trade places give a new act too; a correction comes alone.
    if any_new:
        yield from (f"has another day or kind for the {act.kind} of {act.state}" for act in corrections(before, after))
    if _order(before, after) != _order(after, before):
        yield "lists the states in another order"


def _order(record: Record, other: Record) -> list[str]:
    """The states that both list under the same name, in the order of one: a state renamed moves in the alphabet."""
    same = {(participant.state, normalise(participant.name).words) for participant in other.participants}
    return [
        participant.state
        for participant in record.participants
        if (participant.state, normalise(participant.name).words) in same
    ]


# ── how it is told

# The record as people read it (the depositary's site; not tried live). All acts stand on this one page.
PAGE = "https://treaties.un.org/Pages/ViewDetails.aspx?src=TREATY&mtdsg_no=XVIII-16&chapter=18&clang=_en"

_DEPOSITARY = "the United Nations Treaty Collection, the depositary's record of signatures and ratifications"
_COUNTS = "It counts towards the forty instruments that the convention needs to enter into force."
_COUNTS_NOT = "An organisation's instrument does not count towards the forty that the convention needs."
_DEEDS: dict[ActKind, str] = {
    "signature": "signed",
    "ratification": "ratified",
    "acceptance": "deposited its instrument of acceptance of",
    "approval": "deposited its instrument of approval of",
    "accession": "acceded to",
    "reservation": "made a reservation to",
    "declaration": "made a declaration on",
    "withdrawal": "withdrew from",
}
# States that English puts an article before.
_THE = frozenset({
    *("Bahamas", "Central African Republic", "Comoros", "Congo", "Cook Islands", "Dominican Republic", "Gambia"),
    *("Democratic People's Republic of Korea", "Democratic Republic of the Congo", "European Union", "Holy See"),
    *("Lao People's Democratic Republic", "Marshall Islands", "Netherlands", "Philippines", "Republic of Korea"),
    *("Russian Federation", "Solomon Islands", "Syrian Arab Republic", "United Arab Emirates", "United Kingdom"),
    *("United Republic of Tanzania", "United States"),
})  # fmt: skip


def item_of(act: TreatyAct, *, feed: Feed, link: str, seen: datetime) -> Item:
    """An act as an item of the depositary's feed; its key is the act's, so that the same act never comes twice.

    `published` is the day of the act at midnight UTC, None where the record names none; `link` leads to the record.
    """
    name, deed = _state_words(act.state), _deed_words(act)
    who = f"{name[0].upper()}{name[1:]}"
    on = f" on {day_words(act.day)}" if act.day else ""
    told = f"{who} {deed} the convention{on}, says {_DEPOSITARY}."
    if act.kind in {"ratification", "acceptance", "approval", "accession"}:
        told = f"{told} {_COUNTS_NOT if act.state in ORGANISATIONS else _COUNTS}"
    elif act.day is None:
        told = f"{told} It names no day."
    published = datetime.combine(act.day, time(0), UTC) if act.day else None
    return Item(
        feed=feed.id,
        key=key_of(act),
        link=link,
        title=f"{who} {deed} the UN Convention against Cybercrime",
        summary=told,
        lang="en",
        published=min(published, seen) if published else None,
        seen=seen,
    )


def link_of(act: TreatyAct) -> str:
    """Where an act can be looked up: the record's page, and which of its acts is meant."""
    return f"{PAGE}#{key_of(act)}"


def key_of(act: TreatyAct) -> str:
    """What identifies an act: signature:viet-nam. Not its day, which may be corrected."""
    kind = f"{act.kind}-of-{act.undone}" if act.undone else act.kind
    return f"{kind}:{normalise(act.state).words.replace(' ', '-')}"


def act_words(act: TreatyAct) -> str:
    """Canada signed on 30 June 2026; an act in a list, where it is clear what was signed."""
    deeds: dict[ActKind, str] = {"acceptance": "accepted", "approval": "approved", "accession": "acceded"}
    deed = deeds.get(act.kind, _deed_words(act).removesuffix(" from").removesuffix(" to").removesuffix(" on"))
    return f"{_state_words(act.state)} {deed}" + (f" on {day_words(act.day)}" if act.day else "")


def _state_words(state: str) -> str:
    """The state as it is named within a sentence."""
    if state == "Palestine":
        return "the State of Palestine"
    return f"the {state}" if state in _THE else state


def _deed_words(act: TreatyAct) -> str:
    return "withdrew its signature from" if act.undone == "signature" else _DEEDS[act.kind]
