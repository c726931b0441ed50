"""Every problem of a TOML file says on which line it stands."""

from __future__ import annotations

import tomllib

import pytest

from leakguard.errors import Problem
from leakguard.files.toml_lines import syntax_problem, with_lines

TEXT = """\
a = 1
b.c = 2
channel = [{name = "x"}]

[ table ]   # with a remark
'quoted' = 3
[[entry]]
one = 1
[entry.inner]
two = 2
[[entry]]
one = 1
[[entry.item]]
three = 3
"""


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("a", 1), ("b.c", 2), ("channel[0].name", 3), ("table.quoted", 6), ("entry[0]", 7), ("entry[0].one", 8),
        ("entry[0].inner.two", 10), ("entry[1].one", 12), ("entry[1].item[0].three", 14), ("table.missing", 5),
        ("entry[1].missing", 11), ("missing", None), ("", None),
    ],
)  # fmt: skip
def test_a_problem_gets_the_line_of_its_field_or_of_what_stands_around_it(where: str, line: int | None) -> None:
    (told,) = with_lines([Problem(where=where, text="unknown", nearest="known")], TEXT)

    assert told == Problem(where=where, text="unknown", nearest="known", line=line)
    assert tomllib.loads(TEXT), "the text is TOML"


def test_a_line_that_is_known_stays() -> None:
    assert with_lines([Problem(where="a", text="unknown", line=9)], TEXT)[0].line == 9


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [("a = 1\n[b\n", 2, "not TOML: Expected ']'"), ("a = ", None, "not TOML: Invalid value (at end of document)")],
)
def test_what_is_no_toml_is_told_with_its_line(text: str, line: int | None, says: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)

    problem = syntax_problem(caught.value)

    assert problem.text.startswith(says)
    assert (problem.where, problem.line) == ("", line)
