"""Which text of a duty was law on the day, and what is said where nobody knows it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from leakguard.errors import BadFile
from leakguard.frozen import replace
from leakguard.notices.assess import Assessment
from leakguard.notices.book import DutyBook, assess_facts, statuses_of
from leakguard.notices.duties import Duty, parse_duties
from leakguard.notices.judging import Answer
from support.notices import book, complete, facts_of

NOW = datetime(2026, 6, 12, 12, tzinfo=UTC)
FILE = """
common:
  jurisdiction: Freedonia
  law: Data Act
  status: in_force
  source_url: https://law.example/act
  source_kind: primary
  confidence: sourced
  verified_on: "2026-06-01"
  obligated: [controller]
  clock: {zone: Europe/Berlin, anchor: first(awareness)}
rules:
  concerned: {residents: DE, more_than: 100, text: more than 100 people are affected}
duties:
  - id: fd-act-1
    article: "1"
    in_force_from: "2026-01-01"
    recipient: {type: regulator, name: Data Office}
    trigger: {text: people are affected, rule: {use: concerned}}
    phases: [{name: initial, clock: {amount: {elapsed: PT24H}}}]
    content: [{item: breach_description, required: "yes"}]
    versions:
      - {until: "2019-12-31", none: true, text: the Act began later, SOURCE}
      - from: "2020-01-01"
        until: "2024-12-31"
        trigger: {text: anybody is affected, rule: {residents: DE, at_least: 1, text: people are affected}}
        phases: [{name: initial, clock: {amount: {elapsed: PT72H}}}]
