"""Marks in the place of personal values, in words that somebody typed in a hurry."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.notices.letters.personal_values import masked, refuse_personal_values


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


def is_refused(text: str) -> bool:
    try:
        refuse_personal_values(text)
    except ValueError:
        return True
    return False


def luhn_by_hand(digits: str) -> bool:
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2]]
    return (sum(doubled) + sum(map(int, digits[-1::-2]))) % 10 == 0


def resident_by_hand(digits: str) -> bool:
    """GB 11643: each place times 2 to the power of its distance from the end, modulo 11."""
    values = [10 if sign in "Xx" else int(sign) for sign in digits]
    return sum(value << (17 - place) for place, value in enumerate(values)) % 11 == 1


@given(st.from_regex(r"[1-9][0-9]{15}", fullmatch=True), st.sampled_from(["", " ", "-"]))
def test_a_card_number_is_refused_where_luhns_sum_holds(digits: str, between: str) -> None:
    typed = between.join(digits[start : start + 4] for start in range(0, 16, 4))

    assert is_refused(f"paid with {typed}.") == luhn_by_hand(digits)


@given(st.from_regex(r"[1-9][0-9]{5}(19|20)[0-9]{9}[0-9Xx]", fullmatch=True))
def test_a_resident_number_is_refused_by_its_check_character_alone(digits: str) -> None:
    """Also of a place that no table has: a wrong refusal is cheaper than a printed number."""
    assert is_refused(f"id {digits},") == resident_by_hand(digits)


@pytest.mark.parametrize("typed", ["4111 1111 1111 1111", "11010519491231002X", "078-05-1120"])
def test_a_refusal_never_repeats_the_number(typed: str) -> None:
    with pytest.raises(ValueError, match="never a person's values") as refused:
        refuse_personal_values(f"a note with {typed} in it")

    assert typed not in str(refused.value)


def test_no_library_of_checksums_is_loaded_before_a_number_is_met() -> None:
    """A command starts in time: it takes longer to load than `--help` does."""
    code = (
        "import sys; from leakguard.notices.letters import personal_values as p; p.refuse_personal_values('no number')"
    )
    done = subprocess.run([sys.executable, "-c", f"{code}; sys.exit('stdnum' in sys.modules)"], check=False)

    assert done.returncode == 0
