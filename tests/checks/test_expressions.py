"""Expressions: our functions against the library's own interpreter, on everything that a host may send."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import jmespath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jmespath.exceptions import JMESPathError

from leakguard.checks import expression_meter, expressions
from leakguard.checks.expression_meter import MOST_TEXT, MOST_WORK, TooMuch
from leakguard.checks.expressions import evaluate, program, refused_expression
from support.each import for_each
from support.replays import read_replay
from support.shipped import LIBRARY

FIELDS = ("a", "b", "index", "docs.count", "name", "version", "number", "count")
EVERY_PART = (
    "@", "a.b", "a.b.name", '"docs.count"', "a | b", "a[0]", "a[-1]", "a[9]", "a[1:]", "a[::-1]", "a[::0]", "[]",
    "[].a", "a[].b[]", "[*].a", "*.a", "a.*", "a.*.b", "[?a]", "[?a].b", "[?a == `1`].b | [0]", "[?a][]", "a || b",
    "a || b || name", "a && b", "a && b && name", "!a", "!a && b", "a == b", "a != b", "a == 'x'", "'x' == a",
    "a != 'x'", "a == `1`", "a == `true`", "a == `null`", "a == `[1]`", "a < b", "a <= `1`", "a > 'a'", "a >= b",
    "[a, b]", "{x: a, y: b.name}", "[].{n: name}", "length(@)", "length(a)", "type(@)", "type(a)", "starts_with(a, b)",
    "starts_with(a, 'x')", "contains(a, b)", "contains(a, 'x')", "contains(@, `1`)", "to_number(a)", "sum(a)",
    "min(a)", "max(a)", "min([].a)", "max([])", "sum([].a)",
    "map(&a, @)", "map(&to_number(@), a)", "map(&b.name, a[])", "keys(@)", "values(a)", "not_null(a, b)",
    "sort(a)", "sort_by(@, &a)", "max_by(a, &b)", "map(a, b)", "map(&a)", "length(a, b)", "no_such(a)", "join('-', a)",
    "to_string(a)", "reverse(a)", "avg(a)", "abs(a)", "merge(a, b)", "a.[b, name]", "a.{x: b}", '`{"a": 1}`.a',
    "(a || b).name", "[?starts_with(name, 'x')]", "[?!a]", "[?type(@) == 'string']", "[0][0]", "a[*][0]", "a[?@]",
)  # fmt: skip
SCALARS = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.integers() | st.floats() | st.sampled_from(["", "x", "xy", "1"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5),
    max_leaves=25,
)


def stated_expressions(stated: Any) -> Iterator[str]:  # noqa: ANN401  (whatever a check states)
    """Every expression that stands in a check."""
    if isinstance(stated, Mapping):
        if "method" in stated or "get" not in stated:
            yield from (stated[key] for key in ("path", "records") if isinstance(stated.get(key), str))
        else:
            yield from (stated["records"],) if "records" in stated else ()
        for inner in stated.values():
            yield from stated_expressions(inner)
    elif isinstance(stated, list):
        for inner in stated:
            yield from stated_expressions(inner)


OF_CHECKS = {check.id: tuple(dict.fromkeys(stated_expressions(check.stated))) for check in LIBRARY}


def reference(expression: str, value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
    """What the library itself finds."""
    if value is None:
        return None
    try:
        return jmespath.compile(expression).search(value)
    except (JMESPathError, ValueError, TypeError, LookupError, ArithmeticError, RecursionError):
        return None


def same(one: Any, other: Any) -> bool:  # noqa: ANN401  (JSON holds anything)
    """Equal in type as well, and NaN equal to itself."""
    return repr(one) == repr(other)


@cache
def documents(check: str) -> tuple[Any, ...]:
    """All that the servers of a check's replays answer."""
    answers = [canned for case in read_replay(check).cases for canned in (*case.answers.values(), case.otherwise)]
    found = [each.document if each.document is not None else each.json_ for each in answers]
    return tuple(json.loads(text) for text in dict.fromkeys(json.dumps(each) for each in found if each is not None))


@for_each("check", sorted(OF_CHECKS))
def test_an_expression_of_a_check_finds_what_the_library_finds_in_its_replays(check: str) -> None:
    wrong = [
        (expression, document)
        for expression in OF_CHECKS[check]
        for document in documents(check)
        if not same(evaluate(expression, document), reference(expression, document))
    ]

    assert not wrong


