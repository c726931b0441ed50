"""Three-valued answers."""

from __future__ import annotations

from typing import Any

import pytest

from leakguard.files.shapes import load
from leakguard.frozen import replace
from leakguard.notices.book import assess_facts
from leakguard.notices.expressions import Expression
from leakguard.notices.facts import Fact, Facts, FactState
from leakguard.notices.judging import Answer, Judgement, judge
from support.each import for_each
from support.notices import NOW, book, complete, facts_of

YES, NO, NEEDS = Answer.YES, Answer.NO, Answer.NEEDS_FACT


def ask(rule: str, **facts: Any) -> Judgement:  # noqa: ANN401  (a facts file holds anything)
    return judge(load(rule, Expression, name="rule"), facts_of(complete(**facts)), book().vocabulary)


@pytest.mark.parametrize(
    ("parts", "all_", "any_", "not_first"),
    [
        ("yy", YES, YES, NO), ("yn", NO, YES, NO), ("yu", NEEDS, YES, NO), ("ny", NO, YES, YES), ("nn", NO, NO, YES),
        ("nu", NO, NEEDS, YES), ("uy", NEEDS, YES, NEEDS), ("un", NO, NEEDS, NEEDS), ("uu", NEEDS, NEEDS, NEEDS),
    ],
)  # fmt: skip
def test_the_truth_table_has_three_values(parts: str, all_: Answer, any_: Answer, not_first: Answer) -> None:
    leaf = {"y": "{fact: access, is: true}", "n": "{fact: access, is: false}", "u": "{fact: malicious, is: true}"}
    listed = ", ".join(leaf[part] for part in parts)

    assert ask(f"{{all: [{listed}]}}").answer is all_
    assert ask(f"{{any: [{listed}]}}").answer is any_
    assert ask(f"{{not: {leaf[parts[0]]}}}").answer is not_first


@pytest.mark.parametrize(
    ("rule", "count", "answer"),
    [
        ("at_least: 1000000", 999_999, NO), ("at_least: 1000000", 1_000_000, YES), ("more_than: 500", 500, NO),
        ("more_than: 500", 501, YES), ("at_most: 500", 500, YES), ("at_most: 500", 501, NO),
        ("less_than: 500", 499, YES), ("less_than: 500", 500, NO),
    ],
)  # fmt: skip
def test_a_threshold_holds_on_its_own_side_of_the_number(rule: str, count: int, answer: Answer) -> None:
    assert ask(f"{{fact: subject_count, {rule}}}", subject_count={"value": count}).answer is answer


@pytest.mark.parametrize(
    ("low", "high", "answer"), [(900_000, 1_100_000, NEEDS), (1_000_000, 2_000_000, YES), (1, 999_999, NO)]
)
@pytest.mark.parametrize("opposite", [False, True])
def test_an_estimate_on_both_sides_of_a_threshold_needs_the_fact(
    low: int, high: int, answer: Answer, *, opposite: bool
) -> None:
    rule = "less_than: 1000000" if opposite else "at_least: 1000000"
    wanted = {YES: NO, NO: YES}.get(answer, answer) if opposite else answer
    found = ask(f"{{fact: subject_count, {rule}}}", subject_count={"estimate": {"low": low, "high": high}})

    assert found.answer is wanted
    assert found.missing == (("subject_count",) if answer is NEEDS else ())


@pytest.mark.parametrize(
    ("rule", "count", "answer"),
    [
        ("at_least: 1000000", 950_000, NEEDS), ("at_least: 1000000", 1_050_000, YES), ("less_than: 500", 450, NEEDS),
        ("less_than: 500", 550, NO), ("at_least: 1", 0, NO),
    ],
)  # fmt: skip
def test_an_estimate_without_a_range_is_no_upper_end(rule: str, count: int, answer: Answer) -> None:
    """About 950,000 people may be a million; nobody estimates the number of nobody."""
    found = ask(f"{{fact: subject_count, {rule}}}", subject_count={"estimate": count})
    residents = ask(f"{{residents: US-FL, {rule}}}", subjects_by_jurisdiction={"estimate": {"US-FL": count, "DE": 7}})

    assert (found.answer, residents.answer) == (answer, answer)
    if answer is NEEDS:
        assert "has no range: state its `low` and `high`" in found.unclear[0][1]
        assert residents.missing == ("subjects_by_jurisdiction",)


