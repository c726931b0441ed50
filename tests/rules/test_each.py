"""A loop over many cases runs them all, and names each that failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.each import for_each

pytestmark = pytest.mark.untraced


def failure_of(test: object) -> str:
    assert callable(test)
    with pytest.raises(AssertionError) as failed:
        test()
    return str(failed.value)


def test_every_case_is_run_and_each_that_failed_is_named_with_its_reason_and_its_place() -> None:
    ran = []

    @for_each("number", range(5), ids=lambda number: f"case {number}")
    def small(number: int) -> None:
        ran.append(number)
        assert number % 2 == 0, f"{number} is odd"

    said = failure_of(small)

    assert ran == [0, 1, 2, 3, 4]
    assert said.startswith("2 of 5 cases failed:")
    assert "[case 1]" in said
    assert "[case 3]" in said
    assert "AssertionError: 3 is odd" in said
    assert f"{Path(__file__).name}:" in said
    assert "case 2" not in said


def test_an_error_of_any_kind_is_a_failure_of_its_case_alone() -> None:
    @for_each("number", (0, 1, 2))
    def divides(number: int) -> None:
        if number == 2:
            pytest.fail("no two")
        assert 1 // number

    said = failure_of(divides)

    assert "[0: 0]" in said
    assert "ZeroDivisionError" in said
    assert "Failed: no two" in said


def test_two_of_them_run_every_pair() -> None:
    ran = []

    @for_each("letter", "ab")
    @for_each("number, half", [(1, 0.5), (2, 1.0)])
    def pairs(letter: str, number: int, half: float) -> None:
        ran.append((letter, number, half))
        assert (letter, number) != ("b", 2)

    said = failure_of(pairs)

    assert ran == [("a", 1, 0.5), ("a", 2, 1.0), ("b", 1, 0.5), ("b", 2, 1.0)]
    assert "[1: 'b']" in said
    assert "[1: 2, 1.0]" in said


def test_no_case_at_all_is_a_failure() -> None:
    @for_each("number", ())
    def nothing(number: int) -> None:
        """Never run."""

    assert "there is no case to run" in failure_of(nothing)


def test_to_be_skipped_is_for_the_whole_test() -> None:
    @for_each("number", (1, 2))
    def skips(number: int) -> None:
        pytest.skip(f"{number}")

    with pytest.raises(pytest.skip.Exception):
        skips()


@for_each("number", (1, 2))
def test_fixtures_are_given_to_every_case(number: int, tmp_path: Path) -> None:
    (tmp_path / str(number)).write_text("", encoding="utf-8")
    assert len(list(tmp_path.iterdir())) == number


def test_cases_that_have_to_be_read_are_read_once_and_when_the_test_runs() -> None:
    asked, ran = [], []

    def cases() -> list[int]:
        asked.append(1)
        return [1, 2]

    @for_each("letter", "ab")
    @for_each("number", cases, ids=lambda number: f"case {number}")
    def pairs(letter: str, number: int) -> None:
        ran.append((letter, number))
        assert number == 1

    assert asked == []
    said = failure_of(pairs)

    assert (asked, ran) == ([1], [("a", 1), ("a", 2), ("b", 1), ("b", 2)])
    assert "[case 2]" in said
