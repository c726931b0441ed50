"""The facts file: what a person wrote, read strictly."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import BadFile
from leakguard.models.events import Event, Interval
from leakguard.notices.fact_values import Contact, Span
from leakguard.notices.facts import Facts, FactState
from leakguard.notices.facts_file import MOST_ORGANISATIONS, parse_facts
from support.notices import NOW, book, complete, facts_of, to_text

VALID_RESIDENT_ID = "11010519491231002X"
"""The example of GB 11643; nobody's."""
TEST_CARD = "4111 1111 1111 1111"


def parse(text: str, **options: Any) -> Facts:  # noqa: ANN401  (passed on as it is)
    return parse_facts(text, name="facts.yaml", vocabulary=book().vocabulary, **options)


def problems(values: object) -> str:
    with pytest.raises(BadFile) as caught:
        parse(to_text(values))
    return str(caught.value)


def with_fact(name: str, fact: object) -> dict[str, Any]:
    return complete(**{name: fact})


def test_a_complete_file_is_read() -> None:
    facts = facts_of()

    assert facts.zone == "Asia/Shanghai"
    assert facts.value_of("subject_count", Span) == Span(low=1_400_000, high=1_500_000)
    assert facts.value_of("subject_count", Contact) is None
    assert facts.get("exfiltration") is not None
    assert facts.stated["exfiltration"].state is FactState.UNKNOWN
    assert [event.id for event in facts.events] == ["a", "d"]


def test_the_organisation_answers_for_its_own_facts() -> None:
    values = complete()
    values["organisation"] |= {"registration": "12100000000000000X", "sector": "education"}
    facts = facts_of(values)
    bare = complete()
    del bare["organisation"]["dpo"], bare["organisation"]["contact"], bare["organisation"]["role"]

    assert all(facts.get(name) for name in ("org_identity", "org_contact", "dpo_contact", "org_registration"))
    assert facts_of(bare).get("dpo_contact") is None
    assert facts_of(bare).get("org_registration") is None
    assert facts_of(bare).get("minors_count") is None


def test_a_fact_of_its_own_goes_before_the_organisation_entry() -> None:
    fact = facts_of(with_fact("dpo_contact", {"value": "Ms Example, dpo@university.example"})).get("dpo_contact")

    assert fact is not None
    assert isinstance(fact.value, Contact)
    assert fact.value.text is not None


def test_all_problems_of_a_file_are_named_at_once_with_lines_and_nearest_names() -> None:
    values = complete(subject_cuont={"value": 1}, record_count={"value": -1}, risk={"value": "medium"})
    values["obligated_as"] = ["controler"]
    values["organisation"] |= {
        "role": "procesor",
        "country": "China",
        "name": "",
        "contact": {"mail": "x"},
        "sector": [],
    }
    values["zone"] = "Asia/Shanghay"
    values["events"][0]["kind"] = "awarness"
    text = problems(values)

    for part in (
        "did you mean `controller`", "did you mean `processor`", "did you mean `subject_count`", "ISO country code",
        "Asia/Shanghai", "did you mean `awareness`", "one of unlikely, risk, high_risk", "from 0 to",
        "organisation.name",
        "organisation.contact", "organisation.sector",
    ):  # fmt: skip
        assert part in text
    assert text.count("line ") >= 9


def test_an_unknown_field_is_named_with_the_nearest_one() -> None:
    values = complete()
    values["organisaton"] = values.pop("organisation")

    assert "did you mean `organisation`" in problems(values)