def test_an_estimate_for_a_country_as_a_whole_is_told_as_one() -> None:
    found = ask("{residents: US-FL, at_least: 500}", subjects_by_jurisdiction={"estimate": {"US": 900}})

    assert found.answer is NEEDS
    assert found.because == ("US-FL: not known (counted for US as a whole: about 900)",)


@pytest.mark.parametrize(
    ("fact", "answer"),
    [
        ({"value": {"amount": 5_000_000, "currency": "CNY"}}, YES),
        ({"value": {"amount": 4_999_999, "currency": "CNY"}}, NO),
        ({"value": {"amount": 0, "currency": "EUR"}}, NO),
        ({"value": {"amount": 9_000_000, "currency": "EUR"}}, NEEDS),
        ({"not_applicable": "no loss can arise"}, NO),
        ({"value": [{"amount": 1, "currency": "EUR"}, {"amount": 5_000_000, "currency": "CNY"}]}, YES),
        ({"value": [{"amount": 9_000_000, "currency": "EUR"}, {"amount": 4_999_999, "currency": "CNY"}]}, NO),
        ({"value": [{"amount": 0, "currency": "EUR"}, {"amount": 9, "currency": "USD"}]}, NEEDS),
        ({"estimate": [{"low": 1, "high": 5_000_000, "currency": "CNY"}]}, NEEDS),
        (None, NEEDS),
    ],
)
def test_a_loss_counts_in_the_currency_of_the_rule(fact: object, answer: Answer) -> None:
    rule = "{fact: direct_loss, at_least: 5000000, currency: CNY, verify: true, text: a loss}"

    assert ask(rule, direct_loss=fact).answer is answer


def test_a_figure_that_was_not_read_in_the_source_says_so() -> None:
    found = ask("{fact: subject_count, at_least: 1, verify: true}")

    assert "to be verified" in found.because[0]


def test_encryption_is_looked_into() -> None:
    known = {"value": {"encrypted": True, "key_safe": None}}

    assert ask("{fact: encryption.encrypted, is: true}", encryption=known).answer is YES
    assert ask("{fact: encryption.key_safe, is: true}", encryption=known).missing == ("encryption.key_safe",)


@pytest.mark.parametrize(("place", "answer"), [("EEA", YES), ("DE", YES), ("FR", NO), ("US", YES), ("US-MA", NO)])
def test_residents_are_counted_by_place(place: str, answer: Answer) -> None:
    assert ask(f"{{residents: {place}, at_least: 1}}").answer is answer


def test_unknown_residents_need_the_fact_and_say_the_reason() -> None:
    found = ask(
        "{residents: EEA, at_least: 1, text: residents}", subjects_by_jurisdiction={"unknown": {"zh": "未统计"}}
    )

    assert found.answer is NEEDS
    assert found.missing == ("subjects_by_jurisdiction",)
    assert "未统计" in found.because[0]


def test_the_country_of_the_organisation_may_be_missing() -> None:
    values = complete()
    values["organisation"]["country"] = ""
    found = judge(load("{organisation_in: CN}", Expression, name="x"), facts_of(values), book().vocabulary)

    assert found.missing == ("organisation.country",)


def test_where_networks_run_and_which_kinds_leaked_are_asked() -> None:
    assert ask("{operates_in: CN}", operates_in={"value": ["CN"]}).answer is YES
    assert ask("{operates_in: CN}", operates_in={"value": ["DE"]}).answer is NO
    assert ask("{operates_in: CN}").answer is NEEDS
    assert ask("{categories: [contact]}").answer is YES
    assert ask("{categories: [health]}").answer is NO


