"""Interviews: the questions of one check, each chosen by the answers so far. No socket: somebody else asks."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.replies import ANSWERED, SeenReply, View
from leakguard.checks.requests import Request, RequestDefinition
from leakguard.models.observations import Reply

Interview = Generator[Request, Reply, dict[str, Reply]]


def interview(definition: CheckDefinition, *, nonsense: str, bucket: str | None = None) -> Interview:
    """Yield the next question, be sent its reply; in the end return the replies by the ids of their questions.

    The next question is the first that was not asked yet and whose `only_if` holds.
    `nonsense` is a random word that no server can know; `bucket` names the bucket for checks of object stores;
    without one, the requests that need it are not asked.
    Nothing more is asked of an endpoint that did not answer the first question.
    """
    values = {"nonsense": nonsense} if bucket is None else {"nonsense": nonsense, "bucket": bucket}
    talk = _Talk(definition, values)
    first = definition.probe.requests[0].id
    while (chosen := talk.next_question()) is not None:
        stated, request = chosen
        reply = yield request
        if request.id == first and reply.ended not in ANSWERED:
            talk.replies[first] = reply
            break
        talk.hear(stated, request.id, reply)
    return talk.replies


class _Talk:
    """The state of one interview; an `only_if` is looked at again only after an answer that it asks about."""

    __slots__ = ("_groups", "_is_open", "_known", "_requests", "_values", "_view", "_waiting", "replies")

    def __init__(self, definition: CheckDefinition, values: Mapping[str, str]) -> None:
        self.replies: dict[str, Reply] = {}
        self._requests = definition.probe.requests
        self._waiting = definition.plan.waiting
        self._is_open = list(definition.plan.at_first)
        self._values = values
        self._known = frozenset({*values, "item"})
        self._view = View(replies={}, named=definition.conditions)
        self._groups: dict[str, list[Reply]] = {}

    def next_question(self) -> tuple[RequestDefinition, Request] | None:
        """The first question that is open, with what the file states of it."""
        for index, is_open in enumerate(self._is_open):
            if not is_open:
                continue
            stated = self._requests[index]
            if stated.id not in self.replies and stated.placeholders <= self._known:
                for candidate in self._candidates(stated):
                    if candidate.id not in self.replies:
                        return stated, candidate
        return None

    def hear(self, stated: RequestDefinition, asked: str, reply: Reply) -> None:
        """Note a reply, and what may be asked now."""
        self.replies[asked] = reply
        if stated.each is None:
            self._view.see(stated.id, SeenReply([reply]))
        else:
            group = self._groups.setdefault(stated.id, [])
            group.append(reply)
            self._view.see(stated.id, SeenReply(group, is_group=True))
        for index in self._waiting[stated.id]:
            self._is_open[index] = self._requests[index].only_if.holds_for(self._view)

    def _candidates(self, stated: RequestDefinition) -> Iterator[Request]:
        if stated.each is None:
            yield stated.fill(self._values)
            return
        source = self._view.answered(stated.each.request)
        items = source.at(stated.each.path) if source else None
        texts = [item for item in items if isinstance(item, str) and item] if isinstance(items, list) else []
        for number, item in enumerate(texts[: stated.each.at_most], start=1):
            yield stated.fill({**self._values, "item": item}, request_id=f"{stated.id}.{number}")
