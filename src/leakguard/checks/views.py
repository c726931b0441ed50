"""Views: a check's replies as its rules see them, and the question that comes next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.replies import ANSWERED, SeenReply, View
from leakguard.checks.requests import Request, RequestDefinition
from leakguard.models.observations import Reply


def view_of(definition: CheckDefinition, replies: Mapping[str, Reply]) -> View:
    """The replies by request id; those of a request with `each` together under its own id."""
    seen: dict[str, SeenReply] = {}
    for request in definition.probe.requests:
        if request.each is None and request.id in replies:
            seen[request.id] = SeenReply([replies[request.id]])
        elif request.each is not None:
            group = [reply for key, reply in replies.items() if key.startswith(f"{request.id}.")]
            if group:
                seen[request.id] = SeenReply(group, is_group=True)
    return View(replies=seen, named=definition.conditions)


def next_request(
    definition: CheckDefinition, replies: Mapping[str, Reply], *, nonsense: str, bucket: str | None = None
) -> Request | None:
    """The first request that was not asked yet and whose `only_if` holds; `None` when there is no more to ask.

    `replies` are the answers so far by the `id` of the `Request` that was returned for them.
    `nonsense` is a random word that no server can know; `bucket` names the bucket for checks of kind `s3`;
    without one, the requests that need it are not asked.
    Nothing more is asked of an endpoint that did not answer the first question.
    """
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
    texts = [item for item in items if isinstance(item, str) and item] if isinstance(items, list) else []
    for number, item in enumerate(texts[: request.each.at_most], start=1):
        yield request.fill({**values, "item": item}, request_id=f"{request.id}.{number}")
