"""A worker that was taken over: it signs as well as ever, reads every order, answers first, and knows our code."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from leakguard.bundled import BundledFiles
from leakguard.cli.scan.progress import NoProgress
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.verdicts import State
from leakguard.errors import NotAllowed, NotFound, StoreUnusable, UsageProblem
from leakguard.fleet.dispatch import Lane
from leakguard.fleet.keys import KeyRing, public_text
from leakguard.ledger.canonical import canonical
from leakguard.models.event_records import event_of
from leakguard.models.findings import Finding, Outcome
from leakguard.models.fleet import Envelope, Refusal, Shard, ShardResult
from leakguard.models.moments import to_z
from leakguard.models.records import KeptRecord, Record
from leakguard.use_cases.fleets.fleet_reports import fleet_reports
from leakguard.use_cases.fleets.fleet_tools import FleetSummary
from leakguard.use_cases.fleets.serve_fleet import FleetWorker
from leakguard.use_cases.fleets.shards import shard_plan
from leakguard.use_cases.fleets.verify_by_fleet import Permission, verify_by_fleet
from leakguard.use_cases.fleets.withdraw_results import Withdrawal, WithdrawnResults, withdraw_results
from leakguard.use_cases.incidents.incident_clocks import statuses
from leakguard.use_cases.incidents.incident_closures import closed_findings, is_over
from leakguard.use_cases.incidents.incidents import incident_of, open_incident
from leakguard.use_cases.incidents.playbook_closure import refuse_unproved, unproved
from leakguard.use_cases.incidents.playbooks import find_playbook
from leakguard.use_cases.scans.exposures import history_of_places
from leakguard.use_cases.scans.runs import load_run
from support.fake_prober import FakeProber, store_server
from support.fleet import (
    COORDINATOR,
    LEASE_SECONDS,
    SECOND,
    STRANGER,
    WORKER,
    Clock,
    Fleet,
    Letter,
    MemoryBroker,
    WorkerTools,
    sealed,
    shard_of,
)
from support.scans import NOW, SCOPE_TEXT

KEYS = {"worker-1": WORKER, "worker-2": SECOND}
TARGETS = "127.0.0.0/28:9200"
OPEN = {"127.0.0.1:9200": store_server(), "127.0.0.5:9200": store_server(records=7)}
Answer = Callable[[dict[str, Any], KeyRing], Iterable[dict[str, Any]]]
"""What a liar sends when it sees an order: the order's fields, and its own key."""


@dataclass(slots=True, kw_only=True)
class Broker:
    """Queues for each worker, all of them read by the liar, who always answers first; fits `Courier`."""

    clock: Clock
    workers: Mapping[str, FleetWorker]
    """By public key, the liar among them: it takes its own orders too, and says what it likes."""
    liar: KeyRing | None = None
    lie: Answer = lambda _order, _ring: ()
    is_honest: bool = False
    """Whether the liar does its own orders as it should."""
    orders: deque[tuple[str, dict[str, Any]]] = field(default_factory=deque)
    answers: deque[object] = field(default_factory=deque)
    seen: list[dict[str, Any]] = field(default_factory=list)
    """Every answer of an honest worker."""

    def send(self, vantage: str, envelope: Envelope, *, until: datetime, holder: str = "") -> None:
        del vantage, until
        order = json.loads(envelope.body) | {"kind": envelope.kind}
        if self.liar is not None:
            self.answers.extend(self.lie(order, self.liar))
        self.orders.append((holder, envelope.model_dump()))

    def call(self, vantage: str, envelope: Envelope) -> None:
        del vantage
        for worker in self.workers.values():
            if (reply := worker.present(envelope.model_dump())) is not None:
                self.answers.append(reply.envelope.model_dump())

    def receive(self, seconds: float) -> Letter | None:
        if not self.answers and self.orders:
            holder, order = self.orders.popleft()
            worker = self.workers.get(holder) or next(iter(self.workers.values()))
            is_lied = not self.is_honest and self.liar is not None and holder == public_text(self.liar.own)
            reply = None if is_lied else worker.answer(order)
            if reply is not None:
                self.seen.append(reply.envelope.model_dump())
                self.answers.append(self.seen[-1])
        if not self.answers:
            self.clock.wait(max(seconds, 0.5))
            return None
        return Letter(self.answers.popleft(), lambda: None)

    def close(self, *, is_finished: bool) -> None:
        del is_finished