"""
READ = "confidence: sourced, source_url: https://law.example/old, source_kind: primary, verified_on: 2026-06-01"
BELIEVED = "confidence: own-knowledge"


def duty_of(text: str = FILE, source: str = READ) -> Duty:
    (duty,) = parse_duties(text.replace("SOURCE", source), name="fd.yaml", vocabulary=book().vocabulary)
    return duty


def on_day(day: str, duty: Duty, people: int = 1, **changes: object) -> Assessment:
    values = complete(discovery_date={"value": day}, subjects_by_jurisdiction={"value": {"DE": people}}, **changes)
    at = f"{day}T10:00Z"
    values["events"] = [{"id": "a", "kind": "awareness", "occurred_at": at, "recorded_at": at}]
    (found,) = assess_facts(replace(book(), duties=(duty,)), facts_of(values, now=NOW), NOW)
    return found


def test_the_threshold_and_the_deadline_are_those_of_the_day() -> None:
    old, new, newer = (on_day(day, duty_of(), 1) for day in ("2020-01-01", "2026-01-01", "2026-05-01"))

    assert [one.applies for one in (old, new, newer)] == [Answer.YES, Answer.NO, Answer.NO]
    assert dict(old.phases)["initial"].work_by == datetime(2020, 1, 4, 10, tzinfo=UTC)
    assert dict(on_day("2026-01-01", duty_of(), 101).phases)["initial"].work_by == datetime(2026, 1, 2, 10, tzinfo=UTC)


def test_an_absence_that_was_read_is_a_no_with_its_source() -> None:
    found = on_day("2019-12-31", duty_of())

    assert (found.applies, found.is_dormant) == (Answer.NO, True)
    assert "https://law.example/old" in found.because
    assert "2026-06-01" in found.because


def test_an_absence_from_memory_is_no_answer() -> None:
    found = on_day("2019-12-31", duty_of(source=BELIEVED))

    assert (found.applies, found.is_dormant) == (Answer.NO_RULE_KNOWN, False)
    assert "rests on memory" in found.because


def test_a_day_that_no_text_covers_is_never_no() -> None:
    assert on_day("2025-06-01", duty_of()).applies is Answer.NO_RULE_KNOWN
    assert on_day("2025-06-01", duty_of()).phases == ()


def test_an_unknown_text_of_another_place_is_no_concern() -> None:
    found = on_day("2025-06-01", duty_of(), 0)

    assert found.applies is Answer.NO


def test_a_day_known_roughly_over_a_change_needs_the_day() -> None:
    values = complete(
        discovery_date={"estimate": {"earliest": "2024-12-30", "latest": "2025-01-02"}},
        subjects_by_jurisdiction={"value": {"DE": 200}},
    )
    values["events"] = []
    (found,) = assess_facts(replace(book(), duties=(duty_of(),)), facts_of(values, now=NOW), NOW)

    assert (found.applies, found.missing_facts) == (Answer.NEEDS_FACT, ("discovery_date",))


def test_a_date_alone_switches_a_dormant_law_on() -> None:
    dormant = duty_of().model_copy(update={"status": "not_in_force", "versions": ()})

    assert on_day("2025-12-31", dormant, 101).applies is Answer.NO
    assert on_day("2026-01-01", dormant, 101).applies is Answer.YES


def test_only_the_filing_of_its_own_leg_ends_a_clock_without_an_end() -> None:
    assert duty_of().phases[0].clock.end == "filed(obligation=fd-act-1, stage=initial)"
    people = duty_of(FILE.replace("type: regulator", "type: individuals"))
    assert str(people.phases[0].clock.end).endswith("| subjects_notified(obligation=fd-act-1)")


def test_what_all_duties_share_takes_named_rules_too() -> None:
    shared = duty_of(FILE.replace("common:\n", "common:\n  exemptions: [{text: many, when: {use: concerned}}]\n"))

    assert shared.exemptions[0].when == shared.trigger.rule
    with pytest.raises(BadFile, match="no rule of this file is called `concernd`"):
        duty_of(FILE.replace("common:\n", "common:\n  exemptions: [{text: many, when: {use: concernd}}]\n"))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("{use: concerned}", "{use: concernd}", "no rule of this file is called `concernd`"),
        ('until: "2019-12-31", none: true', 'until: "2020-12-31", none: true', "must not overlap"),
        ('in_force_from: "2026-01-01"', 'article_zh: ""', "needs `in_force_from`"),
        ("none: true, text: the Act began later,", "text: the Act began later,", "text: unknown field"),
        ("common:\n", "common: []\nordinary:\n", "must be a mapping"),
        ("rules:\n", "rules: word\nother:\n", "must be a mapping"),
        ('from: "2020-01-01"', 'from: "2025-01-01"', "lies after"),
    ],
)
def test_a_file_that_says_it_wrongly_is_refused_with_the_problem(old: str, new: str, problem: str) -> None:
    assert old in FILE
    with pytest.raises(BadFile) as refused:
        duty_of(FILE.replace(old, new))

    assert problem in str(refused.value)


def test_the_clocks_of_the_day_stand_for_the_assessment() -> None:
    values = complete(discovery_date={"value": "2020-01-01"})
    values["events"] = []
    one = DutyBook(vocabulary=book().vocabulary, duties=(duty_of(),))
    rules = statuses_of(one, facts_of(values, now=NOW), NOW)

    assert set(rules) == {"fd-act-1.initial"}
    assert rules["fd-act-1.initial"].rule.limbs[0].amount.elapsed == "PT72H"


def test_whoever_only_an_earlier_text_addressed_is_bound_by_it() -> None:
    other = FILE.replace('        until: "2024-12-31"\n', '        until: "2024-12-31"\n        obligated: [bank]\n')
    duty = duty_of(other)

    assert on_day("2020-06-01", duty).applies is Answer.NO
    values = complete(discovery_date={"value": "2020-06-01"}, subjects_by_jurisdiction={"value": {"DE": 1}})
    values |= {"events": [], "obligated_as": ["bank"]}
    (found,) = assess_facts(replace(book(), duties=(duty,)), facts_of(values, now=NOW), NOW)
    assert found.applies is Answer.YES


def test_a_day_known_roughly_is_no_only_if_every_text_says_so() -> None:
    """One person meets the earlier threshold and not the present one."""
    text = FILE.replace('until: "2024-12-31"', 'until: "2025-12-31"')
    values = complete(
        discovery_date={"estimate": {"earliest": "2025-12-30", "latest": "2026-01-02"}},
        subjects_by_jurisdiction={"value": {"DE": 1}},
    )
    values["events"] = []
    (found,) = assess_facts(replace(book(), duties=(duty_of(text),)), facts_of(values, now=NOW), NOW)
    values["facts"]["subjects_by_jurisdiction"] = {"value": {"DE": 0}}
    (nobody,) = assess_facts(replace(book(), duties=(duty_of(text),)), facts_of(values, now=NOW), NOW)

    assert (found.applies, found.missing_facts) == (Answer.NEEDS_FACT, ("discovery_date",))
    assert nobody.applies is Answer.NO


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("common: {clock: 5}\nduties: [{id: a-b, phases: [{name: x, clock: {}}]}]\n", "must be a mapping"),
        ("rules: {a: [1]}\nduties: [{use: a}]\n", "a duty is no rule"),
        ("common: {use: a}\nduties: []\n", "no rule of this file"),
        (
            "rules:\n  r0: {fact: exposure, is: true}\n"
            + "".join(f"  r{n}: {{any: [{{use: r{n - 1}}}, {{use: r{n - 1}}}]}}\n" for n in range(1, 40))
            + "duties: []\n",
            "more than 20,000 parts",
        ),
    ],
)
def test_a_malformed_short_form_is_refused_and_never_grows(text: str, problem: str) -> None:
    with pytest.raises(BadFile) as refused:
        parse_duties(text, name="fd.yaml", vocabulary=book().vocabulary)

    assert problem in str(refused.value)
