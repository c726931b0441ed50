"""The Pythons that LeakGuard promises: each is known, and one that is not there is said to be not there."""

from __future__ import annotations

import sys
from pathlib import Path

from support.pythons import interpreter, promised, tried


def test_the_python_that_runs_the_tests_is_promised_and_found() -> None:
    ours = f"{sys.version_info.major}.{sys.version_info.minor}"

    assert ours in promised()
    assert interpreter(ours) == sys.executable


def test_of_a_python_that_is_not_there_nothing_is_said_to_be_proved(tmp_path: Path) -> None:
    assert tried("3.999", tmp_path / "no.whl", tmp_path / "place", {}) is None