def ring(key: Ed25519PrivateKey) -> KeyRing:
    return KeyRing(key, {"coordinator": public_text(COORDINATOR)})


def fleet_of(
    *names: str, servers: Mapping[str, Any] = OPEN, liar: str = "", lie: Answer = lambda _order, _ring: ()
) -> Fleet:  # fmt: skip
    """A coordinator with these workers at `campus`, one of which lies."""
    fleet = Fleet(seal=KeyRing(COORDINATOR, {name: public_text(key) for name, key in KEYS.items()}))
    play(fleet, *names, servers=servers, liar=liar, lie=lie)
    return fleet


def play(
    fleet: Fleet, *names: str, servers: Mapping[str, Any] = OPEN, liar: str = "",
    lie: Answer = lambda _order, _ring: (),
) -> None:  # fmt: skip
    """From now on these workers are there, and see these servers."""
    workers = {}
    for name in names:
        tools = WorkerTools(clock=fleet.clock, network=FakeProber(servers=dict(servers)))
        workers[public_text(KEYS[name])] = FleetWorker(
            vantage="campus", name=name, seal=ring(KEYS[name]), tools=tools, lease=timedelta(seconds=LEASE_SECONDS),
            tell=fleet.worker_said.append, slots=2,
        )  # fmt: skip
    broker = Broker(clock=fleet.clock, workers=workers, liar=ring(KEYS[liar]) if liar else None, lie=lie)
    fleet.broker = cast("MemoryBroker", broker)


def broker_of(fleet: Fleet) -> Broker:
    return cast("Broker", fleet.broker)


def result_of(order: Mapping[str, Any], **fields: Any) -> ShardResult:  # noqa: ANN401  (fields of any type)
    """What an order's worker would say of a part in which everything is closed."""
    shard = Shard.model_validate({name: value for name, value in order.items() if name != "kind"})
    plan = shard_plan(shard, now=datetime.fromisoformat(order["not_after"]) - timedelta(seconds=LEASE_SECONDS))
    keys = [endpoint.key for endpoint in plan.endpoints()]
    told: dict[str, Any] = {
        "scan": shard.scan, "vantage": shard.vantage, "run": shard.run, "number": shard.number, "of": shard.of,
        "attempt": shard.attempt, "worker": "worker-2", "is_complete": True, "counts": {"closed": len(keys)},
        "standings": dict.fromkeys(keys, "closed"), "findings": (),
        "started_at": to_z(datetime.fromisoformat(order["not_after"]) - timedelta(seconds=LEASE_SECONDS)),
        "ended_at": to_z(datetime.fromisoformat(order["not_after"]) - timedelta(seconds=LEASE_SECONDS)),
    }  # fmt: skip
    return ShardResult(**(told | fields))


def signed(result: ShardResult, ring: KeyRing) -> dict[str, Any]:
    return ring.close("result", canonical(result.model_dump(mode="json"))).model_dump()


def all_closed(order: dict[str, Any], liar: KeyRing) -> Iterable[dict[str, Any]]:
    """`closed` for every shard that is sent to anybody, before anybody has looked."""
    if order["kind"] == "shard":
        yield signed(result_of(order), liar)


def outcomes(summary: FleetSummary) -> Counter[str]:
    return Counter(finding.verdict.outcome.value for finding in summary.findings)


def others_closed(order: dict[str, Any], liar: KeyRing) -> Iterable[dict[str, Any]]:
    """`closed` for the shards of others; its own are looked at honestly."""
    return () if order.get("holder") == public_text(liar.own) else all_closed(order, liar)


def exposed(summary: FleetSummary) -> set[str]:
    return {finding.address for finding in summary.findings if finding.verdict.outcome is Outcome.EXPOSED}


