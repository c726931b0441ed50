"""What a catalogue says: messages, numbers, and sentences that were composed already."""

from __future__ import annotations

import pytest

from leakguard.errors import BadFile
from leakguard.translations.catalogue import Catalogue, Entry, catalogue, entries, po_paths
from leakguard.translations.sentences import Sentences

MESSAGES = {
    "waiting": "等待中",
    "{name} is {state}": "{name}的状态为{state}",
    "Close {}: it is {}": "{}，请关闭{}",
    "the limit is {} of {}": "{1}的上限为{0}",
    "the limit is {} of {}, as filed": "已报送：{1}的上限为{0}",
    "{} h left": "剩余{}小时",
    "`{}` is {}": "`{}`{}",
}
WORDS = Catalogue(language="zh", messages=MESSAGES, plurals={"%(n)s days": "%(n)s天"}, sentences=Sentences.of(MESSAGES))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("waiting", "等待中"),
        ("the step is waiting", "the step的状态为等待中"),
        ("Close the door: it is waiting", "the door，请关闭等待中"),
        ("the limit is 4 of 9", "9的上限为4"),
        ("the limit is 4 of 9, as filed", "已报送：9的上限为4"),
        ("12 h left", "剩余12小时"),
        ("`waiting` is waiting", "`waiting`等待中"),
        (" h left", " h left"),
        ("Close the door", "Close the door"),
        ("Close : it was open", "Close : it was open"),
        ("4 h left is waiting", "剩余4小时的状态为等待中"),
        ("", ""),
        ("is", "is"),
        ("x is " + "y" * 2000, "x is " + "y" * 2000),
    ],
)
def test_a_composed_sentence_is_recognised_by_the_words_between_its_places(text: str, said: str) -> None:
    assert WORDS.said(text) == said


def test_a_hostile_text_costs_time_that_grows_with_its_length_alone() -> None:
    said = WORDS.said("x is " * 400)

    assert said.count("的状态为") == 3
    assert said.endswith("x is " * 395)


def test_a_message_is_not_searched_for_in_sentences_where_a_template_has_it() -> None:
    assert WORDS.gettext("the step is waiting") == "the step is waiting"
    assert WORDS.gettext("waiting") == "等待中"
    assert WORDS.has("waiting")
    assert not WORDS.has("the step is waiting")


def test_chinese_has_one_form_for_all_numbers() -> None:
    assert [WORDS.ngettext("one day", "%(n)s days", number) for number in (1, 2)] == ["%(n)s天", "%(n)s天"]
    assert [WORDS.ngettext("one hour", "%(n)s hours", number) for number in (1, 2)] == ["one hour", "%(n)s hours"]


def test_english_is_its_own_catalogue() -> None:
    english = catalogue("en")

    assert po_paths("en") == ()
    assert english.said("the step is waiting") == "the step is waiting"
    assert english.has("anything")


def test_a_file_of_gettext_is_read() -> None:
    text = """# a comment
msgid ""
msgstr "Language: zh\\n"

#. of a form
msgid "a \\"word\\""
msgstr ""
"一"
"词"

msgid "%(n)s day"
msgid_plural "%(n)s days"
msgstr[0] "%(n)s天"
"""

    assert list(entries(text)) == [
        Entry(message='a "word"', text="一词", line=6),
        Entry(message="%(n)s day", text="%(n)s天", plural="%(n)s days", line=11),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('msgctxt "a"', "line 1: `msgctxt` is no keyword of a catalogue here"),
        ('"a"', "line 1: a text stands here without a keyword"),
        ('msgid "a', "line 1: the text between the quotation marks is not understood"),
        ("msgid 5", "line 1: a text needs quotation marks"),
    ],
)
def test_a_file_that_is_not_understood_names_its_line(text: str, problem: str) -> None:
    with pytest.raises(BadFile, match=problem):
        list(entries(text))
