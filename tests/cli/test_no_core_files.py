"""No command leaves an image of its memory on a disk: each forbids core files, and what it starts inherits that."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.connections import ROOT

pytestmark = [pytest.mark.untraced, pytest.mark.timeout(300)]

_HOOK = """
import os, resource, sys

def note(what, limit, to=os.open(os.environ["LIMITS"], os.O_WRONLY | os.O_APPEND), really=resource.setrlimit):
    if what == resource.RLIMIT_CORE:
        os.write(to, f"{limit} {'leakguard.cli.main' in sys.modules}\\n".encode())
    really(what, limit)

resource.setrlimit = note
"""
_LOWERED = "import resource; print(resource.getrlimit(resource.RLIMIT_CORE))"
_STARTS = f"""
import subprocess, sys
import leakguard.__main__ as program
program._run = lambda: subprocess.call([sys.executable, "-c", {_LOWERED!r}])
program.main()
"""


@pytest.mark.parametrize("words", ["scan", "scan verify", "watch", "fleet worker", "web"])
def test_each_command_forbids_core_files_before_it_is_loaded(tmp_path: Path, words: str) -> None:
    """Noted where the limit is set, as the tests around this one may have lowered it for their own process."""
    hook, limits = tmp_path / "hook", tmp_path / "limits"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(_HOOK, encoding="utf-8")
    limits.touch()

    subprocess.run(
        [sys.executable, "-m", "leakguard", *words.split(), "--help"], cwd=tmp_path, capture_output=True, check=True,
        timeout=100, env={**os.environ, "PYTHONPATH": f"{hook}:{ROOT / 'src'}", "LIMITS": str(limits)},
    )  # fmt: skip

    assert limits.read_text(encoding="utf-8").splitlines()[:1] == ["(0, 0) False"]


def test_what_a_command_starts_leaves_no_core_file_either() -> None:
    """Such as the parts of a large scan, the scans that the console starts, and the shards of a worker."""
    done = subprocess.run(
        [sys.executable, "-c", _STARTS], capture_output=True, text=True, check=True, timeout=100,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip

    assert done.stdout.strip() == "(0, 0)"