def test_a_worker_that_answers_for_the_shards_of_another_is_not_believed_and_is_named() -> None:
    fleet = fleet_of("worker-1", "worker-2", liar="worker-2", lie=others_closed)
    broker_of(fleet).is_honest = True

    summary = fleet.scan(TARGETS, vantage="campus")

    assert exposed(summary) == {"127.0.0.1", "127.0.0.5"}
    assert summary.vantages[0].refused["worker-2"] >= 1
    assert any("worker-2: a result for shard" in line and "it was not given that order" in line for line in fleet.said)
    listed = [one for one in fleet.store.read(f"{summary.scan}-campus") if one.kind == "shard_result_refused"]
    assert {one.content["signer"] for one in listed} == {"worker-2"}
    assert {one.content["given_to"] for one in listed} == {"worker-1"}


def test_a_worker_that_refuses_the_shards_of_another_stops_none_of_them() -> None:
    def refuse(order: dict[str, Any], liar: KeyRing) -> Iterable[dict[str, Any]]:
        if order["kind"] == "shard" and order.get("holder") != public_text(liar.own):
            refusal = Refusal(
                scan=order["scan"], vantage="campus", worker="worker-1", reason="no", number=order["number"],
                attempt=order["attempt"],
            )  # fmt: skip
            yield liar.close("refusal", canonical(refusal.model_dump(mode="json"))).model_dump()

    fleet = fleet_of("worker-1", "worker-2", liar="worker-2", lie=refuse)
    broker_of(fleet).is_honest = True

    summary = fleet.scan(TARGETS, vantage="campus")

    assert exposed(summary) == {"127.0.0.1", "127.0.0.5"}
    assert not any("was refused by" in line for line in fleet.said)


def open_before(*names: str) -> tuple[Fleet, Finding]:
    """A store in which a scan by an honest fleet saw 127.0.0.1 open."""
    fleet = fleet_of(*(names or ("worker-1", "worker-2")))
    found = fleet.scan(TARGETS, vantage="campus").findings
    return fleet, next(one for one in found if one.address == "127.0.0.1")


def test_a_lying_holder_that_closes_what_was_open_is_contradicted_by_a_second_worker() -> None:
    fleet, _ = open_before()
    fleet.clock.wait(3600)
    play(fleet, "worker-1", "worker-2", liar="worker-2", lie=all_closed)

    summary = fleet.scan(TARGETS, vantage="campus")

    assert exposed(summary) == {"127.0.0.1", "127.0.0.5"}


SHUT = {"outcome": "not_exposed", "access": "none", "severity": "none", "reason": "a login is asked for"}
UNCLEAR = SHUT | {"outcome": "inconclusive", "reason": "no clear answer"}


@pytest.mark.parametrize("words", [(SHUT, UNCLEAR), (UNCLEAR, SHUT)], ids=["shut first", "unclear first"])
def test_two_words_on_one_finding_close_nothing_without_a_second_worker(words: tuple[dict[str, str], ...]) -> None:
    """By one word nothing would be closed, so that nobody else looked; by the other it would be kept as closed."""
    fleet, finding = open_before()
    fleet.clock.wait(3600)

    def twice(order: dict[str, Any], liar: KeyRing) -> Iterable[dict[str, Any]]:
        if order["kind"] != "shard" or order.get("holder") != public_text(liar.own):
            return
        reply = broker_of(fleet).workers[public_text(WORKER)].answer(sealed_order(order))
        assert reply is not None
        result = ShardResult.model_validate_json(reply.envelope.body)
        counts = dict(result.counts)
        counts["other"] = counts.get("other", 0) + counts.pop("exposed", 0)
        lied = {
            "findings": tuple(one | word for one in result.findings for word in words),
            "standings": {key: "other" if how == "exposed" else how for key, how in result.standings.items()},
            "counts": {standing: count for standing, count in counts.items() if count},
        }
        yield signed(result.model_copy(update=lied), liar)

    play(fleet, "worker-1", liar="worker-1", lie=twice)

    summary = fleet.scan(TARGETS, vantage="campus")

    assert outcomes(summary) == {"inconclusive": 2}
    for place in ("127.0.0.1:9200", "127.0.0.5:9200"):
        assert history_of_places(fleet.store, {(finding.check_id, place)}).open_spots((finding.check_id, place))


