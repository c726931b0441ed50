"""Rounds: all checks of one protocol on one connection, with no more questions than their verdicts need.

Sans-I/O generators: they yield requests and receive replies; whoever drives them has the socket.
These rules save questions.

- No question is asked twice.
- If the first question gets no answer, no other is asked; but see `may_retry_closed` of `ask_checks`.
- If the host demands a client certificate, only fallback checks are run; see `CheckDefinition.fallback`.
- Once a check that names the port has recognised its product, only others that name it are run.
- Once a product was found open on a port that does not suggest it, further checks judge the known answers only.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping, Sequence
from functools import partial
from typing import Any

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.extra_requests import without_front_page
from leakguard.checks.fronts import led_below
from leakguard.checks.order import HTTP
from leakguard.checks.protocols import PROTOCOLS
from leakguard.checks.requests import Request
from leakguard.checks.without_product_test import without_product_test
from leakguard.engine.catch_all import nonexistent_path_request
from leakguard.engine.earlier_runs import CheckedDataStore, checked_data_store
from leakguard.engine.examination import CheckResult, after_recheck, found_open, is_first_unanswered, is_unknown
from leakguard.engine.round_state import RoundState
from leakguard.engine.round_types import Round, RoundConnection
from leakguard.frozen import replace
from leakguard.models.findings import Outcome, Verdict
from leakguard.models.observations import Ending, Reply
from leakguard.models.targets import Endpoint, origins_of

_NOTHING: Mapping[Any, Any] = {}
_OK = 200
_REFUSALS = frozenset({401, 403})
REFUSED = "every request of the check, also those by which it had been open, is refused or asks for a login"
LIST_REFUSED = "the list of files is refused now, and other paths are not: the listed files may still be there"
_RECOGNISED = frozenset({Outcome.EXPOSED, Outcome.PARTIALLY_EXPOSED, Outcome.NOT_EXPOSED})


def ask_checks(
    checks: Sequence[CheckDefinition],
    endpoint: Endpoint,
    connection: RoundConnection,
    *,
    random_word: str,
    most_records: Mapping[CheckedDataStore, int] = _NOTHING,
    open_before: Collection[CheckedDataStore] = (),
    may_retry_closed: bool = True,
    includes_follow_up: bool = True,
) -> Round:
    """Yield the questions of `checks`, which are of one protocol and in order, and return the results.

    The caller sends the reply to each question. `most_records` and `open_before` as in `RoundState`: where a data store
    was open, a login on the front page proves nothing, so the paths behind it are requested again.

    With `may_retry_closed`, a host that closed the connection on its front page is asked other first questions. With
    `includes_follow_up`, this round also calls `run_although_front_names_no_product`, and asks below paths.
    """
    kind = checks[0].probe.kind if checks else HTTP
    make = partial(
        RoundState, endpoint=endpoint, buckets=_buckets(endpoint, kind), connection=connection, random_word=random_word,
        most_records=most_records, open_before=open_before,
    )  # fmt: skip
    state = make()
    state.buckets = (yield from state.table_names()) if PROTOCOLS[kind].for_backends else state.buckets
    yield from state.run_checks(checks, may_retry_closed=may_retry_closed)
    if kind != HTTP:
        yield from _doubt_missing_list(state)
        return state.results + (yield from _check_folder(make(below=endpoint.path), checks))
    if open_before:
        yield from state.recheck_open_before(checks)
    if includes_follow_up:
        yield from state.run_although_front_names_no_product(checks)
    found = yield from state.checked_for_catch_all()
    for below in _paths_below(endpoint, state, found) if includes_follow_up else ():
        found += yield from _check_path(make(below=below), checks, is_hint=below != endpoint.path)
    return found


def _check_path(state: RoundState, checks: Sequence[CheckDefinition], *, is_hint: bool) -> Round:
    found = yield from state.check_path(checks, is_hint=is_hint)
    if is_unknown(found) and state.front is not None and state.front.status is not None:
        found += yield from recheck_below(state, checks)
    if state.front is not None and state.front.ended is Ending.SILENT:
        found += yield from run_skipping_front_page(state, checks)
    return found


def recheck_below(state: RoundState, checks: Sequence[CheckDefinition]) -> Round:
    """Run again the checks that found a data store open below this path in an earlier run; the results that count.

    A login in front of the whole path hides the product. So each check sends all its requests, also those by which the
    store had been open. Only if every one is refused is the store no longer exposed. If the store seems open and a
    nonexistent path is answered too, another server may be there by now.
    """
    found: list[CheckResult] = []
    for definition in checks:
        known = checked_data_store(state.endpoint, definition, state.below.removeprefix("/"))
        if known in state.open_before and not definition.fallback:
            before, state.results = state.results, []
            yield from state.run_check(without_product_test(definition))
            again, state.results = state.results, before
            is_open = any(map(found_open, again))
            if is_open:
                absent = yield from state.ask_once(nonexistent_path_request(state.random_word))
                is_open = absent.status != _OK
            found += after_recheck((), again, is_open=is_open)
            found += [_as_refused(item) for item in again if _refuses_all(item)]
    return found


def _refuses_all(item: CheckResult) -> bool:
    return all(reply.status in _REFUSALS for reply in item.observation.replies.values())


def _as_refused(item: CheckResult) -> CheckResult:
    return replace(item, verdict=Verdict(outcome=Outcome.NOT_EXPOSED, reason=REFUSED))


def check_skipping_front_page(
    checks: Sequence[CheckDefinition],
    endpoint: Endpoint,
    connection: RoundConnection,
    *,
    random_word: str,
    most_records: Mapping[CheckedDataStore, int] = _NOTHING,
) -> Round:
    """As `ask_checks` for HTTP, without a request for the front page; see `run_skipping_front_page`.

    Call it only if the front page got no answer twice and no other protocol was recognised.
    """
    state = RoundState(
        endpoint=endpoint, buckets=(None,), connection=connection, random_word=random_word, most_records=most_records
    )  # fmt: skip
    return (yield from run_skipping_front_page(state, checks))


def _check_folder(state: RoundState, checks: Sequence[CheckDefinition]) -> Round:
    """The results that apply in the folder of the user's URL, if it has one and the protocol has folders."""
    if state.below and PROTOCOLS[checks[0].probe.kind].has_folders:
        yield from state.run_checks(checks, may_retry_closed=False)
        yield from _doubt_missing_list(state)
    return [item for item in state.results if item.applies and not is_first_unanswered(item)]


