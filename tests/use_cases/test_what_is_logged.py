"""What the watchman, the fleet, the mailing and the store log: ids, codes and counts, as they happen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from leakguard.errors import StoreUnusable
from leakguard.frozen import replace
from leakguard.logs import DEBUG, log
from leakguard.logs.output import JSON, Form, LogWriter
from leakguard.models.mails import AnswerKind
from leakguard.store import schema
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.alerts.acknowledge import acknowledge
from leakguard.use_cases.alerts.time_sources import SteppedTime
from leakguard.use_cases.alerts.watchman_loop import Loop, run
from leakguard.use_cases.letters.letter_sender import Letters
from support.fleet import Fleet
from support.ledgers import FakeClock, Tokens
from support.letter_world import INCIDENT as LETTER_INCIDENT
from support.letter_world import letters, sender_of, world
from support.logged import AT
from support.old_stores import make_old_store
from support.watching import INCIDENT, NOON, World

pytestmark = pytest.mark.untraced


class Said:
    """What was logged, as documents."""

    def __init__(self) -> None:
        self.stream = StringIO()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (json.loads(line) for line in self.stream.getvalue().splitlines())

    def of(self, event: str) -> list[dict[str, Any]]:
        return [one for one in self if one["event"] == event]

    @property
    def events(self) -> list[str]:
        return [str(one["event"]) for one in self]


@pytest.fixture
def said() -> Iterator[Said]:
    found = Said()
    log.to(LogWriter(found.stream, Form(level=DEBUG, format=JSON), now=lambda: AT, always={}))
    yield found
    log.to(None)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[World]:
    time = SteppedTime(NOON)
    store = SqlStore.open(str(tmp_path / "leakguard.db"), now=time.now, token=Tokens())
    found = World(store=store, time=time)
    found.open()
    found.event("awareness")
    yield found
    store.close()


def test_an_alert_is_logged_from_its_deadline_to_its_acknowledgement(watched: World, said: Said) -> None:
    watched.sinks["commander"].is_broken = True
    watched.look(after=12)
    acknowledge(watched.store, INCIDENT, "promise", by="CANARY", lasts=timedelta(hours=1), now=watched.time.now)

    (raised,), (failed,), (sent,) = said.of("alert_raised"), said.of("alert_failed"), said.of("alert_sent")
    assert (raised["clock"], raised["severity"], raised["incident"]) == ("promise", "notice", INCIDENT)
    assert raised["message"] == failed["message"] == sent["message"]
    assert (failed["chain_level"], failed["level"], failed["channel_kind"]) == (1, "warning", "file")
    assert (sent["chain_level"], sent["level"]) == (2, "info")
    assert said.of("alert_acknowledged")[0]["seconds"] == 3600
    assert said.of("deadlines_evaluated")[0]["count"] == 1


def test_a_loop_is_logged_from_its_start_to_its_end(watched: World, said: Said) -> None:
    ends = watched.time.now() + timedelta(seconds=40)
    is_away = iter([True])

    def beat(_: object) -> None:
        if next(is_away, False):
            raise StoreUnusable("CANARY words of a database", next_step="")

    run(watched.watchman(), Loop(
        time=watched.time, is_stopped=lambda: watched.time.now() >= ends, beat=beat, tell=lambda _: None,
        tell_problem=lambda _: None,
    ))  # fmt: skip
    told = [event for event in said.events if event.startswith(("watchman", "store_failed"))]

    assert (told[0], told[-1]) == ("watchman_started", "watchman_stopped")
    assert said.of("store_failed")[0]["error"] == "StoreUnusable"
    assert said.of("watchman_cycled")[0]["incident_count"] == 1


def test_a_takeover_and_the_outage_before_it_are_logged(watched: World, said: Said) -> None:
    watched.look(holder="one")
    watched.time.sleep(600)
    ends = watched.time.now() + timedelta(seconds=1)
    run(watched.watchman("CANARY-host:1:2"), Loop(
        time=watched.time, is_stopped=lambda: watched.time.now() >= ends, beat=lambda _: None, tell=lambda _: None,
        tell_problem=lambda _: None,
    ))  # fmt: skip

    assert said.of("watchman_took_over")[0]["level"] == "warning"
    assert said.of("watchman_outage_found")[0]["seconds"] == 600


def test_a_fleet_is_logged_from_both_sides(said: Said) -> None:
    summary = Fleet().scan("127.0.0.1:9200", "127.0.0.5:9200")
    orders, taken, results = (said.of(f"fleet_{name}") for name in ("order_made", "order_taken", "result_taken"))

    assert len(orders) == len(taken) == len(results) > 0
    assert {one["vantage"] for one in results} == {"campus", "outside"}
    assert {one["run"] for one in results} <= {f"{summary.scan}-campus", f"{summary.scan}-outside"}
    assert said.of("target_judged")
    assert said.of("field_refused") == []


def test_a_message_that_nobody_trusts_is_logged_without_its_words(said: Said) -> None:
    fleet = Fleet()
    fleet.broker.answers.append({"kind": "CANARY", "body": "CANARY", "signer": "CANARY", "signature": ""})
    fleet.scan("127.0.0.1:9200")

    assert said.of("fleet_message_dropped")
    assert "canary" not in said.stream.getvalue().lower()


def in_hex(some: Letters) -> Letters:
    """The same letters, under marks as a merge makes them."""
    return lambda: [replace(one, key=f"{place:064x}") for place, one in enumerate(some())]


def test_letters_are_logged_by_a_mark_and_a_code_alone(said: Said) -> None:
    store, server = world()
    answers = iter([AnswerKind.ACCEPTED, AnswerKind.RECIPIENT_REFUSED, AnswerKind.IN_DOUBT])
    server.script = lambda _: next(answers)
    store.take_sending(LETTER_INCIDENT)
    sender = sender_of(store, server)
    sender.one_pass(in_hex(letters(3)))
    told = [one for one in said if one["event"].startswith("letter_")]

    assert [one["event"] for one in told] == ["letter_sent", "letter_failed", "letter_in_doubt"]
    assert {one["incident"] for one in told} == {LETTER_INCIDENT}
    assert all(one["letter"].startswith("L-0000") for one in told)
    assert {name for one in told for name in one} <= {
        "timestamp", "level", "event", "incident", "letter", "attempt", "code",
    }  # fmt: skip
    assert said.of("field_refused") == []


@pytest.mark.parametrize("revision", sorted(schema.EARLIER))
def test_a_store_that_is_lifted_is_logged_once(tmp_path: Path, said: Said, revision: str) -> None:
    place = tmp_path / "old.db"
    make_old_store(place, revision)
    for _ in range(2):
        with closing(SqlStore.open(str(place), now=FakeClock(), token=Tokens())):
            pass
    (lifted,) = said.of("store_migrated")

    assert (lifted["from_revision"], lifted["revision"]) == (revision, schema.REVISION)