def test_what_two_workers_see_closed_is_closed() -> None:
    fleet, finding = open_before()
    fleet.clock.wait(3600)
    play(fleet, "worker-1", "worker-2", servers={})

    summary = fleet.scan(TARGETS, vantage="campus")

    assert summary.counts == {"closed": 15}
    assert dict(fleet.store.done_targets(f"{summary.scan}-campus"))[finding.endpoint] == "closed"
    witnesses = [one.content for one in fleet.store.read(f"{summary.scan}-campus") if "witness" in one.content]
    assert witnesses
    assert all(one["witness"] != one["signer"] for one in witnesses)


def test_what_one_worker_alone_sees_closed_is_told_as_one_witness() -> None:
    fleet, finding = open_before("worker-1")
    fleet.clock.wait(3600)
    play(fleet, "worker-1", servers={"127.0.0.1:9200": store_server(locked=True)})

    summary = fleet.scan(TARGETS, vantage="campus")

    told = {one.address: one.verdict for one in summary.findings}
    assert {verdict.outcome for verdict in told.values()} == {Outcome.INCONCLUSIVE}
    assert {verdict.reason_code for verdict in told.values()} == {"one_witness"}
    assert "closed, one witness: worker-1 alone saw that a login is asked for" in told["127.0.0.1"].reason
    assert "the port is closed" in told["127.0.0.5"].reason
    assert summary.counts == {"closed": 13, "not_checked": 2}
    assert summary.is_unfinished
    assert dict(fleet.store.done_targets(f"{summary.scan}-campus"))[finding.endpoint] == "not_checked"


def verified(fleet: Fleet, finding: Finding) -> tuple[Any, tuple[str, ...]]:
    permission = Permission(name="scope.yaml", text=SCOPE_TEXT)
    (item,), incidents = verify_by_fleet("campus", permission, fleet, fleet.said.append, NoProgress())([finding.id])
    return item, incidents


def test_an_incident_is_not_closed_on_the_word_of_one_worker() -> None:
    fleet, finding = open_before()
    incident = open_incident(fleet.store, [finding], now=fleet.now()).id
    fleet.clock.wait(3600)
    play(fleet, "worker-2", liar="worker-2", lie=all_closed)

    item, incidents = verified(fleet, finding)

    assert incidents == ()
    assert not item.is_proved
    assert item.now is not None
    assert item.now.verdict.reason_code == "one_witness"
    look = [one for one in fleet.store.read(incident) if one.kind == "finding_verified"][-1]
    assert (look.content["closure"], look.content["reason_code"]) == ("unknown", "one_witness")


def test_an_incident_is_closed_by_two_workers() -> None:
    fleet, finding = open_before()
    incident = open_incident(fleet.store, [finding], now=fleet.now()).id
    fleet.clock.wait(3600)
    play(fleet, "worker-1", "worker-2", servers={})

    item, incidents = verified(fleet, finding)

    assert item.is_proved
    assert incidents == (incident,)


def played_again(fields: dict[str, Any]) -> Answer:
    def lie(order: dict[str, Any], liar: KeyRing) -> Iterable[dict[str, Any]]:
        if order["kind"] == "shard":
            yield signed(result_of(order, **fields), liar)

    return lie


@pytest.mark.parametrize(
    "fields",
    [{"attempt": 0}, {"attempt": 7}, {"number": 999}, {"run": "R-0-campus"}, {"scan": "R-0"}, {"vantage": "outside"},
     {"of": 1}, {"of": 9999}, {"worker": "worker-1"}],
    ids=str,
)  # fmt: skip
def test_a_result_of_another_attempt_shard_run_or_name_changes_nothing(fields: dict[str, Any]) -> None:
    """Whatever it calls itself: its key tells who it is. Its own shards are done by nobody, and given to another."""
    fleet = fleet_of("worker-1", "worker-2", liar="worker-2", lie=played_again(fields))
    if "worker" in fields:
        broker_of(fleet).lie = lambda order, liar: (
            [signed(result_of(order, worker="worker-1"), liar)]
            if order["kind"] == "shard" and order.get("holder") != public_text(liar.own) else ()
        )  # fmt: skip

    summary = fleet.scan(TARGETS, vantage="campus")

    assert exposed(summary) == {"127.0.0.1", "127.0.0.5"}
    assert sum(summary.counts.values()) == 15