def _doubt_missing_list(state: RoundState) -> Generator[Request, Reply, None]:
    """Make a check inconclusive that found files in a list in an earlier run, if the list alone is refused now.

    The files may lie there as before, under names that we did not keep. If a nonexistent path is refused too, a login
    guards the whole folder.
    """
    for number, item in enumerate(state.results):
        known = checked_data_store(state.endpoint, item.definition, state.below.removeprefix("/") or None)
        first = next(iter(item.observation.replies.values()))
        is_refused = first.method == "listing" and first.status in _REFUSALS
        if is_refused and known in state.open_before and not found_open(item):
            absent = Request(id="nonsense", method="nonsense", what=f"/{state.random_word}")
            if (yield from state.ask_once(absent)).status not in _REFUSALS:
                verdict = Verdict(outcome=Outcome.INCONCLUSIVE, reason=LIST_REFUSED)
                state.results[number] = replace(item, verdict=verdict)


def _paths_below(endpoint: Endpoint, state: RoundState, found: Sequence[CheckResult]) -> tuple[str, ...]:
    """The path of the user's URL, and the one to which the front page leads if no product is known at the root."""
    front = state.front
    looks_further = is_unknown(found) and not state.is_costly_redirect
    linked_path = led_below(front, origins=origins_of(endpoint)) if front is not None and looks_further else ""
    return tuple(dict.fromkeys(filter(None, (endpoint.path, linked_path))))


def _buckets(endpoint: Endpoint, kind: str) -> tuple[str | None, ...]:
    asks_for_them = kind == "s3" or PROTOCOLS[kind].for_buckets
    return (endpoint.buckets or (None,)) if asks_for_them else (None,)


def run_skipping_front_page(state: RoundState, checks: Sequence[CheckDefinition]) -> Round:
    """Run the checks that can do without the front page, and return the results that recognise a product.

    The front page itself is not requested.

    Behind a keep-alive proxy, a redirect of the front page without Content-Length looks like silence. Other paths may
    still answer. First the nonexistent path is requested: if that is silent too, or is answered as if it existed,
    nothing else is requested.
    """
    absent = yield from state.ask_once(nonexistent_path_request(state.random_word))
    if absent.status is None or absent.status == _OK:
        return []
    before, state.results = state.results, []
    for definition in checks:
        if definition.has_extra_requests and not state.is_open_on_unsuggested_port:
            yield from state.run_check(CheckDefinition(without_front_page(definition.stated)))
    results, state.results = state.results, before
    return [item for item in results if item.verdict.outcome in _RECOGNISED]
