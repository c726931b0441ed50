"""Examines one endpoint: finds out what speaks there, asks what the checks need, and makes findings of the verdicts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.leave import without_industrial, without_leave
from leakguard.checks.order import HTTP, CheckOrder
from leakguard.checks.protocols import PROTOCOLS
from leakguard.engine.as_declared import as_declared
from leakguard.engine.asking import ask
from leakguard.engine.bugs import OUR_BUG, bug_of
from leakguard.engine.conclusion import conclude
from leakguard.engine.examination import (
    GONE,
    HANGS_UP,
    Examination,
    Judged,
    TargetStanding,
    applies,
    is_gone,
    is_hung_up_on,
    is_refused,
    spoke_http,
)
from leakguard.engine.first_contact import PLAIN_HTTP, FirstContact
from leakguard.engine.identification import OVER_HTTP, ProtocolAttempt, ProtocolIdentification
from leakguard.engine.round_state import Conversation, Round
from leakguard.engine.rounds import ask_behind_silence, ask_checks
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

Noted = Callable[[Endpoint, Sequence[Judged]], None]


PAUSES = (1.0, 3.0)
"""Seconds after which a host that took a connection a moment ago, and then no other, is tried again."""
LEFT_ALONE = "no check of the run asks what steers machines or treats patients there, and nothing else is said to it"
DOUBT = (AGAIN_AFTER,)
"""The same for one that was open in an earlier run and refuses now."""


def unnoted(_endpoint: Endpoint, _judged: Sequence[Judged]) -> None:
    """Nobody is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examiner:
    """Examines endpoints of one run."""

    prober: Prober
    library: Sequence[CheckDefinition]
    gate: Gate
    run: str
    vantage: str
    now: Now
    nonsense: str
    """A path that no server has, different in every run."""
    first_seen: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    """When each check first found each target open, in earlier runs."""
    most_records: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """How much each check saw at most on each target, in earlier runs."""
    noted: Noted = unnoted
    """Told every verdict of an examination as it is given, for whoever explains a run."""
    book: Callable[[], KindBook] | None = None
    """Tells kinds of data by their names; without it findings tell of none."""
    second: Inspection | None = None
    """A closer look at what is open, where a person asked for it."""
    order: CheckOrder = field(init=False, repr=False, compare=False)
    turns: Turns = field(init=False, repr=False, compare=False, default_factory=Turns)
    """Of the work that is done between two answers: loading a protocol, judging, making findings."""

    def __post_init__(self) -> None:
        """Make the order of the library's checks, which is remembered for all endpoints."""
        if self.gate.scope.default_accounts is None:
            object.__setattr__(self, "library", without_leave(self.library))
        if self.gate.scope.industrial is None:
            object.__setattr__(self, "library", without_industrial(self.library))
        object.__setattr__(self, "order", CheckOrder(self.library))

    async def examine(
        self, endpoint: Endpoint, *, spent: float = 0.0, is_open: bool = False, was_open: bool = False
    ) -> Examination:
        """Find out what speaks there and judge it, in one time for all; raises neither for a host nor for a bug.

        `spent` are the seconds of that time which the sweep has used; `is_open` says that it was connected to, and
        `was_open` that it was open in an earlier run: that it refuses is believed only when it does so again.
        """
        try:
            return await self._examine(endpoint, self.prober.visit(spent), is_open=is_open, was_open=was_open)
        except Exception as error:  # noqa: BLE001  (a bug that one host brings to light must not end the run)
            return self.broken(error)

    def broken(self, error: Exception) -> Examination:
        """What a bug of ours leaves of an endpoint: it was not checked. Raises the faults of our own machine."""
        return Examination(standing=TargetStanding.NOT_CHECKED, bug=bug_of(error), why=OUR_BUG)

    async def _examine(self, endpoint: Endpoint, visit: Prober, *, is_open: bool, was_open: bool) -> Examination:
        if self._is_left_alone(endpoint):
            return Examination(standing=TargetStanding.NOT_CHECKED, why=LEFT_ALONE)
        meeting = await self._meet(visit, endpoint)
        is_doubtful = is_gone if is_open else is_refused
        for pause in PAUSES if is_open else DOUBT if was_open else ():
            if not is_doubtful(meeting.judged):
                break
            await asyncio.sleep(pause)
            meeting = await self._meet(visit, endpoint)
        judged: Sequence[Judged] = meeting.judged
        if self.second is not None and self.second.is_due(judged) and not self._is_decoy(endpoint):
            judged = await self._with_kinds(endpoint, await self.second.look(visit, endpoint, judged, self.turns))
        await self.turns.mine()
        examination = self._concluded(endpoint, judged)
        why = HANGS_UP if meeting.is_barred else GONE if is_open and is_gone(judged) else ""
        return replace(examination, standing=TargetStanding.NOT_CHECKED, why=why) if why else examination

    async def _meet(self, visit: Prober, endpoint: Endpoint) -> ProtocolIdentification:
        leading, others = self.order.kinds(endpoint.port, endpoint.scheme)
        if is_industrial := bool(industrial_name(endpoint.port, endpoint.scheme)):
            leading, others = self._for_device(endpoint, leading), ()
        meeting = ProtocolIdentification(
            speak=partial(self._speak, visit, endpoint), leading=leading, others=others,
            is_certain=endpoint.backend is not None or is_industrial,
        )  # fmt: skip
        await meeting.run()
        if meeting.met_silence and endpoint.backend is None and not is_industrial:
            behind = await self._speak_behind_silence(visit, endpoint)
            if behind.judged:  # then the silence was that of a front page alone
                meeting.heard[:] = [*(heard for heard in meeting.heard if heard.kind != HTTP), behind]
        return meeting

    def _is_left_alone(self, endpoint: Endpoint) -> bool:
        """Whether such a device is there, and no check of the run speaks what it speaks."""
        if not industrial_name(endpoint.port, endpoint.scheme):
            return False
        return not self._for_device(endpoint, self.order.kinds(endpoint.port, endpoint.scheme)[0])

    def _for_device(self, endpoint: Endpoint, leading: Sequence[str]) -> tuple[str, ...]:
        """What a device that steers machines or treats patients is asked in: a guess may stop it."""
        own = (kind for kind in leading if PROTOCOLS[kind].is_industrial)
        return tuple(kind for kind in own if self.order.checks(endpoint.port, kind))

    async def _speak_behind_silence(self, prober: Prober, endpoint: Endpoint) -> ProtocolAttempt:
        session = prober.open(endpoint, HTTP)
        try:
            talk = ask_behind_silence(
                self.order.checks(endpoint.port, HTTP), endpoint, session, nonsense=self.nonsense,
                most_records=self.most_records,
            )  # fmt: skip
            judged = await ask(session, talk, self.turns)
            self.noted(endpoint, judged)
            return ProtocolAttempt(kind=HTTP, judged=tuple(await self._with_kinds(endpoint, judged)))
        finally:
            await session.close()

    def is_decided(self, contact: FirstContact) -> bool:
        """Whether the verdicts of a first contact are all that is wanted of the endpoint."""
        return contact.is_decided and not (self.second is not None and self.second.is_due(contact.judged))

    def decided(self, contact: FirstContact) -> Examination:
        """What the verdicts of a first contact come to; as `examine`, this never raises for a bug."""
        try:
            return self._concluded(contact.endpoint, self._told(contact.endpoint, contact.judged))
        except Exception as error:  # noqa: BLE001  (as in `examine`)
            return self.broken(error)

    def contact(self, endpoint: Endpoint) -> FirstContact | None:
        """Who may ask the endpoint on a line of plain HTTP that is open already; nobody where more has to be tried."""
        own = self.order.first_contact(endpoint.port) if endpoint.scheme is None else ()
        if not own:
            return None
        is_all = self.order.is_all(endpoint.port)
        return FirstContact(endpoint, self._talk(endpoint, own, PLAIN_HTTP, is_whole=is_all), is_all=is_all)

    def round(self, endpoint: Endpoint, kind: str, line: Conversation, *, is_patient: bool = True) -> Round:
        """The questions of all checks of one kind, for whoever asks them; `is_patient` as `ask_checks` has it."""
        return self._talk(endpoint, self.order.checks(endpoint.port, kind), line, is_patient=is_patient)

    def _talk(
        self, endpoint: Endpoint, checks: Sequence[CheckDefinition], line: Conversation, *, is_patient: bool = True,
        is_whole: bool = True,
    ) -> Round:  # fmt: skip
        return ask_checks(
            checks, endpoint, line, nonsense=self.nonsense, most_records=self.most_records, known_open=self.first_seen,
            is_patient=is_patient, is_whole=is_whole,
        )  # fmt: skip

    def _concluded(self, endpoint: Endpoint, judged: Sequence[Judged]) -> Examination:
        public = self.gate.public_tables(endpoint)
        told = [as_declared(item, public) for item in judged] if public else judged
        return conclude(
            endpoint, told, run=self.run, vantage=self.vantage, observed_at=self.now(),
            is_decoy=self._is_decoy(endpoint), first_seen=self.first_seen,
            scope=self.gate.scope,
        )  # fmt: skip

    async def _with_kinds(self, endpoint: Endpoint, judged: Sequence[Judged]) -> Sequence[Judged]:
        """The verdicts with the kinds of data; what takes long is found out beside the loop."""
        if self._may_tell(endpoint, judged):
            from leakguard.engine.kinds_of_data import is_much  # noqa: PLC0415  (as in `_told`)

            if is_much(judged):
                return await self.turns.beside(partial(self._told, endpoint, judged))
        return self._told(endpoint, judged)

    def _told(self, endpoint: Endpoint, judged: Sequence[Judged]) -> Sequence[Judged]:
        if self.book is None or not self._may_tell(endpoint, judged):
            return judged
        from leakguard.engine.kinds_of_data import with_kinds  # noqa: PLC0415  (most endpoints have no use for it)

        return with_kinds(judged, self.book, now=self.now())

    def _may_tell(self, endpoint: Endpoint, judged: Sequence[Judged]) -> bool:
        is_open = any(item.verdict.outcome in OPEN for item in judged)
        return is_open and self.book is not None and not self._is_decoy(endpoint)

    def _is_decoy(self, endpoint: Endpoint) -> bool:
        return self.gate.is_decoy(endpoint.address, endpoint.host)

    async def _speak(self, prober: Prober, endpoint: Endpoint, kind: str, approach: Approach) -> ProtocolAttempt:
        """Ask all checks of one kind; over HTTP those of its guests as well, where no product was recognised."""
        await self.turns.mine()
        session = prober.open(endpoint, kind, approach)
        try:
            is_guessed = kind == HTTP and approach is Approach.GUESSED
            if is_guessed and await session.greeting():
                return ProtocolAttempt(kind=kind, hints=session.hints, is_greeting=True)
            asked = await self._ask_checks(endpoint, session, kind, is_patient=approach is Approach.SUGGESTED)
            # While the line is held: few hosts at once may have told much.
            judged = [*await self._with_kinds(endpoint, asked)]
            hints, begun, is_tls = session.hints, session.begun, session.tls is not None
            is_first = approach is Approach.SUGGESTED or kind == HTTP
            is_barred = is_first and is_hung_up_on(judged) and await session.hangs_up()
        finally:
            await session.close()
        special = [item for item in judged if not item.definition.fallback]
        is_web = kind == HTTP and not {*hints} - {HTTP} and (not judged or spoke_http(judged))
        if is_web and not applies(special):
            judged += await self._ask_over_http(prober, endpoint)
        return ProtocolAttempt(
            kind=kind, judged=tuple(judged), hints=hints, begun=begun, is_tls=is_tls, is_barred=is_barred
        )

    async def _ask_checks(
        self, endpoint: Endpoint, session: Session, kind: str, *, is_patient: bool = True
    ) -> list[Judged]:
        judged = await ask(session, self.round(endpoint, kind, session, is_patient=is_patient), self.turns)
        self.noted(endpoint, judged)
        return judged

    async def _ask_over_http(self, prober: Prober, endpoint: Endpoint) -> list[Judged]:
        found: list[Judged] = []
        for kind in _over_http(endpoint):
            if not PROTOCOLS[kind].for_named and any(item.applies for item in found):
                continue
            await self.turns.mine()
            session = prober.open(endpoint, kind)
            try:
                found += await self._with_kinds(endpoint, await self._ask_checks(endpoint, session, kind))
            finally:
                await session.close()
        return found


def _over_http(endpoint: Endpoint) -> tuple[str, ...]:
    """The kinds that are asked over HTTP; those for places that a person named come last."""
    is_named = endpoint.named or endpoint.host is not None
    own = [kind for kind in OVER_HTTP if PROTOCOLS[kind].for_named] if is_named else []
    return (*(kind for kind in OVER_HTTP if not PROTOCOLS[kind].for_named), *own)
