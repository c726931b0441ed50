"""Rounds: all checks of one kind on one line to an endpoint, with as few questions as decide. No socket."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

from leakguard.checks.anyway import behind_silence
from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.fronts import led_below
from leakguard.checks.order import HTTP
from leakguard.checks.protocols import PROTOCOLS
from leakguard.engine.catch_all import nothing
from leakguard.engine.examination import Judged, failed
from leakguard.engine.round_state import Conversation, Round, RoundState, is_unknown
from leakguard.models.findings import Outcome
from leakguard.models.observations import Ending
from leakguard.models.targets import Endpoint, origins_of

_NOTHING: Mapping[Any, Any] = {}
_OK = 200
_KNOWN = frozenset({Outcome.EXPOSED, Outcome.PARTIALLY_EXPOSED, Outcome.NOT_EXPOSED})


def ask_checks(
    checks: Sequence[CheckDefinition],
    endpoint: Endpoint,
    line: Conversation,
    *,
    nonsense: str,
    most_records: Mapping[tuple[str, str], int] = _NOTHING,
    known_open: Collection[tuple[str, str]] = (),
    is_patient: bool = True,
    is_whole: bool = True,
) -> Round:
    """Yield the questions of `checks`, which are of one kind and in order, be sent the replies; return the verdicts.

    No question is asked twice. A host that does not answer the first is asked no other; one that wants a certificate
    is told of by a fallback. Once a check that names the port has applied, only others that name it are asked. Once a
    product was found open on a port that suggests nothing, the others are judged by the answers that are there.
    `most_records` is how much each check saw at most at each place, in earlier runs, and `known_open` where each found
    a store open: there a login on the front page proves nothing, and what lay behind it is asked for again.

    With `is_patient` a host that hung up on its front page is asked what does not begin there. With `is_whole` no other
    round is made over HTTP, so this one looks behind a front page that tells nothing, and below paths.
    """
    kind = checks[0].probe.kind if checks else HTTP
    make = partial(
        RoundState, endpoint=endpoint, buckets=_buckets(endpoint, kind), line=line, nonsense=nonsense,
        most_records=most_records, known_open=known_open,
    )  # fmt: skip
    talk = make()
    talk.buckets = (yield from talk.tables()) if PROTOCOLS[kind].for_backends else talk.buckets
    yield from talk.ask_all(checks, is_patient=is_patient)
    if kind != HTTP:
        return talk.found + (yield from _inside(make(below=endpoint.path), checks))
    if known_open:
        yield from talk.ask_again(checks)
    if is_whole:
        yield from talk.ask_anyway(checks)
    found = yield from talk.undoubted()
    for below in _paths_below(endpoint, talk, found) if is_whole else ():
        found += yield from _asked_below(make(below=below), checks, is_hint=below != endpoint.path)
    return found


def _asked_below(folder: RoundState, checks: Sequence[CheckDefinition], *, is_hint: bool) -> Round:
    found = yield from folder.asked_below(checks, is_hint=is_hint)
    if folder.front is not None and folder.front.ended is Ending.SILENT:
        found += yield from asked_behind_silence(folder, checks)
    return found


def ask_behind_silence(
    checks: Sequence[CheckDefinition],
    endpoint: Endpoint,
    line: Conversation,
    *,
    nonsense: str,
    most_records: Mapping[tuple[str, str], int] = _NOTHING,
) -> Round:
    """As `ask_checks`, over HTTP, where the front page met silence twice and nothing else was understood."""
    state = RoundState(
        endpoint=endpoint, buckets=(None,), line=line, nonsense=nonsense, most_records=most_records
    )  # fmt: skip
    return (yield from asked_behind_silence(state, checks))


def _inside(folder: RoundState, checks: Sequence[CheckDefinition]) -> Round:
    """The verdicts of the checks that know what lies in the folder of the user's URL, if it has one."""
    if folder.below and PROTOCOLS[checks[0].probe.kind].has_folders:
        yield from folder.ask_all(checks, is_patient=False)
    return [item for item in folder.found if item.applies and not failed(item)]


def _paths_below(endpoint: Endpoint, talk: RoundState, found: Sequence[Judged]) -> tuple[str, ...]:
    """The path of the user's URL; and where no product is known at the root, the one to which the front page leads."""
    front = talk.front
    is_asked = front is not None and is_unknown(found) and not talk.is_costly_redirect
    led = led_below(front, origins=origins_of(endpoint)) if front is not None and is_asked else ""
    return tuple(dict.fromkeys(filter(None, (endpoint.path, led))))


def _buckets(endpoint: Endpoint, kind: str) -> tuple[str | None, ...]:
    asks_for_them = kind == "s3" or PROTOCOLS[kind].for_buckets
    return (endpoint.buckets or (None,)) if asks_for_them else (None,)


def asked_behind_silence(state: RoundState, checks: Sequence[CheckDefinition]) -> Round:
    """The verdicts that know what is there; of a host that is silent to one more question as well nothing is asked.

    A redirect without a length and without an end is a whole answer to who asks the server itself; a proxy that keeps
    its connections waits for the rest of it, so that a caller hears nothing. The question is for a path that cannot
    exist: who answers it as if it were there proves nothing by another answer.
    """
    absent = yield from state.remembered(nothing(state.nonsense))
    if absent.status is None or absent.status == _OK:
        return []
    before, state.found = state.found, []
    for definition in checks:
        if definition.asks_anyway and not state.is_found_open:
            yield from state.ask(CheckDefinition(behind_silence(definition.stated)))
    heard, state.found = state.found, before
    return [item for item in heard if item.verdict.outcome in _KNOWN]
