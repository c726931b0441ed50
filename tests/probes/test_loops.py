"""The loop that scans run on: uvloop where there is one, and nothing breaks where there is none."""

from __future__ import annotations

import asyncio
import sys

import pytest

from leakguard.probes import loops


async def name_of_loop() -> str:
    return type(asyncio.get_running_loop()).__module__.split(".")[0]


def test_scans_run_on_uvloop_where_it_is_installed() -> None:
    pytest.importorskip("uvloop")

    assert loops.run(name_of_loop()) == "uvloop"


def test_scans_run_on_asyncio_where_uvloop_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)

    assert loops.run(name_of_loop()) == "asyncio"


def test_a_caller_may_choose_the_loop() -> None:
    assert loops.run(name_of_loop(), new_loop=asyncio.new_event_loop) == "asyncio"
