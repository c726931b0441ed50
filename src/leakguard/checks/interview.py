"""Interviews: the questions of one check, each chosen by the answers so far. No socket: somebody else asks."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.replies import ANSWERED, NO_CONNECTION, SeenReply, View
from leakguard.checks.requests import Request, RequestDefinition
from leakguard.frozen import replace
from leakguard.models.observations import Reply

Interview = Generator[Request, Reply, dict[str, Reply]]
_FILLED = frozenset({"nonsense", "item"})
_FILLED_WITH_BUCKET = _FILLED | {"bucket"}
"""The placeholders that can be filled in."""


def interview(definition: CheckDefinition, *, nonsense: str, bucket: str | None = None) -> Interview:
    """Yield the next question, be sent its reply; in the end return the replies by the ids of their questions.

    As `Talk`, for whoever can wait for one reply at a time.
    """
    talk = Talk(definition, nonsense=nonsense, bucket=bucket)
    while (request := talk.next_question()) is not None:
        talk.hear((yield request))
    return talk.replies


class Talk:
    """The state of one interview.

    The next question is the first that was not asked yet and whose `only_if` holds, which is looked at again only
    after an answer that it asks about.
    Nothing more is asked of an endpoint that did not answer the first question, or that takes no connection any more.
    """

    __slots__ = ("_allows", "_asking", "_earlier", "_filled", "_groups", "_is_open", "_is_over", "_left", "_plan",
                 "_requests", "_values", "items", "replies", "view")  # fmt: skip

    def __init__(
        self,
        definition: CheckDefinition,
        *,
        nonsense: str,
        bucket: str | None = None,
        earlier: Callable[[], Sequence[str]] = tuple,
        allows: Callable[[str], bool] = bool,
    ) -> None:
        """`nonsense` is a random word that no server can know; `bucket` names the bucket for checks of object stores.

        Without a bucket, the requests that need one are not asked. `earlier` gives the names that were found open
        before: they are asked about whether they are told today or not, as only their own refusal closes them.
        `allows` says of a name whether the scope lets us ask about it.
        """
        self.replies: dict[str, Reply] = {}
        """The answers by the ids of their questions, in the order in which they were asked."""
        self.items: dict[str, str] = {}
        """The names that were asked about, by the ids of the replies."""
        self.view = View(replies={}, named=definition.conditions)
        """The same as rules look at them, as `views.view_of` would make it."""
        self._earlier = earlier if definition.by_name else tuple
        self._allows = allows if definition.by_name else bool
        self._requests = definition.probe.requests
        self._plan = definition.plan
        self._is_open: list[bool | None] = list(self._plan.at_first)
        self._left = list(range(len(self._requests)))
        """The indexes of the questions that may still be asked."""
        self._values = {"nonsense": nonsense} if bucket is None else {"nonsense": nonsense, "bucket": bucket}
        self._filled = _FILLED if bucket is None else _FILLED_WITH_BUCKET
        self._groups: dict[str, list[Reply]] = {}
        self._asking: tuple[int, Request] | None = None
        self._is_over = False

    def next_question(self) -> Request | None:
        """What to ask now, or `None` when there is no more to ask."""
        if self._is_over:
            return None
        is_open = self._is_open
        for index in self._left:
            known = is_open[index]
            if known is None:
                known = is_open[index] = self._plan.only_if[index](self.view)
            if known and (request := self._plan.constants[index] or self._next_of(self._requests[index])) is not None:
                self._asking = index, request
                return request
        return None

    def hear(self, reply: Reply) -> None:
        """Note the reply to the question that was asked last, and what it may open or close."""
        if self._asking is None:
            raise ValueError("nothing was asked")
        index, request = self._asking
        stated, asked = self._requests[index], request.id
        if reply.told != request.told:  # an equal question may have been asked for another reason
            reply = replace(reply, told=request.told)
        self.replies[asked] = reply
        if stated.each is None:
            self._left.remove(index)
            seen = SeenReply((reply,))
        else:
            self.items[asked] = request.item
            group = self._groups.setdefault(stated.id, [])
            group.append(reply)
            seen = SeenReply(group, is_group=True)
        self.view.see(stated.id, seen, self._plan.stale[stated.id])
        for waiting in self._plan.waiting[stated.id]:
            self._is_open[waiting] = None
        is_first = asked == self._requests[0].id
        self._is_over = reply.ended in NO_CONNECTION or (is_first and reply.ended not in ANSWERED)

    def _next_of(self, stated: RequestDefinition) -> Request | None:
        """The first question of a request that was not asked yet; nothing where a word is missing."""
        if not stated.placeholders <= self._filled:
            return None
        return next((candidate for candidate in self._candidates(stated) if candidate.id not in self.replies), None)

    def _candidates(self, stated: RequestDefinition) -> Iterable[Request]:
        if stated.each is None:
            return (stated.fill(self._values),)
        source = self.view.answered(stated.each.request)
        items = source.at(stated.each.path) if source else None
        texts = [item for item in items if isinstance(item, str)] if isinstance(items, list) else []
        earlier = self._earlier()
        asked = [*earlier, *(item for item in texts if item.removeprefix(stated.each.after) not in earlier)]
        names = [name for item in asked if (name := item.removeprefix(stated.each.after)) and self._allows(name)]
        return stated.fill_each(self._values, names[: stated.each.at_most])
