"""The ends of a letter in stages: what is open and why, and which report follows by when."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leakguard.bundled import BundledFiles
from leakguard.errors import LetterIncomplete
from leakguard.models.languages import Lang
from leakguard.models.letters import Fields, Heading, Letter, Paragraph
from leakguard.notices.book import statuses_of
from leakguard.notices.duties import Duty, parse_duties
from leakguard.notices.letters.draft import render
from leakguard.notices.letters.template import parse_template
from support.notices import book, facts_of

NOW = datetime(2026, 11, 30, 1, 30, tzinfo=UTC)
AT = "2026-11-30T01:30+01:00"
FACTS: dict[str, Any] = {
    "incident": "IR-1", "zone": "Europe/Berlin", "organisation": {"name": "Example Clinic", "country": "DE"},
    "obligated_as": ["controller"], "not_known_yet": {"en": "the logs are being read", "zh": "日志仍在分析"},
    "facts": {"breach_description": {"value": {"en": "a leak", "zh": "泄露"}}},
    "events": [{"id": "a", "kind": "awareness", "occurred_at": AT, "recorded_at": AT}],
}  # fmt: skip
DUTY = """
common:
  jurisdiction: Germany
  law: Example Act
  status: in_force
  source_url: https://example.com/act
  source_kind: primary
  confidence: sourced
  verified_on: "2026-11-01"
  clock: {zone: Europe/Berlin, pausable: never}
duties:
  - id: ex-act
    article: "1"
    obligated: [controller]
    recipient: {type: regulator, name: Example Office}
    trigger: {text: an incident, rule: {fact: exposure, is: true}}
    content:
      - {item: breach_description, required: "yes"}
      - {item: cause, required: may_follow}
    phases:
      - {name: FIRST, clock: {anchor: first(ANCHOR), amount: {elapsed: PT24H}}}
      - {name: second, clock: CLOCK, WHEN}
"""
TEMPLATE = """
title: {en: A report, zh: 报告}
salutation: {en: "Dear Sir or Madam,", zh: 您好：}
parts:
  - paragraph: {en: "INTRO", zh: "INTRO"}
  - section: breach_description
  - section: cause
