"""An incident: who notifies whom, whether transfers pause, and the note to counsel."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from leakguard.outbound.counting import count_people
from leakguard.outbound.decide import decide
from leakguard.outbound.in_incident import InIncident, in_incident
from support.each import for_each
from support.outbound import RECIPIENT, a_file, parsed, rules

DAY = date(2026, 11, 28)


def seen(
    *recipients: dict[str, Any], facts: dict[str, Any] | None = None, **incident: Any  # noqa: ANN401  (a file holds anything)
) -> InIncident:  # fmt: skip
    read = parsed(a_file(facts=facts, recipients=[RECIPIENT | one for one in recipients], incident=incident))
    decision = decide(rules(), DAY, count_people(read, rules().texts[0], DAY).answers)
    return in_incident(rules(), read, decision, DAY)


def pairs(found: InIncident, number: int = 0) -> set[tuple[str, str]]:
    return {(tell.from_, tell.to) for tell in found.parties[number].tells}


OWN = {("handler", "authority"), ("handler", "people")}
TELLS: dict[str, set[tuple[str, str]]] = {
    "cn_assessment": {("recipient", "handler"), *OWN},
    "cn_contract": {("recipient", "handler"), ("recipient", "authority"), ("recipient", "people"), *OWN},
    "cn_certification": {("recipient", "handler"), ("handler", "certification_body"), *OWN},
    "cn_exempt": OWN,
    "cn_none": OWN,
    "eu_scc_m1": {("recipient", "handler"), ("recipient", "authority"), ("recipient", "people")},
    "eu_scc_m2": {("recipient", "handler"), *OWN},
    "eu_scc_m3": {("recipient", "handler"), ("recipient", "controller"), ("handler", "controller")},
    "eu_scc_m4": set(),
    "eu_adequacy": {("recipient", "handler"), ("handler", "authority")},
    "eu_bcr": {("recipient", "handler"), ("handler", "authority")},
    "eu_derogation": {("handler", "authority")},
    "uk_idta": {("recipient", "handler")},
}
"""Who notifies whom where the recipient leaks, from the clauses and articles."""


@pytest.mark.parametrize("tool", sorted(rules().incident.tools))
def test_the_tool_says_who_notifies_whom(tool: str) -> None:
    found = seen({"tool": tool}, leaked_from="cloud", notice_at="2026-11-29T09:30+08:00", gone_abroad=True)

    assert pairs(found) == TELLS[tool]
    assert found.missing == ()


@pytest.mark.parametrize("tool", sorted(rules().incident.tools))
def test_only_transfers_under_chinese_law_pause_for_a_recipient_that_leaked(tool: str) -> None:
    leaked = seen({"tool": tool}, leaked_from="cloud").parties[0]
    spared = seen({"tool": tool}, leaked_from="here").parties[0]

    assert (leaked.pauses, spared.pauses) == (tool.startswith("cn_"), False)


def test_a_processor_that_exports_notifies_its_controller_abroad_of_a_leak_of_its_own() -> None:
    assert pairs(seen({"tool": "eu_scc_m4"}, leaked_from="here")) == {("handler", "recipient")}


def test_a_recipient_that_did_not_leak_has_nothing_to_notify() -> None:
    found = seen({"id": "one"}, {"id": "two"}, leaked_from="two")

    assert [one.leaked for one in found.parties] == [False, True]
    assert pairs(found) == set()
    assert not found.is_own


def test_a_leak_of_nobody_knows_whom_may_be_each_ones() -> None:
    found = seen({})

    assert found.is_own
    assert found.parties[0].leaked
    assert found.missing == ("incident.leaked_from", "incident.gone_abroad")


def test_the_notice_of_a_recipient_that_leaked_is_asked_for() -> None:
    assert seen({}, leaked_from="cloud", gone_abroad=False).missing == ("incident.notice_at",)
    assert seen({}, leaked_from="here", gone_abroad=False).missing == ()


@for_each(
    ("recipient", "facts", "gone", "kinds"),
    [
        ({"tool": "cn_none"}, {}, True, ["lawless"]),
        ({"tool": "cn_none"}, {}, False, []),
        ({"tool": "cn_none"}, {}, None, ["unknown", "lawless"]),
        ({"until": "2026-11-27"}, {"people": 100_000}, True, ["ended"]),
        ({"until": "2026-11-28"}, {"people": 100_000}, True, []),
        ({}, {"people": 100_000}, True, []),
        ({}, {"people": 1_000_000}, True, ["short"]),
        ({"tool": "cn_assessment"}, {"people": 100_000}, True, []),
        ({}, {"people": 1_000_000}, False, []),
        ({}, {}, True, []),
        ({}, {"ciio": None, "people": 5}, True, ["open_route"]),
        ({"tool": "cn_exempt"}, {"people": 1_000_000}, True, []),
        ({"tool": "eu_bcr"}, {"ciio": None, "people": 5}, None, []),
    ],
)
def test_the_note_to_counsel_names_what_has_to_be_known_before_a_report_is_signed(
    recipient: dict[str, Any], facts: dict[str, Any], gone: bool | None, kinds: list[str]  # noqa: FBT001  (a row of a table)
) -> None:  # fmt: skip
    stated = {} if gone is None else {"gone_abroad": gone}
    found = seen(recipient, facts=facts, leaked_from="here", **stated)

    assert [one.kind for one in found.for_counsel] == kinds, (recipient, facts, gone)
