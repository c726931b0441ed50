"""The difference between two runs; closure is never claimed on a silence."""

from __future__ import annotations

import pytest

from leakguard.models.findings import Finding, Outcome, Size
from leakguard.scanning.diff import ChangeKind, diff_runs, worst_of
from support.scans import finding_of

OPEN = finding_of()
PARTLY = finding_of(Outcome.PARTIALLY_EXPOSED)
LOGIN = finding_of(Outcome.NOT_EXPOSED)
UNCLEAR = finding_of(Outcome.INCONCLUSIVE)


def sized(records: int | None = None, octets: int | None = None) -> Finding:
    return finding_of(size=Size(records=records, bytes=octets))


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (None, OPEN, ChangeKind.NEW),
        (LOGIN, OPEN, ChangeKind.NEW),
        (UNCLEAR, PARTLY, ChangeKind.NEW),
        (OPEN, LOGIN, ChangeKind.CLOSED),
        (OPEN, UNCLEAR, ChangeKind.UNKNOWN),
        (OPEN, None, ChangeKind.UNKNOWN),
        (OPEN, OPEN, ChangeKind.SAME),
        (OPEN, PARTLY, ChangeKind.SAME),
        (sized(10), sized(11), ChangeKind.GROWN),
        (sized(10), sized(9), ChangeKind.SHRUNK),
        (sized(10, 5), sized(10, 6), ChangeKind.GROWN),
        (sized(10), sized(None), ChangeKind.SAME),
        (sized(10), finding_of(size=None), ChangeKind.SAME),
    ],
)
def test_each_pair_of_looks_has_one_name(before: Finding | None, after: Finding | None, kind: ChangeKind) -> None:
    (change,) = diff_runs([before] if before else [], [after] if after else [])

    assert change.kind is kind
    assert (change.before, change.after) == (before, after)


def test_what_was_never_open_is_left_out() -> None:
    assert diff_runs([LOGIN, UNCLEAR], [LOGIN]) == ()


def test_a_closed_port_is_closure_although_it_has_no_finding() -> None:
    (change,) = diff_runs([OPEN], [], closed={"127.0.0.1:9200"})
    (other,) = diff_runs([OPEN], [], closed={"127.0.0.1:9201", "127.0.0.1:9200 (mail.example.edu)"})

    assert change.kind is ChangeKind.CLOSED
    assert other.kind is ChangeKind.UNKNOWN


def test_growth_is_told_in_records_and_bytes() -> None:
    (change,) = diff_runs([sized(9_500_000_000, 100)], [sized(9_700_000_000, 90)])

    assert change.records_grown == 200_000_000
    assert change.bytes_grown == -10


def test_growth_is_unknown_where_a_count_is() -> None:
    (change,) = diff_runs([], [OPEN])

    assert change.records_grown is None
    assert change.bytes_grown is None


def test_one_open_address_of_a_name_is_enough() -> None:
    first = finding_of(Outcome.NOT_EXPOSED, address="192.0.2.1", host="a.example", target="a.example:9200")
    second = finding_of(Outcome.EXPOSED, address="192.0.2.2", host="a.example", target="a.example:9200")
    unclear = finding_of(Outcome.INCONCLUSIVE, address="192.0.2.3", host="a.example", target="a.example:9200")

    assert list(worst_of([first, second, unclear]).values()) == [second]
    assert list(worst_of([first, unclear]).values()) == [unclear]
    (change,) = diff_runs([second], [first, second])
    assert change.kind is ChangeKind.SAME


def test_checks_and_targets_are_compared_each_for_itself() -> None:
    other = finding_of(target="127.0.0.2:9200")

    assert [change.kind for change in diff_runs([OPEN], [other])] == [ChangeKind.UNKNOWN, ChangeKind.NEW]
