"""A whole run: stored as it goes, stoppable at any moment, and gone on with to the same result."""

from __future__ import annotations

import asyncio
import errno
import itertools
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.engine import heartbeat, part_run, unchecked
from leakguard.errors import ExitCode, NotFound, OutOfScope, StoreUnusable, TooFewFiles, UsageProblem
from leakguard.frozen import replace
from leakguard.models.events import exactly
from leakguard.models.findings import Finding, Outcome
from leakguard.models.glances import OPEN_OUTCOMES
from leakguard.models.observations import Ending
from leakguard.models.records import Record
from leakguard.models.scope import Limits
from leakguard.models.targets import Endpoint
from leakguard.scanning.targets import parse_target
from leakguard.use_cases.scans.runs import list_runs, load_run
from leakguard.use_cases.scans.scan_assets import ScanSummary
from leakguard.use_cases.scans.start_scan import ScanOptions, new_run_id, start_scan
from support.examples import examples
from support.fake_prober import FakeProber, FakeServer, redis_server, store_server
from support.fake_tools import FakeTools, NotedProgress
from support.scans import NOW, finding_of, scope_of

pytestmark = pytest.mark.untraced

SCOPE = scope_of("127.0.0.0/24", "mail.example.edu", exclude=("127.0.0.3",), decoys=("127.0.0.9",))
SERVERS: dict[str, FakeServer | Ending] = {
    "127.0.0.1:9200": store_server(),
    "127.0.0.2:9200": store_server(locked=True),
    "127.0.0.4:9200": FakeServer(answers={"http": {"/": (200, "hello")}}),
    "127.0.0.5:9200": Ending.FILTERED,
    "127.0.0.6:6379": redis_server({"reply": "PONG"}),
    "127.0.0.9:9200": store_server(),
}


def tools_of(servers: dict[str, FakeServer | Ending] | None = None, **fields: Any) -> FakeTools:  # noqa: ANN401  (fields of the tools)
    return FakeTools(network=FakeProber(servers=SERVERS if servers is None else servers), **fields)


def scan(tools: FakeTools, *targets: str, **options: Any) -> ScanSummary:  # noqa: ANN401  (fields of the options)
    requested = ScanOptions(targets=tuple(parse_target(target) for target in targets), **options)
    return start_scan(requested, SCOPE, tools, NotedProgress())


def told(findings: Iterable[Finding]) -> set[tuple[str, str, str]]:
    return {(finding.target, finding.check_id, finding.verdict.outcome.value) for finding in findings}


def test_a_run_is_stored_and_adds_up() -> None:
    tools, progress = tools_of(), NotedProgress()
    options = ScanOptions(targets=(parse_target("127.0.0.0/28:9200"), parse_target("127.0.0.6:6379")))

    summary = start_scan(options, SCOPE, tools, progress)

    assert summary.counts == {"exposed": 2, "protected": 1, "other": 2, "closed": 10, "silent": 1}
    assert told(summary.findings) == {
        ("127.0.0.1:9200", "store_open", "exposed"),
        ("127.0.0.2:9200", "store_open", "not_exposed"),
        ("127.0.0.6:6379", "redis_open", "exposed"),
        ("127.0.0.9:9200", "store_open", "not_applicable"),
    }
    assert summary.is_exposed
    assert not summary.is_unfinished
    assert (progress.total, progress.states[-1].done, progress.finished_count) == (16, 16, 1)
    assert {finding.id for finding in progress.seen} == {finding.id for finding in summary.findings}
    assert progress.states[-1].counts == summary.counts
    assert not any("127.0.0.3" in place for place, *_ in tools.network.asked), "the excluded address is never asked"


def test_the_ledger_tells_who_permitted_what() -> None:
    tools = tools_of()

    summary = scan(tools, "127.0.0.1:9200", vantage="outside")

    opened = next(iter(tools.store.read(summary.run)))
    assert tools.store.kinds(summary.run) == ["run_started", "findings_recorded", "run_finished"]
    assert opened.content["scope"] == "campus-2026"
    assert opened.content["scope_sha256"] == "0" * 64
    assert opened.content["targets"] == ["127.0.0.1:9200"]
    assert "store_open@2" in opened.content["checks"]
    assert (opened.content["vantage"], opened.content["planned"]) == ("outside", 1)
    assert summary.run == "R-20261124-000000"


