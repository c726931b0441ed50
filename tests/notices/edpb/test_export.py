"""The EDPB's common template: four kinds of notice, what must stand in them, and that they come back equal."""

from __future__ import annotations

import functools
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from leakguard.bundled import BundledFiles
from leakguard.errors import BadFile
from leakguard.notices.edpb.conditions import Circumstances
from leakguard.notices.edpb.mapping import NoticeStatus, NoticeType, answers_of
from leakguard.notices.edpb.payload import MAX_COUNT, MAX_ENTRIES, MAX_PAYLOAD, MAX_TEXT, parse_payload, to_json_text
from leakguard.notices.edpb.people import people_counts
from leakguard.notices.edpb.template import Template, parse_template
from leakguard.use_cases.letters.export_edpb import check_edpb, export_edpb, load_edpb
from support.each import for_each
from support.edpb import for_edpb
from support.edpb_schema import to_schema
from support.examples import examples
from support.notices import NOW, book, complete, facts_of

GOLDEN = Path(__file__).parent / "golden"
LATE = datetime(2026, 6, 13, 15, 1, tzinfo=UTC)
"""72 hours and one minute after awareness."""
ON_TIME = datetime(2026, 6, 13, 15, tzinfo=UTC)
SCHEMA = BundledFiles().text("duties", "edpb/template.schema.json")
VALIDATOR = Draft202012Validator(json.loads(SCHEMA), format_checker=FormatChecker())
TOLD_BY_TIME = {18, 49}
"""Fields whose condition a payload alone cannot tell the schema: where the controller is, and when it was sent."""
OPEN: dict[str, Any] = {
    "exfiltration": {"unknown": "the logs are being read"},
    "subject_count": {"unknown": "being counted"},
    "risk": {"unknown": "being assessed"},
    "measures_before": {"unknown": "being collected"},
    "breach_date": {"unknown": "not found yet"},
}


@functools.cache
def template() -> Template:
    return load_edpb(BundledFiles())


def exported(
    values: dict[str, Any] | None = None, *, kind: NoticeType = "new", status: NoticeStatus = "complete",
    now: datetime = NOW,
) -> dict[str, Any]:  # fmt: skip
    facts = facts_of(values or for_edpb(), now=now)
    found = export_edpb(facts, template(), book().vocabulary, name="facts.yaml", now=now, kind=kind, status=status)
    return dict(found)


def refused(values: dict[str, Any], **how: Any) -> dict[str, str]:  # noqa: ANN401  (passed on)
    with pytest.raises(BadFile) as caught:
        exported(values, **how)
    return {problem.where: problem.text for problem in caught.value.problems}


def schema_errors(answers: dict[str, Any]) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(answers)]


