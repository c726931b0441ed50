"""LeakGuard as a user runs it: a scope file, a store, one command; and what it printed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.processes import Ran, run

SOURCES = Path(os.environ.get("BENCH_SOURCES") or Path(__file__).parents[2] / "src")
SCRIPT = (
    "#!{python}\nimport sys\nfrom leakguard.__main__ import main\nif __name__ == '__main__':\n    sys.exit(main())\n"
)
"""What an installation puts into `bin/leakguard`."""
LIMITS = (
    "{total: 10000000/s, per_host: 10000000/s, per_network: 10000000/s, per_name: 10000000/s}",
    "{total: 100000/s, per_host: 100000/s}",
)
"""The highest that a scope file may say, in this release or an older one: the engine is measured, not its brake."""
ALL = ("127.0.0.0/8",)
_PART = re.compile(r"([\d,]+) ([a-z][a-z ]*?)(?=,| =|$)")
_SUM = re.compile(r"= ([\d,]+) endpoints?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """The command, and which options this release has."""

    script: Path
    options: frozenset[str]
    limits: str

    def scan(
        self, *targets: str, checks: str = "elasticsearch_open", limit: int | None = None, seconds: float = 300.0,
        more: Sequence[str] = (), include: Sequence[str] = ALL, limits: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> Scan:  # fmt: skip
        """Scan in a fresh folder with a fresh store; findings go to a file, as large ones do."""
        with tempfile.TemporaryDirectory(prefix="leakguard-bench-") as name:
            folder = Path(name)
            write_scope(folder, limits or self.limits, include)
            command = [str(self.script), "scan", *targets, "--scope", "scope.yaml", "--store", "bench.sqlite"]
            command += ["--format", "jsonl", "-o", "findings.jsonl", *(["--checks", checks] if checks else []), *more]
            begun_at = datetime.now(UTC)  # noqa: TID251  (findings are dated by the real clock)
            ran = run(command, folder=folder, seconds=seconds, limit=limit, environment=environment_of(environment))
            found = folder / "findings.jsonl"
            findings = tuple(map(json.loads, found.read_text("utf-8").splitlines())) if found.exists() else ()
        return Scan(ran=ran, findings=findings, counts=counts_in(ran.stderr), begun_at=begun_at)

    def just(self, *words: str, seconds: float = 60.0) -> Ran:
        """Any command, in a fresh folder with the scope file."""
        with tempfile.TemporaryDirectory(prefix="leakguard-bench-") as name:
            write_scope(Path(name), self.limits)
            return run([str(self.script), *words], folder=Path(name), seconds=seconds, environment=environment_of())

    def workers(self, many: int) -> tuple[str, ...] | None:
        """The words for so many workers, or nothing where this release cannot have them."""
        if "--workers" in self.options:
            return ("--workers", str(many))
        return () if many == 1 else None

    def timeout(self, seconds: int) -> tuple[str, ...]:
        """The words for a time-out of a connection, where this release has them."""
        return ("--timeout", f"{seconds}s") if "--timeout" in self.options else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One scan: how long it took, what it found, how it accounted for every endpoint."""

    ran: Ran
    findings: tuple[Mapping[str, Any], ...]
    counts: Mapping[str, int]
    """Standing to endpoints, and their `sum`, as printed; empty where nothing was printed."""
    begun_at: datetime

    @property
    def open_ports(self) -> int:
        """Endpoints that took the call, whatever they turned out to be."""
        shut = {"closed", "silent", "sum", "not checked", "out of scope"}
        return sum(count for name, count in self.counts.items() if name not in shut)

    @property
    def arrivals(self) -> list[float]:
        """Seconds from the start to each open store, in the order in which they were found."""
        found = (each["observed_at"] for each in self.findings if each["outcome"] == "exposed")
        return sorted((datetime.fromisoformat(at) - self.begun_at).total_seconds() for at in found)

    def covers(self, endpoints: int) -> bool:
        """Whether it came to its end, and accounted for so many endpoints, each in exactly one state."""
        return self.ran.code in {0, 1, 3} and self.adds_up and self.counts.get("sum") == endpoints

    @property
    def adds_up(self) -> bool:
        """Whether the parts make the sum that is printed with them."""
        return sum(count for name, count in self.counts.items() if name != "sum") == self.counts.get("sum")


def counts_in(stderr: str) -> dict[str, int]:
    """`Run R-1: 3 exposed, 40 closed = 43 endpoints` as a mapping with its `sum`."""
    lines = [line for line in stderr.replace("\n", " ").split("Run ") if _SUM.search(line)]
    if not lines:
        return {}
    told = lines[-1].partition(":")[2]
    found = _SUM.search(told)
    parts = told[: found.start()] if found else ""
    counts = {name.strip(): _number(count) for count, name in _PART.findall(parts.strip())}
    return {**counts, "sum": _number(found[1]) if found else 0}


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def write_scope(folder: Path, limits: str, include: Sequence[str] = ALL) -> None:
    """A scope of these networks, valid today."""
    today = datetime.now(UTC).date()  # noqa: TID251  (a scope is valid on real days)
    begun, ends = today - timedelta(days=1), today + timedelta(days=7)
    text = (
        "scope: bench\n"
        f"owner: {{organisation: Bench, contact: bench@example.edu, approved_by: CISO, approved_at: {begun}}}\n"
        f"valid: {{from: {begun}, until: {ends}}}\n"
        f"include: [{', '.join(include)}]\n"
        f"limits: {limits}\n"
    )
    (folder / "scope.yaml").write_text(text, encoding="utf-8")


def environment_of(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """With the sources of this checkout, whatever is installed."""
    return {"PYTHONPATH": str(SOURCES), "COLUMNS": "300", **(more or {})}


def find_tool(folder: Path) -> Tool:
    """Write the command as an installation does, and ask it what it can."""
    script = folder / "leakguard"
    script.write_text(SCRIPT.format(python=sys.executable), encoding="utf-8")
    script.chmod(0o755)
    told = _said(script, folder, "scan", "--help")
    limits = next((limits for limits in LIMITS if _takes(script, folder, limits)), "{total: 500/s}")
    return Tool(script=script, options=frozenset(re.findall(r"--[a-z-]+", told.stdout)), limits=limits)


def _takes(script: Path, folder: Path, limits: str) -> bool:
    write_scope(folder, limits)
    return _said(script, folder, "scope", "show", "--scope", "scope.yaml").returncode == 0


def _said(script: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(script), *words], capture_output=True, text=True, check=False, cwd=folder,
        env={**os.environ, **environment_of()},
    )  # fmt: skip
