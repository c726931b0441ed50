"""Measures the scanner beside its peers: `make bench`, or `PYTHONPATH=tests python -m bench`.

Everything happens in a network namespace of its own, where all of 127.0.0.0/8 may be open, closed or silent, nothing
can come in and nothing can leave; without root it belongs to a user namespace. Each figure is one of a whole process,
from its fork to its end, with journal, store, caps and limits as a user has them. Contenders run in turn (A B A B ...)
after one round that only warms up. A goal is printed as met or NOT met; nothing fails because a machine is slow, and
the exit code is 0.

Environment:

- `ROWS=sweep,silent` measures only these (the names are those of `rows.catalogue`);
- `BENCH_RUNS=5` says how many runs each figure is the median of;
- `BENCH_SHRINK=4` halves the number of targets four times, to try the bench out;
- `BENCH_HUGE=1` lets the growth curve go on to ten million endpoints, and the large store to ten million findings;
- `BENCH_SOURCES=DIR` measures the engine of another checkout's `src`.

What was measured in full is kept in `measured.json`, from which `make docs` writes the table of the documentation; a
part that is measured again takes the place of its older figures, and each part is dated. Fewer than five runs or fewer
targets are printed and not kept.
The yardsticks nmap, rustscan and nuclei run beside us where they are installed (`apt install nmap`,
`cargo install rustscan`; nuclei is built from its public source). A row whose yardstick is missing says so and compares
nothing: no figure is taken over from another machine.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench import namespace, rig, scans, yardsticks
from bench.house import House
from bench.measured import Part, Point, Row, write
from bench.rows.catalogue import ROWS
from bench.table import goals_table, growth_table

WHOLE = 5
"""Runs from which on a figure is kept."""


def main() -> int:
    """Measure the rows that are wanted, print them, and keep what was measured in full."""
    if not namespace.is_inside():
        namespace.go_inside()
    namespace.set_up()
    with tempfile.TemporaryDirectory(prefix="leakguard-bench-") as name:
        try:
            house = _house(Path(name))
        except rig.NoCompiler:
            sys.stderr.write("Not measured: the servers of the bench need a C compiler (apt install gcc libc6-dev).\n")
            return 0
        parts = [_measured(house, name) for name in _wanted()]
    if house.runs >= WHOLE and not house.shrink:
        write(parts)
    return 0


def _house(folder: Path) -> House:
    return House(
        folder=folder,
        tool=scans.find_tool(folder),
        rig=rig.build(folder),
        nmap=yardsticks.find_nmap(),
        rustscan=yardsticks.find_rustscan(),
        nuclei=yardsticks.find_nuclei(),
        is_huge=os.environ.get("BENCH_HUGE") == "1",
        runs=int(os.environ.get("BENCH_RUNS") or WHOLE),
        shrink=int(os.environ.get("BENCH_SHRINK") or 0),
    )


def _wanted() -> Sequence[str]:
    asked = [name for name in os.environ.get("ROWS", "").split(",") if name]
    if unknown := set(asked) - set(ROWS):
        sys.exit(f"unknown rows: {', '.join(sorted(unknown))}; there are: {', '.join(ROWS)}")
    return asked or list(ROWS)


def _measured(house: House, name: str) -> Part:
    sys.stdout.write(f"\n{name}\n\n")
    sys.stdout.flush()
    told = tuple(ROWS[name](house))
    rows = tuple(each for each in told if isinstance(each, Row))
    points = tuple(each for each in told if isinstance(each, Point))
    tables = [goals_table(rows), growth_table(points) if points else ""]
    sys.stdout.write("\n\n".join(table for table in tables if table) + "\n")
    sys.stdout.flush()
    today = datetime.now(UTC).date()  # noqa: TID251  (a bench is dated)
    return Part(
        name=name, measured_on=today.isoformat(), machine=machine(), runs=house.runs,
        rows=rows, growth=points,
    )  # fmt: skip


def machine() -> str:
    """Cores, processor, system and Python of this machine."""
    models = [line for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines() if line.startswith("model name")]
    model = models[0].partition(":")[2].strip() if models else platform.machine()
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{cores} cores ({model}), {memory:.0f} GiB, Linux {platform.release()}, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
