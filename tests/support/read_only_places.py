"""Runs a program where a folder cannot be written: on a read-only mount, or in a folder without that right."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

_MOUNT = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && cd "$0" && exec "$@"'
_RIGHTS = "-dac_override,-dac_read_search"
Run = Callable[[Sequence[str]], subprocess.CompletedProcess[str]]


def on_a_mount(folder: Path, program: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """In a namespace of its own, in which the folder is mounted to be read."""
    apart = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    return _run([*apart, "sh", "-c", _MOUNT, str(folder), *program], folder, trial=[*apart, "true"])


def in_a_folder(folder: Path, program: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """In a folder without the right to write; root gives up what lets it pass over rights."""
    plain = ["setpriv", f"--bounding-set={_RIGHTS}", f"--inh-caps={_RIGHTS}"] if os.geteuid() == 0 else []
    folder.chmod(0o555)
    try:
        return _run([*plain, *program], folder, trial=[*plain, "true"])
    finally:
        folder.chmod(0o755)


def leakguard(*words: str) -> list[str]:
    """The command, in a process of its own."""
    return [sys.executable, "-m", "leakguard", *words]


def _run(command: Sequence[str], folder: Path, *, trial: Sequence[str]) -> subprocess.CompletedProcess[str]:
    try:
        may = subprocess.run(trial, check=False, capture_output=True, timeout=30).returncode == 0
    except OSError:
        may = False
    if not may:
        pytest.skip(f"this machine does not let us run `{trial[0]}`")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60, cwd=folder, env=environment)
