"""Items in sentences: one for what is known, one for what is not, and nothing for what nobody asks and nobody knows."""

from __future__ import annotations

from typing import Any

import pytest

from leakguard.errors import LetterIncomplete
from leakguard.models.letters import Letter, Paragraph
from leakguard.notices.letter_template import LetterTemplate, parse_template
from leakguard.notices.letter_texts import LetterTexts
from leakguard.notices.letters import render
from leakguard.notices.vocabulary import Lang
from support.notices import CAC, NOW, PIPL_PEOPLE, book, both, complete, facts_of, letter_of, to_text

DATE = {"tell": "breach_date~", "known": {"en": "It happened {{ on }}.", "zh": "发生于{{ it }}。"}}
UNKNOWN = {"en": "We do not know when: {{ reason }}.", "zh": "时间不详：{{ reason }}。"}


def told(*sentences: dict[str, Any], lang: Lang = "en", forbidden: tuple[str, ...] = (), **facts: Any) -> list[str]:  # noqa: ANN401  (a facts file holds anything)
    """The paragraphs of a letter whose template has these sentences."""
    words = {name: {"en": "words", "zh": "文字"} for name in ("title", "salutation", "closing")}
    text = to_text({**words, "parts": [{"sentences": list(sentences)}]})
    shape = parse_template(text, name="t", vocabulary=book().vocabulary)
    duty = book().duty(PIPL_PEOPLE).model_copy(update={"must_not_contain": forbidden, "content": _nothing_else()})
    letter: Letter = render(duty, facts_of(complete(**facts)), lang, shape, {}, NOW, vocabulary=book().vocabulary)
    return [block.text for block in letter.blocks if isinstance(block, Paragraph)]


def _nothing_else() -> tuple[Any, ...]:
    return tuple(item for item in book().duty(PIPL_PEOPLE).content if item.item == "cause")


CAUSE = {"tell": "cause", "known": {"en": "Why: {{ it }}.", "zh": "原因：{{ it }}。"}}


@pytest.mark.parametrize(
    ("when", "english", "chinese"),
    [
        ("2026-06-01", "on 1 June 2026", "2026年6月1日"),
        ("2026-06-01T09:30", "on 1 June 2026, 09:30 (UTC+08:00)", "2026年6月1日09:30（UTC+08:00）"),
        (
            {"earliest": "2026-06-01", "latest": "2026-06-09"}, "between 1 June 2026 and 9 June 2026",
            "2026年6月1日至2026年6月9日之间",
        ),
    ],
)  # fmt: skip
def test_a_time_stands_in_a_sentence_with_its_preposition(when: object, english: str, chinese: str) -> None:
    assert told(DATE, CAUSE, breach_date={"value": when})[0].startswith(f"It happened {english}. Why: ")
    assert told(DATE, CAUSE, lang="zh", breach_date={"value": when})[0].startswith(f"发生于{chinese}。原因：")


def test_a_rough_time_is_told_as_rough_and_a_day_hides_the_hour() -> None:
    day = {**DATE, "known": {"en": "It happened {{ day }}.", "zh": "发生于{{ day }}。"}}

    assert told(DATE, CAUSE, breach_date={"estimate": "2026-06-01"})[0].startswith("It happened about 1 June 2026")
    assert told(day, CAUSE, breach_date={"value": "2026-06-01T23:30"})[0].startswith("It happened on 1 June 2026. ")


def test_what_is_not_known_has_its_own_sentence_also_where_nobody_asks() -> None:
    unknown = {"unknown": both("the logs start later.", "日志起始时间较晚。")["value"]}

    assert told({**DATE, "unknown": UNKNOWN}, CAUSE, breach_date=unknown)[0].startswith(
        "We do not know when: the logs start later. Why: "
    )
    assert told({**DATE, "unknown": UNKNOWN}, CAUSE, lang="zh", breach_date=unknown)[0].startswith(
        "时间不详：日志起始时间较晚。原因："
    )


def test_what_nobody_asks_for_falls_out_when_it_is_not_known_or_must_not_be_told() -> None:
    unknown = {"unknown": "the logs start later"}

    assert told(DATE, CAUSE, breach_date=unknown) == ["Why: the server asked for no login."]
    assert told({**DATE, "unknown": UNKNOWN}, CAUSE, breach_date=None) == ["Why: the server asked for no login."]
    assert told({**DATE, "unknown": UNKNOWN}, CAUSE, breach_date=unknown, forbidden=("breach_date",)) == [
        "Why: the server asked for no login."
    ]


def test_without_a_sentence_for_it_the_unknown_is_told_under_its_label() -> None:
    assert told(CAUSE, cause={"unknown": "nobody looked"}) == ["Cause: Not yet known. Nobody looked."]


def test_a_sentence_that_names_what_nobody_stated_keeps_the_letter_back() -> None:
    bad = {**CAUSE, "known": {"en": "{{ it }} {{ wisp }}", "zh": "{{ it }}"}}
    with pytest.raises(LetterIncomplete, match="names `wisp`, which nobody stated"):
        told(bad)


def test_a_template_that_was_not_read_from_a_file_is_held_to_the_same_names() -> None:
    words = {name: {"en": "{{ no_such_name }}", "zh": "文字"} for name in ("title", "salutation", "closing")}
    shape = LetterTemplate.model_validate({**words, "parts": [{"section": "cause"}]})
    duty, facts = book().duty(PIPL_PEOPLE), facts_of(complete())
    with pytest.raises(LetterIncomplete, match="names `no_such_name`, which is not known"):
        render(duty, facts, "en", shape, {}, NOW, vocabulary=book().vocabulary)


def test_names_that_nobody_knows_are_all_named() -> None:
    with pytest.raises(ValueError, match="`nobody`") as refused:
        LetterTexts({"cause": "x"}.__getitem__).fill("{{ cause }} {{ nobody }} {{ nothing }}")

    assert "`nothing`" in str(refused.value)


def test_a_telephone_number_stays_on_one_line() -> None:
    contact = {"value": {"name": "Desk", "phone": "+86 21 0000 0001"}}
    (text,) = told(
        {"tell": "org_contact~", "known": {"en": "Call {{ it }}.", "zh": "{{ it }}"}}, CAUSE, org_contact=contact
    )

    assert "+86\N{NO-BREAK SPACE}21\N{NO-BREAK SPACE}0000\N{NO-BREAK SPACE}0001" in text


def test_a_later_stage_says_in_its_title_which_one_it_is() -> None:
    titles = [letter_of("my-csa-6h", "en", _malaysia(), stage=stage).title for stage in (None, "initial", "supplement")]

    assert titles[0] == titles[1] == "Notification of an incident"
    assert titles[2] == "Notification of an incident: supplementary report"
    assert letter_of(CAC, "zh", stage="final").title == "关于网络安全事件的报告（总结报告）"


def _malaysia() -> dict[str, Any]:
    return complete(discovery_method=both("our scan", "自查"))