@settings(max_examples=80)
@given(value=VALUES)
def test_every_part_of_the_language_means_what_the_library_makes_of_it(value: Any) -> None:  # noqa: ANN401  (as above)
    wrong = [each for each in EVERY_PART if not same(evaluate(each, value), reference(each, value))]

    assert not wrong


CORNERS: tuple[Any, ...] = (
    {}, [], 0, 1.5, "", "x", True, False, {"a": 1}, {"a": "xy", "b": "x"}, {"a": "x", "b": 1}, {"a": True, "b": 1},
    {"a": [1, "x"], "b": 1}, {"a": False, "b": 0}, {"a": 0}, {"a": None}, {"a": {}, "b": ""}, {"a": "12", "b": "1.5"},
    {"a": {"b": {"name": "n"}}, "b": {"name": 2}}, [{"a": 1, "b": 2, "name": "xy"}, {"a": "1"}, [{"a": [3]}], None],
    {"a": [[1], [2]]}, {"a": [1, 2]}, {"a": "no"}, {"a": 10**400}, {"a": 1e308, "b": [1e308, 1e308]},
)  # fmt: skip


@pytest.mark.parametrize("value", CORNERS)
def test_every_part_of_the_language_agrees_on_the_corners(value: Any) -> None:  # noqa: ANN401  (JSON holds anything)
    assert not [each for each in EVERY_PART if not same(evaluate(each, value), reference(each, value))]


def shaped_for(expression: str) -> st.SearchStrategy[Any]:
    """Values with the names in it that an expression looks for."""
    words = sorted({word for part in (expression,) for word in _words(part)}) or ["a"]
    names = st.sampled_from(words)
    return st.recursive(
        SCALARS | st.sampled_from(words),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=len(words)),
        max_leaves=20,
    )


def _words(expression: str) -> Iterator[str]:
    def walk(node: Mapping[str, Any]) -> Iterator[str]:
        if node["type"] in {"field", "literal", "key_val_pair"} and isinstance(node.get("value"), str):
            yield node["value"]
        for child in node["children"]:
            if isinstance(child, Mapping):
                yield from walk(child)

    return walk(jmespath.compile(expression).parsed)


@settings(max_examples=30)
@given(data=st.data())
def test_any_expression_of_any_check_finds_what_the_library_finds_anywhere(data: st.DataObject) -> None:
    expression = data.draw(st.sampled_from(sorted({each for found in OF_CHECKS.values() for each in found})))
    for _ in range(10):
        value = data.draw(shaped_for(expression))

        assert same(evaluate(expression, value), reference(expression, value)), expression


def test_every_expression_of_the_checks_is_a_function_of_ours() -> None:
    """The library's own interpreter is slow enough to matter; it is for files that state something new."""
    theirs = [
        each
        for found in OF_CHECKS.values()
        for each in found
        if not getattr(program(each), "__module__", "").startswith("leakguard.checks.expression_")
    ]

    assert sum(map(len, OF_CHECKS.values())) > 400
    assert not theirs


def test_a_mapping_of_another_kind_is_looked_into_as_well() -> None:
    class Other(dict[str, Any]):
        """No plain object."""

    value = Other(a=Other(b=7))

    assert evaluate("a.b", value) == 7
    assert evaluate("a", [value]) is None
    assert evaluate("length(a)", value) is None
    assert evaluate("!a", {"a": Other()}) is True
    assert evaluate("type(a)", {"a": b"bytes"}) is None
    assert evaluate("a.b", {"a": b"bytes"}) is None


@pytest.mark.parametrize("expression", ["sum(a)", "a[0].b", "a == b", "length(a[?b])", "map(&a, a)"])
def test_depth_and_breadth_harm_nothing(expression: str) -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = {"a": [deep], "b": deep} if isinstance(deep, int) else {"a": [deep]}

    assert evaluate(expression, deep) == evaluate(expression, deep)
    assert evaluate("length(a)", {"a": [0] * 1_000_000}) == 1_000_000


