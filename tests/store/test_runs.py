"""How far a run has come, who holds it, and what a store of an earlier release still tells."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from leakguard.errors import LedgerBroken, NotAllowed, StoreUnusable, UsageProblem
from leakguard.ledger.verification_result import Answer
from leakguard.models.runs import RunState
from leakguard.store import holders, run_leases
from leakguard.store.holders import Holder, lives, parse_holder, this_process
from leakguard.store.run_progress import STATES_AT_MOST
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.proofs.evidence import verify_store
from support.findings import make_finding
from support.ledgers import FakeClock, Tokens, make_record
from support.old_stores import make_old_store

FAR = RunState(
    next_position=400, pending=(3, 17, 399), counts={"closed": 396, "exposed": 1}, unsettled={"accounts_not_tried": 1},
    reasons={"refused": 5}, counted_reasons={"refused": 2},
)  # fmt: skip


def open_store(path: Path, clock: FakeClock) -> SqlStore:
    return SqlStore.open(str(path), now=clock, token=Tokens())


def test_a_state_is_kept_with_the_findings_it_counts(path: Path, store: SqlStore, clock: FakeClock) -> None:
    store.save_findings("R-1", [make_finding()], {"a": "exposed"}, {0: FAR, 7: RunState()})
    store.close()

    with closing(open_store(path, clock)) as again:
        assert again.run_states("R-1") == {0: FAR, 7: RunState()}
        assert again.run_states("R-2") == {}
        assert verify_store(again).answer is Answer.MATCH


def test_records_about_a_run_are_kept_with_its_findings_or_not_at_all(store: SqlStore) -> None:
    done, unkeepable = make_record("shard_recorded", {"shard": 1}), make_record("shard_recorded", {"shard": object()})

    with pytest.raises(UsageProblem):
        store.save_findings("R-1", [make_finding()], {"a": "exposed"}, also=(unkeepable,))
    nothing = (list(store.findings("R-1")), list(store.entries()))
    store.save_findings("R-1", [make_finding()], {"a": "exposed"}, also=(done,))

    assert nothing == ([], [])
    assert [entry.kind for entry in store.entries()] == ["findings_recorded", "shard_recorded"]
    assert verify_store(store).answer is Answer.MATCH


def test_a_state_that_waits_goes_on_waiting_beside_a_record_of_its_run(
    path: Path, store: SqlStore, clock: FakeClock
) -> None:
    store.save_findings("R-1", [], {}, {0: FAR})
    store.save_findings("R-1", [], {}, also=(make_record("shard_recorded"),))
    store.release_run("R-1")

    with closing(open_store(path, clock)) as again:
        assert [entry.kind for entry in again.entries()] == ["shard_recorded", "findings_recorded"]
        assert again.run_states("R-1") == {0: FAR}


def test_a_state_alone_makes_the_ledger_no_longer(store: SqlStore) -> None:
    """Ten million closed ports are ten thousand batches, and none of them is worth an entry."""
    for position in range(3):
        store.save_findings("R-1", [], {}, {0: RunState(next_position=position)})

    assert store.run_states("R-1")[0].next_position == 2
    assert list(store.entries()) == []


def test_a_long_scan_of_closed_ports_lists_its_state_now_and_then_and_at_its_end(
    path: Path, store: SqlStore, clock: FakeClock
) -> None:
    """A hundred thousand endpoints are some hundred saves; who is killed in between asks the last ones again."""
    for position in range(1, 101):
        store.save_findings("R-1", [], {}, {0: RunState(next_position=1000 * position)})
    with closing(open_store(path, clock)) as other:
        killed_here = other.run_states("R-1")[0].next_position
    store.release_run("R-1")
    with closing(open_store(path, clock)) as other:
        ended = other.run_states("R-1")[0].next_position
        entries = list(other.entries())

    assert 100_000 - 1000 * STATES_AT_MOST <= killed_here < ended == 100_000
    assert len(entries) <= 100 // STATES_AT_MOST + 1
    assert verify_store(store).answer is Answer.MATCH


def test_a_state_that_waits_is_kept_before_what_comes_after_it(store: SqlStore) -> None:
    store.save_findings("R-1", [], {}, {0: FAR})
    store.append("R-1", [make_record("run_interrupted")])

    assert [entry.kind for entry in store.entries()] == ["findings_recorded", "run_interrupted"]


def test_findings_that_are_kept_already_make_no_entry(store: SqlStore) -> None:
    store.save_findings("R-1", [make_finding()], {})
    store.save_findings("R-1", [make_finding()], {}, {0: FAR})

    assert len(list(store.entries())) == 1
    assert store.run_states("R-1") == {0: FAR}


def test_an_older_state_does_not_come_on_top_of_a_newer_one(store: SqlStore) -> None:
    store.save_findings("R-1", [], {}, {0: FAR, 1: FAR})

    with pytest.raises(NotAllowed, match="another process has come further with R-1: position 400, this one 12"):
        store.save_findings("R-1", [make_finding()], {"a": "exposed"}, {0: RunState(next_position=12)})

    assert store.run_states("R-1") == {0: FAR, 1: FAR}
    assert list(store.findings()) == []
    assert list(store.entries()) == []


def test_a_target_that_is_looked_at_again_is_no_step_back(store: SqlStore) -> None:
    again = RunState(next_position=400, pending=(3, 5, 17, 399), counts={"closed": 395, "exposed": 1})
    store.save_findings("R-1", [], {}, {0: FAR})
    store.save_findings("R-1", [], {}, {0: again})

    assert store.run_states("R-1") == {0: again}


@pytest.mark.parametrize("text", ['{"closed": Infinity}', '{"closed": NaN}', '{"reasons": {"a": Infinity}}'])
def test_an_infinite_count_is_unreadable(path: Path, store: SqlStore, text: str) -> None:
    store.save_findings("R-1", [make_finding()], {}, {0: FAR})
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE run_states SET counts = ?", (text,))

    with pytest.raises(LedgerBroken, match="the progress of run R-1 is unreadable"):
        store.run_states("R-1")


@pytest.mark.parametrize(
    "change", ["counts = 'canary'", "counts = '[]'", 'counts = \'{"a": "x"}\'', "pending = 'canary'"]
)
def test_a_state_that_was_changed_by_hand_is_named(path: Path, store: SqlStore, change: str) -> None:
    store.save_findings("R-1", [make_finding()], {}, {0: FAR})
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute(f"UPDATE run_states SET {change}")  # noqa: S608  (the cases above)

    with pytest.raises(LedgerBroken, match="the progress of run R-1 is unreadable") as broken:
        store.run_states("R-1")

    assert "canary" not in str(broken.value)


def test_of_two_that_go_on_with_one_run_the_second_is_refused(path: Path, store: SqlStore, clock: FakeClock) -> None:
    store.take_run("R-1")
    store.take_run("R-1")
    clock.move(minutes=60)
    with closing(open_store(path, clock)) as other:
        with pytest.raises(NotAllowed, match="the run R-1 is in the hands of another process"):
            other.take_run("R-1")
        other.take_run("R-2")
        other.release_run("R-1")
        store.save_findings("R-1", [], {}, {0: FAR})
        store.release_run("R-1")

        other.take_run("R-1")

        with pytest.raises(NotAllowed, match="in the hands"):
            store.take_run("R-1")


def test_a_run_that_a_store_that_is_away_cannot_let_go_is_taken_again(
    path: Path, store: SqlStore, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Why it was let go is what a person has to know; and a watch goes on with its own round once the store is back."""

    def refuse(*_: object) -> None:
        raise StoreUnusable("the store does not answer", next_step="Check it.")

    store.take_run("R-1")
    with monkeypatch.context() as away:
        away.setattr(run_leases, "release", refuse)
        store.release_run("R-1")

    store.take_run("R-1")
    store.release_run("R-1")
    with closing(open_store(path, clock)) as other:
        other.take_run("R-1")