def test_a_result_signed_by_an_unknown_key_is_dropped() -> None:
    def lie(order: dict[str, Any], _: KeyRing) -> Iterable[dict[str, Any]]:
        if order["kind"] == "shard":
            yield signed(result_of(order), KeyRing(STRANGER, {}))

    fleet = fleet_of("worker-1", liar="worker-1", lie=lie)
    broker_of(fleet).liar = KeyRing(STRANGER, {})

    summary = fleet.scan(TARGETS, vantage="campus")

    assert outcomes(summary)["exposed"] == 2
    assert any("a key that nobody here trusts" in line for line in fleet.said)


def test_an_old_result_played_again_by_anybody_is_not_taken() -> None:
    """The very envelopes that honest workers signed in an earlier scan, when nothing was open yet."""
    fleet = fleet_of("worker-1", "worker-2", servers={})
    fleet.scan(TARGETS, vantage="campus")
    kept = list(broker_of(fleet).seen)
    assert any(envelope["kind"] == "result" for envelope in kept)
    play(fleet, "worker-1", "worker-2", liar="worker-2", lie=lambda order, _: kept if order["kind"] == "shard" else ())
    broker_of(fleet).is_honest = True

    summary = fleet.scan(TARGETS, vantage="campus")

    assert exposed(summary) == {"127.0.0.1", "127.0.0.5"}


def test_an_earlier_attempt_counts_from_whoever_had_it_and_from_nobody_else() -> None:
    lane = Lane.of(range(1), workers=1, lease=timedelta(seconds=60), attempts=3)
    lane.hear("a", 1, NOW, signer="worker-1")
    lane.hear("b", 1, NOW, signer="worker-2")
    (first,) = lane.to_send(NOW)
    (second,) = lane.to_send(NOW + timedelta(seconds=66))

    assert (first.to, second.to) == ("worker-1", "worker-2")
    assert [lane.is_given(0, attempt, signer) for attempt in (1, 2) for signer in ("worker-1", "worker-2", "")] == [
        True, False, False, False, True, False
    ]  # fmt: skip


def test_a_worker_that_claims_a_thousand_slots_is_given_no_more_than_another() -> None:
    fleet = fleet_of("worker-1", "worker-2")
    greedy = broker_of(fleet).workers[public_text(SECOND)]
    greedy.slots = 1000

    scan = fleet.scan("127.0.0.0/24:9200", vantage="campus").scan

    given: Counter[str] = Counter()
    for record in fleet.store.read(f"{scan}-campus"):
        if record.kind == "shards_sent":
            given.update(record.content["to"].values())
    assert given["worker-1"] >= given["worker-2"] - 2


def test_an_order_that_was_given_to_another_worker_is_not_done() -> None:
    fleet = fleet_of("worker-2")
    worker = broker_of(fleet).workers[public_text(SECOND)]

    reply = worker.answer(sealed(shard_of(TARGETS, holder=public_text(WORKER))))

    assert reply is not None
    assert "given to another worker" in reply.envelope.body


def withdraw(fleet: Fleet, worker: str = "worker-2", since: datetime = NOW) -> WithdrawnResults:
    options = Withdrawal(worker=worker, since=since, by="Ada Lovelace", reason="the host was taken over")
    return withdraw_results(fleet.store, options, now=fleet.now)


def closed_by_two() -> tuple[Fleet, Finding, str]:
    """An incident that two workers have seen closed."""
    fleet, finding = open_before()
    incident = open_incident(fleet.store, [finding], now=fleet.now()).id
    fleet.clock.wait(3600)
    play(fleet, "worker-1", "worker-2", servers={})
    assert verified(fleet, finding)[1] == (incident,)
    fleet.clock.wait(60)
    return fleet, finding, incident


