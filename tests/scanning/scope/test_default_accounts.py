"""The owner's leave to ask a product's own administrative account once: by name, for days, and told everywhere."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from leakguard.errors import BadFile, ScopeRefused
from leakguard.frozen import replace
from leakguard.models.scope import OwnerPermission
from leakguard.outputs.json_text import scan_json_parts
from leakguard.outputs.sarif import sarif_parts
from leakguard.outputs.scan_paper import scan_paper
from leakguard.outputs.scope import scope_json, scope_lines
from leakguard.outputs.words import default_accounts_words
from leakguard.scanning.gate import Gate
from leakguard.scanning.scope.file import parse_scope
from support.scan_views import scan_view
from support.scans import NOW, SCOPE_TEXT, scope_of

LEAVE = OwnerPermission(allowed_by="Jane Roe", allowed_at=date(2026, 11, 20), until=date(2026, 12, 15))
WORDS = "allowed by Jane Roe on 2026-11-20, until 2026-12-15"
LINE = "default_accounts: {allowed_by: Jane Roe, allowed_at: 2026-11-20, until: 2026-12-15}\n"


def scope_with(line: str, now: datetime = NOW) -> OwnerPermission | None:
    return parse_scope(SCOPE_TEXT.rstrip("\n") + f"\n{line}", name="scope.yaml", now=now).default_accounts


def test_a_leave_is_a_name_and_two_days_and_the_default_is_none() -> None:
    assert scope_with(LINE) == LEAVE
    assert scope_with("default_accounts: forbidden\n") is None
    assert parse_scope(SCOPE_TEXT, name="scope.yaml", now=NOW).default_accounts is None


def test_a_bare_leave_is_given_by_the_person_who_approved_the_scope_for_as_long_as_it_holds() -> None:
    scope = parse_scope(SCOPE_TEXT.rstrip("\n") + "\ndefault_accounts: allowed\n", name="scope.yaml", now=NOW)

    assert scope.default_accounts == OwnerPermission(
        allowed_by=scope.owner.approved_by, allowed_at=scope.owner.approved_at, until=scope.valid_until
    )


@pytest.mark.parametrize("without", ["owner", "valid"])
def test_a_bare_leave_without_an_owner_or_days_is_refused_with_what_is_missing(without: str) -> None:
    lines = [line for line in SCOPE_TEXT.splitlines() if not line.startswith(f"{without}:")]

    with pytest.raises(BadFile) as refused:
        parse_scope("\n".join([*lines, "default_accounts: allowed\n"]), name="scope.yaml", now=NOW)

    assert any(problem.where == without for problem in refused.value.problems)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("default_accounts: yes please\n", "say who allows it"),
        (LINE.replace("allowed_by: Jane Roe, ", ""), "allowed_by"),
        (LINE.replace("Jane Roe", '" "'), "allowed_by"),
        (LINE.replace(", until: 2026-12-15", ""), "until"),
        (LINE.replace("2026-12-15", "soon"), "until"),
        (LINE.replace("}", ", user: admin}"), "user"),
    ],
)
def test_a_leave_without_a_name_or_a_day_is_refused(line: str, says: str) -> None:
    with pytest.raises(BadFile) as refused:
        scope_with(line)

    assert says in str(refused.value.problems)


@pytest.mark.parametrize("day", [date(2026, 11, 19), date(2026, 12, 16)])
def test_a_leave_that_is_not_in_force_stops_the_scan_with_a_next_step(day: date) -> None:
    line = LINE if day > NOW.date() else LINE.replace("11-20", "11-28")

    with pytest.raises(ScopeRefused) as refused:
        scope_with(line, datetime(day.year, day.month, day.day, tzinfo=UTC))

    assert "not in force" in refused.value.message
    assert "take `default_accounts` out" in refused.value.next_step


@pytest.mark.parametrize(
    ("day", "is_allowed"),
    [("2026-11-19", False), ("2026-11-20", True), ("2026-12-15", True), ("2026-12-16", False)],
)
def test_the_gate_asks_the_leave_again_each_day(day: str, *, is_allowed: bool) -> None:
    gate = Gate(scope=replace(scope_of("127.0.0.0/8"), default_accounts=LEAVE))

    assert gate.may_ask_default_accounts(date.fromisoformat(day)) is is_allowed
    assert not Gate(scope=scope_of("127.0.0.0/8")).may_ask_default_accounts(date.fromisoformat(day))


def test_a_leave_is_read_back_as_it_was_written() -> None:
    assert OwnerPermission.from_json(LEAVE.to_json()) == LEAVE
    assert OwnerPermission.from_json(None) is None


def test_a_scope_is_shown_with_its_leave() -> None:
    scope = replace(scope_of("127.0.0.0/8"), default_accounts=LEAVE)

    assert f"accounts  {WORDS}" in list(scope_lines(scope))
    assert scope_json(scope)["default_accounts"] == LEAVE.to_json()
    assert "accounts  forbidden" in list(scope_lines(scope_of("127.0.0.0/8")))
    assert scope_json(scope_of("127.0.0.0/8"))["default_accounts"] is None


def test_every_output_of_a_run_says_who_allowed_it() -> None:
    view = scan_view(leave=LEAVE)

    assert WORDS in default_accounts_words(LEAVE)
    assert '"default_accounts": {"allowed_by": "Jane Roe"' in "".join(scan_json_parts("R-1", {}, [], leave=LEAVE))
    assert '"defaultAccounts":' in "".join(sarif_parts(view))
    assert WORDS in repr(scan_paper(view))
    assert "defaultAccounts" not in "".join(sarif_parts(scan_view()))
