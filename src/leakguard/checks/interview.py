"""Interviews: the questions of one check, each chosen by the answers so far. No socket: somebody else asks."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.replies import ANSWERED, NO_CONNECTION, SeenReply, View
from leakguard.checks.requests import Request, RequestDefinition
from leakguard.models.observations import Reply

Interview = Generator[Request, Reply, dict[str, Reply]]


@dataclass(frozen=True, slots=True)
class Answers:
    """What came of an interview."""

    replies: dict[str, Reply]
    """By the ids of their questions, in the order in which they were asked."""
    view: View
    """The same as rules look at them, as `views.view_of` would make it."""


def interview(definition: CheckDefinition, *, nonsense: str, bucket: str | None = None) -> Interview:
    """Yield the next question, be sent its reply; in the end return the replies by the ids of their questions.

    The next question is the first that was not asked yet and whose `only_if` holds.
    `nonsense` is a random word that no server can know; `bucket` names the bucket for checks of object stores;
    without one, the requests that need it are not asked.
    Nothing more is asked of an endpoint that did not answer the first question, or that takes no connection any more.
    """
    answers = yield from conduct(definition, nonsense=nonsense, bucket=bucket)
    return answers.replies


def conduct(
    definition: CheckDefinition, *, nonsense: str, bucket: str | None = None
) -> Generator[Request, Reply, Answers]:
    """As `interview`, for who judges the answers as well."""
    values = {"nonsense": nonsense} if bucket is None else {"nonsense": nonsense, "bucket": bucket}
    talk = _Talk(definition, values)
    first = definition.probe.requests[0].id
    while (chosen := talk.next_question()) is not None:
        stated, request = chosen
        reply = yield request
        talk.hear(stated, request.id, reply)
        if reply.ended in NO_CONNECTION or (request.id == first and reply.ended not in ANSWERED):
            break
    return Answers(talk.replies, talk.view)


class _Talk:
    """The state of one interview; an `only_if` is looked at again only after an answer that it asks about."""

    __slots__ = ("_groups", "_is_open", "_known", "_plan", "_requests", "_values", "replies", "view")

    def __init__(self, definition: CheckDefinition, values: Mapping[str, str]) -> None:
        self.replies: dict[str, Reply] = {}
        self.view = View(replies={}, named=definition.conditions)
        self._requests = definition.probe.requests
        self._plan = definition.plan
        self._is_open: list[bool | None] = list(self._plan.at_first)
        self._values = values
        self._known = frozenset({*values, "item"})
        self._groups: dict[str, list[Reply]] = {}

    def next_question(self) -> tuple[RequestDefinition, Request] | None:
        """The first question that is open, with what the file states of it."""
        for index, is_open in enumerate(self._is_open):
            if is_open is False or not self._holds(index):
                continue
            stated = self._requests[index]
            if stated.id not in self.replies and stated.placeholders <= self._known:
                for candidate in self._candidates(stated):
                    if candidate.id not in self.replies:
                        return stated, candidate
        return None

    def _holds(self, index: int) -> bool:
        known = self._is_open[index]
        if known is None:
            known = self._is_open[index] = self._requests[index].only_if.holds_for(self.view)
        return known

    def hear(self, stated: RequestDefinition, asked: str, reply: Reply) -> None:
        """Note a reply, and what it may open or close."""
        self.replies[asked] = reply
        group = [reply]
        if stated.each is not None:
            group = self._groups.setdefault(stated.id, [])
            group.append(reply)
        seen = SeenReply(group, is_group=stated.each is not None)
        self.view.see(stated.id, seen, self._plan.stale[stated.id])
        for index in self._plan.waiting[stated.id]:
            self._is_open[index] = None

    def _candidates(self, stated: RequestDefinition) -> Iterable[Request]:
        if stated.each is None:
            return (stated.fill(self._values),)
        source = self.view.answered(stated.each.request)
        items = source.at(stated.each.path) if source else None
        texts = [item for item in items if isinstance(item, str) and item] if isinstance(items, list) else []
        return (
            stated.fill({**self._values, "item": item}, request_id=f"{stated.id}.{number}")
            for number, item in enumerate(texts[: stated.each.at_most], start=1)
        )
