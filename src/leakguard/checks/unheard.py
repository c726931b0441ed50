"""What stayed unheard: which verdicts the answers that did not come could have led to. Asked only where one is missing.

Conditions are read in three values: they hold, they do not, or it hangs on what was not heard (`None`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from leakguard.checks.conditions import Condition
from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.fronts import is_wordless
from leakguard.checks.replies import View
from leakguard.models.findings import Outcome
from leakguard.models.observations import Ending, Reply

_HUNG_UP = frozenset({Ending.CLOSED, Ending.RESET})
_GRANTING = range(200, 300)
NOT_NOW = frozenset({408, 425, 429, 500, 502, 503, 504, 511, *range(520, 528), 530})
"""HTTP status codes by which a server, or a proxy before it, says nothing of who may ask (RFC 9110, 6585 and 8470).

511 is a network's that wants a login of its own, 520 to 530 are Cloudflare's that did not reach the server.
"""
_OPENINGS = frozenset({b"{", b"["})
"""Of an object and of a list in JSON."""
_OF_BODY = frozenset({"contains", "lacks", "json", "tells_nothing"})
"""What conditions ask of a body."""


def unheard_in(definition: CheckDefinition, view: View) -> Mapping[str, Ending]:
    """The requests that brought no answer, in the order in which they were asked, and how each ended.

    To hang up is an answer: it is asked twice, and firewalls of the web refuse paths in that way. So is whatever the
    check has a rule for. To hang up in the middle of an answer is neither.
    """
    missing = {name: reply for name, reply in view.replies.items() if not reply.is_answered}
    if not missing:
        return {}
    ruled = {pair for rule in definition.rules for pair in _endings_in(rule.when.stated)}
    return {
        name: reply.first.ended
        for name, reply in missing.items()
        if broke_off(reply.first) or ((name, reply.first.ended) not in ruled and reply.first.ended not in _HUNG_UP)
    }


def failed_in(definition: CheckDefinition, view: View, outcome: Outcome) -> Collection[str]:
    """The requests that the server was too busy to answer, or failed to, where a refusal is claimed.

    None where a rule of the check is for that status. Whether a product is there at all is not left open: many a web
    server fails at paths that it does not know.
    """
    if outcome is not Outcome.NOT_EXPOSED:
        return ()
    failed = [name for name, reply in view.replies.items() if reply.has_status(NOT_NOW)]
    if not failed:
        return ()
    ruled = {pair for rule in definition.rules for pair in _statuses_in(rule.when.stated, definition.conditions)}
    return [name for name in failed if (name, view.replies[name].first.status) not in ruled]


def cut_in(definition: CheckDefinition, view: View, outcome: Outcome) -> Collection[str]:
    """The requests that brought an answer in JSON which is longer than what is read, so that nothing in it is known.

    Whether a product is there at all is not left open for what its front page says: the front of another product may be
    as long.
    """
    front = definition.probe.requests[0].id
    return [
        name
        for name, reply in view.replies.items()
        if _is_cut(reply.first) and (name != front or outcome is Outcome.NOT_EXPOSED)
    ]


def wordless_in(view: View, outcome: Outcome) -> Collection[str]:
    """The requests that were refused in words which cannot be read, since they are in a coding that nobody asked for.

    Only their bodies are unknown. Trino, for one, says in the words of its 401 alone that it takes any name.
    """
    if outcome is not Outcome.NOT_EXPOSED:
        return ()
    return [name for name, reply in view.replies.items() if is_wordless(reply.first)]


def _is_cut(reply: Reply) -> bool:
    is_granted = reply.ended is Ending.CAPPED and reply.status is not None and reply.status in _GRANTING
    return is_granted and reply.document is None and reply.body.lstrip()[:1] in _OPENINGS


def broke_off(reply: Reply) -> bool:
    """Whether the line was cut behind the first bytes of an answer, which might have been any.

    A status that refuses says enough without its page.
    """
    return reply.ended in _HUNG_UP and reply.size_bytes > 0 and (reply.status is None or reply.status in _GRANTING)


def is_unreadable(reply: Reply) -> bool:
    """Whether an answer began as one of the protocol that was spoken, and then was garbled, or cut off."""
    is_empty = reply.ended is Ending.CAPPED and reply.status is None and reply.document is None
    return reply.began and (is_empty or reply.ended is Ending.GARBLED or broke_off(reply))


def _endings_in(stated: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401  (as a file states it; see `conditions.Stated`)
    """The requests that a condition asks about by how they ended, with each such ending."""
    yield from ((stated["request"], ended) for ended in stated.get("ended", ()))
    for inner in (*stated.get("all", ()), *stated.get("any", ()), *([stated["not"]] if "not" in stated else ())):
        yield from _endings_in(inner)


def _statuses_in(stated: Any, named: Mapping[str, Condition]) -> Iterator[tuple[str, int]]:  # noqa: ANN401  (as above)
    """The requests that a condition asks about by their status, with each such status."""
    yield from ((stated["request"], status) for status in stated.get("status", ()))
    inner = [named[stated["is"]].stated] if "is" in stated else []
    inner += [*stated.get("all", ()), *stated.get("any", ()), *([stated["not"]] if "not" in stated else ())]
    for each in inner:
        yield from _statuses_in(each, named)


def possible_outcomes(
    definition: CheckDefinition, view: View, unheard: Collection[str], wordless: Collection[str] = ()
) -> frozenset[Outcome]:
    """What the rules could have said, whatever the missing answers are; the first that surely holds ends them.

    Of the `wordless` answers the body alone is missing.
    """
    weighing = _Weighing(definition, view, unheard, wordless)
    found: set[Outcome] = set()
    for rule in definition.rules:
        holds = weighing.holds(rule.when.stated)
        if holds is not False:
            found.add(rule.then)
        if holds:
            break
    return frozenset(found)


class _Weighing:
    """The conditions of one check in three values."""

    def __init__(
        self, definition: CheckDefinition, view: View, unheard: Collection[str], wordless: Collection[str]
    ) -> None:
        self._view = view
        self._wordless = wordless
        self._named = definition.conditions
        self._unheard = set(unheard)
        for request in definition.probe.requests:  # each may hang on those before it
            if request.id not in view.replies and self.holds(request.only_if.stated) is not False:
                self._unheard.add(request.id)

    def holds(self, stated: Any) -> bool | None:  # noqa: ANN401  (as a file states it; see `conditions.Stated`)
        """Whether a condition holds."""
        return _all(self._parts(stated))

    def _parts(self, stated: Any) -> Iterable[bool | None]:  # noqa: ANN401  (as above)
        if "request" in stated:
            own = {name: value for name, value in stated.items() if name not in _NESTING}
            yield from self._about_reply(own)
        if "is" in stated:
            yield self.holds(self._named[stated["is"]].stated)
        yield from map(self.holds, stated.get("all", ()))
        if "any" in stated:
            yield _not(_all(_not(self.holds(each)) for each in stated["any"]))
        if "not" in stated:
            yield _not(self.holds(stated["not"]))

    def _about_reply(self, stated: dict[str, Any]) -> Iterable[bool | None]:
        """Whether what is stated of one reply holds; its status and headers may be known where its body is not."""
        if stated["request"] in self._unheard:
            yield None
            return
        known = stated
        if stated["request"] in self._wordless and not _OF_BODY.isdisjoint(stated):
            known = {name: value for name, value in stated.items() if name not in _OF_BODY}
            yield None
        yield Condition(stated=known).holds_for(self._view)


_NESTING = frozenset({"is", "all", "any", "not"})


def _all(parts: Iterable[bool | None]) -> bool | None:
    found = set(parts)
    return False if False in found else None if None in found else True


def _not(holds: bool | None) -> bool | None:  # noqa: FBT001  (what it turns round)
    return None if holds is None else not holds