@pytest.mark.parametrize(
    ("fact", "problem"),
    [
        (41000, "write it as"),
        ({}, "exactly one of"),
        ({"value": 1, "unknown": "x"}, "exactly one of"),
        ({"value": None}, "is empty"),
        ({"unknown": True}, "say why"),
        ({"unknown": " "}, "not empty"),
        ({"value": 1, "vlaue": 2}, "did you mean `value`"),
        ({"estimate": {"low": 5, "high": 4}}, "larger than"),
        ({"estimate": {"low": 5}}, "`low` and `high`"),
        ({"value": True}, "whole number"),
        ({"value": 10**19}, "whole number"),
    ],
)
def test_a_fact_says_one_thing(fact: object, problem: str) -> None:
    assert problem in problems(with_fact("subject_count", fact))


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("cause", 1.5, "not empty"),
        ("cause", [], "1 to 100"),
        ("cause", ["x"] * 101, "1 to 100"),
        ("cause", "x" * 20_001, "longer than"),
        ("cause", {"ru": "x"}, "the fields en, zh, ja"),
        ("cause", {}, "the fields en, zh, ja"),
        ("cause", {"en": ["a", "b"], "zh": ["c"]}, "equally many"),
        ("cause", {"en": ["a"], "zh": "c"}, "equally many"),
        ("cause", {"en": [], "zh": []}, "equally many"),
        ("cause", {"en": ["a"] * 101}, "1 to 100"),
        ("breach_date", "2026-02-30", "no such day"),
        ("breach_date", {"earliest": "2026-06-02", "latest": "2026-06-01"}, "lies after"),
        ("data_categories", "contact.email", "must be a list"),
        ("data_categories", [], "must be a list"),
        ("data_categories", ["shoe_size"], "not known"),
        ("exposure", "yes", "true or false"),
        ("direct_loss", 5, "amount, currency"),
        ("direct_loss", {"amount": 5, "currency": "yuan"}, "three letters"),
        ("direct_loss", {"amount": -5, "currency": "CNY"}, "whole number"),
        ("encryption", {"key_safe": True}, "`encrypted`"),
        ("encryption", {"encrypted": "yes"}, "true, false or null"),
        ("direct_loss", [], "entries"),
        ("direct_loss", [{"amount": 1, "currency": "EUR"}, {"amount": 2, "currency": "EUR"}], "one currency"),
        ("subjects_by_jurisdiction", 7, "by jurisdiction"),
        ("subjects_by_jurisdiction", {}, "by jurisdiction"),
        ("subjects_by_jurisdiction", {"Bavaria": 7}, "ISO code"),
        ("operates_in", ["China"], "ISO codes"),
        ("operates_in", "CN", "ISO codes"),
        ("org_contact", {"name": "x", "post": "y"}, "a contact has"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_with_what_was_expected(name: str, value: object, problem: str) -> None:
    assert problem in problems(with_fact(name, {"value": value}))


def test_only_what_can_be_counted_can_be_estimated() -> None:
    assert "only counts, dates" in problems(with_fact("cause", {"estimate": {"low": 1, "high": 2}}))
    found = facts_of(with_fact("direct_loss", {"estimate": {"low": 1, "high": 2, "currency": "CNY"}}))

    assert found.stated["direct_loss"].state is FactState.ESTIMATED


def test_text_may_be_a_number_a_flag_or_a_list() -> None:
    facts = facts_of(complete(cause={"value": 42}, cross_border={"value": True}, systems={"value": ["one", "two"]}))

    parts = [facts.value_of(name, tuple) or () for name in ("cause", "cross_border", "systems")]
    assert [len(part) for part in parts] == [1, 1, 2]


def test_a_name_keeps_the_signs_that_join_its_letters_and_no_other_that_shows_nothing() -> None:
    """Persian and Hindi spell with them; without them another word stood in the letter."""
    values = complete()
    values["organisation"]["name"] = "دانشگاه می\u200cنویس क्\u200dष\u202e\u200b"
    name = facts_of(values).organisation.name

    assert name is not None
    assert name.first == "دانشگاه می\u200cنویس क्\u200dष"


def test_a_text_that_shows_nothing_is_empty_and_hides_no_number_of_a_person() -> None:
    hidden = VALID_RESIDENT_ID[:6] + "\u200d" + VALID_RESIDENT_ID[6:]

    assert "must be a text that is not empty" in problems(with_fact("cause", {"value": "\u200b\u200c \u200d"}))
    assert "holds a resident identity number" in problems(with_fact("cause", {"value": hidden}))


@pytest.mark.parametrize("canary", [VALID_RESIDENT_ID, TEST_CARD, "219-09-9999"])
@pytest.mark.parametrize("place", ["cause", "unknown_field", "breach_date", "risk", "evidence", "organisation"])
def test_a_value_of_a_victim_is_refused_or_never_repeated(canary: str, place: str) -> None:
    """Wherever it is planted, the refusal does not print it."""
    values = complete()
    if place == "unknown_field":
        values["facts"]["victims"] = {"value": [canary]}
    elif place == "evidence":
        values["facts"]["cause"] = {"value": {"en": "x", "zh": "x", "sample": canary}}
    elif place == "organisation":
        values["organisation"]["name"] = canary
    else:
        values["facts"][place] = {"value": canary}

    assert canary not in problems(values)


def test_numbers_that_only_look_like_an_identity_are_kept() -> None:
    text = "ticket 110105194912310021, order 1234 5678 9012 3456"

    assert facts_of(with_fact("cause", {"value": text})).stated["cause"].has_value


def test_somebody_must_be_addressed() -> None:
    values = complete()
    values["obligated_as"] = []

    assert "name at least one" in problems(values)


def test_a_local_time_needs_a_zone_but_a_day_does_not() -> None:
    values = complete()
    del values["zone"]
    del values["events"]
    assert "no zone" in problems(values)
    values["facts"]["discovery_date"] = {"value": "2026-06-10"}

    assert parse(to_text(values)).zone == "UTC"
    assert parse(to_text(values), zone="Europe/Berlin").zone == "Europe/Berlin"


def test_an_event_of_the_future_is_refused() -> None:
    with pytest.raises(BadFile, match="future"):
        parse(to_text(complete()), now=datetime(2026, 6, 1, tzinfo=UTC))


def test_evidence_and_reasons_are_kept() -> None:
    facts = facts_of(with_fact("access", {"value": True, "evidence": ["F-1", "F-2"], "why": "seen"}))

    assert facts.stated["access"].evidence == "F-1, F-2"
    assert facts.stated["access"].why == "seen"


def test_events_of_a_stored_incident_complete_the_facts() -> None:
    facts = facts_of()
    more = Event(id="E-9", kind="filed", occurred_at=facts.events[0].occurred_at, recorded_at=NOW)

    assert [event.id for event in facts.with_events((more, facts.events[0])).events] == ["a", "d", "E-9"]


def _at(text: str) -> Interval:
    moment = datetime.fromisoformat(text)
    return Interval(earliest=moment, latest=moment, zone="Asia/Shanghai")


def test_the_day_of_the_incident_is_the_local_day_of_the_first_discovery() -> None:
    """23:30 UTC is already the next day in Shanghai; an event that was corrected does not count."""
    facts = facts_of()
    wrong = Event(id="E-1", kind="detected", occurred_at=_at("2020-01-01T00:00+00:00"), recorded_at=NOW)
    right = Event(id="E-2", kind="detected", occurred_at=_at("2026-06-08T23:30+00:00"), recorded_at=NOW, corrects="E-1")

    assert facts.with_events((wrong, right)).days(NOW) == (date(2026, 6, 9), date(2026, 6, 9))


def test_without_events_the_stated_day_counts_and_else_today() -> None:
    values = complete()
    del values["events"]
    assert facts_of(values).days(NOW) == (date(2026, 6, 10), date(2026, 6, 10))
    del values["facts"]["discovery_date"]
    assert facts_of(values).days(NOW) == (date(2026, 6, 1), date(2026, 6, 9))
    del values["facts"]["breach_date"]

    assert facts_of(values).days(NOW) == (NOW.date(), NOW.date())


def _event(kind: str, at: object, name: str = "e") -> dict[str, object]:
    return {"id": name, "kind": kind, "occurred_at": at, "recorded_at": "2026-06-11T08:00"}


@pytest.mark.parametrize(
    "kind",
    ["credible_grounds", "processor_awareness", "classification", "materiality_determination", "filed"],
)
def test_a_file_that_states_a_later_step_alone_is_judged_by_the_law_of_that_day(kind: str) -> None:
    """A processor, a bank or a listed company often states the one event that its own clock counts from."""
    values = complete(discovery_date=None)
    values["events"] = [_event(kind, "2019-03-01T10:00")]

    assert facts_of(values).days(NOW) == (date(2019, 3, 1), date(2019, 3, 1))


def test_the_awareness_of_a_processor_is_not_that_of_the_organisation() -> None:
    values = complete()
    values["events"] = [_event("processor_awareness", "2026-06-01T10:00", "p"), _event("awareness", "2026-06-10T23:00")]

    assert facts_of(values).days(NOW) == (date(2026, 6, 10), date(2026, 6, 10))


def test_a_breach_that_is_known_by_its_occurrence_alone_has_that_day() -> None:
    values = complete(discovery_date=None, breach_date=None)
    values["events"] = [_event("occurrence", "2024-03-01T10:00")]

    assert facts_of(values).days(NOW) == (date(2024, 3, 1), date(2024, 3, 1))


def test_a_day_that_is_known_roughly_is_told_more_closely_by_the_day_of_discovery() -> None:
    """`next-fact` asks for `discovery_date`: what is answered must count."""
    rough = _event("awareness", {"earliest": "2026-06-05", "latest": "2026-06-10"})
    values = complete(discovery_date={"value": "2026-06-09"})
    values["events"] = [rough]
    elsewhere = complete(discovery_date={"value": "2026-05-01"})
    elsewhere["events"] = [rough]

    assert facts_of(values).days(NOW) == (date(2026, 6, 9), date(2026, 6, 9))
    assert facts_of(elsewhere).days(NOW) == (date(2026, 6, 5), date(2026, 6, 10))


def test_a_first_event_that_is_known_roughly_came_no_later_than_the_others() -> None:
    values = complete(discovery_date=None)
    values["events"] = [
        _event("awareness", {"earliest": "2026-06-05", "latest": "2026-06-10"}, "a"),
        _event("discovery", "2026-06-06T09:00"),
    ]

    assert facts_of(values).days(NOW) == (date(2026, 6, 5), date(2026, 6, 6))


def test_a_wrong_shape_hides_no_wrong_value() -> None:
    """Whoever mistyped five things mends them in one round."""
    values = complete(exposre={"value": True}, risk={"value": "medium"})
    values["organisation"] |= {"rol": "controller", "country": "UK"}
    values["facts"]["access"] = True
    values["obligated_as"] = ["controler"]
    values["facs"] = {}
    with pytest.raises(BadFile) as refused:
        facts_of(values)

    assert {problem.where for problem in refused.value.problems} == {
        "organisation.rol", "organisation.country", "facts.exposre", "facts.risk.value", "facts.access",
        "obligated_as[0]", "facs",
    }  # fmt: skip
    assert [problem.line for problem in refused.value.problems] == sorted(
        problem.line or 0 for problem in refused.value.problems
    )


def test_a_file_of_which_too_little_fits_tells_its_shape_alone() -> None:
    values = complete(exposre={"value": True})
    del values["facts"]
    with pytest.raises(BadFile) as refused:
        facts_of(values)

    assert [problem.where for problem in refused.value.problems] == ["facts"]


@pytest.mark.parametrize("field", ["organisation", "obligated_as"])
def test_who_we_are_is_missed_beside_every_other_problem(field: str) -> None:
    values = complete(exposre={"value": True})
    del values[field]
    with pytest.raises(BadFile) as refused:
        facts_of(values)

    assert [problem.where for problem in refused.value.problems] == [field, "facts.exposre"]


def test_a_list_of_which_one_entry_does_not_fit_is_dropped_whole() -> None:
    values = complete(exposre={"value": True})
    values["obligated_as"] = ["controller", 5]
    with pytest.raises(BadFile) as refused:
        facts_of(values)

    assert {problem.where for problem in refused.value.problems} == {"obligated_as[1]", "facts.exposre"}


def several(**changes: object) -> dict[str, Any]:
    """Two organisations in the place of one."""
    values = complete()
    first = {**values.pop("organisation"), "obligated_as": values.pop("obligated_as")}
    second = {"name": "Example Pte. Ltd.", "role": "processor", "country": "SG", "obligated_as": ["processor"]}
    values["organisations"] = [first, {**second, **changes}]
    return values


def test_several_organisations_each_have_a_seat_and_roles_and_the_first_one_reports() -> None:
    facts = facts_of(several())

    assert (facts.organisation.name.first, facts.obligated_as) != ("Example Pte. Ltd.", ("processor",))
    assert [party.organisation.country for party in facts.parties()][1:] == ["SG"]
    assert [party.obligated_as for party in facts.parties()][1:] == [("processor",)]


def test_more_organisations_than_every_duty_can_be_asked_of_are_refused_in_one_sentence() -> None:
    """Each duty is asked of each: a thousand would keep `assess` busy for minutes."""
    values = several()
    for number in range(MOST_ORGANISATIONS - 2):
        values["organisations"].append({**deepcopy(values["organisations"][1]), "name": f"Subsidiary {number}"})
    assert len(facts_of(values).parties()) == MOST_ORGANISATIONS

    values["organisations"] += [{"name": "One more", "obligated_as": ["procesor"]}, {"name": "And one"}]
    with pytest.raises(BadFile) as refused:
        facts_of(values)

    (problem,) = refused.value.problems
    assert problem.where == "organisations"
    assert f"has {MOST_ORGANISATIONS + 2} entries; {MOST_ORGANISATIONS} are the most" in problem.text


@pytest.mark.parametrize("name", ["Example Pte. Ltd.", {"en": "Example Pte.  LTD.", "zh": "示例公司"}])
def test_two_organisations_of_one_name_are_refused_for_no_answer_could_tell_them_apart(name: object) -> None:
    values = several()
    values["organisations"].append({**deepcopy(values["organisations"][1]), "name": name, "country": "MY"})
    with pytest.raises(BadFile) as refused:
        facts_of(values)

    (problem,) = refused.value.problems
    assert problem.where == "organisations[2].name"
    assert "the name of `organisations[1]` too" in problem.text


def test_where_one_organisation_operates_is_no_fact_of_the_others() -> None:
    first, second = facts_of(several(operates_in=["SG", "MY"])).parties()

    assert second.value_of("operates_in", tuple) == ("SG", "MY")
    assert first.value_of("operates_in", tuple) != ("SG", "MY")


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"operates_in": ["UK"]}, "organisations[1].operates_in[0]"),
        ({"obligated_as": []}, "organisations[1].obligated_as"),
        ({"obligated_as": ["procesor"]}, "organisations[1].obligated_as[0]"),
        ({"country": "UK"}, "organisations[1].country"),
        ({"name": None}, "organisations[1].name"),
    ],
)
def test_a_problem_of_a_further_organisation_is_named_by_its_place(changes: dict[str, object], where: str) -> None:
    with pytest.raises(BadFile) as refused:
        facts_of(several(**changes))

    assert [problem.where for problem in refused.value.problems] == [where]


