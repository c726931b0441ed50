"""The parts of a JMESPath expression as Python functions; each means what `jmespath.visitor` makes of its node."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from numbers import Number
from typing import Any

from jmespath.functions import Functions

Step = Callable[[Any], Any]
"""From a value to a value; raises `JMESPathError`, `TypeError` and the like where the value does not fit."""
Node = Mapping[str, Any]
"""A node of the tree that JMESPath's parser gives: `type`, `children`, and often `value`."""
_FUNCTIONS = Functions()
_ORDERINGS: Mapping[str, Callable[[Any, Any], Any]] = {
    "lt": operator.lt, "gt": operator.gt, "lte": operator.le, "gte": operator.ge,
}  # fmt: skip
_SIZED = frozenset({str, list, dict})
_NAMES: Mapping[type, str] = {
    str: "string", bool: "boolean", list: "array", dict: "object", float: "number", int: "number", type(None): "null",
}  # fmt: skip


class UnknownStep(Exception):
    """A node that is left to the library's own interpreter."""


def step_of(node: Node) -> Step:
    """The function of a node; raises `UnknownStep` where a part of it has none."""
    make = _STEPS.get(node["type"])
    if make is None:
        raise UnknownStep(node["type"])
    return make(node)


def walk(names: Sequence[str]) -> Step:
    """From object to object along names."""
    if len(names) == 1:
        return _field(names[0])
    path = tuple(names)

    def walked(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
        for name in path:
            if value is None:
                return None
            value = value.get(name) if type(value) is dict else _looked_up(value, name)
        return value

    return walked


def _field(name: str) -> Step:
    return lambda value: value.get(name) if type(value) is dict else _looked_up(value, name)


def _looked_up(value: Any, name: str) -> Any:  # noqa: ANN401  (JSON holds anything)
    """A field of what is no plain object: none of a text or a list, and of a mapping of another kind its own."""
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


def _equal(left: Any, right: Any) -> bool:  # noqa: ANN401  (JSON holds anything)
    """Python takes `true` for 1; nobody else does."""
    return (type(left) is bool) is (type(right) is bool) and bool(left == right)


def _is_number(value: Any) -> bool:  # noqa: ANN401  (JSON holds anything)
    return isinstance(value, Number) and not isinstance(value, bool)


def _chain(node: Node) -> Step:
    """Each child gets what the one before gave."""
    names = _names(node)
    if names:
        return walk(names)
    first, *rest = (step_of(child) for child in node["children"])
    if len(rest) == 1:
        second = rest[0]
        return first if second is _itself else lambda value: second(first(value))

    def chained(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
        value = first(value)
        for step in rest:
            value = step(value)
        return value

    return chained


def _names(node: Node) -> list[str]:
    """The names of a path of fields alone; none if there is anything else in it."""
    if node["type"] == "field":
        return [node["value"]]
    if node["type"] != "subexpression":
        return []
    parts = [_names(child) for child in node["children"]]
    return [name for part in parts for name in part] if all(parts) else []


def _itself(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
    return value


def _literal(node: Node) -> Step:
    value = node["value"]
    return lambda _: value


def _index(node: Node) -> Step:
    at = node["value"]

    def indexed(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
        return value[at] if isinstance(value, list) and -len(value) <= at < len(value) else None

    return indexed


def _slice(node: Node) -> Step:
    part = slice(*node["children"])
    return lambda value: value[part] if isinstance(value, list) else None


def _comparator(node: Node) -> Step:
    left, right = (step_of(child) for child in node["children"])
    name = node["value"]
    if name == "eq":
        return lambda value: _equal(left(value), right(value))
    if name == "ne":
        return lambda value: not _equal(left(value), right(value))
    compare = _ORDERINGS[name]

    def compared(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
        one, other = left(value), right(value)
        comparable = all(isinstance(each, str) or _is_number(each) for each in (one, other))
        return compare(one, other) if comparable else None

    return compared


def _or(node: Node) -> Step:
    left, right = (step_of(child) for child in node["children"])

    def either(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
        found = left(value)
        return right(value) if is_false(found) else found

    return either


def _and(node: Node) -> Step:
    left, right = (step_of(child) for child in node["children"])

    def both(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
        found = left(value)
        return found if is_false(found) else right(value)

    return both


def _not(node: Node) -> Step:
    (inner,) = (step_of(child) for child in node["children"])

    def turned(value: Any) -> bool:  # noqa: ANN401  (JSON holds anything)
        found = inner(value)
        return not found and not _is_number(found)

    return turned


def _projection(node: Node) -> Step:
    base, each = (step_of(child) for child in node["children"])
    return lambda value: _collected(base(value), each)


def _collected(listed: Any, each: Step) -> list[Any] | None:  # noqa: ANN401  (JSON holds anything)
    """What `each` gives of every item, without nothings; of what is no list, nothing."""
    if not isinstance(listed, list):
        return None
    if each is _itself:
        return [item for item in listed if item is not None]
    return [found for item in listed if (found := each(item)) is not None]


def _value_projection(node: Node) -> Step:
    base, each = (step_of(child) for child in node["children"])

    def collected(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
        found = base(value)
        return _collected(list(found.values()), each) if hasattr(found, "values") else None

    return collected


def _filter(node: Node) -> Step:
    base, each, wanted = (step_of(child) for child in node["children"])

    def kept(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
        listed = base(value)
        if not isinstance(listed, list):
            return None
        return [found for item in listed if not is_false(wanted(item)) and (found := each(item)) is not None]

    return kept


def _flatten(node: Node) -> Step:
    (base,) = (step_of(child) for child in node["children"])

    def flattened(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
        listed = base(value)
        if not isinstance(listed, list):
            return None
        merged: list[Any] = []
        for item in listed:
            if isinstance(item, list):
                merged.extend(item)
            else:
                merged.append(item)
        return merged

    return flattened


def _list_of(node: Node) -> Step:
    steps = tuple(step_of(child) for child in node["children"])
    return lambda value: None if value is None else [step(value) for step in steps]


def _object_of(node: Node) -> Step:
    steps = tuple((child["value"], step_of(child["children"][0])) for child in node["children"])
    return lambda value: None if value is None else {name: step(value) for name, step in steps}


def _call(node: Node) -> Step:
    """A function of the language; `map` alone is given an expression here."""
    name, children = node["value"], node["children"]
    if name == "map" and [child["type"] for child in children[:1]] == ["expref"] and len(children) == len("&@"):
        return _map(step_of(children[0]["children"][0]), step_of(children[1]))
    arguments = tuple(step_of(child) for child in children)
    quick = _QUICK.get((name, len(arguments)))
    if quick is not None:
        return quick(*arguments)
    return lambda value: _FUNCTIONS.call_function(name, [argument(value) for argument in arguments])


def _map(each: Step, listed: Step) -> Step:
    def mapped(value: Any) -> list[Any]:  # noqa: ANN401  (JSON holds anything)
        found = listed(value)
        if type(found) is not list:
            raise TypeError("`map` needs a list")
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


_QUICK: Mapping[tuple[str, int], Callable[..., Step]] = {
    ("length", 1): _length, ("type", 1): _type, ("starts_with", 2): _starts_with, ("contains", 2): _contains,
    ("to_number", 1): _to_number,
}  # fmt: skip
"""Functions that the checks call all the time, by name and number of arguments; the library has the others."""

_STEPS: Mapping[str, Callable[[Node], Step]] = {
    "field": lambda node: _field(node["value"]),
    "identity": lambda _: _itself,
    "current": lambda _: _itself,
    "literal": _literal,
    "subexpression": _chain,
    "index_expression": _chain,
    "pipe": _chain,
    "index": _index,
    "slice": _slice,
    "comparator": _comparator,
    "or_expression": _or,
    "and_expression": _and,
    "not_expression": _not,
    "projection": _projection,
    "value_projection": _value_projection,
    "filter_projection": _filter,
    "flatten": _flatten,
    "multi_select_list": _list_of,
    "multi_select_dict": _object_of,
    "function_expression": _call,
}
