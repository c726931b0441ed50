"""Scans of a running lab: its servers as they are, and the fronts that are made for them."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from accuracy.expected import OPEN, expectation
from accuracy.fronts import SSO_HOST, Front, Fronts
from accuracy.measured import Measured, measured
from lab.conftest import leakguard, targets_of, write_scope
from lab.fetch import Shelf, cache_folder
from lab.keeper import FOLDER_PREFIX
from lab.model import Lab, Server
from lab.site import Site
from leakguard.frozen import replace

LEAVE = {"allowed_by": "the lab", "allowed_at": "2026-01-01", "until": "2099-12-31"}
"""With it, two servers are open by their own account alone."""
AT_ONCE = 24
"""Fronts that are scanned in one run: on two cores more of them only keep one another waiting, and nothing else."""
ONE_AT_A_TIME = frozenset({"docker"})
"""Kinds whose server takes seconds for one answer: Podman starts two programs to tell its version."""
Finding = Mapping[str, Any]


def scan(folder: Path, servers: Sequence[Server]) -> Sequence[Finding]:
    """The findings about all of them in one run."""
    return _scan_lines(folder, [line for server in servers for line in targets_of(server, server.port)])


def _scan_lines(folder: Path, lines: Sequence[str]) -> Sequence[Finding]:
    (folder / "targets.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = leakguard(folder, "scan", "--targets", "targets.txt", "--scope", "scope.yaml", "--format", "jsonl")
    sys.stderr.write(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def measure(lab: Lab, findings: Sequence[Finding], *, group: str, nmap: Mapping[str, str]) -> Iterator[Measured]:
    """Of each server, reached directly."""
    for server in lab.servers:
        if server.missing:
            sys.stderr.write(f"{server.name} could not be had: {server.missing}\n")
            continue
        for bucket, form in parts_of(server).items():
            about = list(_about(findings, server, bucket))
            yield measured(server, about, form=form, bucket=bucket, group=group, nmap=nmap.get(server.name, ""))


def parts_of(server: Server) -> Mapping[str, str]:
    """What of a server is judged, with its form: its buckets; or all of it, and each of its tables by itself."""
    return server.buckets or {"": server.form, **server.tables}


def _about(findings: Sequence[Finding], server: Server, bucket: str) -> Iterator[Finding]:
    target = f"{server.target}/{bucket}" if bucket else server.target
    for one in findings:
        is_table = bucket in server.tables and _is_last(one["target"], server, bucket)
        if one["target"] == target or is_table or _is_below(one["target"], server, bucket):
            yield one


def _is_last(target: str, server: Server, table: str) -> bool:
    """Whether a finding is about a table, below whatever path."""
    return target.startswith(f"{server.target}/") and target.endswith(f"/{table}")


def _is_below(target: str, server: Server, bucket: str) -> bool:
    """Whether a finding is about what lies below a path of a server that keeps no buckets."""
    return not server.buckets and not bucket and target.startswith(f"{server.target}/")


def measure_fronts(folder: Path, lab: Lab, direct: Sequence[Finding], *, group: str) -> list[Measured]:
    """Of each HTTP server in each state; a server that is a front itself has none."""
    place = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX))
    # The servers' user must reach it.
    place.chmod(0o755)
    site = Site(place, Shelf(cache_folder()))
    return asyncio.run(_fronts(site, folder, lab, direct, group))


async def _fronts(site: Site, folder: Path, lab: Lab, direct: Sequence[Finding], group: str) -> list[Measured]:
    fronts = Fronts(site, [server for server in lab.running if not server.is_front])
    try:
        await site.shelf.debian("nginx")
        await fronts.start()
        if not fronts.all:
            return []
        write_scope(folder, lab, default_accounts=LEAVE, exclude=[SSO_HOST])
        findings: list[Finding] = []
        for lines in _batches(fronts.all):
            findings += await asyncio.to_thread(_scan_lines, folder, lines)
        if fronts.sso_connections:
            raise AssertionError("a scan followed a redirect out of its scope")
        return [row for front in fronts.all for row in _judged(front, findings, direct, group)]
    finally:
        fronts.close()
        await site.close()


def _batches(fronts: Sequence[Front]) -> Iterator[list[str]]:
    """What is scanned in one run."""
    slow = [targets_of(_moved(front), front.port) for front in fronts if front.server.datastore in ONE_AT_A_TIME]
    rest = [front for front in fronts if front.server.datastore not in ONE_AT_A_TIME]
    lines = [line for front in rest for line in targets_of(_moved(front), front.port)]
    yield from slow
    yield from (lines[at : at + AT_ONCE] for at in range(0, len(lines), AT_ONCE))


def _moved(front: Front) -> Server:
    return replace(front.server, port=front.port, path=f"{front.path.rstrip('/')}{front.server.path}" or front.path)


def _judged(front: Front, findings: Sequence[Finding], direct: Sequence[Finding], group: str) -> Iterator[Measured]:
    moved = _moved(front)
    for bucket, form in parts_of(front.server).items():
        proved = [
            each
            for one in _about(direct, front.server, bucket)
            if one["outcome"] in OPEN and one["datastore"] == front.server.datastore
            for each in one["proof"]["requests"]
        ]
        right = expectation(front.state, front.server.datastore, form, proved)
        form = {"open": "open", "closed": "protected", "unsettled": "unsettled"}[right.wanted]  # noqa: PLW2901  (what is right of the front)
        about = list(_about(findings, moved, bucket))
        yield measured(moved, about, form=form, bucket=bucket, group=group, state=front.state, why=right.why)
