"""The state of one round: the questions to an endpoint in one protocol, the answers and the results."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from leakguard.checks.by_name import parts_by_name
from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.fronts import is_redirect, tells_nothing
from leakguard.checks.interview import Talk
from leakguard.checks.judge import judge
from leakguard.checks.protocols import OF_PAGES, PROTOCOLS
from leakguard.checks.replies import View
from leakguard.checks.requests import Request
from leakguard.checks.without_product_test import without_product_test
from leakguard.engine.catch_all import may_be_catch_all, nonexistent_path_request, with_catch_all_signals
from leakguard.engine.earlier_runs import CheckedDataStore, checked_data_store
from leakguard.engine.examination import (
    CheckResult,
    after_recheck,
    any_check_applies,
    first_needs_certificate,
    found_open,
    is_first_unanswered,
    is_unknown,
    path_in_endpoint,
)
from leakguard.engine.question_keys import FRONT, key_of, key_of_first
from leakguard.engine.round_types import Round, RoundConnection
from leakguard.engine.unconditional_checks import allowed_at, frameworks_last, names_within, unconditional_checks
from leakguard.frozen import replace
from leakguard.models.findings import Outcome
from leakguard.models.observations import Ending, Observation, Reply
from leakguard.models.targets import Endpoint
from leakguard.scanning.diff import OPEN

_OK, _NOT_FOUND = 200, 404
_WITH_A_PATH = frozenset({"GET", "HEAD"}) | OF_PAGES
_CLOSED_OR_RESET = frozenset({Ending.CLOSED, Ending.RESET})
TABLE_NAMES_REQUEST = Request(id="inside", method="inside", what="")
"""The first request to a backend; its answer has the `names` of all tables that get a verdict of their own."""
_RECOGNISED = frozenset({*OPEN, Outcome.NOT_EXPOSED})
"""Outcomes by which a check has recognised its product."""


@dataclass(slots=True, kw_only=True)
class RoundState:
    """One round at one endpoint, at its root or below a path; see also `CheckDefinition.has_extra_requests`."""

    endpoint: Endpoint
    buckets: Sequence[str | None]
    """The buckets, or for a backend the tables, that verdicts are about; `None` for the endpoint."""
    connection: RoundConnection
    random_word: str
    most_records: Mapping[CheckedDataStore, int]
    """By `CheckedDataStore`: the most records that the check saw there in earlier runs."""
    open_before: Collection[CheckedDataStore] = ()
    """Each `CheckedDataStore` that an earlier run found open."""
    below: str = ""
    """The path below which everything is asked; empty for the root."""
    results: list[CheckResult] = field(default_factory=list)
    replies: dict[tuple[Any, ...], tuple[int, Reply]] = field(default_factory=dict)
    """By the key of every question that was sent: its cap and the reply."""
    is_port_settled: bool = False
    """Whether a check that names the port has recognised its product."""
    is_open_on_unsuggested_port: bool = False
    """Whether a product was found open on a port that does not suggest it."""
    is_closed_by_front: bool = False
    """Whether the host closed the connection after its front page; set by the front page alone.

    After a later answer we may have closed it ourselves, because the answer exceeded its cap.
    """

    @property
    def front(self) -> Reply | None:
        """The reply to the request for the front page, if it was sent."""
        _, reply = self.replies.get(FRONT, (0, None))
        return reply

    def run_checks(
        self, checks: Sequence[CheckDefinition], *, may_retry_closed: bool
    ) -> Generator[Request, Reply, None]:
        """Run the checks in their order until the product is known or the host does not answer."""
        for definition in checks:
            if first_needs_certificate(self.results) and not definition.fallback:
                continue
            if self._is_unanswered:
                yield from self._run_after_no_answer(definition, may_retry_closed=may_retry_closed)
            elif self.is_over(definition):
                break
            else:
                yield from self.run_check(definition.without_extra_requests)

    def run_although_front_names_no_product(self, checks: Sequence[CheckDefinition]) -> Generator[Request, Reply, None]:
        """If the front page was requested and no product check applies, run first `_run_unconditional`.

        If the page tells nothing and is no costly redirect, also run every check that can prove a data store open
        without it, until the product is known; see `is_over`.
        """
        if self.front is None or not is_unknown(self.results):
            return
        yield from self._run_unconditional(checks)
        if not tells_nothing(self.front) or self.is_costly_redirect:
            return
        for definition in frameworks_last(checks):
            if definition.has_extra_requests and not (self.is_open_on_unsuggested_port or self.is_over(definition)):
                self.results = [item for item in self.results if item.definition.id != definition.id]
                yield from self.run_check(definition)

    def table_names(self) -> Generator[Request, Reply, tuple[str | None, ...]]:
        """Names of a backend's tables or folders that get their own verdict; a last `None` stands for unnamed ones."""
        reply = yield from self.ask_once(TABLE_NAMES_REQUEST)
        document = reply.document if isinstance(reply.document, dict) else {}
        names = tuple(document.get("names", ()))
        may_have_others = not names or document.get("is_unnamed")
        return (*names, None) if may_have_others else names

    @property
    def is_costly_redirect(self) -> bool:
        """Whether the front page redirects and closes the connection, so that each further question needs a new one."""
        return self.front is not None and is_redirect(self.front) and self.is_closed_by_front

    def _run_unconditional(self, checks: Sequence[CheckDefinition]) -> Generator[Request, Reply, None]:
        """Run the few checks that need no front page, as `unconditional_checks` selects them."""
        for definition in unconditional_checks(checks, self.endpoint):
            if is_unknown(self.results):
                before = self.results
                self.results = [item for item in before if item.definition.id != definition.id]
                yield from self.run_check(definition.with_extra_requests)
                if not any(item.verdict.outcome in _RECOGNISED for item in self.results):
                    self.results = before

    def is_over(self, definition: CheckDefinition) -> bool:
        """Whether this check and all after it are skipped. The order: checks that name the port, others, fallbacks."""
        if first_needs_certificate(self.results):
            return False
        if self.is_port_settled and self.endpoint.port not in definition.probe.ports:
            return True
        return definition.fallback and any_check_applies(self.results)

    @property
    def _is_unanswered(self) -> bool:
        """Whether the very first question got no answer, so that nothing is known about any product."""
        return bool(self.results) and is_first_unanswered(self.results[0]) and not first_needs_certificate(self.results)

    def _run_after_no_answer(
        self, definition: CheckDefinition, *, may_retry_closed: bool
    ) -> Generator[Request, Reply, None]:
        """Decide about a check after the very first question of the round got no answer.

        For a fallback whose first question was sent, see `_run_fallback_instead`. Any check that begins with another
        question is run if the host closed the connection on the very first one and `may_retry_closed`.
        """
        first = definition.probe.requests[0].constant
        is_known = first is not None and key_of(first) in self.replies
        was_closed = self.results[0].observation.ended in _CLOSED_OR_RESET
        if definition.fallback and is_known:
            yield from self._run_fallback_instead(definition)
        elif may_retry_closed and was_closed and first is not None and not is_known:
            yield from self.run_check(definition)

    def _run_fallback_instead(self, fallback: CheckDefinition) -> Generator[Request, Reply, None]:
        """Put the fallback in the place of the first check, if the port does not suggest that check's product."""
        if self.endpoint.port not in self.results[0].definition.probe.ports:
            rest, self.results = self.results[1:], []
            yield from self.run_check(fallback)
            self.results += rest

    def checked_for_catch_all(self) -> Round:
        """What was found, with a decoy signal if the nonexistent path gets the same answer; see `catch_all`."""
        if not may_be_catch_all(self.results):
            return self.results
        reply = yield from self.ask_once(nonexistent_path_request(self.random_word))
        return with_catch_all_signals(self.results, reply)

    def check_path(self, checks: Sequence[CheckDefinition], *, is_hint: bool) -> Round:
        """Run the checks that begin with a front page below the path, and return the results that apply.

        With `is_hint`, the path is only a guess by the front page: if it is not found, one check is enough.
        """
        from_front = [item for item in checks if not item.fallback and key_of_first(item) == FRONT]
        yield from self.run_checks(from_front[:1], may_retry_closed=False)
        is_there = self.front is not None and self.front.status != _NOT_FOUND
        if is_there or not is_hint:
            yield from self.run_checks(from_front[1:], may_retry_closed=False)
            yield from self.run_although_front_names_no_product(from_front)
        found = yield from self.checked_for_catch_all()
        return [item for item in found if item.applies and not is_first_unanswered(item)]

    def run_check(self, definition: CheckDefinition) -> Generator[Request, Reply, None]:
        """Run one check for each bucket and keep its results.

        If it applies to no named bucket, it is run once more without one: the data store may list others.
        """
        before = len(self.results)
        for bucket in self.buckets:
            self._keep((yield from self._results_of(definition, bucket)))
        if any(self.buckets) and not any_check_applies(self.results[before:]):
            self._keep(filter(found_open, (yield from self._results_of(definition, None))))

    def _results_of(self, definition: CheckDefinition, bucket: str | None) -> Round:
        """The results of a check on one bucket; none if it needs a question that may not be sent.

        That is any new one if `is_open_on_unsuggested_port`, or else one that cannot be asked below the path.
        """
        outer = checked_data_store(self.endpoint, definition, self.below.removeprefix("/"))
        earlier, allows = partial(names_within, self.open_before, outer), allowed_at(self.endpoint)
        talk = Talk(definition, nonsense=self.random_word, bucket=bucket, earlier=earlier, allows=allows)
        while (request := talk.next_question()) is not None:
            key = key_of(request)
            reply = self._recalled(request, key)
            if reply is None:
                if self.is_open_on_unsuggested_port or (self.below and not self._has_a_path(definition, request)):
                    return []
                reply = yield from self._send(request)
                self.is_closed_by_front = not self.connection.is_connected if key == FRONT else self.is_closed_by_front
            talk.hear(reply)
        return self._judged(definition, talk, bucket) if talk.replies else []

    def _has_a_path(self, definition: CheckDefinition, request: Request) -> bool:
        """Whether the request can be made below the path. Protocols with folders: not if the first answer was 404."""
        is_there = all(reply.status != _NOT_FOUND for _, reply in [*self.replies.values()][:1])
        return is_there if PROTOCOLS[definition.probe.kind].has_folders else request.method in _WITH_A_PATH

    def recheck_open_before(self, checks: Sequence[CheckDefinition]) -> Generator[Request, Reply, None]:
        """If no product check applies, run again the checks that found a data store open here in an earlier run."""
        if not is_unknown(self.results):
            return
        for definition in checks:
            if checked_data_store(self.endpoint, definition, None) in self.open_before and not definition.fallback:
                yield from self._recheck_without_product_test(definition)

    def _recheck_without_product_test(self, definition: CheckDefinition) -> Generator[Request, Reply, None]:
        """Run all requests of a check without asking whether this is its product.

        If the nonexistent path is answered too, another server may be there by now. See `after_recheck`.
        """
        before, self.results = self.results, []
        settled = self.is_port_settled, self.is_open_on_unsuggested_port
        yield from self.run_check(without_product_test(definition))
        is_open = any(map(found_open, self.results))
        if is_open:
            absent = yield from self.ask_once(nonexistent_path_request(self.random_word))
            is_open = absent.status != _OK
        if not is_open:
            self.is_port_settled, self.is_open_on_unsuggested_port = settled
        self.results = after_recheck(before, self.results, is_open=is_open)

    def ask_once(self, request: Request) -> Generator[Request, Reply, Reply]:
        """The reply to a request, which is sent unless its reply is known."""
        reply = self._recalled(request, key_of(request))
        return reply if reply is not None else (yield from self._send(request))

    def _send(self, request: Request) -> Generator[Request, Reply, Reply]:
        """Ask below the path, and keep the reply."""
        reply = yield replace(request, what=f"{self.below}{request.what}") if self.below else request
        self.replies[key_of(request)] = (request.cap_bytes, reply)
        return reply

    def _recalled(self, request: Request, key: tuple[Any, ...]) -> Reply | None:
        """The known reply to an equal request, unless it was capped and this request may read more."""
        cap, reply = self.replies.get(key, (0, None))
        if reply is None or (reply.ended is Ending.CAPPED and request.cap_bytes > cap):
            return None
        return reply if reply.request == request.id else replace(reply, request=request.id)

    def _judged(self, definition: CheckDefinition, talk: Talk, bucket: str | None) -> list[CheckResult]:
        """One result, or one for each name that the check asked about."""
        parts = [
            self._result_on(definition, part.replies, part.view, part.name)
            for part in parts_by_name(definition, talk.replies, talk.items)
        ]
        return parts or [self._result_on(definition, talk.replies, talk.view, bucket)]

    def _result_on(
        self, definition: CheckDefinition, replies: Mapping[str, Reply], view: View, bucket: str | None
    ) -> CheckResult:
        path, earlier = path_in_endpoint(bucket, self.below), self.most_records
        before = earlier.get(checked_data_store(self.endpoint, definition, path)) if earlier else None
        observation = Observation(
            kind=definition.probe.kind, replies=replies, transport=self.connection.transport, tls=self.connection.tls,
            ended=next(iter(replies.values())).ended,
        )  # fmt: skip
        verdict = judge(definition, observation, before=before, view=view)
        return CheckResult(
            definition=definition, observation=observation, verdict=verdict, bucket=bucket, below=self.below
        )

    def _keep(self, results: Iterable[CheckResult]) -> None:
        """Keep results, and note what they settle. Those of protocols over HTTP, such as `gcs`, settle nothing."""
        for item in results:
            self.results.append(item)
            probe, outcome = item.definition.probe, item.verdict.outcome
            if outcome in _RECOGNISED and not item.definition.fallback and PROTOCOLS[probe.kind].over is None:
                names_port = self.endpoint.port in probe.ports
                self.is_port_settled |= names_port
                self.is_open_on_unsuggested_port |= not names_port and outcome in OPEN