def test_a_stored_run_is_shown_as_it_was() -> None:
    tools = tools_of()

    summary = scan(tools, "127.0.0.0/28:9200", "127.0.0.1:9200")
    stored = load_run(tools.store, summary.run)

    assert stored.is_finished
    assert stored.counts == summary.counts
    assert [*stored.findings] == [*summary.findings]
    kept = dict(tools.store.done_targets(summary.run))
    assert kept["127.0.0.7:9200"] == "closed"
    assert kept["127.0.0.1:9200"] != "closed"
    (listed,) = list_runs(tools.store)
    assert listed.line.startswith(f"{summary.run}  2026-11-24 16:00:")
    assert "finished  127.0.0.0/28:9200, 127.0.0.1:9200" in listed.line


def test_an_endpoint_that_two_targets_name_counts_once() -> None:
    summary = scan(tools_of(), "127.0.0.1:9200", "127.0.0.0/30:9200")

    assert sum(summary.counts.values()) == 3


def test_an_unknown_run_is_named_with_a_next_step() -> None:
    with pytest.raises(NotFound, match="no run `R-1`") as caught:
        load_run(tools_of().store, "R-1")

    assert "scan show" in caught.value.next_step


@pytest.mark.parametrize(
    ("targets", "says"),
    [(("127.0.1.1", "10.0.0.1"), "2 of 2"), (("127.0.0.3",), "excluded"), (("strange.example",), "not in the scope")],
)
def test_nothing_is_asked_when_a_target_lies_outside(targets: tuple[str, ...], says: str) -> None:
    tools = tools_of()

    with pytest.raises(OutOfScope, match=says):
        scan(tools, *targets)

    assert tools.network.asked == []
    assert tools.store.records == []


def test_a_scan_that_may_open_too_few_files_leaves_no_run_behind() -> None:
    """Nothing was begun, so the list of runs does not speak of one that was stopped."""
    tools = FakeTools(most_parts=1)
    options = ScanOptions(targets=(parse_target("127.0.0.1"), parse_target("127.0.0.2")), workers=2)

    with pytest.raises(TooFewFiles):
        start_scan(options, scope_of("127.0.0.0/24"), tools, NotedProgress())

    assert list(list_runs(tools.store)) == []
    assert tools.store.records == []


def test_a_stopped_run_that_may_open_too_few_files_stays_as_it_was() -> None:
    tools = FakeTools(network=FakeProber(servers={"127.0.0.1:9200": store_server()}))
    run = start_scan(
        ScanOptions(targets=(parse_target("127.0.0.1"),)), scope_of("127.0.0.0/24"), tools, NotedProgress()
    ).run
    kept, tools.most_parts = tuple(tools.store.records), 0

    with pytest.raises(TooFewFiles):
        start_scan(ScanOptions(resume=run), scope_of("127.0.0.0/24"), tools, NotedProgress())

    assert tuple(tools.store.records) == kept


def test_a_name_without_an_address_is_said_so() -> None:
    with pytest.raises(NotFound, match=r"no target has an address: mail\.example\.edu") as caught:
        scan(tools_of(), "mail.example.edu")

    assert caught.value.next_step


def test_a_name_that_leads_elsewhere_at_connect_time_is_not_followed() -> None:
    """The gate is asked again with the address that the socket would use."""
    tools = tools_of(names={"mail.example.edu": ("93.184.216.34",)})
    tools.network.otherwise = store_server()

    async def rebind(endpoint: Endpoint) -> None:
        await asyncio.sleep(0)
        assert endpoint.address == "93.184.216.34"
        tools.network.gate = replace(tools.network.gate or pytest.fail("no gate"), scope=scope_of("127.0.0.0/24"))

    tools.network.pause = rebind
    summary = scan(tools, "mail.example.edu:9200")

    assert summary.counts == {"not_checked": 1}
    assert summary.is_unfinished