def test_the_scans_of_others_are_known_as_long_as_they_live(path: Path, store: SqlStore, clock: FakeClock) -> None:
    store.take_run("R-1")
    store.take_run("R-2")
    store.take_run("playbook-IR-2026-0001")
    with closing(open_store(path, clock)) as other:
        other.take_run("R-3")

        assert store.runs_at_work() == ("R-3",)
        assert other.runs_at_work() == ("R-1", "R-2")
        store.release_run("R-1")
        with closing(sqlite3.connect(path)) as raw, raw:
            raw.execute("UPDATE leases SET holder = 'elsewhere.1/1/1/other' WHERE name = 'run:R-2'")
        assert other.runs_at_work() == ("R-2",)
        clock.move(seconds=run_leases.TERM.total_seconds())
        assert other.runs_at_work() == ()


def test_a_killed_holder_on_this_machine_is_known_to_be_gone(path: Path, store: SqlStore) -> None:
    program = (
        f"import os, sys; sys.path[:0] = {sys.path!r}\n"
        "from support.ledgers import FakeClock, Tokens\n"
        "from leakguard.store.sql_store import SqlStore\n"
        f"SqlStore.open({str(path)!r}, now=FakeClock(), token=Tokens()).take_run('R-1')\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=-1, stdout=-1, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(NotAllowed, match=f"number {process.pid}"):
            store.take_run("R-1")
        process.kill()
        while lives(Holder(place=here().place, process=process.pid, born=born(process.pid), token="")):
            pass
        store.take_run("R-1")

    store.save_findings("R-1", [], {}, {0: FAR})


def here() -> Holder:
    return this_process("t")


def born(process: int) -> str:
    return holders._born(process) or "gone"  # noqa: SLF001  (when another process began is nobody else's business)


def test_who_lost_a_run_keeps_nothing_more_of_it(path: Path, store: SqlStore, clock: FakeClock) -> None:
    """A machine that slept through its term finds another one at work when it wakes."""
    store.take_run("R-1")
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE leases SET holder = 'elsewhere.1/1/1/other'")
    clock.move(minutes=1)
    with pytest.raises(NotAllowed, match="another process has taken over the run R-1"):
        store.save_findings("R-1", [make_finding()], {"a": "exposed"}, {0: FAR})

    assert list(store.findings()) == []
    assert store.run_states("R-1") == {}


def test_what_a_process_holds_besides_is_held_on_while_it_keeps_findings(
    path: Path, store: SqlStore, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step of a playbook that probes holds its response for as long as it probes, also against another container."""
    store.take_run("playbook-IR-2026-0001")
    store.take_run("R-1")
    clock.move(seconds=100)
    store.save_findings("R-1", [], {}, {0: FAR})
    clock.move(seconds=100)
    monkeypatch.setattr(holders, "_place", lambda: "elsewhere.1")
    with closing(open_store(path, clock)) as other:
        with pytest.raises(NotAllowed, match="playbook-IR-2026-0001 is in the hands of another process"):
            other.take_run("playbook-IR-2026-0001")
        clock.move(seconds=20)
        other.take_run("playbook-IR-2026-0001")
        store.save_findings("R-1", [], {"a": "exposed"}, {})

        with pytest.raises(NotAllowed, match="in the hands of another process"):
            store.take_run("playbook-IR-2026-0001")


@pytest.mark.parametrize("holder", ["elsewhere.1/1/1/other", "nobody"])
def test_a_holder_elsewhere_counts_as_gone_after_its_term(
    path: Path, store: SqlStore, clock: FakeClock, holder: str
) -> None:
    store.take_run("R-1")
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE leases SET holder = ?", (holder,))
    with closing(open_store(path, clock)) as other:
        clock.move(seconds=(run_leases.TERM - timedelta(seconds=1)).total_seconds())
        with pytest.raises(NotAllowed, match="in the hands of another process"):
            other.take_run("R-1")
        clock.move(seconds=1)

        other.take_run("R-1")


@pytest.mark.parametrize("until", ["2999-01-01T00:00:00Z", "canary"])
def test_a_term_that_nobody_would_ask_for_binds_nobody(
    path: Path, store: SqlStore, clock: FakeClock, until: str
) -> None:
    store.take_run("R-1")
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE leases SET holder = 'elsewhere.1/1/1/other', until = ?", (until,))

    with closing(open_store(path, clock)) as other:
        other.take_run("R-1")


def test_a_process_is_known_by_its_number_and_its_birth() -> None:
    one = here()
    reborn = Holder(place=one.place, process=one.process, born="1", token="t")
    elsewhere = Holder(place="another.1", process=one.process, born=one.born, token="t")

    assert parse_holder(one.text) == one
    assert [lives(one), lives(reborn), lives(elsewhere)] == [True, False, None]
    assert lives(Holder(place="", process=1, born="1", token="t")) is None
    assert [parse_holder(text) for text in ("", "a/b/c/d", "host:1:x")] == [None] * 3


def test_where_no_list_of_processes_is_told_time_alone_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holders, "_PROCESSES", tmp_path)

    assert lives(here()) is None


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_a_run_of_an_earlier_release_is_read_as_far_as_it_came(path: Path, clock: FakeClock, revision: str) -> None:
    opening = make_record("run_started", {"targets": ["127.0.0.1"], "ports": [9200], "checks": [], "vantage": "local"})
    batches = [([make_finding(run="R-old")], {"a": "exposed", "b": "closed"}), ([], {"b": "not_checked"})]
    make_old_store(path, revision, opening=opening, batches=batches)

    with closing(open_store(path, clock)) as store:
        assert list(store.findings("R-old")) == [make_finding(run="R-old")]
        assert dict(store.done_targets("R-old")) == {"a": "exposed", "b": "not_checked"}
        assert store.run_states("R-old") == {}
        assert [one.id for one in store.glances("R-old")] == ["F-1"]
        assert [one.most_records for one in store.seen()] == [9_500_000_000]
        assert verify_store(store).answer is Answer.MATCH
        store.take_run("R-old")
        store.save_findings("R-old", [], {}, {0: FAR})


def test_of_a_process_of_this_machine_that_was_killed_the_runs_are_let_go_once(
    path: Path, store: SqlStore, clock: FakeClock
) -> None:
    """A process elsewhere may only sleep, so its runs stay with it."""
    with closing(open_store(path, clock)) as other:
        for run, living in (("R-1", False), ("R-2", True), ("R-3", None)):
            place = holders._place() if living is not None else "elsewhere"  # noqa: SLF001  (no process is killed here)
            born = this_process("").born if living else "0"
            gone = Holder(place=place, process=this_process("").process, born=born, token="t")
            other._held[run] = gone  # noqa: SLF001  (as above)
            other.take_run(run)
        store.take_run("R-4")

        assert store.let_go_of_killed() == ("R-1",)
        assert store.let_go_of_killed() == ()
        assert store.runs_at_work() == ("R-2", "R-3")
