"""What `evaluate`, `replay`, `why` and `feedback` print: tables for people, records with stable keys for a pipe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import click

from bot.chat.terminal import safe
from bot.config.words import say
from bot.model import Found
from bot.topics.evaluate import Evaluation, Miss, Score
from bot.topics.marks import Label, Precision, Vote, precision
from bot.topics.why import Because, Nearest, Why, judged_otherwise
from bot.work.replay import Changed, Common, Replay

_COLOURS = {"added": "green", "removed": "red", "kept": "blue", "missed": "yellow", "false alarm": "red"}

WRONG = 10  # disagreements named by `feedback`

# ── evaluate


def evaluation_records(told: Evaluation) -> Iterator[dict[str, object]]:
    """The whole, each language, each topic, each miss."""
    whole = {"items": told.items, "relevant": told.relevant}
    topic_hit = {"topic_hit": round(told.hit / told.labelled, 4) if told.labelled else None}
    yield {"kind": "total", **whole, **_score_record(told.total), **topic_hit}
    for name, score in told.languages:
        yield {"kind": "language", "lang": name, **_score_record(score)}
    for name, score in told.topics:
        yield {"kind": "topic", "topic": name, **_score_record(score)}
    for miss in told.misses:
        yield {
            "kind": "miss",
            "id": miss.id,
            "miss": miss.kind,
            "title": miss.title,
            "lang": miss.lang,
            "topics": [because_record(because) for because in miss.why.matched],
            "nearest": nearest_record(miss.why.nearest),
        }


def _score_record(score: Score) -> dict[str, object]:
    shares = {"precision": score.precision, "recall": score.recall, "f1": score.f1}
    counts: dict[str, object] = {"right": score.right, "false": score.false, "missed": score.missed}
    return counts | {name: None if part is None else round(part, 4) for name, part in shares.items()}


def evaluation_lines(told: Evaluation) -> list[str]:
    """The same as a table, and the misses below it."""
    rows = [
        ("", told.total, f"all {told.items:,} items"),
        *(("language", score, name) for name, score in told.languages),
        *(("topic", score, name) for name, score in told.topics),
    ]
    width = max(len(name) for _, _, name in rows)
    head = f"{'':<{width}}  precision  recall     F1  right  false  missed"
    lines, last = [click.style(head, dim=True)], ""
    for kind, score, name in rows:
        if kind != last:
            lines += ["", click.style({"language": "by language", "topic": "by topic"}[kind], dim=True)]
            last = kind
        lines.append(_score_line(name, score, width=width, strong=not kind))
    if told.labelled:
        hit = f"{told.hit / told.labelled:.0%} ({told.hit:,} of {told.labelled:,} labelled items)"
        lines += ["", f"At least one right topic: {hit}."]
    for miss in told.misses:
        lines += ["", *_miss_lines(miss)]
    return [*lines, "", f"{len(told.misses):,} judged wrongly." if told.misses else "None judged wrongly."]


def _score_line(name: str, score: Score, *, width: int, strong: bool) -> str:
    shares = f"{share(score.precision):>9}  {share(score.recall):>6}  {share(score.f1):>5}"
    counts = f"{score.right:>5,}  {score.false:>5,}  {score.missed:>6,}"
    return click.style(f"{safe(name):<{width}}  {shares}", bold=strong) + f"  {counts}"


def share(part: float | None) -> str:
    """A share in three decimals; a dash where there is none."""
    return "—" if part is None else f"{part:.3f}"


def below(part: float | None, bar: float) -> str:
    """A share in as many decimals as show that it is below the bar."""
    if part is None:
        return share(part)
    return next((text for digits in range(3, 17) if float(text := f"{part:.{digits}f}") < bar), str(part))


def _miss_lines(miss: Miss) -> list[str]:
    mark = "" if miss.id is None else f"{safe(str(miss.id))} · "
    lang = f" ({safe(miss.lang)})" if miss.lang else ""
    head = f"{click.style(miss.kind, fg=_COLOURS[miss.kind])}: {mark}{_one_line(miss.title)}{lang}"
    return [head, *(f"  {line}" for line in why_lines(miss.why, names={}))]


# ── why


def because_record(because: Because) -> dict[str, object]:
    """A topic that matched, and its proofs."""
    return {
        "id": because.topic,
        "score": because.score,
        "proofs": [
            {"field": proof.field, "phrase": proof.phrase, "text": proof.text, "sentence": proof.sentence}
            for proof in because.proofs
        ],
    }


def nearest_record(nearest: Nearest | None) -> dict[str, object] | None:
    """The topic that was nearest, and what was lacking."""
    if nearest is None:
        return None
    return {"id": nearest.topic, "found": list(nearest.found), "lacking": nearest.lacking}


def why_record(found: Found, why: Why) -> dict[str, object]:
    """Why a stored item is where it is; `stored`: the topics under which it was kept when it was read."""
    item = found.item
    return {
        "feed": item.feed,
        "key": item.key,
        "outlet": found.outlet,
        "title": item.title,
        "link": item.link,
        "topics": [because_record(because) for because in why.matched],
        "nearest": nearest_record(why.nearest),
        "stored": list(found.topics),
    }


def why_lines(why: Why, *, names: Mapping[str, str]) -> list[str]:
    """Each topic with what matched where, or what was lacking, for people."""
    if not why.matched:
        return [safe(str(why.nearest)) if why.nearest else "no phrase of any topic stands in it"]
    lines = []
    for because in why.matched:
        lines.append(f"{click.style(names.get(because.topic, because.topic), bold=True)}  {because.score:.2f}")
        for proof in because.proofs:
            lines.append(f"  {proof.field}: {safe(proof.phrase)}")
            lines.append(click.style(f"    “{safe(proof.sentence)}”", dim=True))
    return lines


def found_why_lines(found: Found, why: Why, *, names: Mapping[str, str]) -> list[str]:
    """A stored item, and why it is where it is."""
    head = [click.style(_one_line(found.item.title) or "(no title)", bold=True), f"  {safe(found.outlet)}", ""]
    otherwise = judged_otherwise(found, why)
    return [*head, *(f"  {line}" for line in [*why_lines(why, names=names), *[otherwise] * bool(otherwise)])]


# ── replay


def changed_record(changed: Changed) -> dict[str, object]:
    """An item that matches before or after."""
    return {
        "change": changed.change,
        "title": changed.title,
        "link": changed.link,
        "outlet": changed.outlet,
        "topics_before": list(changed.before),
        "topics_after": list(changed.after),
    }


def changed_line(changed: Changed) -> str:
    """The same on a line, for people."""
    topics = ", ".join(changed.after or changed.before)
    if changed.moved:
        gone = [f"-{topic}" for topic in changed.before if topic not in changed.after]
        topics = " ".join([*(f"+{topic}" for topic in changed.after if topic not in changed.before), *gone])
    word = click.style(f"{changed.change:<7}", fg=_COLOURS[changed.change])
    return f"{word}  {_one_line(changed.title) or '(no title)'} · {safe(changed.outlet)} · {topics}"


def replay_sum(replay: Replay) -> str:
    """`added 3, removed 1, kept 42 (of 1,204 items)`."""
    counts = ", ".join(f"{kind} {replay.count[kind]:,}" for kind in ("added", "removed", "kept"))
    moved = f", {replay.moved:,} of them under other topics" if replay.moved else ""
    return f"{counts}{moved} (of {replay.items:,} items)"


def common_line(common: Common, place: str) -> str:
    """A warning; `place` is where the phrase stands: feeds.yaml:12."""
    share = f"stands in {common.share:.0%} of the stored items"
    return f"{place}: {say(common.phrase)} {share}, so common that it would match everything"


# ── feedback


def label_record(label: Label) -> dict[str, object]:
    """A line that `evaluate` takes."""
    item = label.found.item
    record = {"id": label.story, "title": item.title, "summary": item.summary, "url": item.link, "lang": item.lang}
    content = {"content": item.content} if item.content else {}
    return record | content | {"relevant": label.relevant, "topics": list(label.topics)}


def precision_record(one: Precision) -> dict[str, object]:
    """How often stories marked under a topic in a month belonged there."""
    return {
        "topic": one.topic,
        "month": one.month,
        "relevant": one.relevant,
        "irrelevant": one.irrelevant,
        "undecided": one.undecided,
        "precision": None if one.share is None else round(one.share, 4),
    }


def feedback_lines(cast: Sequence[Vote]) -> list[str]:
    """A table by topic and month, and below it where people disagree with the rules, the newest first."""
    counted = precision(cast)
    width = max(len("topic"), *(len(one.topic) for one in counted))
    head = f"{'topic':<{width}}  month    relevant  not  precision"
    lines = [click.style(head, dim=True), *(_precision_line(one, width=width) for one in counted)]
    newest_first = sorted(cast, key=lambda vote: vote.at, reverse=True)
    wrong = [vote for vote in newest_first if vote.disagrees]
    lines += ["", *(map(_vote_line, wrong[:WRONG]) if wrong else ["Nobody disagrees with the rules."])]
    return lines + [f"and {len(wrong) - WRONG:,} more: --json has them all."] * (len(wrong) > WRONG)


def _precision_line(one: Precision, *, width: int) -> str:
    return f"{one.topic:<{width}}  {one.month}  {one.relevant:>8,}  {one.irrelevant:>3,}  {share(one.share):>9}"


def _vote_line(vote: Vote) -> str:
    word = click.style("relevant", fg="green") if vote.relevant else click.style("not     ", fg="red")
    title = _one_line(vote.found.item.title) or "(no title)"
    return f"{vote.at:%Y-%m-%d}  {word}  {vote.topic}: {title} · {safe(vote.found.outlet)}"


def _one_line(text: str) -> str:
    return " ".join(safe(text).split())