def test_checks_are_picked_by_id_and_an_unknown_one_gets_the_nearest_name() -> None:
    tools = tools_of()

    summary = scan(tools, "127.0.0.0/28", checks=("redis_open", "redis_open"))

    assert told(summary.findings) == {("127.0.0.6:6379", "redis_open", "exposed")}
    with pytest.raises(UsageProblem, match="no check `redis_opne`") as caught:
        scan(tools, "127.0.0.1", checks=("redis_opne",))
    assert caught.value.next_step == "Did you mean `redis_open`?"
    with pytest.raises(UsageProblem) as far:
        scan(tools, "127.0.0.1", checks=("zzz",))
    assert "checks list" in far.value.next_step


@pytest.mark.parametrize(
    ("options", "limits"),
    [
        ({}, Limits(total=500, per_host=5)),
        ({"total": 10.0, "per_host": 1.0}, Limits(total=10, per_host=1)),
        ({"total": 9999.0, "per_host": 9999.0}, Limits(total=500, per_host=5)),
    ],
)
def test_a_user_may_be_more_polite_than_the_scope_and_never_less(options: dict[str, float], limits: Limits) -> None:
    tools = tools_of()

    scan(tools, "127.0.0.1:9200", **options)

    assert tools.limits == [limits]


def test_results_are_written_while_the_scan_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full batch does not wait for the clock."""
    monkeypatch.setattr(part_run, "REPORT_SECONDS", 3600.0)
    monkeypatch.setattr(part_run, "REPORT_RESULTS", 200)
    tools = tools_of({})

    scan(tools, "127.0.0.0/24:80,81,82")

    batches = [len(record.content["done"]) for record in tools.store.records if record.kind == "findings_recorded"]
    assert sum(batches) == 3 * 255
    assert len(batches) > 2
    assert min(batches[:-1]) >= part_run.REPORT_RESULTS


@pytest.mark.parametrize("saves", [0, 1, 3])
def test_a_store_that_fails_in_the_middle_is_told_as_such(saves: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user sees `StoreUnusable` with its next step and how to go on, never a group of exceptions."""
    monkeypatch.setattr(part_run, "REPORT_SECONDS", 0.0)
    tools, progress = tools_of(), NotedProgress()
    tools.store.saves_left = saves

    with pytest.raises(StoreUnusable, match="no space left") as caught:
        start_scan(ScanOptions(targets=(parse_target("127.0.0.0/24"),)), SCOPE, tools, progress)

    found = tuple(tools.store.findings("R-20261124-000000"))
    is_open = any(finding.verdict.outcome in OPEN_OUTCOMES for finding in found)
    assert caught.value.next_step == "Free the disk. Then go on with: leakguard scan --resume R-20261124-000000"
    assert caught.value.exit_code is (ExitCode.EXPOSED if is_open else ExitCode.UNFINISHED)
    assert progress.finished_count == 1
    assert tools.network.open_sessions == 0
    assert tools.store.kinds("R-20261124-000000")[-1] == "run_interrupted"


@examples(40)
@given(st.integers(0, 40), st.sampled_from([1, 3, 500]))
def test_whatever_write_fails_a_resumed_run_has_what_an_undisturbed_one_has(before: int, batch: int) -> None:
    """The disk is full for one write alone, so that the next one, of less, would succeed."""
    tools = tools_of()
    save, writes = tools.store.save_findings, itertools.count()

    def fail_once(*told: Any, **more: Any) -> None:  # noqa: ANN401  (handed through)
        if next(writes) == before:
            raise StoreUnusable("no space left", next_step="Free the disk.")
        save(*told, **more)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(part_run, "REPORT_SECONDS", 0.0)
        patched.setattr(part_run, "REPORT_RESULTS", batch)
        patched.setattr(tools.store, "save_findings", fail_once)
        with suppress(StoreUnusable):
            scan(tools, "127.0.0.0/27:9200", "127.0.0.6:6379")
    run = "R-20261124-000000"
    kept = load_run(tools.store, run)
    kept_open = sum(found.verdict.outcome in OPEN_OUTCOMES for found in kept.findings)
    resumed = scan(tools, resume=run)

    undisturbed = scan(tools_of(), "127.0.0.0/27:9200", "127.0.0.6:6379")
    assert kept.counts.get("exposed", 0) == kept_open
    assert told(resumed.findings) == told(undisturbed.findings)
    assert resumed.counts == undisturbed.counts


