"""How an answer to /treaty looks in Slack."""

from __future__ import annotations

from bot.chat.slack.answers import payloads
from bot.model import Answer, Example, Fact, Line, Part, Quote
from tests.slack_shapes import SIGNED, digest, entry, held_against, links, read, several, words


def only(*parts: Part) -> str:
    (payload,) = payloads(Answer(parts=parts))
    return payload


def test_a_line_is_text_in_which_backticks_mark_what_can_be_typed() -> None:
    assert read(only(Line(text="Type `/treaty help` to *begin*.")))["blocks"] == [
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "Type "},
                        {"type": "text", "text": "/treaty help", "style": {"code": True}},
                        {"type": "text", "text": " to *begin*."},
                    ],
                }
            ],
        }
    ]


def test_a_backtick_without_a_second_is_only_itself() -> None:
    assert words(only(Line(text="a ` b"))) == "a ` b"


def test_an_example_is_the_command_as_it_is_typed_and_what_it_does() -> None:
    (block,) = read(only(Example(command="latest ratification", told="the newest")))["blocks"]
    assert block["elements"][0]["elements"] == [
        {"type": "text", "text": "/treaty latest ratification", "style": {"code": True}},
        {"type": "text", "text": "  the newest"},
    ]


def test_a_fact_is_a_bold_name_and_what_is_told_of_it() -> None:
    (block,) = read(only(Fact(name="At once", told="Ratification")))["blocks"]
    assert block["elements"][0]["elements"] == [
        {"type": "text", "text": "At once", "style": {"bold": True}},
        {"type": "text", "text": "  Ratification"},
    ]


def test_things_of_a_kind_stand_in_lines_and_kinds_apart() -> None:
    payload = only(Line(text="a"), Line(text="b"), Example(command="list"), Example(command="topics"))
    assert words(payload) == "a\nb\u00a0\n/treaty list\n/treaty topics"


def test_a_story_in_an_answer_looks_as_it_does_in_a_message() -> None:
    payload = only(SIGNED)
    assert links(payload) == links(payloads(Answer(parts=(), preview=(digest(SIGNED),)))[0])


def test_a_preview_stands_below_the_parts_as_it_would_be_posted() -> None:
    (payload,) = payloads(Answer(parts=(Line(text="So it would be:"),), preview=(digest(SIGNED),)))
    types = [block["type"] for block in read(payload)["blocks"]]
    assert types == ["rich_text", "divider", "header", "section", "divider", "rich_text", "rich_text", "actions"]


def test_an_answer_of_nothing_is_no_message() -> None:
    assert payloads(Answer(parts=())) == ()


def test_a_screen_reader_gets_all_that_is_said_escaped() -> None:
    parts = (Line(text="<!here>"), Example(command="list", told="all"), Fact(name="a", told="b"), SIGNED)
    assert read(only(*parts))["text"] == (
        "&lt;!here&gt;\n/treaty list: all\na: b\n"
        "Sixty-five nations sign the first UN treaty against cybercrime (UN Press)"
    )


def test_what_does_not_fit_into_one_message_goes_into_the_next() -> None:
    said = payloads(Answer(parts=tuple(Fact(name=f"feed {number}", told="x" * 400) for number in range(60))))
    assert (len(said), "".join(words(one) for one in said).count("feed ")) == (3, 60)


def test_what_does_not_fit_into_four_messages_is_counted() -> None:
    said = payloads(Answer(parts=tuple(Fact(name=f"feed {number}", told="x" * 1000) for number in range(60))))
    shown = "".join(words(one) for one in said).count("feed ")
    assert (len(said), words(said[-1]).endswith(f"{60 - shown} more did not fit here.")) == (4, True)


def test_a_long_preview_keeps_its_messages_whole() -> None:
    quote = Quote(before="", words="x" * 300, after="")
    long = digest(*[entry(quote=quote, url="https://a.example/" + "y" * 500)] * 10)
    said = payloads(Answer(parts=(Line(text="x" * 2000),) * 3, preview=(long, long)))
    assert [len(links(one)) for one in said] == [0, 10, 10]


def test_every_message_of_a_long_answer_is_one_that_slack_takes() -> None:
    parts: tuple[Part, ...] = (
        Line(text='"' * 9000),
        *[entry(title="&" * 300, url="https://a.example/" + "|" * 900)] * 30,
    )
    said = payloads(Answer(parts=parts, preview=(digest(*several(7)),) * 1))
    assert [held_against(payload) for payload in said] == [[]] * 4
