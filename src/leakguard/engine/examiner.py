"""Examines one endpoint: identifies its protocol, runs the checks, and turns their results into findings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.order import HTTP, CheckOrder
from leakguard.checks.protocols import PROTOCOLS
from leakguard.checks.scope_permissions import without_industrial, without_permission_required
from leakguard.engine.as_declared_public import as_declared_public
from leakguard.engine.asking import ask
from leakguard.engine.bugs import OUR_BUG, bug_of
from leakguard.engine.conclusion import conclude
from leakguard.engine.earlier_runs import CheckedDataStore
from leakguard.engine.examination import (
    CLOSES_AT_ONCE,
    STOPPED_ACCEPTING,
    CheckResult,
    EndpointStatus,
    Examination,
    any_check_applies,
    is_closed_without_answer,
    is_refused,
    no_check_connected,
    spoke_http,
)
from leakguard.engine.first_contact import PLAIN_HTTP, FirstContact
from leakguard.engine.identification import ProtocolAttempt, ProtocolIdentification, protocols_over_http
from leakguard.engine.round_types import Round, RoundConnection
from leakguard.engine.rounds import ask_checks, check_skipping_front_page
from leakguard.engine.turns import Turns
from leakguard.frozen import replace
from leakguard.models.industrial import industrial_name
from leakguard.models.targets import Approach, Endpoint
from leakguard.ports import Now, Prober, Session
from leakguard.ports.probing import AGAIN_AFTER
from leakguard.scanning.diff import OPEN
from leakguard.scanning.gate import Gate

if TYPE_CHECKING:
    from leakguard.engine.inspection import Inspection
    from leakguard.sensitivity.book import KindBook

ResultObserver = Callable[[Endpoint, Sequence[CheckResult]], None]
"""Receives the results of one round at one endpoint."""

RETRY_DELAYS = (1.0, 3.0)
"""Seconds before each retry of a host that took a connection in the sweep and takes none now."""
RETRY_DELAYS_WAS_EXPOSED = (AGAIN_AFTER,)
"""Seconds before each retry of a host that had an open data store in an earlier run and refuses connections now."""
LEFT_ALONE = (
    "the port belongs to industrial or medical devices: this run has no check for them, and no other check probes them"
)


def ignore_results(_endpoint: Endpoint, _results: Sequence[CheckResult]) -> None:
    """Ignore the results."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examiner:
    """Examines endpoints of one run."""

    prober: Prober
    library: Sequence[CheckDefinition]
    gate: Gate
    run: str
    vantage: str
    now: Now
    random_word: str
    """Different in every run. It fills `{nonsense}` in the requests of checks: paths and names that no server has."""
    first_open_at: Mapping[CheckedDataStore, datetime] = field(default_factory=dict)
    """When each check first found each data store open, in earlier runs."""
    most_records: Mapping[CheckedDataStore, int] = field(default_factory=dict)
    """The most records that each check saw in each data store in earlier runs."""
    on_results: ResultObserver = ignore_results
    """Called with the results of each round but a first contact; `leakguard scan --explain` records them."""
    kind_definitions: Callable[[], KindBook] | None = None
    """Returns the definitions by which kinds of data are recognised; without them, findings name no kinds."""
    inspection: Inspection | None = None
    """The closer inspection of open data stores, if a person asked for it."""
    order: CheckOrder = field(init=False, repr=False, compare=False)
    turns: Turns = field(init=False, repr=False, compare=False, default_factory=Turns)
    """Spreads the work between two answers over the loop: loading a protocol, judging, making findings."""

    def __post_init__(self) -> None:
        """Drop the checks that the scope does not permit, and order the others once for all endpoints."""
        if self.gate.scope.default_accounts is None:
            object.__setattr__(self, "library", without_permission_required(self.library))
        if self.gate.scope.industrial is None:
            object.__setattr__(self, "library", without_industrial(self.library))
        object.__setattr__(self, "order", CheckOrder(self.library))

    async def examine(
        self, endpoint: Endpoint, *, spent: float = 0.0, did_connect: bool = False, was_exposed: bool = False
    ) -> Examination:
        """Identify the protocol of an endpoint and run its checks, within one time limit for all.

        `spent`: how many seconds of that time the sweep has used. `did_connect`: the sweep connected to the port; then
        a failed connection is retried. `was_exposed`: an earlier run found a data store open there; then a refused one
        is retried. Raises errors of our own machine, but nothing for what a host does, nor for a bug.
        """
        prober = self.prober.for_endpoint(spent)
        try:
            return await self._examine(endpoint, prober, did_connect=did_connect, was_exposed=was_exposed)
        except Exception as error:  # noqa: BLE001  (a bug that one host brings to light must not end the run)
            return self.broken(error)

    def broken(self, error: Exception) -> Examination:
        """The result for an endpoint whose examination a bug aborted: not checked. Raises errors of our own machine."""
        return Examination(status=EndpointStatus.NOT_CHECKED, bug=bug_of(error), why=OUR_BUG)

    async def _examine(
        self, endpoint: Endpoint, prober: Prober, *, did_connect: bool, was_exposed: bool
    ) -> Examination:  # fmt: skip
        if self._is_left_alone(endpoint):
            return Examination(status=EndpointStatus.NOT_CHECKED, why=LEFT_ALONE)
        identified = await self._identify(prober, endpoint)
        lacks_connection = no_check_connected if did_connect else is_refused
        for pause in RETRY_DELAYS if did_connect else RETRY_DELAYS_WAS_EXPOSED if was_exposed else ():
            if not lacks_connection(identified.results):
                break
            await asyncio.sleep(pause)
            identified = await self._identify(prober, endpoint)
        results: Sequence[CheckResult] = identified.results
        if self.inspection is not None and self.inspection.is_due(results) and not self._is_decoy(endpoint):
            results = await self._with_data_kinds(
                endpoint, await self.inspection.inspect(prober, endpoint, results, self.turns)
            )
        await self.turns.wait_for_turn()
        examination = self._concluded(endpoint, results)
        why = STOPPED_ACCEPTING if did_connect and no_check_connected(results) else ""
        why = CLOSES_AT_ONCE if identified.closes_before_request else why
        return replace(examination, status=EndpointStatus.NOT_CHECKED, why=why) if why else examination

    async def _identify(self, prober: Prober, endpoint: Endpoint) -> ProtocolIdentification:
        leading, others = self.order.kinds(endpoint.port, endpoint.scheme)
        if is_industrial := bool(industrial_name(endpoint.port, endpoint.scheme)):
            leading, others = self._for_device(endpoint, leading), ()
        identified = ProtocolIdentification(
            speak=partial(self._speak, prober, endpoint), leading=leading, others=others,
            tries_first_only=endpoint.backend is not None or is_industrial,
        )  # fmt: skip
        await identified.run()
        if identified.was_http_silent_twice and endpoint.backend is None and not is_industrial:
            without_front = await self._speak_skipping_front_page(prober, endpoint)
            if without_front.results:  # then only the front page was silent
                of_others = (attempt for attempt in identified.attempts if attempt.protocol != HTTP)
                identified.attempts[:] = [*of_others, without_front]
        return identified

    def _is_left_alone(self, endpoint: Endpoint) -> bool:
        """Whether the port belongs to industrial or medical devices, and no check of the run probes those."""
        if not industrial_name(endpoint.port, endpoint.scheme):
            return False
        return not self._for_device(endpoint, self.order.kinds(endpoint.port, endpoint.scheme)[0])

    def _for_device(self, endpoint: Endpoint, leading: Sequence[str]) -> tuple[str, ...]:
        """The protocols in which an industrial or medical device is probed: no guesses, which may stop it."""
        industrial = (protocol for protocol in leading if PROTOCOLS[protocol].is_industrial)
        return tuple(protocol for protocol in industrial if self.order.checks(endpoint.port, protocol))

    async def _speak_skipping_front_page(self, prober: Prober, endpoint: Endpoint) -> ProtocolAttempt:
        session = prober.open(endpoint, HTTP)
        try:
            questions = check_skipping_front_page(
                self.order.checks(endpoint.port, HTTP), endpoint, session, random_word=self.random_word,
                most_records=self.most_records,
            )  # fmt: skip
            results = await ask(session, questions, self.turns)
            self.on_results(endpoint, results)
            return ProtocolAttempt(protocol=HTTP, results=tuple(await self._with_data_kinds(endpoint, results)))
        finally:
            await session.close()

    def is_decided(self, contact: FirstContact) -> bool:
        """Whether a first contact makes an examination of its endpoint unnecessary."""
        return contact.is_decided and not (self.inspection is not None and self.inspection.is_due(contact.results))

    def decided(self, contact: FirstContact) -> Examination:
        """The examination by the results of a first contact alone; as `examine`, it does not raise for a bug."""
        try:
            return self._concluded(contact.endpoint, self._add_data_kinds(contact.endpoint, contact.results))
        except Exception as error:  # noqa: BLE001  (as in `examine`)
            return self.broken(error)

    def contact(self, endpoint: Endpoint) -> FirstContact | None:
        """The first contact in plain HTTP; `None` for a URL, or where the port does not suggest HTTP alone."""
        checks = self.order.first_contact(endpoint.port) if endpoint.scheme is None else ()
        if not checks:
            return None
        is_all = self.order.first_contact_runs_all(endpoint.port)
        questions = self._round(endpoint, checks, PLAIN_HTTP, includes_follow_up=is_all)
        return FirstContact(endpoint, questions, runs_all_checks=is_all)

    def round(
        self, endpoint: Endpoint, protocol: str, connection: RoundConnection, *, may_retry_closed: bool = True
    ) -> Round:
        """The round of all checks of one protocol, driven by the caller; `may_retry_closed` as in `ask_checks`."""
        checks = self.order.checks(endpoint.port, protocol)
        return self._round(endpoint, checks, connection, may_retry_closed=may_retry_closed)

    def _round(
        self, endpoint: Endpoint, checks: Sequence[CheckDefinition], connection: RoundConnection, *,
        may_retry_closed: bool = True, includes_follow_up: bool = True,
    ) -> Round:  # fmt: skip
        return ask_checks(
            checks, endpoint, connection, random_word=self.random_word, most_records=self.most_records,
            open_before=self.first_open_at, may_retry_closed=may_retry_closed, includes_follow_up=includes_follow_up,
        )  # fmt: skip

    def _concluded(self, endpoint: Endpoint, results: Sequence[CheckResult]) -> Examination:
        public = self.gate.public_tables(endpoint)
        items = [as_declared_public(item, public) for item in results] if public else results
        return conclude(
            endpoint, items, run=self.run, vantage=self.vantage, observed_at=self.now(),
            is_decoy=self._is_decoy(endpoint), first_open_at=self.first_open_at,
            scope=self.gate.scope,
        )  # fmt: skip

    async def _with_data_kinds(self, endpoint: Endpoint, results: Sequence[CheckResult]) -> Sequence[CheckResult]:
        """The results with the kinds of data; long answers are processed in a worker thread."""
        if self._needs_data_kinds(endpoint, results):
            from leakguard.engine.kinds_of_data import has_large_answer  # noqa: PLC0415  (as in `_add_data_kinds`)

            if has_large_answer(results):
                return await self.turns.in_thread(partial(self._add_data_kinds, endpoint, results))
        return self._add_data_kinds(endpoint, results)

    def _add_data_kinds(self, endpoint: Endpoint, results: Sequence[CheckResult]) -> Sequence[CheckResult]:
        if self.kind_definitions is None or not self._needs_data_kinds(endpoint, results):
            return results
        from leakguard.engine.kinds_of_data import with_data_kinds  # noqa: PLC0415  (most endpoints have no use for it)

        return with_data_kinds(results, self.kind_definitions, now=self.now())

    def _needs_data_kinds(self, endpoint: Endpoint, results: Sequence[CheckResult]) -> bool:
        is_open = any(item.verdict.outcome in OPEN for item in results)
        return is_open and self.kind_definitions is not None and not self._is_decoy(endpoint)

    def _is_decoy(self, endpoint: Endpoint) -> bool:
        return self.gate.is_decoy(endpoint.address, endpoint.host, port=endpoint.port)

    async def _speak(self, prober: Prober, endpoint: Endpoint, protocol: str, approach: Approach) -> ProtocolAttempt:
        """Run all checks of one protocol; for HTTP also those of protocols over HTTP, if no product was recognised."""
        await self.turns.wait_for_turn()
        session = prober.open(endpoint, protocol, approach)
        try:
            is_guessed = protocol == HTTP and approach is Approach.GUESSED
            if is_guessed and await session.greeting():
                return ProtocolAttempt(protocol=protocol, hints=session.hints, is_greeting=True)
            is_suggested = approach is Approach.SUGGESTED
            of_session = await self._ask_checks(endpoint, session, protocol, may_retry_closed=is_suggested)
            # Before the connection is closed: the session limits how many large answers are in memory at once.
            results = [*await self._with_data_kinds(endpoint, of_session)]
            hints, possible, is_tls = session.hints, session.possible_protocols, session.tls is not None
            tests_closing = is_suggested or protocol == HTTP
            closes_before_request = (
                tests_closing and is_closed_without_answer(results) and await session.closes_at_once()
            )
        finally:
            await session.close()
        of_products = [item for item in results if not item.definition.fallback]
        is_web = protocol == HTTP and not {*hints} - {HTTP} and (not results or spoke_http(results))
        if is_web and not any_check_applies(of_products):
            results += await self._ask_over_http(prober, endpoint)
        return ProtocolAttempt(
            protocol=protocol, results=tuple(results), hints=hints, possible_protocols=possible, is_tls=is_tls,
            closes_before_request=closes_before_request,
        )  # fmt: skip

    async def _ask_checks(
        self, endpoint: Endpoint, session: Session, protocol: str, *, may_retry_closed: bool = True
    ) -> list[CheckResult]:
        results = await ask(
            session, self.round(endpoint, protocol, session, may_retry_closed=may_retry_closed), self.turns
        )
        self.on_results(endpoint, results)
        return results

    async def _ask_over_http(self, prober: Prober, endpoint: Endpoint) -> list[CheckResult]:
        found: list[CheckResult] = []
        for protocol in protocols_over_http(endpoint):
            if not PROTOCOLS[protocol].for_named and any(item.applies for item in found):
                continue
            await self.turns.wait_for_turn()
            session = prober.open(endpoint, protocol)
            try:
                found += await self._with_data_kinds(endpoint, await self._ask_checks(endpoint, session, protocol))
            finally:
                await session.close()
        return found
