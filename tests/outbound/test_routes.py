"""The route of a transfer: every limit on both sides, every exemption, and the law of the day.

The expected answers are written from the articles of the orders, not from the file of rules.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from leakguard.frozen import replace
from leakguard.outbound.answers import Count
from leakguard.outbound.counting import count_people
from leakguard.outbound.decide import Decision, decide
from leakguard.outbound.rules import FactTest, LawText, Row
from support.each import for_each
from support.outbound import a_file, parsed, rules

ASSESSMENT, EITHER, NOTHING = ("assessment",), ("contract", "certification"), ("none",)
TODAY = date(2026, 11, 30)
EXEMPT = ("trade_without_pi", "foreign_origin", "contract", "employees", "emergency")

ORDER_16: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("nothing went abroad", {}, NOTHING),
    ("one person below the lower limit", {"people": 99_999}, NOTHING),
    ("the lower limit", {"people": 100_000}, EITHER),
    ("one below the upper limit", {"people": 999_999}, EITHER),
    ("the upper limit", {"people": 1_000_000}, ASSESSMENT),
    ("one sensitive person", {"sensitive_people": 1}, EITHER),
    ("one below the sensitive limit", {"sensitive_people": 9_999}, EITHER),
    ("the sensitive limit", {"sensitive_people": 10_000}, ASSESSMENT),
    ("the counts stay apart", {"people": 99_999, "sensitive_people": 9_999}, EITHER),
    ("the counts are not added up", {"people": 999_999, "sensitive_people": 9_999}, EITHER),
    ("an operator of critical infrastructure sends nothing personal", {"ciio": True}, NOTHING),
    ("an operator of critical infrastructure, one person", {"ciio": True, "people": 1}, ASSESSMENT),
    ("an operator of critical infrastructure, one sensitive", {"ciio": True, "sensitive_people": 1}, ASSESSMENT),
    ("important data alone", {"important_data": "notified"}, ASSESSMENT),
    ("important data are never exempt", {"important_data": "notified", "exemption": "contract"}, ASSESSMENT),
    ("important data are never outside a list", {"important_data": "notified", "zone_list": "outside"}, ASSESSMENT),
    ("outside the list of the zone", {"zone_list": "outside", "people": 5_000_000}, NOTHING),
    ("an exemption helps such an operator", {"ciio": True, "people": 5_000_000, "exemption": "employees"}, NOTHING),
    ("how many the organisation handles is no matter any more", {"handled_people": 50_000_000, "people": 1}, NOTHING),
]  # fmt: skip
ORDERS_11_AND_13: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("nothing went abroad", {"handled_people": 5_000_000}, NOTHING),
    ("one person", {"people": 1}, EITHER),
    ("one below the limit", {"people": 99_999}, EITHER),
    ("the limit", {"people": 100_000}, ASSESSMENT),
    ("one below the sensitive limit", {"sensitive_people": 9_999}, EITHER),
    ("the sensitive limit", {"sensitive_people": 10_000}, ASSESSMENT),
    ("one below the limit of handling", {"handled_people": 999_999, "people": 1}, EITHER),
    ("the limit of handling", {"handled_people": 1_000_000, "people": 1}, ASSESSMENT),
    ("an operator of critical infrastructure, one person", {"ciio": True, "people": 1}, ASSESSMENT),
    ("an operator of critical infrastructure sends nothing personal", {"ciio": True}, NOTHING),
    ("important data", {"important_data": "notified"}, ASSESSMENT),
    ("no exemption was known", {"exemption": "contract", "people": 1}, EITHER),
]  # fmt: skip


def decided(day: date, **facts: Any) -> Decision:  # noqa: ANN401  (a file holds anything)
    read = parsed(a_file(facts=facts))
    return decide(rules(), day, count_people(read, rules().text_on(day), day).answers)


@for_each(("name", "facts", "route"), ORDER_16)
def test_every_limit_of_order_16_is_met_on_both_sides(
    name: str, facts: dict[str, Any], route: tuple[str, ...]
) -> None:  # fmt: skip
    found = decided(TODAY, **facts)

    assert (found.verdict, found.routes) == ("decided", (route,)), name


@for_each(("name", "facts", "route"), ORDERS_11_AND_13)
def test_every_limit_of_the_law_until_march_2024_is_met_on_both_sides(
    name: str, facts: dict[str, Any], route: tuple[str, ...]
) -> None:  # fmt: skip
    found = decided(date(2024, 3, 21), **facts)

    assert (found.verdict, found.routes) == ("decided", (route,)), name


@pytest.mark.parametrize("case", EXEMPT)
def test_each_exempt_case_needs_no_route_whatever_the_numbers(case: str) -> None:
    assert decided(TODAY, exemption=case, people=2_000_000, sensitive_people=50_000).routes == (NOTHING,)


def test_the_exempt_cases_of_the_table_are_those_of_the_rules() -> None:
    assert {*rules().facts["exemption"].choices} == {"none", *EXEMPT}


@for_each(
    ("day", "facts", "verdict", "route"),
    [
        (date(2024, 3, 22), {"people": 1}, "decided", NOTHING),
        (date(2024, 3, 21), {"people": 1}, "decided", EITHER),
        (date(2023, 6, 1), {"people": 1}, "decided", EITHER),
        (date(2023, 5, 31), {"people": 1}, "no_rule_known", ("ask_counsel",)),
        (date(2023, 5, 31), {"people": 99_999}, "no_rule_known", ("ask_counsel",)),
        (date(2023, 5, 31), {"people": 100_000}, "decided", ASSESSMENT),
        (date(2023, 5, 31), {"sensitive_people": 9_999}, "no_rule_known", ("ask_counsel",)),
        (date(2023, 5, 31), {"sensitive_people": 10_000}, "decided", ASSESSMENT),
        (date(2023, 5, 31), {"handled_people": 999_999, "people": 1}, "no_rule_known", ("ask_counsel",)),
        (date(2023, 5, 31), {"handled_people": 1_000_000, "people": 1}, "decided", ASSESSMENT),
        (date(2023, 5, 31), {"ciio": True, "people": 1}, "decided", ASSESSMENT),
        (date(2023, 5, 31), {"important_data": "notified"}, "decided", ASSESSMENT),
        (date(2023, 5, 31), {}, "decided", NOTHING),
        (date(2022, 9, 1), {"people": 100_000}, "decided", ASSESSMENT),
    ],
)
def test_a_transfer_is_judged_by_the_law_of_its_day(
    day: date, facts: dict[str, Any], verdict: str, route: tuple[str, ...]
) -> None:  # fmt: skip
    found = decided(day, **facts)

    assert (found.verdict, found.routes) == (verdict, (route,)), day


def test_what_the_law_said_before_september_2022_is_not_guessed() -> None:
    found = decided(date(2022, 8, 31), people=5_000_000)

    assert (found.verdict, found.routes, found.missing) == ("no_rule_known", (), ())


def test_data_on_the_list_of_a_zone_are_for_the_zone_to_say() -> None:
    found = decided(TODAY, zone_list="listed", people=5)

    assert (found.verdict, found.routes) == ("no_rule_known", (("ask_zone",),))


def test_the_certification_measures_are_cited_from_their_first_day_on() -> None:
    row = decided(TODAY, people=100_000).rows[0]

    assert "certification-2026" in row.sources
    assert len(rules().cited(row.sources, date(2025, 12, 31))) == len(rules().cited(row.sources, date(2026, 1, 1))) - 1


@for_each(
    ("facts", "possible", "missing"),
    [
        ({"ciio": None, "people": 99_999}, {ASSESSMENT, NOTHING}, ("ciio",)),
        ({"ciio": None}, {NOTHING}, ()),
        ({"ciio": None, "sensitive_people": 10_000}, {ASSESSMENT}, ()),
        ({"exemption": None, "ciio": None, "sensitive_people": 10_000}, {ASSESSMENT, NOTHING}, ("exemption",)),
        ({"important_data": None, "people": 99_999}, {ASSESSMENT, NOTHING}, ("important_data",)),
        ({"important_data": {"unknown": "asked"}, "people": 99_999}, {ASSESSMENT, NOTHING}, ("important_data",)),
        ({"sensitive_people": None}, {ASSESSMENT, EITHER, NOTHING}, ("sensitive_people",)),
        ({"sensitive_people": None, "people": 1_000_000}, {ASSESSMENT}, ()),
        ({"people": {"estimate": {"low": 99_999, "high": 100_000}}}, {EITHER, NOTHING}, ("people",)),
        ({"people": {"estimate": {"low": 100_000, "high": 999_999}}}, {EITHER}, ()),
        ({"people": {"estimate": {"low": 999_999, "high": 1_000_000}}}, {ASSESSMENT, EITHER}, ("people",)),
        ({"sensitive_people": {"estimate": {"low": 1, "high": 9_999}}}, {EITHER}, ()),
        ({"zone_list": None, "people": 5}, {NOTHING, ("ask_zone",)}, ("zone_list",)),
    ],
)
def test_an_unknown_fact_leaves_every_route_that_it_may_lead_to(
    facts: dict[str, Any], possible: set[tuple[str, ...]], missing: tuple[str, ...]
) -> None:  # fmt: skip
    found = decided(TODAY, **facts)

    assert set(found.routes) == possible, facts
    assert found.missing == missing, facts
    assert found.verdict == ("decided" if len(possible) == 1 else "needs_fact")


def test_the_next_fact_is_the_one_that_settles_most() -> None:
    """Important data go before all else, then the zone, then the exempt cases: none below settles anything before."""
    names = ["important_data", "zone_list", "exemption", "ciio"]
    while names:
        found = decided(TODAY, **dict.fromkeys(names), sensitive_people=1)

        assert (found.verdict, found.missing[0]) == ("needs_fact", names[0])
        assert set(found.missing) == set(names)
        names.pop(0)


def test_facts_that_only_matter_together_are_all_asked_for() -> None:
    """Neither of the two alone changes what is possible: then both are named."""
    true, false, none, notified = (
        FactTest.model_validate({"fact": fact, "is": word})
        for fact, word in (
            ("ciio", "true"),
            ("ciio", "false"),
            ("important_data", "none"),
            ("important_data", "notified"),
        )
    )
    why = rules().texts[0].rows[0].why
    rows = [Row(when=when, route=route, why=why) for when, route in
            (((true, none), NOTHING), ((false, notified), NOTHING), ((), ASSESSMENT))]  # fmt: skip
    text = LawText(
        id="t", in_force_from=date(2024, 3, 22), counted_from="january_first", asks=("ciio", "important_data"),
        rows=tuple(rows),
    )  # fmt: skip
    found = decide(replace(rules(), texts=(text,)), TODAY, {})

    assert found.verdict == "needs_fact"
    assert set(found.missing) == {"ciio", "important_data"}


def counted(*transfers: dict[str, Any], at: str = "2026-11-30", **more: Any) -> Any:  # noqa: ANN401  (as above)
    facts = parsed(a_file(facts={"people": None, "sensitive_people": None}, transfers=list(transfers), at=at, **more))
    assert facts.day is not None
    return count_people(facts, rules().text_on(facts.day), facts.day)


def test_people_are_counted_from_the_first_of_january() -> None:
    found = counted({"on": "2025-12-31", "people": 70_000}, {"on": "2026-01-01", "people": 60_000})

    assert found.since == date(2026, 1, 1)
    assert (found.answers["people"], found.before) == (Count(low=60_000, high=60_000), 1)


def test_the_year_turns_in_beijing() -> None:
    """Half past four in the afternoon of 31 December in UTC is 1 January there; one minute before midnight is not."""
    found = counted({"on": "2025-12-31T16:00Z", "people": 7}, {"on": "2025-12-31T15:59Z", "people": 5})

    assert (found.answers["people"].high, found.before) == (7, 1)
    assert parsed(a_file(at="2025-12-31T16:00Z")).day == date(2026, 1, 1)
    assert parsed(a_file(at="2025-12-31T15:59Z")).day == date(2025, 12, 31)


def test_before_order_16_the_count_ran_from_january_of_the_year_before() -> None:
    found = counted({"on": "2023-01-01", "people": 70_000}, {"on": "2022-12-31", "people": 60_000}, at="2024-03-21")

    assert (found.since, found.answers["people"].high, found.before) == (date(2023, 1, 1), 70_000, 1)


def test_a_person_who_stands_in_two_transfers_counts_once() -> None:
    """Without a word about it the same people may stand in both, so the count is known roughly."""
    two = ({"on": "2026-02-01", "people": 60_000}, {"on": "2026-03-01", "people": 50_000})

    assert counted(*two).answers["people"] == Count(low=60_000, high=110_000)
    assert counted(*two, people_differ=True).answers["people"] == Count(low=110_000, high=110_000)


def test_people_of_an_exempt_transfer_and_of_a_later_one_are_not_counted() -> None:
    found = counted(
        {"on": "2026-02-01", "people": 9, "exemption": "contract"}, {"on": "2026-11-30", "people": 3},
        {"on": "2026-12-01", "people": 4, "sensitive_people": 1},
    )  # fmt: skip

    assert (found.answers["people"], found.answers["sensitive_people"]) == (Count(low=3, high=3), Count(low=0, high=0))
    assert (found.counted, found.exempt, found.later) == (1, 1, 1)


def test_transfers_are_not_counted_where_the_law_of_the_day_is_not_known() -> None:
    found = counted({"on": "2022-02-01", "people": 9}, at="2022-03-01")

    assert (found.since, "people" in found.answers) == (None, False)