def test_one_organisation_and_several_at_once_are_refused() -> None:
    values = several()
    values["organisation"] = {"name": "Example"}
    with pytest.raises(BadFile) as refused:
        facts_of(values)

    assert "organisation" in {problem.where for problem in refused.value.problems}


def test_a_settled_place_needs_a_place_a_role_a_reason_and_a_name() -> None:
    values = complete()
    values["settled"] = [{"place": "UK", "role": "controler", "reason": " ", "by": ""}]
    with pytest.raises(BadFile) as refused:
        facts_of(values)

    wrong = {problem.where for problem in refused.value.problems}
    assert wrong == {f"settled[0].{name}" for name in ("place", "role", "reason", "by")}


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["en", "zh", "low", "high", "x"]), inner)
    ),
    max_leaves=6,
)


@given(
    st.sampled_from(sorted(book().vocabulary.facts)),
    st.dictionaries(st.sampled_from(["value", "estimate", "unknown", "not_applicable"]), _VALUES, max_size=2),
)
def test_any_fact_is_read_or_refused_with_a_reason(name: str, fact: dict[str, object]) -> None:
    try:
        found = parse(to_text(with_fact(name, fact)))
    except BadFile as error:
        assert error.problems  # noqa: PT017  (either end is right, and each has its own proof)
    else:
        assert found.get(name) is not None


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    with pytest.raises(BadFile):
        parse(text)


