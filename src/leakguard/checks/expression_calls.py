"""What JMESPath means by a field, by false and by equal; and by its functions, the common ones made quick."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import groupby
from numbers import Number
from typing import Any, cast

from jmespath.functions import Functions
from jmespath.visitor import Visitor, _Expression

from leakguard.checks.expression_meter import pay, pay_for_result, pay_to_join, pay_to_write

Step = Callable[[Any], Any]
"""From a value to a value; raises `JMESPathError`, `TypeError` and the like where the value does not fit."""
Node = Mapping[str, Any]
"""A node of the tree that JMESPath's parser gives: `type`, `children`, and often `value`."""
_FUNCTIONS = Functions()
_SIZED = frozenset({str, list, dict})
_NUMBERS = frozenset({int, float})
_FIELDLESS = frozenset({str, int, float, bool, list, type(None)})
_NAMES: Mapping[type, str] = {
    str: "string", bool: "boolean", list: "array", dict: "object", float: "number", int: "number", type(None): "null",
}  # fmt: skip


def walk(names: Sequence[str]) -> Step:
    """From object to object along names."""
    if len(names) == 1:
        return field_of(names[0])
    path = tuple(names)

    def walked(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
        for name in path:
            if value is None:
                return None
            value = value.get(name) if type(value) is dict else _looked_up(value, name)
        return value

    return walked


def field_of(name: str) -> Step:
    """One field of an object; of anything else nothing."""
    return lambda value: value.get(name) if type(value) is dict else _looked_up(value, name)


def _looked_up(value: Any, name: str) -> Any:  # noqa: ANN401  (JSON holds anything)
    """A field of what is no plain object: none of a text or a list, and of a mapping of another kind its own.

    A host may list millions of numbers, and an exception for each takes seconds.
    """
    if type(value) in _FIELDLESS:
        return None
    try:
        return value.get(name)
    except AttributeError:
        return None


def is_false(value: Any) -> bool:  # noqa: ANN401  (JSON holds anything)
    """What JMESPath holds for false: nothing, `false`, and what is empty; never a number."""
    if value is None or value is False:
        return True
    if type(value) in _SIZED:
        return not value
    return bool(value in ("", [], {}))


def is_equal(left: Any, right: Any) -> bool:  # noqa: ANN401  (JSON holds anything)
    """Python takes `true` for 1; nobody else does."""
    return (type(left) is bool) is (type(right) is bool) and bool(left == right)


def is_number(value: Any) -> bool:  # noqa: ANN401  (JSON holds anything)
    """A number of any kind; `true` is none."""
    return isinstance(value, Number) and not isinstance(value, bool)


def word_of(node: Node) -> str | None:
    """The text that a literal stands for; `None` for everything else."""
    value = node["value"] if node["type"] == "literal" else None
    return value if isinstance(value, str) else None


def call_of(node: Node, step_of: Callable[[Node], Step]) -> Step:
    """A function of the language; `map` alone is given an expression here."""
    name, children = node["value"], node["children"]
    called = (name, len(children))
    if called == ("map", 2) and children[0]["type"] == "expref":
        return _map(step_of(children[0]["children"][0]), step_of(children[1]))
    arguments = tuple(step_of(child) for child in children)
    word = word_of(children[-1]) if children else None
    if called == ("starts_with", 2) and word is not None:
        return _starts_with_word(arguments[0], word)
    quick = _QUICK.get(called)
    if quick is not None:
        return quick(*arguments)

    def call(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
        given = [argument(value) for argument in arguments]
        if called == ("to_string", 1) and not isinstance(given[0], str):
            pay_to_write(given[0])
        elif called == ("join", 2):
            pay_to_join(*given)
        return pay_for_result(_FUNCTIONS.call_function(name, given))

    return call


class _Calling:
    """What the library's functions ask for the value of an expression that they were given, as `sort_by(@, &a)` is."""

    def visit(self, step: Step, value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
        return step(value)


_CALLING = _Calling()


def expression_of(step: Step) -> Step:
    """An expression that is handed to a function as it is; of the library's own class, which its functions check."""
    made = _Expression(cast("str", step), cast("Visitor", _CALLING))  # it hands the one to the other, whatever it is
    return lambda _: made


def _map(each: Step, listed: Step) -> Step:
    def mapped(value: Any) -> list[Any]:  # noqa: ANN401  (JSON holds anything)
        found = listed(value)
        if type(found) is not list:
            raise TypeError("`map` needs a list")
        pay(len(found))
        return [each(item) for item in found]

    return mapped


def _length(argument: Step) -> Step:
    def length(value: Any) -> int:  # noqa: ANN401  (JSON holds anything)
        found = argument(value)
        if type(found) not in _SIZED:
            raise TypeError("only texts, lists and objects have a length")
        return len(found)

    return length


def _type(argument: Step) -> Step:
    def named(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
        found = argument(value)
        return _NAMES.get(type(found)) or _FUNCTIONS.call_function("type", [found])

    return named


def _starts_with(argument: Step, start: Step) -> Step:
    def starts(value: Any) -> bool:  # noqa: ANN401  (JSON holds anything)
        found, wanted = argument(value), start(value)
        if type(found) is not str or type(wanted) is not str:
            raise TypeError("only a text starts with a text")
        return found.startswith(wanted)

    return starts


def _starts_with_word(argument: Step, word: str | tuple[str, ...]) -> Step:
    """Whether a text starts with a word, or with one of several."""

    def starts(value: Any) -> bool:  # noqa: ANN401  (JSON holds anything)
        found = argument(value)
        if type(found) is not str:
            raise TypeError("only a text starts with a text")
        return found.startswith(word)

    return starts


def starting_together(nodes: Sequence[Node], step_of: Callable[[Node], Step]) -> list[Step]:
    """The steps of `a || b || c`; neighbours that ask whether one text starts with this or that word are one step."""
    steps: list[Step] = []
    for key, group in groupby(nodes, _text_that_starts):
        same = list(group)
        if key is None or len(same) == 1:
            steps += map(step_of, same)
        else:
            words = tuple(node["children"][1]["value"] for node in same)
            steps.append(_starts_with_word(step_of(same[0]["children"][0]), words))
    return steps


def _text_that_starts(node: Node) -> Node | None:
    """The text of `starts_with(text, 'word')`; nothing for every other node."""
    is_start = node["type"] == "function_expression" and node["value"] == "starts_with" and len(node["children"]) == 2  # noqa: PLR2004  (text and word)
    return node["children"][0] if is_start and word_of(node["children"][1]) is not None else None


def _contains(argument: Step, search: Step) -> Step:
    def contains(value: Any) -> bool:  # noqa: ANN401  (JSON holds anything)
        found, wanted = argument(value), search(value)
        if type(found) is not list and type(found) is not str:
            raise TypeError("only texts and lists contain anything")
        return wanted in found

    return contains


def _to_number(argument: Step) -> Step:
    def number(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
        found = argument(value)
        if type(found) is str:
            try:
                return int(found)
            except ValueError:
                pass
        return _FUNCTIONS.call_function("to_number", [found])

    return number


def _sum(argument: Step) -> Step:
    def summed(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
        found = argument(value)
        if type(found) is not list or not _NUMBERS.issuperset(map(type, found)):
            raise TypeError("only numbers can be summed up")
        return sum(found)

    return summed


def _extreme(pick: Callable[[list[Any]], Any], argument: Step) -> Step:
    """`min` and `max`: of numbers, or of texts; nothing of an empty list."""

    def picked(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
        found = argument(value)
        kinds = set(map(type, found)) if type(found) is list else {type(found)}
        if type(found) is not list or not (kinds <= _NUMBERS or kinds == {str}):
            raise TypeError("only numbers, or texts, have a least and a largest")
        return pick(found) if found else None

    return picked


_QUICK: Mapping[tuple[str, int], Callable[..., Step]] = {
    ("length", 1): _length, ("type", 1): _type, ("starts_with", 2): _starts_with, ("contains", 2): _contains,
    ("to_number", 1): _to_number, ("sum", 1): _sum,
    ("min", 1): partial(_extreme, min), ("max", 1): partial(_extreme, max),
}  # fmt: skip
"""Functions that the checks call all the time, by name and number of arguments; the library has the others."""
