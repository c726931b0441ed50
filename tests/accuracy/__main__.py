"""Runs every check against every real server of the lab and every replay: `PYTHONPATH=tests python -m accuracy`.

Prints the table, keeps what was measured in `measured.json`, and ends with 1 where a wrong verdict is not explained.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from accuracy.measured import REASONS, Measured, Repeated, measured, write
from accuracy.tables import accuracy_sentence, accuracy_table, coverage_sentence
from lab.conftest import lab_command, leakguard, targets_of, write_scope
from lab.model import Lab, Server
from leakguard.bundled import Bundled
from leakguard.checks.library import load_library

RUNS = 10
"""As often the core set is scanned for the same answer."""


def main() -> int:
    """Measure, print, keep."""
    bundled = Bundled()
    library = load_library({name: bundled.text("checks", name) for name in bundled.names("checks")})
    rows, repeated = measure_lab()
    day = datetime.now(UTC).date().isoformat()  # noqa: TID251  (the day of a measurement)
    write(rows, day, repeated)
    print(coverage_sentence(library, rows))  # noqa: T201  (a command line prints)
    print(accuracy_sentence(day, rows, repeated))  # noqa: T201  (as above)
    print(accuracy_table(library, rows))  # noqa: T201  (as above)
    is_right = all(row.is_right or row.server in REASONS for row in rows)
    return int(not (is_right and repeated.is_same))


def measure_lab() -> tuple[list[Measured], Repeated]:
    """Start the servers, all that can be had, and scan them in one run; then the core set again and again."""
    os.environ.setdefault("LEAKGUARD_LAB", "extended")
    with tempfile.TemporaryDirectory(prefix="leakguard-accuracy-") as made:
        folder = Path(made)
        try:
            said = lab_command("start", str(folder / "lab"))
            lab = Lab.read(folder / "lab")
            if lab is None:
                sys.exit(said.stdout + said.stderr)
            write_scope(folder, lab)
            rows = list(_measure(lab, _scan(folder, lab.running)))
            return rows, _repeat(folder, [server for server in lab.running if server.core])
        finally:
            lab_command("stop", str(folder / "lab"))


def _scan(folder: Path, servers: Sequence[Server]) -> Sequence[Mapping[str, Any]]:
    lines = [line for server in servers for line in targets_of(server, server.port)]
    (folder / "targets.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = leakguard(folder, "scan", "--targets", "targets.txt", "--scope", "scope.yaml", "--format", "jsonl")
    sys.stderr.write(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def _repeat(folder: Path, servers: Sequence[Server]) -> Repeated:
    """The same servers again: the same verdicts, however the answers happen to fall."""
    seconds, said = [], []
    for _ in range(RUNS):
        began = time.monotonic()
        findings = _scan(folder, servers)
        seconds.append(time.monotonic() - began)
        said.append(sorted((each["target"], each["check_id"], each["outcome"]) for each in findings))
    for number, verdicts in enumerate(said):
        sys.stderr.writelines(f"run {number} differs: {each}\n" for each in set(verdicts) ^ set(said[0]))
    return Repeated(
        endpoints=len(servers),
        runs=RUNS,
        is_same=all(verdicts == said[0] for verdicts in said),
        seconds=round(statistics.median(seconds), 1),
    )


def _measure(lab: Lab, findings: Sequence[Mapping[str, Any]]) -> Iterator[Measured]:
    for server in lab.servers:
        if server.missing:
            sys.stderr.write(f"{server.name} could not be had: {server.missing}\n")
            continue
        for bucket, form in (server.buckets or {"": server.form}).items():
            target = f"{server.target}/{bucket}" if bucket else server.target
            about = [one for one in findings if one["target"] == target or _is_below(one["target"], server, bucket)]
            yield measured(server, about, form=form, bucket=bucket)


def _is_below(target: str, server: Server, bucket: str) -> bool:
    """Whether a finding is about what lies below a path of a server that keeps no buckets."""
    return not server.buckets and not bucket and target.startswith(f"{server.target}/")


if __name__ == "__main__":
    sys.exit(main())