@pytest.mark.parametrize("text", ["[[", "a b", "", "a.", "&a"])
def test_what_is_no_expression_is_refused(text: str) -> None:
    if text == "&a":
        assert refused_expression(text) is None
    else:
        assert "not a JMESPath expression" in str(refused_expression(text))


@pytest.mark.parametrize(
    "text",
    ["(" * 1_500, "!" * 1_900 + "a", "`" + "[" * 1_900, "a[" + "9" * 1_900 + "]", ".".join("a" * 990), "a" * 2_001,
     "[@, @][]" + " | [@, @][]" * 30, "map(&[@, @][], [@, @])" + "[]" * 9, "`" + "9" * 1_900 + "`"],
    ids=range(9),
)  # fmt: skip
def test_an_expression_that_is_too_deep_too_long_or_doubles_over_and_over_is_refused_or_harmless(text: str) -> None:
    """Thirty doublings are a thousand million values, and each was a line of forty characters in a check."""
    assert refused_expression(text) is not None or evaluate(text, [1]) is None or len(text) < 2_000


def test_an_expression_that_doubles_its_value_thirty_times_is_refused() -> None:
    assert "may double what it looks at more than 8 times" in str(refused_expression("[@, @][]" + " | [@, @][]" * 30))
    assert "longer than 2,000 characters" in str(refused_expression("a" * 2_001))
    assert refused_expression("[@, @][]" + " | [@, @][]" * 7) is None


BOMBS = (
    " | ".join(["[@, @]"] * 40) + " | to_string(@)",
    " | ".join(["[@, @]"] * 40) + "[]" * 39,
    " | ".join(["{a: @, b: @}"] * 40) + ".*" * 39,
    "[@, @] | " * 39 + "[@, @] == [@, @]",
    " | ".join(["to_string([@])"] * 40),
    " | ".join(["join(@, [@, @, @, @])"] * 20),
    " | ".join(["merge({a: @}, {b: @})"] * 40) + ".*" * 39,
    "[@, @] | " + " | ".join(["map(&[@, @], @)"] * 40) + "[*]" * 39,
    "sort_by([{n: `1`}], &n) | " + " | ".join(["[@, @]"] * 40) + "[]" * 39,
)
"""Each makes a thousand million values or characters of one, by another way; the first 40 of them without a copy."""


@for_each("expression", BOMBS)
def test_what_doubles_without_bound_is_refused_and_ends_by_a_limit_where_it_is_evaluated(
    expression: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundredth of the limit shows of each way that it is counted; the whole one is for the test below."""
    monkeypatch.setattr(expression_meter, "MOST_WORK", MOST_WORK // 100)
    monkeypatch.setattr(expression_meter, "MOST_TEXT", MOST_TEXT // 100)

    assert "double" in str(refused_expression(expression))
    with pytest.raises(TooMuch):
        evaluate(expression, "x" * 100)


def test_what_doubles_without_bound_ends_by_the_limit_of_an_evaluation() -> None:
    with pytest.raises(TooMuch):
        evaluate(BOMBS[0], "x" * 100)


@pytest.mark.parametrize(
    "expression",
    [
        "[@, @, @, @] | [@, @, @, @] | [@, @, @, @] | [][] | length(@)",
        "[@, @, @, @] | [@, @, @, @] | [@, @, @, @] | [][] | to_string(@)",
        "join(@[0], @)",
        "to_string(@)",
        "[*][*][*][*][*][*]",
    ],
)
def test_a_large_answer_is_weighed_within_the_limit_of_one_evaluation(
    expression: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit holds for all steps together, and anew for each evaluation."""
    monkeypatch.setattr(expression_meter, "MOST_WORK", 20_000)
    monkeypatch.setattr(expression_meter, "MOST_TEXT", 20_000)
    large, small = ["x" * 100] * 5_000, ["x" * 10] * 5

    with pytest.raises(TooMuch):
        evaluate(expression, large if expression[0] != "[" or "length" in expression else [large] * 5)

    assert same(evaluate(expression, small), reference(expression, small))


def test_a_machine_without_memory_is_no_end_of_an_evaluation_but_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(_: str) -> Any:  # noqa: ANN401  (as `program`)
        raise MemoryError

    monkeypatch.setattr(expressions, "program", exhausted)

    with pytest.raises(TooMuch):
        evaluate("a[0]", {"a": [1]})
