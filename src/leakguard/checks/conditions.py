"""Conditions: small questions about replies, stated in check files, answered without raising.

A condition keeps what the file states and becomes a function when it is first asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar

from leakguard.checks.fronts import ALRIGHT, OK, tells_nothing
from leakguard.checks.logins import sends_to_login
from leakguard.checks.replies import SeenReply, View
from leakguard.frozen import Frozen, field
from leakguard.models.observations import Ending

T = TypeVar("T")
Test = Callable[[View], bool]
ReplyTest = Callable[[SeenReply], bool]
ValueTest = Callable[[Any], bool]
Stated = Mapping[str, Any]
"""Plain values as a file states them, after its shape has accepted them."""


class Condition(Frozen, dict=True):
    """All stated parts must hold; an empty condition always holds.

    A part about a request that was not asked, or got no answer, does not hold; `not` turns that round.
    """

    stated: Stated = field(default_factory=dict)
    """As `shapes.ConditionShape` has it."""

    @cached_property
    def holds_for(self) -> Test:
        """Whether the replies pass."""
        return _test_of(self.stated)

    @cached_property
    def requests(self) -> frozenset[str]:
        """The requests whose answers it looks at by itself."""
        return _named_in(self.stated, "request")

    @cached_property
    def conditions(self) -> frozenset[str]:
        """The named conditions that it asks for."""
        return _named_in(self.stated, "is")


ALWAYS = Condition()


def _named_in(stated: Stated, key: str) -> frozenset[str]:
    own = {stated[key]} if key in stated else set()
    inner = [*stated.get("all", ()), *stated.get("any", ()), *([stated["not"]] if "not" in stated else ())]
    return frozenset(own).union(*(_named_in(each, key) for each in inner))


def _test_of(stated: Stated) -> Test:
    """All parts have to hold, so the order is free: what is dear to find out is asked last."""
    parts: list[tuple[int, Test]] = []
    if "is" in stated:
        parts.append((0, _named(stated["is"])))
    if "request" in stated:
        parts.append((_cost(stated), _about(stated["request"], stated)))
    parts += [(_cost_of_all(each), _test_of(each)) for each in stated.get("all", ())]
    if "any" in stated:
        parts.append((sum(map(_cost_of_all, stated["any"])), _any([_test_of(each) for each in stated["any"]])))
    if "not" in stated:
        parts.append((_cost_of_all(stated["not"]), _not(_test_of(stated["not"]))))
    return _both([test for _, test in sorted(parts, key=lambda part: part[0])])


def _cost(stated: Stated) -> int:
    """How dear the test of one reply is: a word of a path is a step, and a whole expression many."""
    return len(stated["json"].get("path", "@")) if "json" in stated else 0


def _cost_of_all(stated: Stated) -> int:
    inner = [*stated.get("all", ()), *stated.get("any", ()), *([stated["not"]] if "not" in stated else ())]
    return _cost(stated) + sum(map(_cost_of_all, inner))


def _both(tests: Sequence[Callable[[T], bool]]) -> Callable[[T], bool]:
    """A test that all of `tests` pass; nearly always there is one."""
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:  # noqa: PLR2004  (the next common number)
        first, second = tests
        return lambda value: first(value) and second(value)
    every = tuple(tests)

    def passes(value: T) -> bool:
        for test in every:  # noqa: SIM110  (a generator for each question costs more than the question)
            if not test(value):
                return False
        return True

    return passes


def _any(parts: Sequence[Test]) -> Test:
    some = tuple(parts)

    def holds(view: View) -> bool:
        for part in some:  # noqa: SIM110  (as above)
            if part(view):
                return True
        return False

    return holds


def _not(inner: Test) -> Test:
    return lambda view: not inner(view)


def _named(name: str) -> Test:
    def holds(view: View) -> bool:
        known = view.holding.get(name)
        return view.holds(name) if known is None else known

    return holds


def _about(request: str, stated: Stated) -> Test:
    """A test of one reply; one that did not come passes only a test of how it ended."""
    test = _both([make(stated[name]) for name, make in _REPLY_TESTS.items() if name in stated])
    if "ended" in stated:
        return lambda view: (reply := view.replies.get(request)) is not None and test(reply)

    def passes(view: View) -> bool:
        reply = view.replies.get(request)
        return reply is not None and reply.is_answered and test(reply)

    return passes


def value_test(stated: Stated) -> ValueTest:
    """A test of a value of JSON, or of a decoded document; every stated part must hold."""
    return _both([make(stated[name]) for name, make in _VALUE_TESTS.items() if name in stated])


def _type_name(value: Any) -> str:  # noqa: ANN401  (JSON holds anything)
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return _TYPE_NAMES.get(type(value), "other")


_TYPE_NAMES: Mapping[type, str] = {list: "array", dict: "object", str: "string"}
_TYPES: Mapping[str, type] = {name: kind for kind, name in _TYPE_NAMES.items()} | {"boolean": bool}


def _type(wanted: str) -> ValueTest:
    kind = _TYPES.get(wanted)
    return (lambda found: type(found) is kind) if kind else (lambda found: _type_name(found) == wanted)


def _equals(wanted: Any) -> ValueTest:  # noqa: ANN401  (JSON holds anything)
    if type(wanted) is str or type(wanted) is bool:
        kind = type(wanted)
        return lambda found: type(found) is kind and found == wanted
    return lambda found: _is_number(found) and bool(found == wanted)


def _one_of(wanted: Sequence[Any]) -> ValueTest:
    tests = tuple(_equals(each) for each in wanted)
    return lambda found: any(test(found) for test in tests)


def _nonempty(wanted: bool) -> ValueTest:  # noqa: FBT001  (what the file states)
    """Of a list, an object or a text; where there is none, nobody knows whether it would be empty."""
    return lambda found: isinstance(found, list | dict | str) and bool(found) is wanted


def _is_number(value: Any) -> bool:  # noqa: ANN401  (JSON holds anything)
    return _type_name(value) == "number"


def _status(wanted: Sequence[int]) -> ReplyTest:
    statuses = frozenset(wanted) | ALRIGHT if OK in wanted else frozenset(wanted)

    def has(reply: SeenReply) -> bool:
        one = reply.alone
        return one.status in statuses if one is not None else reply.has_status(statuses)

    return has


def _header(wanted: Mapping[str, str]) -> ReplyTest:
    return _both([_has(name.lower(), text.lower()) for name, text in wanted.items()])


def _has(name: str, text: str) -> ReplyTest:
    def has(reply: SeenReply) -> bool:
        value = reply.first.headers.get(name)
        return value is not None and text in value.lower()

    return has


def _contains(wanted: str | Sequence[str]) -> ReplyTest:
    return _both([_holds(text) for text in _encoded(wanted)])


def _holds(text: bytes) -> ReplyTest:
    return lambda reply: reply.body_contains(text)


def _lacks(wanted: str | Sequence[str]) -> ReplyTest:
    texts = _encoded(wanted)
    return lambda reply: not any(reply.body_contains(text) for text in texts)


def _json(wanted: Stated) -> ReplyTest:
    path, test = wanted.get("path", "@"), value_test(wanted)
    return lambda reply: test(reply.at(path))


def _tells_nothing(wanted: bool) -> ReplyTest:  # noqa: FBT001  (what the file states)
    return lambda reply: tells_nothing(reply.first) is wanted


def _sends_to_login(wanted: bool) -> ReplyTest:  # noqa: FBT001  (what the file states)
    return lambda reply: sends_to_login(reply.first) is wanted


def _ended(wanted: Sequence[str]) -> ReplyTest:
    endings = frozenset(Ending(each) for each in wanted)
    return lambda reply: reply.ended in endings


def _encoded(wanted: str | Sequence[str]) -> tuple[bytes, ...]:
    return tuple(text.encode() for text in ([wanted] if isinstance(wanted, str) else wanted))


_VALUE_TESTS: Mapping[str, Callable[[Any], ValueTest]] = {
    "type": _type,
    "equals": _equals,
    "in": _one_of,
    "starts_with": lambda wanted: lambda found: isinstance(found, str) and found.startswith(wanted),
    "contains": lambda wanted: lambda found: isinstance(found, str) and wanted in found,
    "nonempty": _nonempty,
    "min": lambda wanted: lambda found: _is_number(found) and bool(found >= wanted),
}

_REPLY_TESTS: Mapping[str, Callable[[Any], ReplyTest]] = {
    "status": _status,
    "header": _header,
    "tells_nothing": _tells_nothing,
    "sends_to_login": _sends_to_login,
    "contains": _contains,
    "lacks": _lacks,
    "json": _json,
    "ended": _ended,
}
"""What can be asked of a reply, the cheap questions first."""
