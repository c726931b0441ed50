"""Runs one command and reports its wall time, CPU time and peak memory: `python -IS launch.py JSON`.

A program of its own, since Linux counts the memory of the process that forks as the first peak of the one that is
forked: started from the bench itself, every tool would seem to need what the bench needs. This one needs 10 MiB.
The wish is `{"command", "limit", "seconds", "stdout", "stderr", "folder"}`; the report is a line of JSON on stdout.
"""

import json
import os
import resource
import select
import signal
import sys
import time
from typing import Any

PIECE = 1 << 16


def main() -> None:
    """Run the command of the first argument."""
    options = json.loads(sys.argv[1])
    reading, writing = os.pipe()
    begun = time.perf_counter()
    child = os.fork()
    if not child:
        become(options, writing)
    os.close(writing)
    first, is_late = follow(options, child, reading, begun)
    if is_late:
        os.killpg(child, signal.SIGKILL)
    _, status, used = os.wait4(child, 0)
    report = {
        "wall": time.perf_counter() - begun,
        "cpu": used.ru_utime + used.ru_stime,
        "peak_kib": used.ru_maxrss,  # of the command or of any process that it waited for, whichever had most
        "code": os.waitstatus_to_exitcode(status),
        "first_output": first,
        "is_late": is_late,
    }
    print(json.dumps(report))  # noqa: T201  (the report)


def become(options: dict[str, Any], writing: int) -> None:
    """Turn into the command; does not return."""
    os.setsid()
    os.chdir(options["folder"])
    os.dup2(writing, 1)
    os.dup2(os.open(options["stderr"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    if options["limit"]:
        resource.setrlimit(resource.RLIMIT_NOFILE, (options["limit"], options["limit"]))
    try:
        os.execvp(options["command"][0], options["command"])  # noqa: S606  (no shell, on purpose)
    finally:
        os._exit(127)


def follow(options: dict[str, Any], child: int, reading: int, begun: float) -> tuple[float | None, bool]:
    """Copy what the command prints; returns when the first of it came, and whether the time ran out."""
    first, ended = None, os.pidfd_open(child)
    waiting = [reading, ended]
    with open(options["stdout"], "wb") as kept:  # noqa: PTH123  (pathlib would be another import)
        while ended in waiting:
            left = begun + options["seconds"] - time.perf_counter()
            ready = select.select(waiting, [], [], max(0.0, left))[0]
            if not ready:
                return first, True
            if reading in ready:
                piece = os.read(reading, PIECE)
                first = first or (time.perf_counter() - begun if piece else None)
                kept.write(piece)
                waiting = waiting if piece else [ended]
            elif ended in ready:
                return first, False
    return first, False


if __name__ == "__main__":
    main()