def interrupt_after(tools: FakeTools, questions: int) -> None:
    """Press Ctrl-C, once, when the given number of questions was asked."""

    async def pause(_: Endpoint) -> None:
        if len(tools.network.asked) == questions:
            signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(0)

    tools.network.pause = pause


@examples(25)
@given(st.integers(1, 80))
def test_an_interrupted_run_goes_on_to_the_result_of_an_undisturbed_one(questions: int) -> None:
    undisturbed = scan(tools_of(), "127.0.0.0/27:9200", "127.0.0.6:6379")
    tools = tools_of()
    interrupt_after(tools, questions)

    first = scan(tools, "127.0.0.0/27:9200", "127.0.0.6:6379")

    assert tools.network.open_sessions == 0
    assert tools.store.kinds(first.run)[-1] == ("run_interrupted" if first.is_interrupted else "run_finished")
    tools.network.pause = FakeProber().pause

    resumed = scan(tools, resume=first.run)

    assert resumed.run == first.run
    assert told(resumed.findings) == told(undisturbed.findings)
    assert resumed.counts == undisturbed.counts
    assert not resumed.is_interrupted
    assert len({finding.id for finding in resumed.findings}) == len(resumed.findings)


def test_a_run_that_is_stopped_again_and_again_loses_nothing() -> None:
    """What the run before left and this one has not come to is still to be asked.

    The first run is left as one whose sweep had drawn all that there is.
    """
    whole, tools = tools_of(), tools_of()
    undisturbed = scan(whole, "127.0.0.0/24:9200")
    (last,) = whole.store.run_states(undisturbed.run).values()
    tools.network.max_parallel = 2
    interrupt_after(tools, len(tools.network.asked) + 40)
    found = scan(tools, "127.0.0.0/24:9200")
    (state,) = tools.store.run_states(found.run).values()
    undrawn = range(state.next_position, last.next_position)
    drawn = replace(state, next_position=last.next_position, pending=(*state.pending, *undrawn))
    tools.store.save_findings(found.run, (), {}, {0: drawn})
    times = 1
    while found.is_interrupted:
        interrupt_after(tools, len(tools.network.asked) + 40)
        found = scan(tools, resume=found.run)
        times += 1

    assert times > 5
    assert found.counts == undisturbed.counts
    assert told(found.findings) == told(undisturbed.findings)


def test_a_silence_while_the_machine_was_suspended_is_asked_about_again() -> None:
    tools = tools_of()
    tools.network.sleeps = [0.0, 3600.0]

    summary = scan(tools, "127.0.0.5:9200")

    assert summary.counts == {"silent": 1}
    assert len([place for place, *_ in tools.network.asked if place == "127.0.0.5:9200"]) == 2 * asked_once()


def test_a_silence_while_this_process_was_stopped_is_asked_about_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-Z stops a process and no clock: whatever time is over when it goes on, no host had it."""
    monkeypatch.setattr(heartbeat, "SUSPENDED_SECONDS", 1.5)
    monkeypatch.setattr(part_run, "INTERRUPTION_SECONDS", 1.5)
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.01)
    stops = [3.0]

    async def stop(_: Endpoint) -> None:
        await asyncio.sleep(0.05)
        time.sleep(stops.pop() if stops else 0.0)  # noqa: ASYNC251  (nothing of the process turns)
        await asyncio.sleep(0.05)

    tools = tools_of()
    tools.network.pause = stop

    summary = scan(tools, "127.0.0.5:9200")

    assert summary.counts == {"silent": 1}
    assert len(tools.network.asked) == 2 * asked_once()


def asked_once() -> int:
    tools = tools_of()
    scan(tools, "127.0.0.5:9200")
    return len(tools.network.asked)


def test_a_run_whose_machine_has_lost_its_network_stops_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part_run, "BLOCKED_IN_A_ROW", 20)
    monkeypatch.setattr(part_run, "REPORT_SECONDS", 0.0)
    tools = tools_of()
    tools.network.sweep_ends = Ending.BLOCKED

    first = scan(tools, "127.0.0.0/24:9200")
    tools.network.sweep_ends = None
    resumed = scan(tools, resume=first.run)

    assert first.is_interrupted
    assert first.counts == {}
    assert resumed.counts == scan(tools_of(), "127.0.0.0/24:9200").counts


def test_an_error_of_our_machine_in_a_run_that_must_stop_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that stops cancels its examinations; the error of one is raised, and not the signal to stop."""
    monkeypatch.setattr(part_run, "BLOCKED_IN_A_ROW", 20)
    monkeypatch.setattr(part_run, "REPORT_SECONDS", 0.0)
    tools = tools_of()
    tools.network.sweep_ends = Ending.BLOCKED

    async def examine_all(_: part_run.PartRun) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(part_run.PartRun, "_examine_all", examine_all)

    with pytest.raises(OSError, match="Too many open files"):
        scan(tools, "127.0.0.0/24:9200")


