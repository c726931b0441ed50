"""A file with a hundred thousand mistakes costs a hundred times what one with a thousand costs, and tells a hundred."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from pydantic import Field

from leakguard.errors import BadFile
from leakguard.files.shapes import Shape, load
from leakguard.playbooks.cacao.reading import read_document
from leakguard.scanning.scope.file import parse_scope
from support.notices import NOW


class Inner(Shape):
    limbs: tuple[str, ...] = Field(min_length=1)


class Outer(Shape):
    clocks: tuple[Inner, ...]


def refused(text: str, read: Callable[[str], object]) -> tuple[BadFile, int]:
    """The refusal, and how many functions were called on the way: a measure that no other process disturbs."""
    count = 0

    def called(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(called)
    try:
        with pytest.raises(BadFile) as bad:
            read(text)
    finally:
        sys.setprofile(None)
    return bad.value, count


def unknown_keys(many: int) -> str:
    return "".join(f"k{number}: 1\n" for number in range(many))


def empty_lists(many: int) -> str:
    return "clocks:\n" + "- {limbs: []}\n" * many


CASES: tuple[tuple[Callable[[int], str], Callable[[str], object], int], ...] = (
    (unknown_keys, lambda text: parse_scope(text, name="scope.yaml", now=NOW), 130),
    (empty_lists, lambda text: load(text, Outer, name="clocks.yaml"), 200),
)


@pytest.mark.parametrize(("write", "read", "most"), CASES, ids=("unknown keys", "empty lists"))
def test_every_mistake_costs_the_same(write: Callable[[int], str], read: Callable[[str], object], most: int) -> None:
    few, many = 200, 1_600
    refused(write(few), read)  # whatever is loaded or worked out once
    _, for_few = refused(write(few), read)
    _, for_many = refused(write(many), read)

    assert (for_many - for_few) / (many - few) < most
    assert for_many < (many / few) * for_few * 1.1


def test_the_first_hundred_are_told_and_all_are_counted() -> None:
    bad, _ = refused(unknown_keys(1000), lambda text: parse_scope(text, name="scope.yaml", now=NOW))

    assert len(bad.problems) >= 1000
    assert f"and {len(bad.problems) - 100:,} more" in bad.message
    assert len(bad.message.splitlines()) == 100 + 2


def test_a_long_key_is_not_repeated_with_every_problem_below_it() -> None:
    inner = "".join(f"    a{number}: !other 1\n" for number in range(200))
    bad, _ = refused(f"? {'k' * 100_000}\n:\n{inner}", lambda text: parse_scope(text, name="scope.yaml", now=NOW))

    assert sum(len(str(problem)) for problem in bad.problems) < 200_000


@pytest.mark.timeout(60)  # each key was looked for in a copy of all before it: hours
def test_a_key_that_stands_twice_behind_a_hundred_thousand_others_is_found_at_once() -> None:
    keys = ", ".join(f'"k{number}": 1' for number in range(150_000))

    with pytest.raises(BadFile, match="the key `k149999` stands there twice"):
        read_document(f'{{{keys}, "k149999": 2}}', name="cacao.json")
