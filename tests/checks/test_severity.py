"""Severity: the table, its edges, and the four axes behind the word."""

from __future__ import annotations

import pytest

from leakguard.checks.severity import MOST_KINDS, rate
from leakguard.models.findings import Access, DecoyVerdict, Outcome, Severity, SeverityAxes, Size

MUCH = Size(records=9_500_000_000, bytes=8_400_000_000_000)


@pytest.mark.parametrize(
    ("outcome", "size", "expected"),
    [
        (Outcome.EXPOSED, None, Severity.HIGH),
        (Outcome.EXPOSED, Size(records=0, bytes=0), Severity.HIGH),
        (Outcome.EXPOSED, Size(records=999_999, bytes=99_999_999_999), Severity.HIGH),
        (Outcome.EXPOSED, Size(records=1_000_000), Severity.CRITICAL),
        (Outcome.EXPOSED, Size(bytes=100_000_000_000), Severity.CRITICAL),
        (Outcome.PARTIALLY_EXPOSED, None, Severity.MEDIUM),
        (Outcome.PARTIALLY_EXPOSED, MUCH, Severity.HIGH),
        (Outcome.NOT_EXPOSED, MUCH, Severity.NONE),
        (Outcome.NOT_APPLICABLE, None, Severity.NONE),
        (Outcome.INCONCLUSIVE, None, Severity.NONE),
    ],
)
def test_outcome_and_volume_give_the_severity(outcome: Outcome, size: Size | None, expected: Severity) -> None:
    assert rate(outcome, Access.READ, size)[0] is expected


@pytest.mark.parametrize("ransomed", ["suspected", "yes"])
def test_a_ransom_note_raises_the_severity(ransomed: str) -> None:
    severity, axes = rate(Outcome.EXPOSED, Access.READ, ransomed=ransomed)

    assert severity is Severity.CRITICAL
    assert "ransom note" in axes.aggravation


def test_a_declared_decoy_is_no_leak() -> None:
    severity, axes = rate(Outcome.EXPOSED, Access.READ, MUCH, ransomed="yes", decoy=DecoyVerdict.DECLARED)

    assert severity is Severity.NONE
    assert axes.aggravation == "decoy declared, ransom note found"


def test_a_suspected_decoy_stays_as_severe_as_a_leak() -> None:
    severity, axes = rate(Outcome.EXPOSED, Access.READ, decoy=DecoyVerdict.SUSPECTED)

    assert severity is Severity.HIGH
    assert axes.aggravation == "decoy suspected"


def test_the_axes_are_shown_apart() -> None:
    assert rate(Outcome.EXPOSED, Access.READ, MUCH, categories=("contact.email", "location"))[1] == SeverityAxes(
        authority="read",
        volume="9.5 billion records, 8.4 TB",
        sensitivity="contact.email, location",
        aggravation="none",
    )
    assert rate(Outcome.EXPOSED, Access.WRITE_LIKELY)[1] == SeverityAxes(
        authority="read, write likely", volume="unknown", sensitivity="unknown", aggravation="none"
    )


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (Size(), "unknown"),
        (Size(collections=4), "unknown"),
        (Size(records=1), "1 record"),
        (Size(records=999), "999 records"),
        (Size(records=1_000), "1 thousand records"),
        (Size(records=2_500_000, exact=False), "about 2.5 million records"),
        (Size(records=3 * 10**12), "3 trillion records"),
        (Size(bytes=5), "5 bytes"),
        (Size(bytes=8_270), "8.3 kB"),
        (Size(bytes=2 * 10**15), "2 PB"),
        (Size(records=0, bytes=0), "0 records, 0 bytes"),
    ],
)
def test_volume_is_told_in_words(size: Size, expected: str) -> None:
    assert rate(Outcome.EXPOSED, Access.READ, size)[1].volume == expected


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Outcome.EXPOSED, Severity.CRITICAL),
        (Outcome.PARTIALLY_EXPOSED, Severity.HIGH),
        (Outcome.NOT_EXPOSED, Severity.NONE),
    ],
)
def test_data_that_a_standard_calls_sensitive_raise_the_severity(outcome: Outcome, expected: Severity) -> None:
    """Once: an open store with very many sensitive records is no more than critical."""
    severity, axes = rate(outcome, Access.READ, categories=("health",), is_sensitive=True)

    assert severity is expected
    assert axes.sensitivity == "sensitive: health"
    assert rate(outcome, Access.READ, MUCH, ransomed="yes", categories=("health",), is_sensitive=True)[0] is expected


def test_ordinary_personal_data_leave_the_severity() -> None:
    assert rate(Outcome.EXPOSED, Access.READ, categories=("contact.email",))[0] is Severity.HIGH


def test_the_axis_names_the_first_kinds_and_counts_the_rest() -> None:
    kinds = tuple(f"other.k{number}" for number in range(MOST_KINDS + 3))

    assert rate(Outcome.EXPOSED, Access.READ, categories=kinds)[1].sensitivity.endswith("other.k5 and 3 more")
