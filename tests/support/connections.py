"""Every connection that a command makes, in whichever of its processes: written down by Python's own audit events."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_HOOK = """
import os, sys

def _note(event, words, to=os.open(os.environ["CONNECTIONS"], os.O_WRONLY | os.O_APPEND)):
    if event in ("socket.connect", "socket.sendto") and isinstance(words[1], tuple):
        os.write(to, f"{words[1][0]}:{words[1][1]}\\n".encode())
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        os.write(to, f"name {words[0]}\\n".encode())

sys.addaudithook(_note)
sys.modules["uvloop"] = None  # it connects without an event; LeakGuard does without it
"""


def scan_with_connections(folder: Path, *words: str) -> tuple[subprocess.CompletedProcess[str], set[str]]:
    """Run the command line in `folder` with a store there; what it printed, and where it connected or asked for a name.

    A connection is `address:port`, a name that was resolved is `name NAME`.
    """
    hook, noted = folder / "hook", folder / "connections"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(_HOOK, encoding="utf-8")
    noted.touch()
    done = subprocess.run(
        [sys.executable, "-m", "leakguard", *words, "--store", "store.db"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{hook}:{ROOT / 'src'}", "CONNECTIONS": str(noted)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return done, set(noted.read_text(encoding="utf-8").splitlines())
