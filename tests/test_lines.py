"""What `classify` takes, line by line."""

from __future__ import annotations

import pytest

from bot.topics.lines import LineError, read_line


def test_a_line_gives_an_item_with_its_text_exactly_as_given() -> None:
    line = read_line('{"id": "a", "title": " Hà Nội  ", "summary": "x\\u0000y", "lang": "vi", "more": [1]}'.encode())
    assert (line.id, line.item.title, line.item.summary, line.item.lang) == ("a", " Hà Nội  ", "x\x00y", "vi")


def test_a_line_without_an_id_keeps_none() -> None:
    assert read_line(b'{"summary": "only a summary"}').id is None


def test_a_number_beyond_all_numbers_is_no_id() -> None:
    assert read_line(b'{"id": 1e999, "title": "x"}').id is None


@pytest.mark.parametrize(
    ("raw", "what", "mark"),
    [
        (b"not json\n", "not JSON: Expecting value (column 1)", None),
        (b"\n", "not JSON: Expecting value (column 1)", None),
        (b'["a list"]', 'not an object; write {"title": …, "summary": …}', None),
        (b'{"id": 7, "content": "only that"}', "neither title nor summary", 7),
        (b'{"id": "b", "title": "  "}', "neither title nor summary", "b"),
        (b'{"id": "c", "title": 5}', "title is not a text", "c"),
        (b'{"id": "d", "title": false, "summary": "x"}', "title is not a text", "d"),
        (b'{"id": "e", "title": 0, "summary": "x"}', "title is not a text", "e"),
        (b'{"id": "f", "title": "x", "summary": []}', "summary is not a text", "f"),
        (b'{"id": NaN, "title": "x"}', "not JSON that can be read: NaN is no number", None),
        (b'{"id": -Infinity, "title": "x"}', "not JSON that can be read: -Infinity is no number", None),
        (b'{"title": "\xff"}', "not UTF-8 (byte 12)", None),
        (b"[" * 100_000, "not JSON that can be read: nested too deep", None),
    ],
    ids=[
        "no json",
        "blank",
        "list",
        "content only",
        "blank title",
        "number",
        "false",
        "zero",
        "list as summary",
        "NaN",
        "Infinity",
        "latin-1",
        "deep",
    ],
)
def test_a_faulty_line_says_why_and_whose_it_is(raw: bytes, what: str, mark: object) -> None:
    with pytest.raises(LineError) as caught:
        read_line(raw)
    assert (str(caught.value), caught.value.id) == (what, mark)
