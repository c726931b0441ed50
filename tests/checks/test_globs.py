"""Globs over names that strangers chose: the same answers as the standard library's, and never slow."""

from __future__ import annotations

from fnmatch import fnmatchcase

from hypothesis import given
from hypothesis import strategies as st

from leakguard.checks.ransom import glob_of
from support.growth import takes_no_time

LETTERS = "ab_赎\n"


@given(glob=st.text(LETTERS + "*", max_size=9), name=st.text(LETTERS, max_size=12))
def test_a_glob_fits_what_the_standard_library_says(glob: str, name: str) -> None:
    assert glob_of(glob).fits(name) is fnmatchcase(name, glob)


@given(glob=st.text(LETTERS + "*", max_size=9), name=st.text(LETTERS, max_size=12))
def test_what_fits_holds_the_longest_word_of_the_glob(glob: str, name: str) -> None:
    assert glob_of(glob).word in name or not glob_of(glob).fits(name)


def test_a_glob_is_stated_in_any_case_of_letters() -> None:
    assert glob_of("READ_ME*").fits("read_me_now")


@takes_no_time
def test_a_name_made_to_be_slow_is_not_slow() -> None:
    assert not glob_of("*a*a*a*a*b").fits("a" * 1_000_000)
