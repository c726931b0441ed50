"""Starts and ends the lab: `PYTHONPATH=tests python -m lab start|stop|status|names|groups WORKDIR [NAME...]`."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from lab.catalogue import ALL, ALL_NAMES, GROUPS, unknown, wanted_names
from lab.keeper import FOLDER_PREFIX, keep
from lab.model import Lab

START_SECONDS = 3_600.0
"""A fresh machine also fetches and builds: under load the longest of them takes half an hour."""
END_SECONDS = 40.0


def main(words: list[str] | None = None) -> int:
    """Run one command; returns 0, or 1 when the lab could not do it."""
    parser = argparse.ArgumentParser(prog="lab", description=__doc__)
    parser.add_argument("command", choices=("start", "stop", "status", "names", "groups", "keep"))
    parser.add_argument("workdir", type=Path, nargs="?")
    parser.add_argument(
        "names",
        nargs="*",
        help=f"servers or groups ({', '.join(GROUPS)}; {ALL} for all of them, where memory allows); when none is "
        "named, those that LEAKGUARD_LAB names by commas, else the core set",
    )
    parser.add_argument("--until", type=int, metavar="PID", help="end with this process")
    asked = parser.parse_intermixed_args(words)
    if asked.command in {"names", "groups"}:
        print("\n".join(wanted_names() if asked.command == "names" else _group_lines()))  # noqa: T201  (a command line prints)
        return 0
    if asked.workdir is None:
        parser.error("which WORKDIR?")
    if strange := unknown(tuple(asked.names)):
        parser.error(f"unknown: {', '.join(strange)}; there are: {', '.join([*GROUPS, *ALL_NAMES])}")
    workdir = asked.workdir.resolve()
    if asked.command == "start":
        return start(workdir, asked.names, asked.until)
    if asked.command == "stop":
        return stop(workdir)
    if asked.command == "keep":
        with _sole_keeper(workdir):
            return keep(workdir, tuple(asked.names), asked.until)
    return status(workdir)


def _group_lines() -> Iterator[str]:
    for group, recipes in GROUPS.items():
        yield f"{group}: {' '.join(name for recipe in recipes for name in recipe.names)}"


def start(workdir: Path, names: list[str], until: int | None) -> int:
    """Start a keeper, wait until all its servers answer, print them; one that runs already is kept."""
    workdir.mkdir(parents=True, exist_ok=True)
    if not _kept(workdir):
        _sweep(workdir)
        with (workdir / "keeper.log").open("wb") as log:
            command = [sys.executable, "-m", "lab", "keep", str(workdir), *names]
            subprocess.Popen(
                command + (["--until", str(until)] if until else []),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
            )
    try:
        ready = _wait_until_ready(workdir)
    except KeyboardInterrupt:
        stop(workdir)
        raise
    return status(workdir) if ready else 1


def _wait_until_ready(workdir: Path) -> bool:
    deadline = time.monotonic() + START_SECONDS
    seen_keeper = False
    began = time.monotonic()
    while time.monotonic() < deadline:
        lab = Lab.read(workdir)
        if lab and lab.ready:
            return True
        kept = _kept(workdir)
        seen_keeper = seen_keeper or kept
        if not kept and (seen_keeper or time.monotonic() - began > 10.0):
            sys.stderr.write(f"The lab ended early; see {workdir}/keeper.log.\n")
            return False
        time.sleep(0.1)
    sys.stderr.write(f"The lab was not ready within {START_SECONDS:.0f} s.\n")
    stop(workdir)
    return False


def stop(workdir: Path) -> int:
    """End the keeper, and with it every server."""
    lab = Lab.read(workdir)
    if not lab or not _kept(workdir):
        _sweep(workdir)
        return 0
    os.kill(lab.keeper, signal.SIGTERM)
    deadline = time.monotonic() + END_SECONDS
    while _kept(workdir):
        if time.monotonic() > deadline:
            # The kernel then ends the servers too: each was started to die with its keeper.
            with contextlib.suppress(ProcessLookupError):
                os.kill(lab.keeper, signal.SIGKILL)
            _sweep(workdir)
            return 1
        time.sleep(0.05)
    return 0


def _sweep(workdir: Path) -> None:
    """Remove what a keeper left that was killed; its servers died with it."""
    lab = Lab.read(workdir)
    if lab and Path(lab.folder).name.startswith(FOLDER_PREFIX):
        shutil.rmtree(lab.folder, ignore_errors=True)
    (workdir / "servers.json").unlink(missing_ok=True)


def status(workdir: Path) -> int:
    """Print the servers of a running lab."""
    lab = Lab.read(workdir) if _kept(workdir) else None
    if not lab:
        print("no lab is running here")  # noqa: T201  (a command line prints)
        return 1
    for server in lab.servers:
        what = (
            f"not here: {server.missing}"
            if server.missing
            else f"{server.version:9} {server.seconds:6.1f} s {server.rss_mb:5} MB"
        )
        where = server.target if server.port else "-"
        print(f"{server.name:30} {server.form:10} {where:16} {server.transport:6} {what}")  # noqa: T201  (a command line prints)
    return 0


@contextlib.contextmanager
def _sole_keeper(workdir: Path) -> Iterator[None]:
    """The lock says that the keeper lives, even where its number has been given to somebody else."""
    with (workdir / "keeper.lock").open("w", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def _kept(workdir: Path) -> bool:
    try:
        handle = (workdir / "keeper.lock").open("r", encoding="utf-8")
    except FileNotFoundError:
        return False
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