CASES: dict[str, tuple[dict[str, Any], NoticeType, NoticeStatus]] = {
    "new": (for_edpb(), "new", "complete"),
    "incomplete": (for_edpb(**OPEN), "new", "incomplete"),
    "follow-up": (for_edpb(answers={"field_6": "DPA-2026-77"}), "follow-up", "complete"),
    "withdrawn": (
        for_edpb(answers={"field_6": "DPA-2026-77", "field_5": "test data only"}), "follow-up", "withdraw"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_kind_of_notice_fits_the_schema_and_comes_back_equal(case: str) -> None:
    values, kind, status = CASES[case]
    answers = exported(values, kind=kind, status=status)
    text = to_json_text(answers)

    assert schema_errors(answers) == []
    assert text == (GOLDEN / f"{case}.json").read_text(encoding="utf-8")
    again, problems = check_edpb(text, template(), name="notice.json")
    assert problems == ()
    assert again == answers
    assert to_json_text(again) == text


def test_the_schema_that_ships_is_the_one_that_the_data_make() -> None:
    assert json.loads(SCHEMA) == to_schema(template())
    Draft202012Validator.check_schema(json.loads(SCHEMA))


def test_the_template_has_100_fields_42_mandatory_46_conditional_12_optional() -> None:
    needs = [field.need for field in template().fields]

    assert (needs.count("mandatory"), needs.count("conditional"), needs.count("optional")) == (42, 46, 12)
    assert len(template().structural) == 26


def test_every_source_of_the_template_is_a_fact_that_the_vocabulary_knows() -> None:
    known = {*book().vocabulary.facts}
    named = {field.derived.fact for field in template().fields if field.derived and field.derived.fact}

    assert named <= known


def may_be_left_out(answers: dict[str, Any], key: str) -> bool:
    """What has no code that leaves it open may stand without an answer in an incomplete notice."""
    return answers["field_4"] == "b" and template().by_key[key].may_wait


@for_each("key", [field.key for field in template().fields if field.is_enforced and field.number not in TOLD_BY_TIME])
def test_a_required_answer_that_is_taken_away_is_named_by_us_and_by_the_schema(key: str) -> None:
    having = [answers for answers in every_notice() if key in answers]

    assert having
    for answers in having:
        if may_be_left_out(answers, key):
            continue
        left = {name: answer for name, answer in answers.items() if name != key}
        found = {problem.where for problem in check_edpb(json.dumps(left), template(), name="n.json")[1]}
        assert found & {key, "field_113"}
        assert not VALIDATOR.is_valid(left)


MANDATORY = [field.key for field in template().fields if field.need == "mandatory"]


def named_without(answers: dict[str, Any], key: str) -> set[str]:
    """The fields that are named when one answer is taken out of a notice."""
    left = {name: answer for name, answer in answers.items() if name != key}
    return {problem.where for problem in check_edpb(json.dumps(left), template(), name="n.json")[1]}


def test_42_fields_are_mandatory() -> None:
    assert len(MANDATORY) == len(set(MANDATORY)) == 42


EITHER = {"field_113", "field_120"}
"""The first answers of the two sections about borders: a notice has one of them, by where the controller is."""
OF_PARTIES = {"field_39", "field_40", "field_41"}
"""Asked about each further party; a notice without one has none."""


@pytest.mark.parametrize("key", MANDATORY)
def test_each_mandatory_field_is_named_when_it_alone_is_taken_out(key: str) -> None:
    """In every kind of notice that has it."""
    names = EITHER if key in EITHER else {key}
    having = [answers for answers in every_notice() if key in answers]

    assert having
    for answers in having:
        assert named_without(answers, "field_none") == set()
        assert bool(named_without(answers, key) & names) is not may_be_left_out(answers, key)


@pytest.mark.parametrize("case", CASES)
def test_no_kind_of_notice_leaves_a_mandatory_field_out(case: str) -> None:
    values, kind, status = CASES[case]
    lacking = set(MANDATORY) - exported(values, kind=kind, status=status).keys()

    assert lacking == {"field_120"} | OF_PARTIES


MORE: list[tuple[dict[str, Any], NoticeType, NoticeStatus]] = [
    (
        for_edpb(
            integrity_loss={"value": "recoverable"}, availability_loss={"value": "temporary"},
            other_parties={"value": {"en": "Example Hosting", "zh": "示例托管"}},
            subjects_by_jurisdiction={"value": {"DE": 120, "FR": 7, "US-CA": 15}},
            answers={
                "field_33": "c", "field_34": "Bob", "field_35": "engineer", "field_36": "bob@university.example",
                "field_23": "c", "field_24": "engineer", "field_39": ["processor"],
                "field_41": ["host@hosting.example"],
                "field_49": None, "field_50": "d", "field_52": "2026-06-10", "field_58": "a", "field_79": ["d"],
                "field_80": "other", "field_81": ["c"], "field_82": "other", "field_83": ["c"], "field_84": "other",
                "field_85": ["n"], "field_86": "other", "field_97": "a", "field_99": None, "field_98": "2026-06-11",
                "field_102": "b", "field_103": "no address", "field_104": ["a"], "field_106": "the letter",
                "field_109": "a", "field_111": "police of the town", "field_113": "a", "field_114": "Berlin",
                "field_115": ["DE"], "field_118": ["Berlin"], "field_125": ["j"], "field_126": "a table",
            },
        ), "new", "complete",
    ),
    (
        for_edpb(answers={"field_97": "e", "field_99": None, "field_100": ["c"], "field_101": "no addresses"}),
        "new", "complete",
    ),
]  # fmt: skip


def outside() -> dict[str, Any]:
    values = for_edpb(
        representative={"value": {"en": "Example Agent", "zh": "代表"}},
        answers={"field_113": None, "field_120": "a", "field_123": ["Berlin"]},
    )
    values["organisation"]["country"] = "CN"
    return values


MORE.append((outside(), "new", "complete"))


@functools.cache
def every_notice() -> tuple[dict[str, Any], ...]:
    return tuple(exported(values, kind=kind, status=status) for values, kind, status in (*CASES.values(), *MORE))


def test_a_controller_outside_the_eea_answers_the_other_section() -> None:
    answers = exported(outside())

    assert answers["field_18"] == "Example Agent"
    assert answers["field_122"] == {"DE": 120}
    assert "field_113" not in answers
    assert "field_113" in refused(outside() | {"edpb": outside()["edpb"] | {"field_113": "a"}})


def test_reasons_are_asked_after_72_hours_and_not_before() -> None:
    values = for_edpb(delay_reason=None)

    assert "field_49" not in exported(values, now=ON_TIME)
    assert refused(values, now=LATE)["field_49"].endswith("Reasons for late notification of the personal data breach")
    assert exported(for_edpb(), now=LATE)["field_49"] == "the log server was down"
    assert "field_49" not in exported(for_edpb(), now=ON_TIME)
    assert "field_49" not in exported(CASES["follow-up"][0], kind="follow-up", now=LATE)


def test_all_missing_fields_are_named_at_once() -> None:
    values = for_edpb(systems=None, measures_taken=None, answers={"field_60": None, "field_87": None})

    assert list(refused(values)) == ["field_60", "field_63", "field_87", "field_92"]


def test_what_is_open_belongs_to_incomplete_notices_alone() -> None:
    found = exported(for_edpb(**OPEN), status="incomplete")

    assert (found["field_44"], found["field_56"], found["field_67"], found["field_89"]) == ("e", "e", "d", "d")
    assert found["field_76"] == "To be determined: being collected"
    assert {"field_44", "field_56", "field_67", "field_76", "field_89"} <= refused(for_edpb(**OPEN)).keys()
    assert schema_errors({**found, "field_4": "a"})
    assert "only an incomplete notice" in refused(for_edpb(answers={"field_60": ["x"]}))["field_60"]
    assert "only an incomplete notice" in refused(for_edpb(answers={"field_76": "To be determined"}))["field_76"]


def test_a_withdrawal_needs_its_reasons_its_id_and_an_earlier_notice() -> None:
    assert {"field_5", "field_6"} <= refused(for_edpb(), kind="follow-up", status="withdraw").keys()
    assert "follow-up" in refused(for_edpb(answers={"field_5": "x"}), status="withdraw")["field_4"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("field_60", "m"), ("field_60", []), ("field_60", ["m", "m"]), ("field_60", ["zz"]), ("field_61", "z"),
        ("field_62", " "), ("field_62", "x" * (MAX_TEXT + 1)), ("field_68", -1), ("field_68", True),
        ("field_68", MAX_COUNT + 1), ("field_48", "2026-06-10"), ("field_48", "2026-06-10T23:00"),
        ("field_48", "yesterdayT"), ("field_99", "15 June"), ("field_99", "20260615"), ("field_29", "perhaps"),
        ("field_99", 5),
    ],
)  # fmt: skip
def test_an_answer_of_the_wrong_shape_is_refused(key: str, value: object) -> None:
    assert key in refused(for_edpb(answers={key: value}))


@pytest.mark.parametrize(
    ("key", "value"),
    [("field_115", ["Germany"]), ("field_117", {"DE": -1}), ("field_117", {}), ("field_116", ["DE"] * 2)],
)
def test_countries_are_codes_and_their_numbers_whole(key: str, value: object) -> None:
    values = for_edpb()
    values["edpb"] |= MORE[0][0]["edpb"] | {key: value}

    assert key in refused(values)


def test_a_list_may_not_grow_without_end() -> None:
    many = [f"authority {number}" for number in range(MAX_ENTRIES + 1)]

    assert "field_118" in refused({**MORE[0][0], "edpb": {**MORE[0][0]["edpb"], "field_118": many}})


def test_a_wrong_field_is_named_with_the_nearest() -> None:
    with pytest.raises(BadFile, match="did you mean `field_60`"):
        exported(for_edpb(answers={"feild_60": ["m"]}))


def test_a_breach_does_not_end_before_it_begins() -> None:
    assert refused(for_edpb(answers={"field_47": "2020-01-01T00:00:00Z"})).keys() == {"field_47"}


def test_without_a_country_or_awareness_nothing_is_guessed() -> None:
    values = for_edpb()
    values["organisation"]["country"] = ""
    values["events"] = []

    assert {"field_48", "field_113"} <= refused(values).keys()


def test_more_ways_to_state_a_fact() -> None:
    values = for_edpb(
        encryption={"value": {"encrypted": True, "key_safe": True}}, subject_count={"value": 12},
        breach_date={"value": "2026-06-09"}, measures_before={"not_applicable": "there were none"},
        public_body={"value": True},
    )  # fmt: skip
    values["organisation"] |= {"registration": "HRB 1", "sector": "education"}
    values["events"].append(
        {"id": "n", "kind": "notice_received", "occurred_at": "2026-06-10T22:00", "recorded_at": "2026-06-10T23:30"}
    )
    values["edpb"]["field_50"] = "d"
    found = exported(values)

    assert (found["field_57"], found["field_67"], found["field_68"], found["field_44"]) == ("a", "a", 12, "a")
    assert (found["field_10"], found["field_11"], found["field_17"], found["field_14"]) == (
        "b",
        "HRB 1",
        "education",
        "b",
    )
    assert found["field_76"] == "Does not apply: there were none"
    assert found["field_52"] == "2026-06-10"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[]", "must be an object"), ("{", "not readable"), ('{"a": 1, "a": 2}', "a name stands twice"),
        ('{"a": NaN}', "JSON does not know"), ("[" * 100_000, "not readable"), (" " * (MAX_PAYLOAD + 1), "longer than"),
    ],
)  # fmt: skip
def test_a_payload_that_is_no_object_is_refused(text: str, says: str) -> None:
    with pytest.raises(BadFile, match=says):
        parse_payload(text, name="n.json")


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from(["field_3", "field_60", "field_117", "x"])