def test_facts_of_a_jurisdiction_are_read_as_strictly_as_the_others() -> None:
    local = {
        "US-CA": {"cause": {"value": "theft"}},
        "Bavaria": {},
        "DE": {"couse": {"value": "x"}, "risk": {"value": 1}},
    }

    told = problems({**complete(), "by_jurisdiction": local})

    assert "by_jurisdiction.Bavaria: not an ISO code of a country or subdivision" in told
    assert "by_jurisdiction.DE.couse: unknown fact (did you mean `cause`?)" in told
    assert "by_jurisdiction.DE.risk.value: " in told


def test_facts_of_a_place_with_two_codes_hold_whichever_was_typed_and_are_written_once() -> None:
    here = {"cause": {"value": "theft"}}
    facts = parse(to_text({**complete(), "by_jurisdiction": {"PR": here}}))

    assert facts.for_place("US-PR").stated["cause"] != facts.for_place("US-NY").stated["cause"]
    told = problems({**complete(), "by_jurisdiction": {"PR": here, "US-PR": {}}})
    assert "by_jurisdiction.US-PR: the same place as `PR`: write its facts once" in told


@pytest.mark.parametrize("reason", [7, True, None, ["a"], {"xx": "a"}])
def test_a_reason_for_all_that_is_not_known_is_a_text(reason: object) -> None:
    with pytest.raises(BadFile) as caught:
        facts_of(complete() | {"not_known_yet": reason})

    assert [problem.where for problem in caught.value.problems] == ["not_known_yet"]


def test_a_reason_for_all_that_is_not_known_is_kept_in_its_languages() -> None:
    found = facts_of(complete() | {"not_known_yet": {"en": "we read the logs", "zh": "日志仍在分析"}}).not_known_yet

    assert found is not None
    assert (found.of("en"), found.of("zh")) == ("we read the logs", "日志仍在分析")
    assert facts_of(complete()).not_known_yet is None


def test_a_contact_that_says_nothing_is_refused() -> None:
    values = complete()
    values["organisation"]["contact"] = {"name": None, "email": None}

    with pytest.raises(BadFile, match=r"organisation\.contact: is empty"):
        facts_of(values)


def test_a_line_that_was_left_empty_is_called_empty() -> None:
    """The example of the first notice has such lines; quotes would not fill one."""
    values = complete()
    values["organisation"]["country"] = None

    assert "organisation.country: is empty" in problems(values)
