"""Environments that hold installed packages and nothing of this checkout, and commands that run in them."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

KEPT = ("PATH", "HOME", "LANG", "TMPDIR")


def bare() -> dict[str, str]:
    """An environment that leads to no checkout."""
    return {name: os.environ[name] for name in KEPT if name in os.environ}


def installed(home: Path, *wanted: str) -> Path:
    """Install packages, with what they declare and nothing else, into a new environment; returns its programs."""
    venv.create(home, with_pip=False, system_site_packages=False)
    uv = [sys.executable, "-m", "uv", "--quiet", "pip", "install", "--python", str(home / "bin" / "python")]
    done = subprocess.run([*uv, *wanted], cwd=home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return home / "bin"


def run(programs: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run one of the installed programs in a folder."""
    return subprocess.run(
        [programs / words[0], *words[1:]], cwd=folder, env=bare(), capture_output=True, text=True, check=False
    )