def test_a_silence_of_a_network_that_loses_questions_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resumed run asks again; of a whole network of them it asks a part, and the run comes to an end."""
    monkeypatch.setattr(unchecked, "MOST_ASKED_AGAIN", 100)
    monkeypatch.setattr(unchecked, "MOST_UNCHECKED", 120)
    tools = tools_of()
    tools.network.sweep_ends, tools.network.sweep_why = Ending.SPENT, "its network loses most connections"

    first = scan(tools, "127.0.0.0/24:9200")
    tools.network.sweep_ends = None
    resumed = scan(tools, resume=first.run)

    assert (first.counts, first.is_interrupted) == ({"not_checked": 255}, False)
    assert first.reasons == {"its network loses most connections": 255}
    assert resumed.counts["not_checked"] == 155
    assert resumed.reasons == {"its network loses most connections": 155}
    assert sum(resumed.counts.values()) == 255


def test_a_connection_that_is_reset_at_once_is_looked_at_as_one_that_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever resets it took it; the sweep alone called it silent."""
    monkeypatch.setattr("leakguard.engine.examiner.RETRY_DELAYS", (0.0, 0.0))
    tools = tools_of()
    tools.network.sweep_ends = Ending.RESET

    assert scan(tools, "127.0.0.1:9200").counts == {"exposed": 1}
    assert scan(tools, "127.0.0.1/32").counts["exposed"] == 1


def test_a_silence_while_the_network_was_away_for_a_while_is_asked_about_again() -> None:
    """The sweep noticed the outage meanwhile; whoever answers again is judged by what it says then."""
    tools = tools_of({"127.0.0.1:9200": Ending.FILTERED})

    async def outage(_: Endpoint) -> None:
        tools.network.away = 4.0
        if len(tools.network.spent) > 1:
            tools.network.servers = {"127.0.0.1:9200": store_server()}

    tools.network.pause = outage

    assert scan(tools, "127.0.0.1:9200").counts == {"exposed": 1}


def test_a_silence_while_nobody_answers_any_more_stops_the_run_and_is_asked_about_again() -> None:
    tools = tools_of()
    tools.network.has_lost_all = True

    first = scan(tools, "127.0.0.0/28:9200")
    tools.network.has_lost_all = False
    resumed = scan(tools, resume=first.run)

    assert first.is_interrupted
    assert first.is_lost
    assert "silent" not in first.counts
    assert resumed.counts == scan(tools_of(), "127.0.0.0/28:9200").counts


def test_what_could_not_be_asked_is_not_checked_and_asked_again_by_a_resumed_run() -> None:
    tools = tools_of()
    tools.network.sweep_ends = Ending.BLOCKED

    first = scan(tools, "127.0.0.0/28:9200")
    tools.network.sweep_ends = None
    resumed = scan(tools, resume=first.run)

    assert first.counts == {"not_checked": 15}
    assert load_run(tools.store, first.run).counts == resumed.counts
    assert first.is_unfinished
    assert resumed.counts == {"exposed": 1, "protected": 1, "other": 2, "closed": 10, "silent": 1}


