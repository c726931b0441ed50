"""The difference between two looks; closure is never claimed on a silence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from leakguard.models.findings import Access, Finding, Outcome, RansomSigns, Severity, Size
from leakguard.scanning.diff import Change, ChangeKind, worst_of
from leakguard.scanning.history import LOGIN, NOT_LOOKED_AT, PORT, History
from leakguard.scanning.sightings import RunFacts
from support.looking import looks
from support.scans import finding_of

OPEN = finding_of()
PARTLY = finding_of(Outcome.PARTIALLY_EXPOSED)
LOCKED = finding_of(Outcome.NOT_EXPOSED)
UNCLEAR = finding_of(Outcome.INCONCLUSIVE)
DECOY = finding_of(Outcome.NOT_APPLICABLE)


def sized(records: int | None = None, octets: int | None = None) -> Finding:
    return finding_of(size=Size(records=records, bytes=octets))


def having(field: str, value: object) -> Finding:
    """An open finding with one thing of its verdict set."""
    changes: dict[str, Any] = {field: value}
    return finding_of(**changes)


def difference(
    before: Iterable[Finding], after: Iterable[Finding], done: Mapping[str, str] | None = None, vantage: str = "local"
) -> tuple[Change, ...]:
    history = History()
    history.fold(looks(history, *before))
    return history.difference(looks(history, *after, done=done, facts=RunFacts(run="R-2", vantage=vantage)))


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (None, OPEN, ChangeKind.NEW),
        (LOCKED, OPEN, ChangeKind.NEW),
        (UNCLEAR, PARTLY, ChangeKind.NEW),
        (OPEN, LOCKED, ChangeKind.CLOSED),
        (OPEN, UNCLEAR, ChangeKind.UNKNOWN),
        (OPEN, DECOY, ChangeKind.UNKNOWN),
        (OPEN, None, ChangeKind.UNKNOWN),
        (OPEN, OPEN, ChangeKind.SAME),
        (OPEN, PARTLY, ChangeKind.CHANGED),
        (sized(10), sized(11), ChangeKind.GROWN),
        (sized(10), sized(9), ChangeKind.SHRUNK),
        (sized(10, 1_100_000), sized(10, 1_168_800), ChangeKind.SAME),
        (sized(10, 1_168_800), sized(10, 1_100_000), ChangeKind.SAME),
        (sized(10, 1_100_000), sized(10, 2_000_000), ChangeKind.SAME),
        (sized(10, 1_100_000), sized(10, 2_100_000), ChangeKind.GROWN),
        (sized(10, 10**12), sized(10, 10**12 - 10**11 - 1), ChangeKind.SHRUNK),
        (sized(10, 10**12), sized(10, 10**12 - 10**11 + 1), ChangeKind.SAME),
        (sized(None, 1000), sized(None, 1001), ChangeKind.GROWN),
        (sized(10, 1000), sized(11, 999), ChangeKind.GROWN),
        (sized(10), sized(None), ChangeKind.SAME),
        (sized(10), finding_of(size=None), ChangeKind.SAME),
    ],
)
def test_each_pair_of_looks_has_one_name(before: Finding | None, after: Finding | None, kind: ChangeKind) -> None:
    (change,) = difference([before] if before else [], [after] if after else [])

    assert change.kind is kind
    assert change.seen.finding == OPEN.id


@pytest.mark.parametrize(
    ("field", "was", "now"),
    [
        ("version", "6.8.1", "6.8.23"),
        ("product", "elasticsearch", "opensearch"),
        ("access", Access.READ, Access.WRITE_LIKELY),
        ("severity", Severity.MEDIUM, Severity.CRITICAL),
        ("ransomed", RansomSigns(), RansomSigns(verdict="yes")),
        ("cluster_id", "first-cluster", "second-cluster"),
    ],
)
def test_what_changed_is_named(field: str, was: object, now: object) -> None:
    (change,) = difference([having(field, was)], [having(field, now)])

    assert (change.kind, change.fields) == (ChangeKind.CHANGED, (field,))


@pytest.mark.parametrize("field", ["version", "product", "cluster_id"])
def test_what_a_server_leaves_out_once_has_not_changed(field: str) -> None:
    told, untold = having(field, "told-before"), having(field, None)

    assert [change.kind for change in difference([told], [untold])] == [ChangeKind.SAME]
    assert [change.kind for change in difference([untold], [told])] == [ChangeKind.SAME]


def test_growth_outweighs_another_change_and_both_are_told() -> None:
    old = finding_of(size=Size(records=10), version="6.8.1")
    new = finding_of(size=Size(records=12), version="6.8.23")

    (change,) = difference([old], [new])

    assert (change.kind, change.records_grown, change.fields) == (ChangeKind.GROWN, 2, ("version",))


def test_what_was_never_open_is_left_out() -> None:
    assert difference([LOCKED, UNCLEAR], [LOCKED]) == ()


@pytest.mark.parametrize(
    ("standing", "kind", "reason"),
    [
        ("closed", ChangeKind.CLOSED, PORT),
        ("protected", ChangeKind.CLOSED, LOGIN),
        ("silent", ChangeKind.UNKNOWN, ""),
        ("other", ChangeKind.UNKNOWN, ""),
        ("exposed", ChangeKind.UNKNOWN, ""),
        ("not_checked", ChangeKind.UNKNOWN, ""),
    ],
)
def test_how_the_endpoint_stands_tells_where_no_finding_does(standing: str, kind: ChangeKind, reason: str) -> None:
    (change,) = difference([OPEN], [], {"127.0.0.1:9200": standing})

    assert change.kind is kind
    assert reason in change.reason


@pytest.mark.parametrize("done", [{"127.0.0.1:9201": "closed"}, {"127.0.0.1:9200 (mail.example.edu)": "closed"}])
def test_another_endpoint_proves_nothing(done: dict[str, str]) -> None:
    (change,) = difference([OPEN], [], done)

    assert (change.kind, change.reason) == (ChangeKind.UNKNOWN, NOT_LOOKED_AT)


def test_a_closure_that_another_vantage_sees_is_none() -> None:
    (change,) = difference([OPEN], [], {"127.0.0.1:9200": "closed"}, vantage="outside")

    assert (change.kind, change.reason) == (ChangeKind.UNKNOWN, NOT_LOOKED_AT)


def test_growth_is_told_in_records_and_bytes() -> None:
    (change,) = difference([sized(9_500_000_000, 100)], [sized(9_700_000_000, 90)])

    assert change.records_grown == 200_000_000
    assert change.bytes_grown == -10


def test_growth_is_unknown_where_a_count_is() -> None:
    (change,) = difference([], [OPEN])

    assert change.records_grown is None
    assert change.bytes_grown is None


def test_a_change_about_nothing_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="open once"):
        _ = Change(kind=ChangeKind.NEW, check_id="x", target="127.0.0.1:1").seen


def test_one_open_address_of_a_name_is_enough() -> None:
    first = finding_of(Outcome.NOT_EXPOSED, address="192.0.2.1", host="a.example", target="a.example:9200")
    second = finding_of(Outcome.EXPOSED, address="192.0.2.2", host="a.example", target="a.example:9200")
    unclear = finding_of(Outcome.INCONCLUSIVE, address="192.0.2.3", host="a.example", target="a.example:9200")

    assert list(worst_of([first, second, unclear]).values()) == [second]
    assert list(worst_of([first, unclear]).values()) == [unclear]
    (change,) = difference([second], [first, second])
    assert change.kind is ChangeKind.SAME
