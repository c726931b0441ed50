"""Marks in the place of personal values, in words that somebody typed in a hurry."""

from __future__ import annotations

import pytest

from leakguard.notices.letters.personal_values import masked


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("mail of jane.roe+x@mail.example.org, 22:30", "mail of [e-mail address], 22:30"),
        ("called +86 21 5555 1234 and +49 (30) 901820", "called [telephone number] and [telephone number]"),
        ("id 11010519491231002X.", "id [identity number]."),
        ("ssn 078-05-1120", "ssn [identity number]"),
        ("card 4111 1111 1111 1111", "card [card number]"),
        ("2026-05-24T07:45:00+08:00, receipt 2026/4711, 9,500,000,000 records", None),
        ("sha256 " + "ab" * 32, None),
        ("192.0.2.10:9200, port 5601, +3 h later, E-12", None),
    ],
)
def test_values_are_masked_and_times_counts_and_hashes_are_not(typed: str, shown: str | None) -> None:
    assert masked(typed) == (shown or typed)