def test_what_was_closed_with_the_word_of_a_withdrawn_worker_is_open_again() -> None:
    fleet, finding, incident = closed_by_two()
    assert is_over(incident_of(incident, tuple(fleet.store.read(incident))))

    done = withdraw(fleet)

    records = tuple(fleet.store.read(incident))
    assert done.findings == (finding.id,)
    assert done.incidents == (incident,)
    assert not is_over(incident_of(incident, records))
    assert closed_findings(records) == set()
    assert "is not believed any more" in unproved(records)[0]
    reopened = [one for one in records if one.kind == "reopened"]
    assert "Ada Lovelace" in str(reopened[0].content)
    assert "worker-2" in str(reopened[0].content)


def test_an_incident_that_a_withdrawal_opens_again_has_new_24_hours() -> None:
    fleet, finding, incident = closed_by_two()
    rule = find_playbook(BundledFiles(), "exposed-datastore-24h").clocks["remediate"]
    (ended,) = statuses(fleet.store, incident, (rule,), Calendars(), fleet.now())

    withdraw(fleet)

    (status,) = statuses(fleet.store, incident, (rule,), Calendars(), fleet.now())
    assert (ended.state, status.state) == (State.MET_ON_TIME, State.RUNNING)
    assert status.remaining_seconds == timedelta(hours=24).total_seconds()
    (again,) = (event_of(one) for one in fleet.store.read(incident) if one.kind == "exposure_seen_again")
    assert again.fields["finding"] == finding.id
    assert again.source == "withdrawn by Ada Lovelace"


def test_a_withdrawal_that_was_cut_off_is_finished_by_the_same_command(monkeypatch: pytest.MonkeyPatch) -> None:
    fleet, finding, incident = closed_by_two()
    append = fleet.store.append

    def busy(subject: str, records: Sequence[Record], *, after: int | None = None) -> tuple[KeptRecord, ...]:
        if subject == incident:
            raise StoreUnusable("the store is in use", next_step="Wait, then try again.")
        return append(subject, records, after=after)

    with monkeypatch.context() as patched:
        patched.setattr(fleet.store, "append", busy)
        with pytest.raises(StoreUnusable):
            withdraw(fleet)
    assert is_over(incident_of(incident, tuple(fleet.store.read(incident))))

    done = withdraw(fleet)

    assert (done.shards, done.findings, done.incidents) == (0, (finding.id,), (incident,))
    records = tuple(fleet.store.read(incident))
    assert not is_over(incident_of(incident, records))
    assert closed_findings(records) == set()
    with pytest.raises(NotFound, match="that still counts"):
        withdraw(fleet)
    assert tuple(fleet.store.read(incident)) == records


def test_a_withdrawal_is_kept_with_who_decided_it_and_why() -> None:
    fleet, _, _ = closed_by_two()

    done = withdraw(fleet)

    kept = [record for run in done.runs for record in fleet.store.read(run) if record.kind == "shard_results_withdrawn"]
    assert len(kept) == len(done.runs) >= 2
    assert {(one.content["worker"], one.content["by"], one.content["reason"]) for one in kept} == {
        ("worker-2", "Ada Lovelace", "the host was taken over")
    }


def test_findings_of_a_withdrawn_result_say_nothing_any_more_and_are_listed_as_withdrawn() -> None:
    fleet = fleet_of("worker-2")
    run = f"{fleet.scan(TARGETS, vantage='campus').scan}-campus"

    withdraw(fleet)

    stored = load_run(fleet.store, run)
    assert {one.verdict.outcome for one in stored.findings} == {Outcome.INCONCLUSIVE}
    assert {one.verdict.reason.partition(":")[0] for one in stored.findings} == {"withdrawn"}
    assert {json.loads(line)["outcome"] for line in stored.findings.lines()} == {"inconclusive"}
    assert {one.outcome for one in stored.findings.glances()} == {Outcome.INCONCLUSIVE}
    assert dict(stored.findings.outcomes) == {Outcome.INCONCLUSIVE: 2}
    assert dict(stored.counts) == {"not_checked": 15}
    assert {one.became for one in fleet_reports(fleet.store, worker="worker-2")} == {"withdrawn"}


