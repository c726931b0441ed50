"""A letter announces a supplement where it tells something that nobody knows yet, and nowhere else."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from leakguard.models.letters import Letter
from leakguard.notices.letters.still_open import still_open
from leakguard.notices.letters.template import LetterTemplate
from leakguard.notices.lint.passages import passages_of
from leakguard.notices.vocabulary import Words
from support.notices import CAC, GDPR_33, PIPL_AUTHORITY, book, complete, facts_of, letter_of

UNKNOWN: dict[str, Any] = {"unknown": {"en": "still being read", "zh": "正在核查"}}
CLOSED: dict[str, Any] = {"exfiltration": {"value": True}, "threat_actor": None}
"""What makes the complete facts file one without a gap."""
ANNOUNCED = {
    "cn-csl-44-authority": ("尚未查明的事项均已注明原因", "What is not known yet is marked as such"),
    PIPL_AUTHORITY: ("本报告均予注明并说明原因", "What is not known yet is marked as such"),
    "cn-gbt35273-10-report": ("尚未查明的事项均已注明原因", "What is not known yet is marked as such"),
    CAC: ("目前尚无法判明的事项", "What cannot be judged yet"),
}


def text_of(letter: Letter) -> str:
    """All words of its blocks."""
    return "\n".join(passage.whole for passage in passages_of(letter))


def drafted(duty: str, lang: Any = "zh", **facts: Any) -> str:  # noqa: ANN401  (a facts file holds anything)
    """The words of a letter from facts without a gap, but for `facts`."""
    more = {"threat_actor": {"value": {"en": "a person who is known", "zh": "已查明的人员"}}} if duty == CAC else {}
    return text_of(letter_of(duty, lang, complete(**copy.deepcopy({**CLOSED, **more, **facts}))))


@pytest.mark.parametrize("duty", [CAC, PIPL_AUTHORITY, "cn-csl-44-authority", "cn-gbt35273-10-report"])
def test_a_report_without_a_gap_announces_no_supplement(duty: str) -> None:
    for lang, words in zip(("zh", "en"), ANNOUNCED[duty], strict=True):
        assert words not in drafted(duty, lang)


@pytest.mark.parametrize("duty", [CAC, PIPL_AUTHORITY, "cn-csl-44-authority", "cn-gbt35273-10-report"])
@pytest.mark.parametrize("name", ["breach_date", "exfiltration"])
def test_an_item_or_an_effect_that_nobody_knows_yet_is_announced(duty: str, name: str) -> None:
    for lang, words in zip(("zh", "en"), ANNOUNCED[duty], strict=True):
        assert words in drafted(duty, lang, **{name: UNKNOWN})


def test_what_a_letter_does_not_tell_leaves_nothing_open_in_it() -> None:
    assert ANNOUNCED[PIPL_AUTHORITY][0] not in drafted(PIPL_AUTHORITY, threat_actor=UNKNOWN)
    assert ANNOUNCED[CAC][0] in drafted(CAC, threat_actor=UNKNOWN)


WORDS = Words(en="Report", zh="报告")
BARE = LetterTemplate(title=WORDS, salutation=WORDS, closing=WORDS, parts=())


def test_the_one_reason_for_all_that_nobody_stated_leaves_it_open() -> None:
    values = complete(**copy.deepcopy(CLOSED), attack_path=None)
    reason = {**copy.deepcopy(values), "not_known_yet": {"en": "still being read", "zh": "正在核查"}}

    assert still_open(book().duty(CAC), facts_of(reason), {"attack_path": "said"}, BARE)
    assert not still_open(book().duty(CAC), facts_of(reason), {"cause": "said"}, BARE)
    assert not still_open(book().duty(CAC), facts_of(values), {"attack_path": "said"}, BARE)


def test_places_that_nobody_counted_leave_a_letter_open_that_tells_them() -> None:
    facts = facts_of(complete(**copy.deepcopy(CLOSED), subjects_by_jurisdiction=copy.deepcopy(UNKNOWN)))

    assert still_open(book().duty(GDPR_33), facts, {}, BARE)
    assert not still_open(book().duty(CAC), facts, {}, BARE)