def test_a_judgement_that_nobody_stated_is_left_out_and_named() -> None:
    threat = "{fact: serious_threat, is: true, stated_only: true, text: a threat}"
    rule = f"{{any: [{{fact: subject_count, at_least: 9000000}}, {threat}]}}"
    found = ask(rule)

    assert found.answer is NO
    assert found.consider == ("a threat (state `serious_threat` if this is so)",)
    assert ask(rule, serious_threat={"value": True}).answer is YES
    assert ask(rule, serious_threat={"value": True}).consider == ()


def test_what_could_not_change_the_answer_is_not_named() -> None:
    """Nobody in Korea: whether somebody trades the data matters no more."""
    threat = "{fact: serious_threat, is: true, stated_only: true, text: a threat}"
    nobody = "{residents: KR, at_least: 1}"

    assert ask(f"{{all: [{nobody}, {threat}]}}").consider == ()
    assert ask(f"{{all: [{threat}, {nobody}]}}").consider == ()
    assert ask(f"{{all: [{{residents: CN, at_least: 1}}, {threat}]}}").consider
    assert ask(f"{{all: [{threat}, {threat}]}}").consider
    assert ask(f"{{any: [{nobody}, {threat}]}}").consider


def test_a_group_with_a_name_tells_its_unstated_parts_by_it() -> None:
    parts = ", ".join(
        f"{{fact: {name}, at_least: 9, stated_only: true, text: {name}}}"
        for name in ("harmful_views", "harmful_shares")
    )
    rule = f"{{any: [{parts}], text: another limb holds}}"
    none, low, high = ask(rule), ask(rule, harmful_views={"value": 1}), ask(rule, harmful_views={"value": 9})

    assert (none.because, none.consider) == (("another limb holds: not stated",), ("another limb holds",))
    assert low.because == ("harmful_views: no (stated: 1)", "another limb holds: not stated")
    assert (high.because, high.consider) == (("harmful_views: yes (stated: 9)",), ())


@pytest.mark.parametrize(
    ("counts", "answer"),
    [
        ({"US-CA": 500}, NO),
        ({"US-CA": 501}, YES),
        ({"US": 500}, NO),
        ({"US": 501}, NEEDS),
        ({"US-CA": 1, "US": 500}, NEEDS),
    ],
)
def test_a_count_of_a_wider_place_may_hide_residents(counts: dict[str, int], answer: Answer) -> None:
    """Nobody is taken for a Californian, and nobody is taken for none."""
    found = ask("{residents: US-CA, more_than: 500}", subjects_by_jurisdiction={"value": counts})

    assert found.answer is answer
    assert found.missing == (("subjects_by_jurisdiction",) if answer is NEEDS else ())


@pytest.mark.parametrize(
    ("counts", "answer"),
    [
        ({"US-CA": 500, "US-NY": 500}, NO), ({"US-CA": 501}, YES), ({"US": 501}, NEEDS), ({"DE": 900}, NO),
        ({"US-CA": 400, "US": 100}, NO), ({"US-CA": 400, "US": 101}, NEEDS),
    ],
)  # fmt: skip
def test_residents_of_each_state_are_counted_on_their_own(counts: dict[str, int], answer: Answer) -> None:
    found = ask("{residents: US, more_than: 500, each: true}", subjects_by_jurisdiction={"value": counts})

    assert found.answer is answer


@pytest.mark.parametrize(
    ("stated", "answer"),
    [
        (["identification_number"], NEEDS), (["identification_number.us_ssn"], YES),
        (["identification_number.student"], NO), (["contact"], NO),
        (["identification_number", "identification_number.us_ssn"], YES),
    ],
)  # fmt: skip
def test_a_wider_kind_of_data_may_hide_the_finer_one_that_is_asked_for(stated: list[str], answer: Answer) -> None:
    """Massachusetts wants credit monitoring offered for social security numbers alone."""
    found = ask("{categories: [identification_number.us_ssn]}", data_categories={"value": stated})

    assert found.answer is answer
    assert bool(found.unclear) is (answer is NEEDS)