@examples(60)
@given(st.text() | st.dictionaries(KEYS, ANY_JSON).map(json.dumps))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        _, problems = check_edpb(text, template(), name="n.json")
    except BadFile:
        return

    assert problems


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("structural: [1, 2", "structural: [1, 3"), ("shown_if: {field: 4, in: [c]}", "shown_if: {field: 40, in: [c]}"),
        ("shown_if: {field: 4, in: [c]}", "shown_if: {field: 4}"),
        ("shown_if: {field: 4, in: [c]}", "shown_if: {late: true, in_eea: true}"),
        ("only_incomplete: [x]", "only_incomplete: [zz]"), ("    kind: flag\n", "    kind: choice\n"),
    ],
)  # fmt: skip
def test_a_wrong_template_is_refused(old: str, new: str) -> None:
    text = BundledFiles().text("duties", "edpb/template.yaml")

    assert old in text
    with pytest.raises(BadFile):
        parse_template(text.replace(old, new), name="template.yaml")


def test_what_a_fact_does_not_tell_is_named_and_never_guessed() -> None:
    values = for_edpb(
        encryption={"value": {"encrypted": None, "key_safe": None}},
        exposure={"value": False},
        access={"value": False},
        exfiltration={"value": False},
        answers={"field_50": "d", "field_79": None},
    )
    values["organisation"]["contact"] = None
    values["organisation"]["dpo"] = {"email": "privacy@university.example"}

    assert list(refused(values)) == ["field_13", "field_30", "field_52", "field_55"]