def test_an_interruption_leaves_a_usable_run_that_says_it_is_unfinished() -> None:
    tools = tools_of()
    interrupt_after(tools, 10)

    summary = scan(tools, "127.0.0.0/24:9200")

    assert summary.is_interrupted
    assert summary.is_unfinished
    assert not load_run(tools.store, summary.run).is_finished
    assert not next(list_runs(tools.store)).is_finished


def test_a_resumed_run_asks_no_endpoint_twice() -> None:
    tools = tools_of()
    run = scan(tools, "127.0.0.0/28:9200").run
    tools.network.asked.clear()

    again = scan(tools, resume=run)

    assert tools.network.asked == []
    assert tools.store.kinds(run)[-2:] == ["run_resumed", "run_finished"]
    assert len(again.findings) == 3


@pytest.mark.parametrize("extra", [{"checks": ("redis_open",)}, {"targets": (parse_target("127.0.0.1"),)}])
def test_a_resumed_run_keeps_its_own_targets_and_checks(extra: dict[str, Any]) -> None:
    with pytest.raises(UsageProblem, match="keeps its own"):
        start_scan(ScanOptions(resume="R-1", **extra), SCOPE, tools_of(), NotedProgress())


def test_a_run_that_does_not_exist_cannot_be_resumed() -> None:
    with pytest.raises(NotFound):
        scan(tools_of(), resume="R-1")


def test_an_unfinished_name_leads_to_all_its_addresses_again() -> None:
    tools = tools_of(names={"mail.example.edu": ("127.0.0.1", "127.0.0.2")})

    summary = scan(tools, "mail.example.edu:9200")

    assert summary.counts == {"exposed": 1, "protected": 1}
    assert {finding.verdict.outcome for finding in summary.findings} == {Outcome.EXPOSED, Outcome.NOT_EXPOSED}


def test_a_bug_in_a_probe_is_not_taken_for_an_interruption() -> None:
    async def broken(_: Endpoint) -> None:
        await asyncio.sleep(0)
        raise ZeroDivisionError

    tools = tools_of()
    tools.network.pause = broken

    with pytest.raises(ZeroDivisionError):
        scan(tools, "127.0.0.1:9200")
    assert tools.store.kinds("R-20261124-000000")[-1] == "run_interrupted"


@pytest.mark.parametrize(
    ("summary", "is_exposed", "is_unfinished"),
    [
        (ScanSummary(run="R", counts={}), False, False),
        (ScanSummary(run="R", counts={"not_checked": 1}), False, True),
        (ScanSummary(run="R", counts={"silent": 1}), False, False),
        (ScanSummary(run="R", counts={}, findings=(finding_of(Outcome.INCONCLUSIVE),)), False, True),
        (ScanSummary(run="R", counts={}, findings=(finding_of(Outcome.PARTIALLY_EXPOSED),)), True, False),
        (ScanSummary(run="R", counts={}, findings=(finding_of(),), is_interrupted=True), True, True),
    ],
)
def test_a_summary_knows_whether_it_is_a_verdict(
    summary: ScanSummary,
    is_exposed: bool,  # noqa: FBT001  (a table's columns)
    is_unfinished: bool,  # noqa: FBT001  (a table's columns)
) -> None:
    assert summary.is_exposed is is_exposed
    assert summary.is_unfinished is is_unfinished


def test_a_run_ends_although_its_last_report_is_due_in_that_very_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reporter is told to end while it is told that a report is due: it must hear the former."""
    monkeypatch.setattr(part_run, "REPORT_RESULTS", 1)

    for count in (1, 2, 3, 7):
        summary = scan(tools_of(), *(f"127.0.0.{last}:9200" for last in range(1, count + 1) if last != 3))
        assert not summary.is_interrupted


def test_no_new_run_takes_the_id_of_an_older_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done under that id would count as done, and nothing would be looked at."""
    tools, words = tools_of(), iter(["0a0a0a", "0a0a0a", "0b0b0b"])
    monkeypatch.setattr(FakeTools, "token", lambda *_: next(words))
    first = new_run_id(tools)
    tools.store.append(first, [Record(kind="run_started", occurred_at=exactly(NOW), content={})])

    second = new_run_id(tools)

    assert (first[-6:], second[-6:]) == ("0a0a0a", "0b0b0b")
