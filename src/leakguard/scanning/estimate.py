"""The estimate: what a scan would do to whom, and how long it would take, before the first packet.

Among it is how many questions the backends of a plan may be asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from leakguard.checks.definitions import CheckDefinition
from leakguard.frozen import Frozen
from leakguard.models.scan_state import BindingLimit
from leakguard.models.scope import Limits
from leakguard.scanning.backend_places import backend_place
from leakguard.scanning.backends import OWN
from leakguard.scanning.binding import binding_limit
from leakguard.scanning.left_out import LeftOut
from leakguard.scanning.plan import Plan
from leakguard.scanning.plan_extent import PlanExtent, ground_of
from leakguard.scanning.quiet_hours import QuietTime, quiet_times

MOST_TABLES = 50
"""As `probes.protocols.backend` has it: of one backend that are asked for."""

_LONGEST = timedelta(days=36_500)
"""A scan that would take longer than a century is told as such; no calendar has to hold its end."""


class Pace(Frozen):
    """How the engine works, as far as an estimate needs it."""

    connect_seconds: float = 3.0
    """How long a connection attempt waits for an answer."""
    endpoint_seconds: float = 30.0
    """How long an endpoint may take that answers as slowly as it can."""
    swept_at_once: int = 705
    """How many connections are waited for together; by the usual limit of 1,024 open files."""
    examined_at_once: int = 128
    """How many open endpoints are asked together."""


class Spans(Frozen):
    """How long a scan takes, in seconds."""

    least: float
    """Every port is closed and says so at once: one connection to each endpoint, as fast as the limits let them."""
    silent: float
    """Nobody answers: one connection to each endpoint, each waited for."""
    most: float
    """Every port is open, hangs up after each answer and takes as long as we let it."""


class Estimate(Frozen):
    """What a scan would do."""

    ground: PlanExtent
    done: int
    """Endpoints that a run which is resumed has finished with; the times do not count them."""
    names: tuple[tuple[str, int], ...]
    """The names that were resolved, and to how many addresses each."""
    unresolved: tuple[str, ...]
    unheeded: tuple[str, ...]
    """Excluded names without an address."""
    left_out: tuple[LeftOut, ...]
    """Addresses of names that would not be looked at."""
    ports_left_out: tuple[int, ...]
    """Ports of industrial devices that would not be asked."""
    checks: tuple[str, ...]
    """Ids of the checks."""
    limits: Limits
    binding_limit: BindingLimit
    """What makes it take so long, and the rate that this allows."""
    connections_each: int
    """Connections to one open endpoint at most; a closed or silent one gets one."""
    backends: tuple[BackendQuestions, ...]
    """How many questions each backend may be asked."""
    spans: Spans
    quiet: tuple[QuietTime, ...]
    """Quiet hours that it would meet if it took as long as it can, within the next two weeks."""

    @property
    def binding(self) -> str:
        """The field of `Limits` that makes it take so long."""
        return self.binding_limit.limit

    @property
    def left(self) -> int:
        """Endpoints that would be looked at."""
        return max(0, self.ground.endpoints - self.done)

    @property
    def connections_per_host(self) -> tuple[int, int]:
        """Connections to one address: where all its ports are closed, and at most."""
        return self.ground.busiest_address, self.ground.busiest_address * self.connections_each


def estimate(
    plan: Plan, library: Sequence[CheckDefinition], limits: Limits, now: datetime, *, done: int = 0,
    pace: Pace, asked: float | None = None,
) -> Estimate:  # fmt: skip
    """Estimate the plan; nothing is sent and nothing is resolved here."""
    ground, each = ground_of(plan.space), most_connections(library)
    binding = binding_limit(ground, limits, asked)
    left = max(0, ground.endpoints - done)
    spans = _spans(ground, limits, pace, each=each, left=left)
    return Estimate(
        ground=ground, done=done, unresolved=plan.unresolved, unheeded=plan.unheeded, left_out=plan.left_out,
        ports_left_out=plan.ports_left_out,
        names=tuple((name, len(addresses)) for name, addresses in plan.resolved.items() if addresses),
        checks=tuple(item.id for item in library), limits=limits, binding_limit=binding, connections_each=each,
        backends=tuple(backend_questions(plan)), spans=spans, quiet=_quiet(plan, now, spans.most),
    )  # fmt: skip


def most_connections(library: Iterable[CheckDefinition]) -> int:
    """How many connections one endpoint gets at most.

    A host may hang up after each answer and once more in the middle of a question, which is then asked again; for each
    protocol the other one of plain text and TLS is tried once; and a path that cannot exist is asked for.
    """
    questions: Counter[tuple[Hashable, ...]] = Counter()
    kinds = set()
    for item in library:
        kinds.add(item.probe.kind)
        for request in item.probe.requests:
            headers = tuple(sorted(request.headers.items()))
            asked = (item.probe.kind, request.get, request.head, request.ask, request.method, request.what, headers)
            questions[asked] = max(questions[asked], request.each.at_most if request.each is not None else 1)
    return 2 * (questions.total() + len(kinds) + 1)


def _spans(ground: PlanExtent, limits: Limits, pace: Pace, *, each: int, left: int) -> Spans:
    """A resumed run takes its share of the whole."""
    share = left / ground.endpoints if ground.endpoints else 0.0
    least = binding_limit(ground, limits).least_seconds * share
    hardest = least * each
    return Spans(
        least=least,
        silent=max(least, _rounds(left, pace.swept_at_once) * pace.connect_seconds),
        most=hardest + _rounds(left, pace.examined_at_once) * pace.endpoint_seconds,
    )


def _rounds(endpoints: int, at_once: int) -> int:
    return -(-endpoints // at_once)


def _quiet(plan: Plan, now: datetime, seconds: float) -> tuple[QuietTime, ...]:
    end = now + min(_LONGEST, timedelta(seconds=min(seconds, _LONGEST.total_seconds())))
    return tuple(takewhile(lambda quiet: quiet.since <= end, quiet_times(plan.gate.scope, now)))


class BackendQuestions(Frozen):
    """One backend."""

    backend: str
    """As the user or the scope names it."""
    tables: int
    """Tables that are asked for at most."""
    questions: int
    """To the backend, at most."""
    pages: int
    """Pages of ours that may be read for it, where its key or the names of its tables are looked for."""


def backend_questions(plan: Plan) -> Iterator[BackendQuestions]:
    """One for each backend among the targets."""
    for target in plan.targets:
        if target.backend is None or target.backend.kind.kind == OWN:
            continue  # one of one's own is asked as any other web server
        place, kind = backend_place(target.backend, plan.gate, plan.resolved), target.backend.kind
        named = len([table for table in place.tables if place.allows(table)])
        tables = (MOST_TABLES if place.is_whole else min(named, MOST_TABLES)) if kind.table_questions else 0
        is_read = kind.needs_key or place.is_whole
        yield BackendQuestions(
            backend=target.text, tables=tables, questions=kind.first_questions + tables * kind.table_questions,
            pages=len(place.pages) if is_read else 0,
        )  # fmt: skip