def test_a_fact_of_another_state_gives_no_count_and_no_date() -> None:
    names = ("subject_count", "breach_date", "data_categories", "encryption", "subjects_by_jurisdiction", "dpo_contact")
    values = for_edpb(**{name: {"not_applicable": "it does not count here"} for name in names})

    assert refused(values).keys() == {"field_44", "field_57", "field_67", "field_70", "field_71"}
    assert "field_31" in refused(for_edpb(dpo_contact={"not_applicable": "none"}, answers={"field_29": True}))


def test_a_count_that_nobody_knows_leaves_its_precision_open_and_no_number() -> None:
    values = for_edpb(reporter={"unknown": "being named"}, other_parties={"unknown": "being asked"})
    values["edpb"] |= {"field_38": "a", "field_39": ["processor"], "field_41": ["To be determined"]}
    found = exported(values, status="incomplete")

    assert found["field_21"] == "To be determined: being named"
    assert found["field_40"] == ["To be determined: being asked"]
    assert schema_errors(found) == []


def test_people_elsewhere_are_no_people_of_the_eea() -> None:
    values = for_edpb(subjects_by_jurisdiction={"value": {"US-CA": 15}}, answers={"field_113": "a"})

    assert {"field_116", "field_117"} <= refused(values).keys()


def test_both_cross_border_sections_or_none_are_refused() -> None:
    answers = exported()
    both = {**answers, "field_120": "b"}
    none = {key: value for key, value in answers.items() if key != "field_113"}

    for payload in (both, none):
        assert "field_113" in {problem.where for problem in check_edpb(json.dumps(payload), template(), name="n")[1]}


