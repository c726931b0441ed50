"""Runs every check against every real server of the lab and every replay: `PYTHONPATH=tests python -m accuracy`.

Prints the table, keeps what was measured in `measured.json`, and ends with 1 where a wrong verdict is not explained.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from accuracy.measured import REASONS, Measured, measured, write
from accuracy.tables import accuracy_sentence, accuracy_table, coverage_sentence
from lab.conftest import lab_command, leakguard, targets_of, write_scope
from lab.model import Lab
from leakguard.bundled import Bundled
from leakguard.checks.library import load_library


def main() -> int:
    """Measure, print, keep."""
    bundled = Bundled()
    library = load_library({name: bundled.text("checks", name) for name in bundled.names("checks")})
    rows = measure_lab()
    day = datetime.now(UTC).date().isoformat()  # noqa: TID251  (the day of a measurement)
    write(rows, day)
    print(coverage_sentence(library, rows))  # noqa: T201  (a command line prints)
    print(accuracy_sentence(day, rows))  # noqa: T201  (as above)
    print(accuracy_table(library, rows))  # noqa: T201  (as above)
    return int(any(not row.is_right and row.server not in REASONS for row in rows))


def measure_lab() -> list[Measured]:
    """Start the servers, all that can be had, and scan them in one run."""
    os.environ.setdefault("LEAKGUARD_LAB", "extended")
    with tempfile.TemporaryDirectory(prefix="leakguard-accuracy-") as made:
        folder = Path(made)
        try:
            said = lab_command("start", str(folder / "lab"))
            lab = Lab.read(folder / "lab")
            if lab is None:
                sys.exit(said.stdout + said.stderr)
            return list(_measure(lab, _scan(folder, lab)))
        finally:
            lab_command("stop", str(folder / "lab"))


def _scan(folder: Path, lab: Lab) -> Sequence[Mapping[str, Any]]:
    write_scope(folder, lab)
    lines = [line for server in lab.running for line in targets_of(server, server.port)]
    (folder / "targets.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = leakguard(folder, "scan", "--targets", "targets.txt", "--scope", "scope.yaml", "--format", "jsonl")
    sys.stderr.write(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def _measure(lab: Lab, findings: Sequence[Mapping[str, Any]]) -> Iterator[Measured]:
    for server in lab.servers:
        if server.missing:
            sys.stderr.write(f"{server.name} could not be had: {server.missing}\n")
            continue
        for bucket, form in (server.buckets or {"": server.form}).items():
            target = f"{server.target}/{bucket}" if bucket else server.target
            about = [finding for finding in findings if finding["target"] == target]
            yield measured(server, about, form=form, bucket=bucket)


if __name__ == "__main__":
    sys.exit(main())
