"""The first notice of each law, held against the table that was written from the statutes before any was drafted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from leakguard.bundled import BundledFiles
from leakguard.errors import LetterIncomplete
from leakguard.models.languages import BOTH, Lang
from leakguard.models.letters import Fields, Heading, Letter, Numbered
from leakguard.notices.completeness import Completeness
from leakguard.notices.duties import Duty
from leakguard.notices.letters.text import text_of
from leakguard.use_cases.letters.draft_notices import check_drafted_notice, draft_letter
from support.each import for_each
from support.expected import table
from support.notices import book, facts_of

pytestmark = pytest.mark.untraced

ROWS: dict[str, dict[str, Any]] = table("first_notices.yaml")["rows"]
NOW = datetime(2026, 11, 30, 1, 30, tzinfo=UTC)
"""An hour after `AT`."""
AT = "2026-11-30T01:30+01:00"
REASON = {"en": "we found it an hour ago and are reading the logs", "zh": "发现至今仅一小时，日志仍在分析"}
_STARTS = ("awareness", "discovery", "determination", "classification")
"""The events from which the limits of the first notices count."""
EFFECTS = {"access", "exfiltration", "integrity_loss", "availability_loss", "subjects_by_jurisdiction"}
"""What every letter to an authority says of the data and of the places of the people; see the table."""
_SAMPLES: dict[str, Any] = {
    "moment": {"value": "2026-11-30T01:00+01:00"},
    "count": {"value": 7},
    "categories": {"value": ["contact.email"]},
    "contact": {"value": {"name": "Night desk", "phone": "+49 711 000"}},
}


def duties_of(row: str) -> list[Duty]:
    """The duties that a row is about: named one by one, or all national ones of one family."""
    named = ROWS[row]["duties"]
    if isinstance(named, list):
        return [book().duty(name) for name in named]
    family = (duty for duty in book().duties if "nis2" in duty.id or duty.id == "de-bsig-32-bsi")
    return [duty for duty in family if duty.phase(ROWS[row]["stage"]) is not None]


CASES = [(row, duty.id) for row in ROWS for duty in duties_of(row)]


def sample(name: str) -> dict[str, Any]:
    kind = book().vocabulary.items[name].kind
    return dict(_SAMPLES.get(kind, {"value": {"en": f"{name} in words", "zh": f"{name}情况"}}))


def few(row: str, *, reason: bool = True, without: str = "") -> dict[str, Any]:
    """What the row says must be stated, and nothing else: with one reason for all the rest."""
    given = ROWS[row]
    either = [names[-1] for names in given.get("either", []) if without not in names]
    names = {*given["must"], *either} - {without, "org_identity", "org_contact", "org_registration"}
    organisation: dict[str, Any] = {
        "name": {"en": "Example Clinic", "zh": "示例诊所"}, "country": "DE", "registration": "LEI 5299",
        "contact": {"name": {"en": "Night desk", "zh": "值班台"}, "phone": "+49 711 000"},
    }  # fmt: skip
    if without in {"org_contact", "org_registration", "dpo_contact"}:
        del organisation["registration" if without == "org_registration" else "contact"]
    values: dict[str, Any] = {
        "incident": "IR-2026-0001", "zone": "Europe/Berlin", "organisation": organisation,
        "obligated_as": [*{role for duty in duties_of(row) for role in duty.obligated}],
        "facts": {"exposure": {"value": True}, **{name: sample(name) for name in sorted(names)}},
        "events": [
            {"id": kind, "kind": kind, "occurred_at": AT, "recorded_at": AT} for kind in _STARTS
        ],
    }  # fmt: skip
    return values | ({"not_known_yet": REASON} if reason else {})


def checked(row: str, duty: str, values: dict[str, Any]) -> Completeness:
    return check_drafted_notice(book(), facts_of(values, now=NOW), book().duty(duty), now=NOW, stage=ROWS[row]["stage"])


def drafted(row: str, duty: str, values: dict[str, Any], lang: Lang = "en") -> Letter:
    facts = facts_of(values, now=NOW)
    return draft_letter(book(), BundledFiles(), facts, duty, lang=lang, now=NOW, stage=ROWS[row]["stage"])


def test_the_table_has_a_row_for_each_law_and_each_row_its_duties() -> None:
    assert {"gdpr", "nis2", "dora", "cra_vulnerability", "cra_incident", "cac", "nydfs"} <= ROWS.keys()
    assert all(duties_of(row) for row in ROWS)
    assert len(duties_of("nis2")) >= 27


@for_each("case", CASES)
def test_few_facts_and_one_reason_are_a_complete_first_notice(case: tuple[str, str]) -> None:
    row, duty = case
    found = checked(row, duty, few(row))

    assert found.is_complete, found
    assert {*ROWS[row]["or_reason"]} <= {*found.said_as_unknown}


@for_each("case", CASES)
def test_what_the_law_wants_in_the_first_notice_is_missed_when_it_alone_is_taken_out(case: tuple[str, str]) -> None:
    row, duty = case
    for item in {*ROWS[row]["must"]} - {"org_identity"}:
        assert checked(row, duty, few(row, without=item)).missing == (item,)
    for names in ROWS[row].get("either", []):
        assert {*checked(row, duty, few(row, without=names[0])).missing} & {*names}


@for_each("case", CASES)
def test_without_a_reason_what_may_follow_is_missed_and_nothing_of_a_later_stage_is(case: tuple[str, str]) -> None:
    row, duty = case
    missing = {*checked(row, duty, few(row, reason=False)).missing} - EFFECTS

    assert missing == {*ROWS[row]["or_reason"]}
    assert not missing & {*ROWS[row].get("may", []), *ROWS[row].get("not", [])}


@for_each("case", CASES)
def test_what_is_not_asked_for_is_told_where_somebody_states_it(case: tuple[str, str]) -> None:
    row, duty = case
    for name in ROWS[row].get("may", []):
        values = few(row)
        values["facts"][name] = sample(name)
        shown = sample(name)["value"]

        text = text_of(drafted(row, duty, values)).text
        assert (f"{name} in words".casefold() in text.casefold()) or not isinstance(shown, dict), name


def whole_text(letter: Letter) -> str:
    return "\n".join((*letter.sender, text_of(letter).text))


@for_each("case", CASES)
def test_a_first_notice_says_who_what_since_when_what_is_open_and_why(case: tuple[str, str]) -> None:
    row, duty = case
    for lang in BOTH:
        letter = drafted(row, duty, few(row), lang)
        text, label = whole_text(letter), book().vocabulary.items

        assert {"en": "Example Clinic", "zh": "示例诊所"}[lang] in text
        assert {"en": "Night desk", "zh": "值班台"}[lang] in text
        assert re.search({"en": r"(30 November|November 30,) 2026, 01:30", "zh": "2026年11月30日01:30"}[lang], text)
        assert {"en": "We found it an hour ago", "zh": REASON["zh"]}[lang] in text
        assert [name for name in ROWS[row]["or_reason"] if label[name].of(lang) not in text] == []
        assert len(text) < 3_500


def follow_rows(letter: Letter) -> list[tuple[str, str]]:
    """The rows below the heading that announces the reports to come."""
    heads = [number for number, block in enumerate(letter.blocks) if isinstance(block, Heading)]
    fields = [block for block in letter.blocks[heads[-1] :] if isinstance(block, Fields)]
    assert "What will follow" in letter.blocks[heads[-1]].text  # type: ignore[union-attr]
    return list(fields[0].rows)


def expected_rows(row: str, duty: Duty) -> Iterator[tuple[str, str]]:
    """What the table says of each stage, in the words of the letter."""
    own = ROWS[row].get("national", {}).get(duty.id.split("-")[0], {})
    for one in ROWS[row]["follows"]:
        words = book().vocabulary.stage_words(one["stage"], "en")
        label = words[:1].upper() + words[1:]
        if duty.phase(one["stage"]) is None:
            continue
        if one.get("asked") or one.get("soon"):
            yield label, "if you ask for it" if one.get("asked") else "without undue delay"
            continue
        unit, count = next(iter(own.get(one["stage"], one["within"]).items()))
        yield label, f"{count} {(unit[:-1] if count == 1 else unit).replace('_', ' ')} "


@for_each("case", CASES)
def test_what_follows_stands_at_the_end_with_its_limit(case: tuple[str, str]) -> None:
    row, duty = case
    found = dict(follow_rows(drafted(row, duty, few(row))))

    for label, words in expected_rows(row, book().duty(duty)):
        assert words in found[label], (duty, label)


def test_a_limit_that_runs_has_its_day_and_hour_and_one_that_does_not_has_none() -> None:
    rows = dict(follow_rows(drafted("nis2", "de-bsig-32-bsi", few("nis2"))))

    told = "by 3 December 2026, 01:30 (UTC+01:00), 72 hours after we became aware of the incident"
    assert rows["Incident notification"] == told
    assert rows["Intermediate report"] == "if you ask for it"
    assert rows["Final report"] == "within 1 month after the incident notification"


@pytest.mark.parametrize("lang", BOTH)
def test_an_item_without_value_and_without_reason_keeps_the_letter_from_being_written(lang: Lang) -> None:
    with pytest.raises(LetterIncomplete, match="malicious_suspected"):
        drafted("nis2", "de-bsig-32-bsi", few("nis2", reason=False), lang)


def test_what_is_open_is_a_list_below_its_reason() -> None:
    letter = drafted("nis2", "de-bsig-32-bsi", few("nis2"))
    lists = [block for block in letter.blocks if isinstance(block, Numbered)]

    assert lists[0].entries == ("Whether a malicious act is suspected", "Cross-border impact")
