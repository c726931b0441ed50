"""Judging: rules over an observation give a verdict, and an honest one when nothing fits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from leakguard.checks.conditions import ALWAYS
from leakguard.checks.definitions import CheckDefinition, RightOfStrangers, Rule, Source
from leakguard.checks.protocols import PROTOCOLS
from leakguard.checks.ransom import NOT_RANSOMED, find_ransom, has_fallen
from leakguard.checks.replies import ANSWERED, View
from leakguard.checks.severity import rate
from leakguard.checks.shipped_parts import shipped_in
from leakguard.checks.sizes import measure
from leakguard.checks.unheard import (
    broke_off,
    cut_in,
    failed_in,
    is_unreadable,
    possible_outcomes,
    unheard_in,
    wordless_in,
)
from leakguard.checks.views import view_of
from leakguard.frozen import replace
from leakguard.models.findings import Access, Answer, Decoy, DecoyVerdict, Outcome, Permission, ReasonCode, Verdict
from leakguard.models.observations import Ending, Observation, Reply

MAX_WORD = 64
"""Longer than any version or cluster id that we have met; a host cannot smuggle a text through it."""


_UNSAFE = re.compile(r"[^ -~]")


def learn(sources: tuple[Source, ...], view: View) -> str | None:
    """The word of the first source that gives one."""
    for source in sources:
        if source.when is ALWAYS or source.when.holds_for(view):
            word = _word(source, view)
            if word:
                return word
    return None


def _word(source: Source, view: View) -> str | None:
    if source.value is not None:
        return source.value
    reply = view.answered(source.request) if source.request is not None else None
    if reply is None:
        return None
    if source.path is not None:
        return safe_word(reply.at(source.path))
    value = reply.header(source.header.lower()) if source.header else None
    if value is None or source.after not in value:
        return None
    return safe_word(value.partition(source.after)[2].split(" ")[0] if source.after else value)


def safe_word(value: Any) -> str | None:  # noqa: ANN401  (JSON holds anything)
    """At most 64 printable ASCII characters of a text or a number; `None` for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = value if isinstance(value, str) else str(value) if abs(value) < 10**MAX_WORD else ""
    return _UNSAFE.sub("", text[:MAX_WORD]).strip() or None


NO_RULE = "the replies matched no rule"
ENDING_REASONS = {
    Ending.SILENT: "the host accepted the connection but did not answer in time",
    Ending.FILTERED: "the connection attempt got no answer: a firewall, or nobody there",
    Ending.UNREACHABLE: "the network says that nothing gets there: no route to the address, or a firewall",
    Ending.BLOCKED: "not asked: out of scope when connecting, or our own machine could not connect",
    Ending.SPENT: "not asked: the time for this endpoint was spent",
    Ending.CLOSED: "the host closed the connection before it had answered",
    Ending.RESET: "the host reset the connection before it had answered",
    Ending.GARBLED: "what the host answered makes no sense",
    Ending.CERTIFICATE: "the server asked for a client's certificate before telling its product",
}
NOT_ASKED = "the host was not asked"
PORT_CLOSED = "the port is closed"
UNHEARD = "the host did not answer all that was asked"
FAILED = "the server failed to answer all that was asked, or was too busy to"
UNREADABLE = "the answer began as one of this protocol, and is garbled or cut off: it could not be read"
WORDLESS = (
    "a refusal came in a coding that was not asked for: its words, which might have shown an open server, are unknown"
)
TOO_LONG = "an answer that might have shown an open server is longer than what is read of one: it could not be weighed"
TOO_MUCH = "the answer is such that a rule of the check would need too much memory for it: it could not be weighed"
ANOTHER_PROTOCOL = "what answers there does not speak this protocol"
_NO_DECOY = Decoy()
_CLEAN = frozenset({Outcome.NOT_APPLICABLE, Outcome.NOT_EXPOSED})
_ACCESS = {Outcome.EXPOSED: Access.READ, Outcome.PARTIALLY_EXPOSED: Access.NAMES}


def judge(
    definition: CheckDefinition, observation: Observation, *, before: int | None = None, view: View | None = None
) -> Verdict:
    """Apply the rules in order; never raises, whatever the host sent.

    `before` is how many records an earlier look saw at most; `view` is what `view_of` would make of the replies.
    Where the first request got no answer the rules are not asked: the way it ended decides. Where a later one got none
    that could have shown it open, nobody knows that it is not.
    """
    first = observation.replies.get(definition.probe.requests[0].id)
    ended = first.ended if first is not None else observation.ended
    if first is None or ended not in ANSWERED or is_unreadable(first):
        return _unanswered(definition.probe.kind, ended, first)
    view = view or view_of(definition, observation.replies)
    for rule in definition.rules:
        if rule.when.holds_for(view):
            if rule.then in _CLEAN and (doubt := _doubt(definition, view, rule.then)) is not None:
                return doubt
            return _by_rule(definition, rule, view, before)
    return _no_rule(view)