def test_what_another_worker_reported_stays() -> None:
    fleet = fleet_of("worker-1")
    run = f"{fleet.scan(TARGETS, vantage='campus').scan}-campus"
    play(fleet, "worker-2")
    fleet.scan(TARGETS, vantage="campus")

    withdraw(fleet)

    assert dict(load_run(fleet.store, run).findings.outcomes) == {Outcome.EXPOSED: 2}


def test_only_what_was_reported_since_is_withdrawn_and_only_once() -> None:
    fleet = fleet_of("worker-2")
    fleet.scan(TARGETS, vantage="campus")

    with pytest.raises(NotFound, match="that still counts"):
        withdraw(fleet, since=fleet.now() + timedelta(hours=1))
    with pytest.raises(NotFound):
        withdraw(fleet, worker="worker-1")
    assert withdraw(fleet).shards >= 1
    with pytest.raises(NotFound):
        withdraw(fleet)


def test_a_withdrawal_needs_a_name_and_a_reason() -> None:
    fleet = fleet_of("worker-2")
    options = Withdrawal(worker="worker-2", since=NOW, by=" ", reason="x")

    with pytest.raises(UsageProblem, match="who decided it"):
        withdraw_results(fleet.store, options, now=fleet.now)


def test_each_report_is_listed_with_what_became_of_it() -> None:
    fleet, _ = open_before()
    fleet.clock.wait(3600)
    play(fleet, "worker-1", "worker-2", servers={}, liar="worker-2", lie=others_closed)
    broker_of(fleet).is_honest = True
    run = f"{fleet.scan(TARGETS, vantage='campus').scan}-campus"

    found = fleet_reports(fleet.store, run=run)

    assert {one.became for one in found} == {"taken", "looked_at_again", "refused"}
    assert {one.signer for one in found if one.became == "refused"} == {"worker-2"}
    assert all(one.witness for one in found if one.became == "taken" and one.shard in {
        each.shard for each in found if each.became == "looked_at_again"
    })  # fmt: skip
    assert all("worker-1" in {one.signer, one.witness} for one in fleet_reports(fleet.store, worker="worker-1"))


def test_a_partial_result_of_a_liar_does_not_stand_before_the_whole_one_of_another() -> None:
    """A finding is kept once: the first word on a place would have been the last."""

    def partly(order: dict[str, Any], liar: KeyRing) -> Iterable[dict[str, Any]]:
        if order["kind"] == "shard" and order.get("holder") == public_text(liar.own):
            honest = broker_of(fleet).workers[public_text(SECOND)]
            reply = honest.answer(sealed_order(order))
            if reply is not None and reply.envelope.kind == "result":
                result = ShardResult.model_validate_json(reply.envelope.body)
                hidden = tuple(
                    one | {"outcome": "not_exposed", "access": "none", "severity": "none"} for one in result.findings
                )
                counts = {status: count for status, count in result.counts.items() if status != "exposed"}
                counts["not_checked"] = sum(result.counts.values()) - sum(counts.values())
                lied = result.model_copy(
                    update={"is_complete": False, "findings": hidden, "standings": {}, "counts": counts}
                )
                yield signed(lied, liar)

    fleet = fleet_of("worker-1", "worker-2", liar="worker-2", lie=partly)

    assert exposed(fleet.scan(TARGETS, vantage="campus")) == {"127.0.0.1", "127.0.0.5"}


def sealed_order(order: Mapping[str, Any]) -> dict[str, Any]:
    return sealed(Shard.model_validate({name: value for name, value in order.items() if name != "kind"}))


@pytest.mark.parametrize("kind", ["remediation_verified", "closed"])
def test_closing_what_one_witness_saw_closed_takes_the_word_of_a_person(kind: str) -> None:
    fleet, finding = open_before()
    incident = open_incident(fleet.store, [finding], now=fleet.now()).id
    fleet.clock.wait(3600)
    play(fleet, "worker-2", liar="worker-2", lie=all_closed)
    verified(fleet, finding)

    with pytest.raises(NotAllowed, match="one worker of the fleet alone saw it closed") as refused:
        refuse_unproved(incident, kind, tuple(fleet.store.read(incident)))

    assert "--reason" in refused.value.next_step