closing: {en: "Yours faithfully,", zh: 特此报告。}
"""


def duty_of(clock: str, *, when: str = "note: later", anchor: str = "awareness", first: str = "initial") -> Duty:
    text = DUTY.replace("CLOCK", clock).replace("WHEN", when).replace("ANCHOR", anchor).replace("FIRST", first)
    return parse_duties(text, name="ex.yaml", vocabulary=book().vocabulary)[0]


def drafted(
    duty: Duty, values: dict[str, Any] | None = None, *, now: datetime = NOW, lang: Lang = "en",
    stage: str | None = "initial", intro: str = "We report.", template: str = TEMPLATE,
) -> Letter:  # fmt: skip
    facts = facts_of(values or FACTS, now=now)
    found = parse_template(template.replace("INTRO", intro), name="t.yaml", vocabulary=book().vocabulary)
    statuses = statuses_of(book(), facts, now, duty)
    return render(duty, facts, lang, found, statuses, now, vocabulary=book().vocabulary, stage=stage)


def follows(clock: str, values: dict[str, Any] | None = None, **how: Any) -> str | None:  # noqa: ANN401  (passed on)
    duty = duty_of(clock, **{name: how.pop(name) for name in ("when", "anchor") if name in how})
    rows = [row for block in drafted(duty, values, **how).blocks if isinstance(block, Fields) for row in block.rows]
    return dict(rows).get("Second notification")


def with_event(kind: str, **fields: str) -> dict[str, Any]:
    values = copy.deepcopy(FACTS)
    values["events"].append({"id": "b", "kind": kind, "occurred_at": AT, "recorded_at": AT, **fields})
    return values


AWARE = "after we became aware of the incident"
RUNNING = {
    "{elapsed: PT72H}": f"by 3 December 2026, 01:30 (UTC+01:00), 72 hours {AWARE}",
    "{elapsed: PT90M}": f"by 30 November 2026, 03:00 (UTC+01:00), 90 minutes {AWARE}",
    "{calendar: P14D}, end_at: end_of_day": f"by 14 December 2026, 14 days {AWARE}",
    "{business_days: 1}, calendar: DE": f"by 1 December 2026, 1 working day {AWARE}",
    "{calendar: P1M1D}": "by 31 December 2026, 01:30 (UTC+01:00)",
    "{year_end_plus: P60D}": "by 1 March 2027",
    "{none: true}": "without undue delay",
}
LATENT = [
    ("'first(filed(obligation=ex-act, stage=initial))'", "{calendar: P1M}", "within 1 month after the first report"),
    ("first(end_of_handling)", "{calendar: P30D}", "within 30 days after the handling of the incident ends"),
    (
        "first(corrective_measure_available)", "{calendar: P14D}",
        "within 14 days after a corrective or mitigating measure is available",
    ),
    ("first(recovered)", "{calendar: P14D}", "without undue delay"),
    ("first(authority_request_received)", "{none: true}", "if you ask for it"),
    ("first(end_of_handling)", "{none: true}", "without undue delay"),
]  # fmt: skip
CLOCKS = [(f"{{anchor: first(awareness), amount: {amount}}}", told) for amount, told in RUNNING.items()]
CLOCKS += [(f"{{anchor: {anchor}, amount: {amount}}}", told) for anchor, amount, told in LATENT]


@pytest.mark.parametrize(("clock", "told"), CLOCKS)
def test_a_report_that_follows_is_told_with_its_limit_where_one_is_known(clock: str, told: str) -> None:
    assert follows(clock) == told


def test_a_limit_that_has_passed_is_not_promised_again() -> None:
    clock = "{anchor: first(awareness), amount: {elapsed: PT72H}}"

    assert follows(clock, now=NOW + timedelta(days=9)) == "without undue delay"


def test_a_limit_that_counts_from_a_report_names_it() -> None:
    clock = "{anchor: 'first(filed(obligation=ex-act, stage=initial))', amount: {elapsed: PT72H}}"
    values = with_event("filed", obligation="ex-act", stage="initial")

    assert follows(clock, values) == "by 3 December 2026, 01:30 (UTC+01:00), 72 hours after the first report"


def test_a_report_that_was_filed_and_one_that_this_incident_does_not_have_are_not_announced() -> None:
    clock = "{anchor: first(awareness), amount: {elapsed: PT72H}}"
    filed = with_event("filed", obligation="ex-act", stage="second")

    assert follows(clock, filed) is None
    assert follows(clock, when="when: {fact: ransomware, is: true}") is not None
    values = copy.deepcopy(FACTS)
    values["facts"]["ransomware"] = {"value": False}
    assert follows(clock, values, when="when: {fact: ransomware, is: true}") is None


@pytest.mark.parametrize("stage", [None, "second"])
def test_the_whole_notice_and_the_last_stage_announce_nothing(stage: str | None) -> None:
    values = copy.deepcopy(FACTS)
    values["facts"]["cause"] = {"value": {"en": "a rule", "zh": "规则"}}
    letter = drafted(duty_of("{anchor: first(awareness), amount: {elapsed: PT72H}}"), values, stage=stage)

    headings = {block.text for block in letter.blocks if isinstance(block, Heading)}
    assert headings.isdisjoint(book().vocabulary.phrases[name].en for name in ("follow_heading", "open_heading"))


SINCE = {
    "awareness": "We became aware of the incident on 30 November 2026, 01:30 (UTC+01:00).",
    "detection": "We discovered the incident on 30 November 2026, 01:30 (UTC+01:00).",
    "notice_received": "We were informed of the incident on 30 November 2026, 01:30 (UTC+01:00).",
    "determination": "We determined on 30 November 2026, 01:30 (UTC+01:00) that the incident had occurred.",
    "classification": "We classified the incident on 30 November 2026, 01:30 (UTC+01:00).",
    "recovered": None, "end_of_handling": None,
}  # fmt: skip


@pytest.mark.parametrize(("kind", "told"), SINCE.items())
def test_a_first_notice_says_since_when_behind_its_first_paragraph(kind: str, told: str | None) -> None:
    duty = duty_of("{anchor: first(awareness), amount: {none: true}}", anchor=kind)
    texts = [block.text for block in drafted(duty, with_event(kind)).blocks if isinstance(block, Paragraph)]

    assert texts[:2] == (["We report.", told] if told else ["We report.", "A leak."])


def test_a_template_that_names_the_moment_itself_gets_no_second_sentence() -> None:
    duty = duty_of("{anchor: first(awareness), amount: {none: true}}")
    for intro in ("We report. {{ since }}", "We have known it {{ aware_at }}."):
        texts = [block.text for block in drafted(duty, intro=intro).blocks if isinstance(block, Paragraph)]

        assert sum("30 November 2026, 01:30" in text for text in texts) == 1


def test_without_the_event_that_starts_the_clock_nothing_says_since_when() -> None:
    values = {**copy.deepcopy(FACTS), "events": []}
    letter = drafted(duty_of("{anchor: first(awareness), amount: {elapsed: PT72H}}"), values)

    assert not any("aware" in block.text for block in letter.blocks if isinstance(block, Paragraph))


def test_a_first_stage_with_a_name_of_its_own_stands_in_the_title() -> None:
    clock = "{anchor: first(awareness), amount: {none: true}}"
    warning, first = duty_of(clock, first="early_warning"), duty_of(clock)
    named = TEMPLATE.replace("en: A report", 'en: "A report ({{ stage }})"')

    assert drafted(warning, stage="early_warning").title == "A report: early warning"
    assert drafted(warning, stage="early_warning", lang="zh").title == "报告（预警）"
    assert drafted(warning, stage="early_warning", template=named).title == "A report (early warning)"
    assert drafted(warning, stage=None, values=known()).title == drafted(first).title == "A report"


def known() -> dict[str, Any]:
    values = copy.deepcopy(FACTS)
    values["facts"]["cause"] = {"value": {"en": "a rule", "zh": "规则"}}
    return values


def test_what_is_open_stands_once_with_its_reason_and_each_own_reason_where_it_belongs() -> None:
    duty = duty_of("{anchor: first(awareness), amount: {none: true}}")
    own = copy.deepcopy(FACTS)
    own["facts"]["cause"] = {"unknown": {"en": "the disk is gone", "zh": "磁盘已毁"}}

    assert "Not known yet" in str(drafted(duty).blocks)
    assert "The logs are being read. We cannot state yet:" in str(drafted(duty).blocks)
    assert "日志仍在分析。下列事项目前尚无法报告：" in str(drafted(duty, lang="zh").blocks)
    assert "The disk is gone." in str(drafted(duty, own).blocks)
    assert "The logs are being read" not in str(drafted(duty, own).blocks)


def test_a_reason_in_another_language_keeps_the_letter_from_being_written() -> None:
    values = {**copy.deepcopy(FACTS), "not_known_yet": {"zh": "日志仍在分析"}}

    with pytest.raises(
        LetterIncomplete, match="not_known_yet: is written for another language only; add it under `en`"
    ):
        drafted(duty_of("{anchor: first(awareness), amount: {none: true}}"), values)


def test_an_early_warning_of_a_law_that_ships_announces_its_stages() -> None:
    """A trust service whose services are affected has another duty for the stage of 72 hours."""
    duty = book().duty("de-bsig-32-bsi")
    values = copy.deepcopy(FACTS)
    values["facts"]["trust_services_affected"] = {"value": True}
    facts = facts_of(values, now=NOW)
    found = parse_template(
        BundledFiles().text("templates", "notices/any-authority.yaml"), name="t.yaml", vocabulary=book().vocabulary
    )
    statuses = statuses_of(book(), facts, NOW, duty)
    letter = render(duty, facts, "en", found, statuses, NOW, vocabulary=book().vocabulary, stage="early_warning")
    rows = [block.rows for block in letter.blocks if isinstance(block, Fields)][-1]

    assert [label for label, _ in rows] == ["Intermediate report", "Final report"]