def _doubt(definition: CheckDefinition, view: View, outcome: Outcome) -> Verdict | None:
    """How the exchange ended that might have shown it open; nothing where no answer is missing, or none matters.

    An answer of which a rule would make too much might have shown anything, and so might one that is too long to read.
    """
    if any(reply.is_too_much for reply in view.replies.values()):
        return _too_much()
    cut = cut_in(definition, view, outcome)
    if cut and not _ACCESS.keys().isdisjoint(possible_outcomes(definition, view, cut)):
        return Verdict(outcome=Outcome.INCONCLUSIVE, reason=TOO_LONG, reason_code=ReasonCode.UNREADABLE)
    wordless = wordless_in(view, outcome)
    if wordless and not _ACCESS.keys().isdisjoint(possible_outcomes(definition, view, (), wordless)):
        return Verdict(outcome=Outcome.INCONCLUSIVE, reason=WORDLESS, reason_code=ReasonCode.UNREADABLE)
    unheard = unheard_in(definition, view)
    failed = failed_in(definition, view, outcome)
    missing = {*unheard, *failed}
    if not missing or _ACCESS.keys().isdisjoint(possible_outcomes(definition, view, missing)):
        return None
    unanswered = [view.replies[name].first for name in unheard if name in view.replies]
    return _unclear(unanswered, FAILED if failed else UNHEARD)


def _by_rule(definition: CheckDefinition, rule: Rule, view: View, before: int | None) -> Verdict:
    if rule.then in {Outcome.NOT_APPLICABLE, Outcome.INCONCLUSIVE}:
        bare = _bare(rule.then, rule.reason, rule.reason_code)
        is_told = definition.shipped is not None and (rule.then is Outcome.INCONCLUSIVE or rule.reason_code is not None)
        return replace(bare, shipped=shipped_in(definition, view)) if is_told else bare
    return _applied(definition, rule, view, before)


def _applied(definition: CheckDefinition, rule: Rule, view: View, before: int | None) -> Verdict:
    is_open = rule.then in _ACCESS
    access = (rule.access or _ACCESS[rule.then]) if is_open else Access.NONE
    size = measure(definition, view) if is_open else None
    fallen = has_fallen(before, size.records if size else None)
    ransomed = find_ransom(definition.ransom, view, fallen=fallen) if is_open else NOT_RANSOMED
    decoy = _decoy(definition, view)
    severity, axes = rate(rule.then, access, size, ransomed=ransomed.verdict, decoy=decoy.verdict)
    return Verdict(
        outcome=rule.then,
        reason=rule.reason,
        reason_code=rule.reason_code,
        access=access,
        product=learn(definition.identity.product, view),
        version=learn(definition.identity.version, view),
        cluster_id=learn(definition.identity.cluster_id, view),
        size=size,
        severity=severity,
        severity_axes=axes,
        decoy=decoy,
        ransomed=ransomed,
        permissions=tuple([_permission(permission, view) for permission in definition.permissions]),
        shipped=shipped_in(definition, view),
    )


def _permission(stated: RightOfStrangers, view: View) -> Permission:
    """What was proved or told; a right that nobody may try stays unknown."""
    ways = ((stated.allowed, Answer.ALLOWED), (stated.denied, Answer.DENIED))
    answer = next((each for when, each in ways if when is not None and when.holds_for(view)), Answer.UNKNOWN)
    return Permission(who=stated.who, right=stated.right, answer=answer)


def _decoy(definition: CheckDefinition, view: View) -> Decoy:
    signals = tuple([decoy.signal for decoy in definition.decoys if decoy.when.holds_for(view)])
    return Decoy(verdict=DecoyVerdict.SUSPECTED, signals=signals) if signals else _NO_DECOY


def _no_rule(view: View) -> Verdict:
    """A request that failed on the way is the better reason, where there is one."""
    if any(reply.is_too_much for reply in view.replies.values()):
        return _too_much()
    return _unclear([reply.first for reply in view.replies.values() if not reply.is_answered], NO_RULE)


def _too_much() -> Verdict:
    return Verdict(outcome=Outcome.INCONCLUSIVE, reason=TOO_MUCH, reason_code=ReasonCode.UNREADABLE)


def _unclear(unanswered: Sequence[Reply], otherwise: str) -> Verdict:
    """Inconclusive, by the first reply of which there is something to say."""
    if any(map(is_unreadable, unanswered)):
        return Verdict(outcome=Outcome.INCONCLUSIVE, reason=UNREADABLE, reason_code=ReasonCode.UNREADABLE)
    reasons = (ENDING_REASONS.get(reply.ended) for reply in unanswered)
    return Verdict(outcome=Outcome.INCONCLUSIVE, reason=next(filter(None, reasons), otherwise))


def _unanswered(kind: str, ended: Ending, first: Reply | None) -> Verdict:
    """A server of another protocol hangs up on ours; over HTTP the same may be a middlebox, so that stays open.

    So does an answer that broke off before anything in it was amiss, and one that began in this very protocol.
    """
    is_broken = first is not None and broke_off(first)
    if first is not None and is_unreadable(first):
        return Verdict(outcome=Outcome.INCONCLUSIVE, reason=UNREADABLE, reason_code=ReasonCode.UNREADABLE)
    if ended is Ending.REFUSED:
        return Verdict(outcome=Outcome.NOT_APPLICABLE, reason=PORT_CLOSED)
    if ended is Ending.CERTIFICATE:
        return Verdict(outcome=Outcome.NOT_EXPOSED, reason=ENDING_REASONS[ended])
    hung_up = ended in {Ending.CLOSED, Ending.RESET} and "http" not in (kind, PROTOCOLS[kind].over) and not is_broken
    if ended is Ending.GARBLED or hung_up:
        return Verdict(outcome=Outcome.NOT_APPLICABLE, reason=ANOTHER_PROTOCOL)
    return Verdict(outcome=Outcome.INCONCLUSIVE, reason=ENDING_REASONS.get(ended, NOT_ASKED))


@cache
def _bare(outcome: Outcome, reason: str, code: ReasonCode | None) -> Verdict:
    """A verdict that says no more than the rule does; a hundred checks say so of every web server."""
    return Verdict(outcome=outcome, reason=reason, reason_code=code)
