"""Which items tell the same story, and which of them leads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.stories import rates, read_pairs
from bot.model import Coverage, Item, ItemId, Rank, Story, Telling
from bot.topics.stories import Memory, lead_first, retold

SEEN = datetime(2025, 10, 25, 9, tzinfo=UTC)
OPENING = " ".join(f"word{number}" for number in range(60))


def item(
    feed: str,
    title: str,
    *,
    link: str = "",
    summary: str = "",
    seen: datetime = SEEN,
    published: datetime | None = None,
) -> Item:
    return Item(
        feed=feed, key=f"{feed} {title} {link}", link=link, title=title, summary=summary, seen=seen, published=published
    )


def coverage(it: Item, rank: Rank = Rank.OUTLET) -> Coverage:
    return Coverage(item=it, outlet=it.feed, rank=rank, matches=())


def story(id: str, *items: Item) -> Story:  # noqa: A002 - the field's name
    return Story(id=id, seen=SEEN, told_by=tuple(map(coverage, items)))


def tell(items: Sequence[Item], *known: Story) -> list[tuple[str, ItemId]]:
    """Which stories these items tell, where those are known."""
    memory = Memory()
    parts = [(each.id, part.item) for each in known for part in each.told_by]
    memory.learn(telling(serial, name, it) for serial, (name, it) in enumerate(parts, start=1))
    return memory.tell(items)


def telling(serial: int, name: str, it: Item) -> Telling:
    return Telling(
        serial=serial,
        story=name,
        feed=it.feed,
        link=it.link,
        title=it.title,
        opening=it.summary,
        seen=it.seen,
        published=it.published,
    )


def same(one: Item, other: Item) -> bool:
    (first, _), (second, _) = tell([one, other])
    return first == second


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            "65 states sign the cybercrime treaty", "65 States sign cybercrime treaty", id="articles and case"
        ),
        pytest.param(
            "Hanoi Convention: Viet Nam's key role", "Hanoi Convention: Việt Nam’s key role", id="accents and quotes"
        ),
        pytest.param(
            "Vietnam hosts a signing ceremony today", "Viet Nam hosts signing ceremony today", id="one word or two"
        ),
        pytest.param("UN adopts the cybercrime convention", "UPDATE: UN adopts cybercrime convention", id="a label"),
        pytest.param(
            "World organisations reject cybercrime treaty",
            "World organizations reject cybercrime treaty",
            id="spelling",
        ),
        pytest.param("Kenya signs treaty against cybercrime", "Kenya signs treaty against cybercrimes", id="plural"),
        pytest.param("Why we oppose the UN treaty | EFF", "Why we oppose the UN treaty", id="outlet behind a bar"),
        pytest.param("中国签署联合国打击网络犯罪公约", "中国签署《联合国打击网络犯罪公约》", id="Chinese"),
    ],
)
def test_two_feeds_with_one_title_tell_one_story(one: str, other: str) -> None:
    assert same(item("a", one), item("b", other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("65 states sign the cybercrime treaty", "72 states sign the cybercrime treaty", id="number"),
        pytest.param(
            "EU signs UN Convention against Cybercrime", "UK signs UN Convention against Cybercrime", id="country"
        ),
        pytest.param(
            "Austria signs UN cybercrime convention", "Australia signs UN cybercrime convention", id="country alike"
        ),
        pytest.param(
            "Sri Lanka to sign UN cybercrime treaty", "Sri Lanka signs UN cybercrime treaty", id="before the act"
        ),
        pytest.param("Canada signs UN cybercrime treaty", "Canada will not sign UN cybercrime treaty", id="not"),
        pytest.param("EU criticises US over UN treaty", "US criticises EU over UN treaty", id="order"),
        pytest.param("Press release", "Press release", id="too few words"),
        pytest.param("今日中国签署打击网络犯罪公约", "今日美国签署打击网络犯罪公约", id="one Chinese character"),
        pytest.param(
            "(1st meeting) Ad Hoc Committee on Cybercrime",
            "(12th meeting) Ad Hoc Committee on Cybercrime",
            id="meeting",
        ),
        pytest.param("", "", id="no title"),
    ],
)
def test_what_may_be_another_event_is_another_story(one: str, other: str) -> None:
    assert not same(item("a", one), item("b", other))


def test_items_that_lead_to_the_same_page_tell_one_story_whatever_their_titles() -> None:
    one = item("a", "Meeting coverage", link="https://press.un.org/en/blog/sc1")
    other = item("a", "Something else", link="http://press.un.org/en/2026/sc1.doc.htm?utm_source=rss")
    assert same(one, other)


def test_items_without_a_link_share_no_page() -> None:
    assert not same(item("a", "Meeting coverage"), item("b", "Something else"))


def test_a_feed_that_repeats_a_title_tells_another_story() -> None:
    title = "Highlights of the daily noon briefing"
    assert not same(item("a", title, link="https://a.org/1"), item("a", title, link="https://a.org/2"))


def test_the_same_title_a_week_later_is_another_story() -> None:
    title = "States meet on UN cybercrime convention"
    assert not same(item("a", title), item("b", title, seen=SEEN - timedelta(days=7)))


def test_the_copy_of_an_agency_is_one_story_under_two_titles() -> None:
    one = item("a", "Qatar joins the treaty today", summary=OPENING)
    other = item("b", "Doha puts pen to paper in Hanoi", summary="HANOI — " + OPENING)
    assert same(one, other)


def test_a_short_opening_in_common_is_not_enough() -> None:
    words = "The following statement was issued today by the Spokesman for the Secretary-General:"
    assert not same(
        item("a", "On the flood in the south", summary=words), item("b", "On the new treaty today", summary=words)
    )


def test_a_new_item_joins_a_story_that_is_known() -> None:
    known = story("s1", item("a", "Qatar signs UN cybercrime convention"), item("b", "Other", link="https://b.org/x"))
    by_title = item("c", "Qatar signs the UN cybercrime convention")
    by_link = item("d", "Quite another title here", link="https://www.b.org/x/")
    assert tell([by_title, by_link], known) == [("s1", by_title.id), ("s1", by_link.id)]


def test_a_new_story_has_an_id_of_its_first_item_alone() -> None:
    first = item("a", "Qatar signs UN cybercrime convention")
    again = item("b", "Qatar signs UN cybercrime convention")
    assert tell([first, again]) == [("dddfdb0029eba85d", first.id), ("dddfdb0029eba85d", again.id)]


def test_a_memory_learns_no_telling_twice_and_forgets_what_is_old() -> None:
    memory = Memory()
    old = item("a", "Qatar signs UN cybercrime convention")
    memory.learn([telling(7, "old", old)])
    assert memory.serial == 7
    again = item("b", "Qatar signs the UN cybercrime convention")
    assert memory.tell([again]) == [("old", again.id)]
    memory.forget(SEEN + timedelta(seconds=1))
    assert memory.tell([again]) != [("old", again.id)]
    assert memory.serial == 7


def test_what_is_told_is_learnt_only_when_it_is_kept() -> None:
    memory = Memory()
    first, again = item("a", "Qatar signs UN cybercrime convention"), item("b", "Qatar signs UN cybercrime convention")
    assert memory.tell([first]) == [("dddfdb0029eba85d", first.id)]
    assert memory.tell([again])[0][0] != "dddfdb0029eba85d"


def test_nothing_new_tells_nothing() -> None:
    assert tell([], story("s1", item("a", "A title of four words"))) == []


def test_the_lead_is_nearest_to_the_facts_then_earliest_then_by_feed() -> None:
    late = coverage(item("a", "t", seen=SEEN + timedelta(hours=1)), Rank.UN)
    second = coverage(item("c", "t"), Rank.UN)
    first = coverage(item("b", "t"), Rank.UN)
    comment = coverage(item("d", "t", seen=SEEN - timedelta(days=1)), Rank.COMMENT)
    assert lead_first([comment, late, second, first]) == (first, second, late, comment)


def test_an_item_without_anything_has_a_story() -> None:
    [(id, key)] = tell([Item(feed="f", key="k", link="", title="", seen=SEEN)])  # noqa: A001 - the field's name
    assert len(id) == 16
    assert key == ItemId("f", "k")


def test_a_meeting_of_the_un_under_two_addresses_is_one_story() -> None:
    known = story(
        "s1", item("un", "General Assembly, 55th meeting", link="https://press.un.org/en/2024/ga12675.doc.htm")
    )
    live = item("blog", "As it happened", link="https://press.un.org/en/blog/ga12675")
    assert tell([live], known) == [("s1", live.id)]


def test_an_item_joins_the_story_it_is_most_like() -> None:
    kenya, ghana = item("a", "Kenya signs UN cybercrime treaty"), item("b", "Ghana signs UN cybercrime treaty")
    new = item("c", "Ghana joins the UN convention against cybercrime")
    assert tell([new], story("kenya", kenya), story("ghana", ghana)) == [("ghana", new.id)]


def test_what_is_told_apart_from_one_item_of_a_story_does_not_join_it_by_another() -> None:
    known = story(
        "s",
        item("a", "Ghana signs UN cybercrime treaty", summary="Ghana signed."),
        item("b", "Ghana signs UN cybercrime treaty: minister in Hanoi", summary="The signature was given on Monday."),
    )
    new = item("c", "Ghana joins UN convention against cybercrime", summary="It signed on Friday.")
    assert tell([new], known) != [("s", new.id)]


def test_a_publisher_that_reports_one_act_twice_keeps_two_stories() -> None:
    first = item("a", "Ghana signs UN cybercrime treaty", link="https://a.org/1")
    second = item("a", "Ghana joins UN convention against cybercrime", link="https://a.org/2")
    assert not same(first, second)


def test_a_news_search_that_holds_two_publishers_brings_one_story() -> None:
    first = item("search", "Ghana signs UN cybercrime treaty", link="https://a.org/1")
    second = item("search", "Ghana joins UN convention against cybercrime", link="https://b.org/2")
    assert same(first, second)


def test_an_old_date_of_one_publisher_does_not_part_it_from_an_item_without_a_date() -> None:
    dated = item("a", "Ghana signs UN cybercrime treaty", published=SEEN - timedelta(days=9))
    assert same(dated, item("b", "Ghana joins UN convention against cybercrime"))


def test_the_same_act_a_week_later_is_another_story() -> None:
    first = item("a", "Ghana signs UN cybercrime treaty", published=SEEN - timedelta(days=7))
    assert not same(first, item("b", "Ghana joins UN convention against cybercrime", published=SEEN))


@pytest.mark.parametrize(
    ("title", "id"),
    [
        pytest.param("Ghana joins UN convention against cybercrime", "ghana", id="one event"),
        pytest.param("Kenya joins UN convention against cybercrime", None, id="another state"),
    ],
)
def test_a_whole_story_tells_another_once_more_if_an_item_of_it_does(title: str, id: str | None) -> None:  # noqa: A002
    known = story("ghana", item("a", "Ghana signs UN cybercrime treaty"))
    assert retold(story("new", item("b", "Treaty news of the day"), item("c", title)), [known]) == id


def test_a_story_never_tells_itself_once_more() -> None:
    known = story("s", item("a", "Ghana signs UN cybercrime treaty"))
    assert retold(known, [known]) is None


def test_two_stories_with_items_that_are_told_apart_stay_two() -> None:
    known = story("s", item("a", "Ghana signs UN cybercrime treaty"))
    new = story(
        "t", item("b", "Ghana joins UN convention against cybercrime"), item("c", "Kenya signs UN cybercrime act")
    )
    assert retold(new, [known]) is None


WORDS = st.sampled_from(
    [
        "Ghana",
        "Kenya",
        "EU",
        "signs",
        "ratifies",
        "to",
        "sign",
        "UN",
        "cybercrime",
        "treaty",
        "65",
        "72",
        "Friday",
        "Budapest",
        "公约",
        "签署",
        "why",
    ]
)
ITEMS = st.lists(
    st.builds(
        lambda feed, words, number: item(feed, " ".join(words), link=f"https://{feed}.org/{number}"),
        st.sampled_from("abc"),
        st.lists(WORDS, max_size=8),
        st.integers(0, 99),
    ),
    max_size=8,
    unique_by=lambda each: each.id,
)


@given(ITEMS, ITEMS)
@settings(max_examples=60, deadline=None)
def test_every_item_gets_one_story_in_the_order_given_and_always_the_same(known: list[Item], new: list[Item]) -> None:
    stories = [story(f"s{number}", each) for number, each in enumerate(known)]
    answer = tell(new, *stories)
    assert [key for _, key in answer] == [each.id for each in new]
    assert all(name for name, _ in answer)
    assert tell(new, *stories) == answer


@given(ITEMS.flatmap(lambda items: st.tuples(st.just(items), st.permutations(items))))
@settings(max_examples=60, deadline=None)
def test_another_order_of_a_batch_loses_no_item(orders: tuple[list[Item], list[Item]]) -> None:
    one, other = ({key for _, key in tell(items)} for items in orders)
    assert one == other == {each.id for each in orders[0]}


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_text_at_all_has_a_story(title: str, summary: str, link: str) -> None:
    odd = item("a", title, summary=summary, link=link)
    assert len(tell([odd, odd])) == 2


@pytest.mark.shared
@pytest.mark.parametrize("dated", [True, False], ids=["with dates", "without dates"])
@pytest.mark.parametrize(
    ("stratum", "least_precision", "least_recall"),
    [
        pytest.param("within one language", 0.95, 0.70, id="within one language"),
        pytest.param("across languages", 0.95, 0.40, id="across languages"),
    ],
)
def test_of_the_labelled_pairs_enough_are_joined_and_hardly_any_wrongly(
    shared: Path, stratum: str, least_precision: float, least_recall: float, *, dated: bool
) -> None:
    pairs = [pair for pair in read_pairs(shared / "corpus/stories.jsonl", dated=dated) if pair.stratum == stratum]
    *_, precision, recall = rates(pairs, [pair.merged for pair in pairs])
    assert precision >= least_precision
    assert recall >= least_recall