def test_kinds_of_data_that_a_scan_saw_rule_no_other_out() -> None:
    """A scan reads names of fields, never all records; only a person can say that nothing else is there."""
    facts = facts_of(complete(data_categories=None))
    seen = Fact(name="data_categories", state=FactState.ESTIMATED, value=("contact.email",))
    scanned = replace(facts, stated={**facts.stated, "data_categories": seen})
    asked = {kind: load(f"{{categories: [{kind}]}}", Expression, name="rule") for kind in ("contact", "health")}

    assert judge(asked["contact"], scanned, book().vocabulary).answer is YES
    assert judge(asked["health"], scanned, book().vocabulary).missing == ("data_categories",)


def test_kinds_of_data_that_are_not_known_yet_leave_the_question_open() -> None:
    kinds = {"value": ["contact.email", "unknown"]}

    assert ask("{categories: [health]}", data_categories=kinds).missing == ("data_categories",)
    assert ask("{categories: [contact]}", data_categories=kinds).answer is YES


@pytest.mark.parametrize(
    ("acquisition", "exfiltration", "answer"),
    [
        (True, None, YES), (False, None, NO), (None, True, YES), (None, False, NO), ("unknown", True, YES),
        ("unknown", "unknown", NEEDS), (None, "unknown", NEEDS), (None, None, NEEDS), (False, True, NEEDS),
        (True, False, YES),
    ],
)  # fmt: skip
def test_a_copy_that_was_taken_was_acquired_until_a_person_says_otherwise(
    acquisition: object, exfiltration: object, answer: Answer
) -> None:
    facts = {"acquisition": acquisition, "exfiltration": exfiltration}
    said = {name: {"unknown": "no log"} if value == "unknown" else {"value": value} for name, value in facts.items()}
    found = ask(
        "{fact: acquisition, is: true}", **{name: said[name] if facts[name] is not None else None for name in said}
    )

    assert found.answer is answer
    assert found.missing == (("acquisition",) if answer is NEEDS else ())


def places_of_bodies() -> list[tuple[str, str]]:
    """Every duty that asks where the organisation or its networks are, in a part of a country, with that part."""
    leaves = ((duty.id, leaf) for duty in book().duties for leaf in duty.trigger.rule.leaves())
    asked = ((duty, leaf.organisation_in or leaf.operates_in or "") for duty, leaf in leaves)
    return sorted({(duty, place) for duty, place in asked if "-" in place})


@for_each("duty, place", places_of_bodies)
def test_a_seat_known_by_its_country_alone_leaves_the_duties_of_its_parts_open(duty: str, place: str) -> None:
    """An unknown part of a country is not the absence of a duty; another part, or another country, is."""
    country = place.partition("-")[0]
    for leaf in book().duty(duty).trigger.rule.leaves():
        if place not in {leaf.organisation_in, leaf.operates_in}:
            continue
        found = [judge(leaf, at(where), book().vocabulary) for where in (country, place, f"{country}-ZZ", "ZZ")]

        assert [one.answer for one in found] == [NEEDS, YES, NO, NO]
        assert found[0].missing == ("organisation.region" if leaf.organisation_in else "operates_in",)


def at(place: str) -> Facts:
    """An organisation that sits and works there."""
    country, dash, _ = place.partition("-")
    found = facts_of(complete(operates_in={"value": ["DE"]}))
    who = replace(found.organisation, country=country, region=place if dash else "")
    stated = {**found.stated, "operates_in": replace(found.stated["operates_in"], value=(place,))}
    return replace(found, organisation=who, stated=stated)


def test_an_insurer_of_an_unknown_state_is_asked_for_it() -> None:
    values = complete(subjects_by_jurisdiction={"value": {"US-OH": 100}})
    values["organisation"]["country"] = "US"
    found = {one.duty.id: one for one in assess_facts(book(), facts_of(values | {"obligated_as": ["insurer"]}), NOW)}
    ohio = found["us-oh-3965-04-superintendent"]

    assert ohio.applies is NEEDS
    assert "organisation.region" in ohio.missing_facts
