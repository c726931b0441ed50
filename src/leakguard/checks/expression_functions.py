"""The parts of a JMESPath expression as Python functions; each means what `jmespath.visitor` makes of its node."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from leakguard.checks.expression_calls import (
    Node,
    Step,
    call_of,
    expression_of,
    field_of,
    is_equal,
    is_false,
    is_number,
    starting_together,
    walk,
    word_of,
)
from leakguard.checks.expression_meter import pay, pay_for_list, pay_for_object

_ORDERINGS: Mapping[str, Callable[[Any, Any], Any]] = {
    "lt": operator.lt, "gt": operator.gt, "lte": operator.le, "gte": operator.ge,
}  # fmt: skip


def step_of(node: Node) -> Step:
    """The function of a node."""
    return _STEPS[node["type"]](node)


def _chain(node: Node) -> Step:
    """Each child gets what the one before gave."""
    names = _names(node)
    if names:
        return walk(names)
    first, *rest = (step for child in node["children"] if (step := step_of(child)) is not _itself)
    steps = tuple(rest)
    if not steps:
        return first

    def chained(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
        value = first(value)
        for step in steps:
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

    def sliced(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
        if not isinstance(value, list):
            return None
        pay(len(value))
        return value[part]

    return sliced


def _comparator(node: Node) -> Step:
    left, right = (step_of(child) for child in node["children"])
    name, wanted = node["value"], word_of(node["children"][1])
    if name == "eq" and wanted is not None:
        return lambda value: bool(left(value) == wanted)
    if name == "ne" and wanted is not None:
        return lambda value: bool(left(value) != wanted)
    if name == "eq":
        return lambda value: is_equal(left(value), right(value))
    if name == "ne":
        return lambda value: not is_equal(left(value), right(value))
    compare = _ORDERINGS[name]

    def compared(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
        one, other = left(value), right(value)
        comparable = all(isinstance(each, str) or is_number(each) for each in (one, other))
        return compare(one, other) if comparable else None

    return compared


def _operands(node: Node, kind: str) -> list[Node]:
    """The parts of `a || b || c`, which the parser nests in pairs."""
    first, last = node["children"]
    return [*(_operands(first, kind) if first["type"] == kind else [first]), last]


def _or(node: Node) -> Step:
    *others, last = starting_together(_operands(node, "or_expression"), step_of)
    if not others:
        return last
    steps = tuple(others)

    def either(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
        for step in steps:
            found = step(value)
            if found is True or (found is not False and not is_false(found)):
                return found
        return last(value)

    return either


def _and(node: Node) -> Step:
    *others, last = map(step_of, _operands(node, "and_expression"))
    steps = tuple(others)

    def every(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
        for step in steps:
            found = step(value)
            if found is not True and (found is False or is_false(found)):
                return found
        return last(value)

    return every


def _not(node: Node) -> Step:
    (inner,) = (step_of(child) for child in node["children"])

    def turned(value: Any) -> bool:  # noqa: ANN401  (JSON holds anything)
        found = inner(value)
        return not found and not is_number(found)

    return turned


def _projection(node: Node) -> Step:
    base, each = (step_of(child) for child in node["children"])
    return lambda value: _collected(base(value), each)


def _collected(listed: Any, each: Step) -> list[Any] | None:  # noqa: ANN401  (JSON holds anything)
    """What `each` gives of every item, without nothings; of what is no list, nothing."""
    if not isinstance(listed, list):
        return None
    pay(len(listed))
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
        chosen = [item for item in listed if (is_it := wanted(item)) is True or not (is_it is False or is_false(is_it))]
        return _collected(chosen, each)

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
                pay(len(item))
                merged.extend(item)
            else:
                merged.append(item)
        pay(len(listed))
        return merged

    return flattened


def _list_of(node: Node) -> Step:
    steps = tuple(step_of(child) for child in node["children"])

    def selected(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
        if value is None:
            return None
        made = [step(value) for step in steps]
        pay_for_list(made)
        return made

    return selected


def _object_of(node: Node) -> Step:
    steps = tuple((child["value"], step_of(child["children"][0])) for child in node["children"])

    def selected(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
        if value is None:
            return None
        made = {name: step(value) for name, step in steps}
        pay_for_object(made)
        return made

    return selected


_STEPS: Mapping[str, Callable[[Node], Step]] = {
    "field": lambda node: field_of(node["value"]),
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
    "function_expression": lambda node: call_of(node, step_of),
    "expref": lambda node: expression_of(step_of(node["children"][0])),
}