@pytest.mark.parametrize(
    ("people", "total", "told"),
    [
        ({"DE": 500, "DE-BY": 200}, {"value": 500}, {"DE": 500}),
        ({"DE": 500, "DE-BY": 200}, {"value": 700}, {"DE": 700}),
        ({"DE": 500, "DE-BY": 200}, {"unknown": "being counted"}, {"DE": 700}),
        ({"DE": 500, "DE-BY": 200, "FR": 10}, {"value": 510}, {"DE": 500, "FR": 10}),
        ({"DE-BY": 200, "DE-BE": 100}, {"value": 300}, {"DE": 300}),
        ({"DE-BY": 200, "US": 100, "US-CA": 50}, {"value": 300}, {"DE": 200}),
    ],
)
def test_people_of_a_part_of_a_country_are_counted_once(
    people: dict[str, int], total: dict[str, Any], told: dict[str, int]
) -> None:
    """Where the stated total has room for it, nobody is left out; else a country counts those of its parts too."""
    facts = facts_of(complete(subjects_by_jurisdiction={"value": people}, subject_count=total))
    found = people_counts(facts, book().vocabulary)

    assert dict(found.by_country) == told
    assert bool(found.remarks) is ({"DE", "DE-BY"} <= people.keys())
    assert all("DE stands beside DE-BY" in line and f"{told['DE']:,}" in line for line in found.remarks)


@pytest.mark.parametrize(
    ("day", "zone", "code"),
    [
        ("2026-10-25", "Europe/Berlin", "a"),
        ("2026-10-26", "Europe/Berlin", "a"),
        ("2026-03-29", "Europe/Berlin", "a"),
        ({"earliest": "2026-10-25", "latest": "2026-10-26"}, "Europe/Berlin", "b"),
        ({"earliest": "2026-10-26T02:00", "latest": "2026-10-26T23:00"}, "Europe/Berlin", "a"),
        ({"earliest": "2026-10-26T23:00", "latest": "2026-10-27T02:00"}, "Europe/Berlin", "b"),
    ],
)
def test_the_day_of_the_clock_change_is_one_day(day: object, zone: str, code: str) -> None:
    """It has 25 hours in autumn and 23 in spring."""
    values = for_edpb(breach_date={"value" if isinstance(day, str) else "estimate": day})
    found = answers_of(
        facts_of({**values, "zone": zone, "events": []}, now=datetime(2026, 11, 1, tzinfo=UTC)), template(),
        book().vocabulary, Circumstances(is_late=None, in_eea=True), kind="new", status="incomplete",
    )  # fmt: skip

    assert found.answers["field_44"] == code
