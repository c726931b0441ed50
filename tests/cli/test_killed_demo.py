"""A demo that is killed at any moment leaves a store that verifies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from leakguard.cli.main import run
from support.programs import with_our_path

pytestmark = [pytest.mark.long, pytest.mark.enable_socket]


@pytest.mark.parametrize("seconds", [0.4, 0.9, 1.7, 2.6, 3.9])
def test_a_demo_killed_at_any_moment_leaves_a_store_that_verifies(tmp_path: Path, seconds: float) -> None:
    """Nothing to verify is fine as well: the kill may come before the first entry."""
    folder = tmp_path / "demo"
    command = [sys.executable, "-m", "leakguard", "demo", "--keep", str(folder)]
    playing = subprocess.Popen(command, env=with_our_path(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    os.kill(playing.pid, signal.SIGKILL)
    playing.wait()

    store = folder / "leakguard.db"
    if store.exists() and store.stat().st_size:
        assert run(["--store", str(store), "evidence", "verify"]) == 0
