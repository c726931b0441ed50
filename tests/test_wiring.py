"""Wiring: makes each adapter when it is first asked for, and is the only reader of the clock."""

from __future__ import annotations

import gc
import re
import sys
import threading
import weakref
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from leakguard.cli.options import Context
from leakguard.documents.makers import FORMATS
from leakguard.errors import NotAllowed, StoreUnusable
from leakguard.models.scope import Limits
from leakguard.settings import Settings
from leakguard.wiring import Wiring
from leakguard.wiring.machine import SystemTime
from support.scans import gate_of


@pytest.fixture
def wiring(tmp_path: Path) -> Wiring:
    return Wiring(Settings(store=str(tmp_path / "leakguard.db")))


def test_the_time_is_utc_and_moves_forward(wiring: Wiring) -> None:
    first, second = wiring.now(), wiring.now()

    assert first.tzinfo is UTC
    assert timedelta(0) <= second - first < timedelta(seconds=60)
    assert wiring.monotonic() <= wiring.monotonic()


def test_tokens_are_hex_and_never_the_same(wiring: Wiring) -> None:
    tokens = {wiring.token(12) for _ in range(200)}

    assert len(tokens) == 200
    assert all(re.fullmatch("[0-9a-f]{12}", token) for token in tokens)
    assert len(wiring.token()) == 8


def test_simulated_time_is_for_drills_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotAllowed, match="for drills") as caught:
        Wiring.from_environment(simulated_now="2026-05-24T09:00Z")
    assert "drill = true" in caught.value.next_step

    (tmp_path / "leakguard.toml").write_text('drill = true\nzone = "Asia/Shanghai"\n')

    assert Wiring.from_environment(simulated_now="2026-05-24T09:00").now() == datetime(2026, 5, 24, 1, tzinfo=UTC)
    assert Wiring.from_environment(store="x.db").settings.store == "x.db"


def test_what_a_command_read_is_let_go_without_a_search_for_garbage(tmp_path: Path) -> None:
    """Ten megabytes of duties hang on a wiring; a process that runs many commands had gigabytes of them in the end."""
    read = []
    gc.disable()
    try:
        for _ in range(3):
            context = Context(store=str(tmp_path / "leakguard.db"))
            assert context.wiring.duty_rows().rows
            assert list(context.wiring.store.findings()) == []
            read.append(weakref.ref(context.wiring.bundled))
            context.close()
        del context

        assert [one() for one in read[:-1]] == [None, None], "what looks up public holidays has the last alone"
    finally:
        gc.enable()


def test_the_store_is_made_once_and_an_existing_one_is_never_made(wiring: Wiring) -> None:
    with pytest.raises(StoreUnusable):
        _ = wiring.existing_store

    with closing(wiring.store) as store:
        assert wiring.store is store
        with closing(wiring.existing_store) as existing:
            assert list(existing.findings()) == []


def test_the_checks_and_duties_that_ship_can_be_read(wiring: Wiring) -> None:
    assert {check.probe.kind for check in wiring.checks} >= {"http", "redis", "memcached", "mongodb", "postgres", "s3"}
    assert [duty.id for duty in wiring.duties().duties]


@pytest.mark.enable_socket
def test_an_address_needs_no_resolver(wiring: Wiring) -> None:
    assert wiring.resolve("127.0.0.1") == ("127.0.0.1",)


def test_the_prober_asks_the_gate_and_says_whom_to_reach(wiring: Wiring) -> None:
    from leakguard.probes.prober import NetworkProber  # noqa: PLC0415  (only this test)

    prober = wiring.prober(gate_of("127.0.0.0/8"), Limits())

    assert isinstance(prober, NetworkProber)


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_document_maker_is_made_for_each_format(wiring: Wiring, format_name: str) -> None:
    assert callable(wiring.document_maker(format_name).make)


def test_the_lab_of_the_demo_is_made_but_not_started(wiring: Wiring) -> None:
    assert wiring.demo_lab() is not wiring.demo_lab()


def test_a_signal_at_any_step_of_a_sleep_ends_it() -> None:
    """Its handler runs between two steps of the very thread that begins to wait: no lock of that may be in the way."""
    time = SystemTime()

    def signalled(_frame: FrameType, _event: str, _argument: object) -> Any:  # noqa: ANN401  (a tracer, as Python has it)
        time.stop()
        return signalled

    def sleep() -> None:
        sys.settrace(signalled)
        time.sleep(86_400)
        time.sleep(86_400)

    sleeper = threading.Thread(target=sleep, daemon=True)
    sleeper.start()
    sleeper.join(120)

    assert not sleeper.is_alive()


def test_who_is_asked_to_end_wakes_everybody_who_sleeps() -> None:
    time = SystemTime()
    sleepers = [threading.Thread(target=time.sleep, args=(86_400,), daemon=True) for _ in range(3)]
    for one in sleepers:
        one.start()
    time.stop()
    for one in sleepers:
        one.join(120)

    assert time.is_stopped
    assert not any(one.is_alive() for one in sleepers)


def test_a_sleep_without_an_end_asked_for_is_over_by_itself() -> None:
    time = SystemTime()
    time.sleep(0.001)
    time.sleep(-1)

    assert not time.is_stopped
