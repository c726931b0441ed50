"""Interviews without a network: somebody who answers, and the plain way to choose questions to compare with."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from typing import TypeVar

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.replies import ANSWERED, View
from leakguard.checks.requests import Request, RequestDefinition
from leakguard.checks.views import view_of
from leakguard.models.observations import Reply

T = TypeVar("T")


def answered(talk: Generator[Request, Reply, T], answer: Callable[[Request], Reply]) -> T:
    """What an interview or a round comes to."""
    try:
        request = next(talk)
        while True:
            request = talk.send(answer(request))
    except StopIteration as done:
        result: T = done.value
        return result


def next_request(
    definition: CheckDefinition, replies: Mapping[str, Reply], *, nonsense: str, bucket: str | None = None
) -> Request | None:
    """The question that comes next, looked for among all of them anew: slow, and plainly right."""
    first = replies.get(definition.probe.requests[0].id)
    if first is not None and first.ended not in ANSWERED:
        return None
    view = view_of(definition, replies)
    values = {"nonsense": nonsense} | ({"bucket": bucket} if bucket is not None else {})
    for request in definition.probe.requests:
        if request.placeholders <= {*values, "item"} and request.only_if.holds_for(view):
            for candidate in _candidates(request, view, values):
                if candidate.id not in replies:
                    return candidate
    return None


def _candidates(request: RequestDefinition, view: View, values: Mapping[str, str]) -> Iterator[Request]:
    if request.each is None:
        yield request.fill(values)
        return
    source = view.answered(request.each.request)
    items = source.at(request.each.path) if source else None
    told = [item for item in items if isinstance(item, str)] if isinstance(items, list) else []
    names = [name for item in told if (name := item.removeprefix(request.each.after))]
    yield from request.fill_each(values, names[: request.each.at_most])
