"""Begins a scan from several vantages, or goes on with one: who is there, where names lead, how the plan is cut."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address

from leakguard.engine.earlier_runs import earlier_at
from leakguard.engine.examination import EndpointStatus
from leakguard.errors import FleetUnreachable, NotFound, OutOfScope, UsageProblem
from leakguard.fleet.dispatch import Flight, Lane
from leakguard.fleet.messages import message_text
from leakguard.frozen import Frozen, as_dict
from leakguard.models.events import exactly
from leakguard.models.findings import host_of
from leakguard.models.fleet import MAX_TARGETS, Known, Message, Present, Refusal, RollCall
from leakguard.models.industrial import INDUSTRIAL_STEP, ports_left_out_words
from leakguard.models.moments import from_z, to_z
from leakguard.models.records import KeptRecord, Record
from leakguard.ports import ScanStore
from leakguard.scanning.part_targets import PartTargets
from leakguard.scanning.parts import at_once_of, cut_of, share_of
from leakguard.scanning.plan import Plan, names_to_resolve, scope_targets
from leakguard.scanning.space import part_of
from leakguard.scanning.targets import Target, parse_target, told_ports
from leakguard.use_cases.fleets.fleet_requests import FleetRequest
from leakguard.use_cases.fleets.fleet_tools import Arrival, Courier, FleetTools, VantageRun
from leakguard.use_cases.fleets.presence import CALLS_IN_A_LEASE, DroppedAnswers, call
from leakguard.use_cases.scans.plan_scan import plan_scan, with_dropped
from leakguard.use_cases.scans.run_opening import RESUMED, leave_content, refuse_other_space, space_digest
from leakguard.use_cases.scans.shard_counts import SHARD_RECORDED
from leakguard.use_cases.scans.withdrawals import withdrawn_in

SHARDS_SENT = "shards_sent"
ANSWER_SECONDS = 5.0


class RollCalled(Frozen):
    """Where names lead from each vantage, and what else arrived meanwhile."""

    resolved: Mapping[str, Mapping[str, tuple[str, ...]]]
    present: tuple[tuple[Present, str], ...]
    """Who answered, each with the name of its key."""
    early: tuple[Arrival, ...]


def call_roll(
    request: FleetRequest, tools: FleetTools, courier: Courier, tell: Callable[[str], None], *, is_resumed: bool
) -> RollCalled:
    """Ask every vantage whether anybody is there; raises `FleetUnreachable` naming those where nobody is.

    One of them resolves the names. Where none answers all are called, as one with a wrong clock takes no order and
    would say nothing. A worker that refuses says why, and that is raised: settings, releases or clocks do not fit.
    Of a resumed scan refusals may be left in the queue whose worker is gone: one counts once the queue was empty, as a
    worker that is there refuses the next call as well.
    """
    until, names = _sent_roll(request, tools, courier)
    patience = min(ANSWER_SECONDS, tools.fleet.lease_seconds / CALLS_IN_A_LEASE)
    present: dict[str, Mapping[str, tuple[str, ...]]] = {}
    answers: list[tuple[Present, str]] = []
    early: list[Arrival] = []
    dropped, is_emptied = DroppedAnswers(tell), not is_resumed
    while missing := [vantage for vantage in request.vantages if vantage not in present]:
        if tools.now() >= until:
            raise _nobody(missing, is_resumed=is_resumed)
        arrival = courier.receive(patience)
        if arrival is None:
            is_emptied = True
            tell(f"Waiting for a worker of {' and '.join(missing)}")
            for vantage in missing:
                call(vantage, request.scan, request.checks, tools, courier)
        elif (read := dropped.unless_read(arrival, tools)) is None or _refuses(
            read[0], arrival, request, counts=is_emptied
        ):
            continue
        elif (answer := _answer(read[0], request)) and {*answer.resolved} >= {*names}:
            present[answer.vantage] = answer.resolved
            answers.append((answer, read[1]))
            arrival.settle()
        else:
            early.append(arrival)
    return RollCalled(resolved=present, present=tuple(answers), early=tuple(early))


def _sent_roll(request: FleetRequest, tools: FleetTools, courier: Courier) -> tuple[datetime, tuple[str, ...]]:
    """Ask a worker of each vantage; until when it may answer, and which names it is to resolve."""
    until = tools.now() + timedelta(seconds=tools.fleet.lease_seconds)
    names = _names_of(request)
    for vantage in request.vantages:
        order = RollCall(scan=request.scan, vantage=vantage, not_after=to_z(until), checks=request.checks, names=names)
        courier.send(vantage, tools.seal.close(*message_text(order)), until=until)
    return until, names


def _names_of(request: FleetRequest) -> tuple[str, ...]:
    """Those that a worker is to resolve; raises `UsageProblem` for more than it is asked for at once."""
    names = names_to_resolve(request.targets or scope_targets(request.scope), request.scope)
    if len(names) > MAX_TARGETS:
        raise UsageProblem(
            f"{len(names):,} names are more than a worker is asked for at once, which is {MAX_TARGETS:,}",
            next_step="Scan them in several commands, or name the ranges that they lead to.",
        )
    return names


def _answer(message: Message, request: FleetRequest) -> Present | None:
    """The answer to the roll call, if it is one; everything else is looked at later."""
    is_ours = message.scan == request.scan and message.vantage in request.vantages
    return message if is_ours and isinstance(message, Present) else None


def _refuses(message: Message, arrival: Arrival, request: FleetRequest, *, counts: bool) -> bool:
    """Whether a worker says that it would do no work for us, which is raised where it counts.

    That it refuses one shard is looked at later.
    """
    is_ours = message.scan == request.scan and message.vantage in request.vantages
    if not (is_ours and isinstance(message, Refusal) and message.number is None):
        return False
    arrival.settle()
    if counts:
        raise UsageProblem(
            f"the worker {message.worker} of `{message.vantage}` refused: {message.reason}",
            next_step="Set up the workers as the coordinator is: the same release, `lease_seconds` and time.",
        )
    return True


def _nobody(missing: Sequence[str], *, is_resumed: bool) -> FleetUnreachable:
    nothing = "nothing more" if is_resumed else "nothing"
    return FleetUnreachable(
        f"no worker of {' and '.join(f'`{vantage}`' for vantage in missing)} answered, so {nothing} was probed",
        next_step=f"Start one there: leakguard fleet worker --vantage {missing[0]}",
    )


def begin(request: FleetRequest, called: RollCalled, tools: FleetTools) -> tuple[VantageRun, ...]:
    """Plan the run of each vantage, cut it, and write down how; raises `OutOfScope` before anything is sent."""
    plans = {vantage: _seen_from(vantage, request, called.resolved[vantage]) for vantage in request.vantages}
    cut = {
        vantage: cut_of(plan, request.limits, tools.fleet, vantages=len(request.vantages))
        for vantage, plan in plans.items()
    }
    if not any(plan.count for plan in plans.values()):
        if left_out := next((plan.ports_left_out for plan in plans.values() if plan.ports_left_out), ()):
            raise OutOfScope(ports_left_out_words(left_out), next_step=INDUSTRIAL_STEP)
        raise NotFound("no target has an address from any vantage", next_step="Check the names, and the resolvers.")
    order_key, nonsense = tools.token(32), tools.token(12)
    now = exactly(tools.now())
    opening = _opening(request)
    runs = {vantage: request.run_of(vantage) for vantage in request.vantages}
    tools.store.append(
        request.scan, [Record(kind="fleet_scan_started", occurred_at=now, content={**opening, "runs": runs})]
    )
    for vantage, plan in plans.items():
        own = {
            "vantage": vantage,
            "targets": [target.text for target in plan.targets],
            "planned": plan.count,
            "plan_sha256": space_digest(plan.space),
            "of": cut[vantage].of,
            "at_once": cut[vantage].at_once,
            "order_key": order_key,
            "nonsense": nonsense,
            "resolved": {name: list(found) for name, found in plan.resolved.items()},
            "left_out": [as_dict(each) for each in plan.left_out],
            **({"dropped": [target.text for target in plan.dropped]} if plan.dropped else {}),
            **({"ports_left_out": list(plan.ports_left_out)} if plan.ports_left_out else {}),
        }
        tools.store.append(runs[vantage], [Record(kind="run_started", occurred_at=now, content={**opening, **own})])
    return tuple(go_on(request, tools, vantage) for vantage in request.vantages)


def resume(request: FleetRequest, tools: FleetTools) -> tuple[VantageRun, ...]:
    """Go on with the run of each vantage, and write down by whose permission; raises as `go_on` does."""
    runs = tuple(go_on(request, tools, vantage) for vantage in request.vantages)
    again = Record(kind=RESUMED, occurred_at=exactly(tools.now()), content=_opening(request))
    for run in runs:
        tools.store.append(run.run, [again])
    return runs


def go_on(request: FleetRequest, tools: FleetTools, vantage: str) -> VantageRun:
    """The run of a vantage as the ledger tells it: which shards are done, which may still be looked at by somebody.

    Raises `NotAllowed` when the scope allows other endpoints than it did: shards would no longer mean the same ones.
    """
    run, fleet = request.run_of(vantage), tools.fleet
    records = list(tools.store.read(run))
    began = next(record.content for record in records if record.kind == "run_started")
    targets = tuple(parse_target(text) for text in began["targets"])
    plan = plan_of(request, targets, {name: tuple(found) for name, found in began["resolved"].items()})
    refuse_other_space(began.get("plan_sha256", began["planned"]), plan, run)
    plan = with_dropped(plan, began.get("dropped", ()), began["resolved"])
    of, several = int(began["of"]), len(request.vantages)
    at_once = at_once_of(plan, of, request.limits, fleet, vantages=several)
    at_once = min(at_once, began.get("at_once", at_once))  # what still flies has its share of as many
    counts = {
        int(record.content["shard"]): record.content["counts"] for record in records if record.kind == SHARD_RECORDED
    }
    gone = withdrawn_in(records)  # what was withdrawn is looked at by another scan: ids of findings are taken
    counts |= {
        number: {EndpointStatus.NOT_CHECKED.value: sum(each.values())}
        for number, each in counts.items()
        if gone.has_shard(number)
    }
    sent = tuple(_sent(records))
    last = {flight.number: flight for flight in sent}  # its worker may be at it until its time is over
    flying = tuple(flight for number, flight in last.items() if number not in counts)
    lane = Lane.of(
        (number for number in range(of) if number not in counts), workers=at_once, done=counts, flying=flying,
        sent=sent, lease=timedelta(seconds=fleet.lease_seconds),
        attempts=fleet.attempts + max((flight.attempt for flight in flying), default=0),
    )  # fmt: skip
    return VantageRun(
        vantage=vantage, run=run, plan=plan, of=of, lane=lane, order_key=began["order_key"], counts=counts,
        nonsense=began["nonsense"], known=_known(tools.store, plan, of), targets=PartTargets(plan, of),
        share=share_of(request.limits, vantages=several, workers=at_once),
    )  # fmt: skip


def _seen_from(vantage: str, request: FleetRequest, resolved: Mapping[str, tuple[str, ...]]) -> Plan:
    """The plan of a vantage; a refusal says whose, where names lead elsewhere from there than from here."""
    try:
        return plan_of(request, request.targets, resolved)
    except OutOfScope as error:
        if not resolved:
            raise
        raise OutOfScope(f"seen from `{vantage}`, {error.message}", next_step=error.next_step) from error


def _opening(request: FleetRequest) -> dict[str, object]:
    scope = request.scope
    return {
        "scan": request.scan,
        "scope": scope.name,
        "scope_sha256": scope.digest,
        "owner": scope.owner.organisation,
        **leave_content(scope),
        "targets": [target.text for target in request.targets or scope_targets(scope)],
        "ports": list(told_ports(request.ports)),
        "checks": list(request.checks),
    }


def plan_of(request: FleetRequest, targets: Sequence[Target], resolved: Mapping[str, tuple[str, ...]]) -> Plan:
    """The whole plan of a vantage, from which names lead there; raises `OutOfScope`."""
    return plan_scan(targets, request.scope, ports=request.ports, resolve=lambda name: tuple(resolved.get(name, ())))


def _sent(records: Iterable[KeptRecord]) -> Iterator[Flight]:
    """Every attempt at every shard, in their order."""
    for record in records:
        if record.kind == SHARDS_SENT:
            until = from_z(record.content["until"])
            to = record.content.get("to", {})  # an earlier release did not say, and its workers are refused by now
            for number, attempt in record.content["attempts"].items():
                yield Flight(number=int(number), attempt=attempt, until=until, to=to.get(number, ""))


def _known(store: ScanStore, plan: Plan, of: int) -> Mapping[int, tuple[Known, ...]]:
    """What earlier runs know of the plan's places, by the shard that looks at them; others are none of a worker's."""
    earlier = earlier_at(plan, store)
    since, most = earlier.first_open_at, earlier.most_records
    found: dict[int, list[Known]] = defaultdict(list)
    for check_id, place in dict.fromkeys([*since, *most]):
        seen = since.get((check_id, place))
        known = Known(
            check_id=check_id, place=place, first_seen=to_z(seen) if seen else None,
            most_records=most.get((check_id, place)),
        )  # fmt: skip
        for number in {part_of(address, of) for address in _addresses(host_of(place), plan)}:
            found[number].append(known)
    return {number: tuple(known) for number, known in found.items()}


def _addresses(host: str, plan: Plan) -> tuple[str, ...]:
    if host in plan.resolved:
        return plan.resolved[host]
    try:
        return (str(ip_address(host)),)
    except ValueError:
        return ()
