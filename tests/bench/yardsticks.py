"""What a user would pick instead: run beside us where it is installed, quoted with its date where it cannot be had."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.processes import Ran, run

PUBLISHED = (
    "on 2026-11-24 (2 cores of an AMD EPYC, 24 GiB, Debian 12, targets on the same cores, medians of three runs)"
)
"""When and where the figures below were measured."""
NMAP_CLOSED = 1.07
"""Seconds of nmap, tuned, for 65,536 closed endpoints; the same is run here, and the two tell how machines compare."""
SWEEP_PEERS = (
    ("naabu `-s c -rate 100000 -c 2000`", 4.53, "560 of 655 open ports found"),
    ("rustscan `-b 4096`", 2.73, "all found"),
)
"""Peer, seconds for 65,536 endpoints of which 655 are open, and what it found."""
PROOF_PEERS = (
    ("nuclei `-rl 100000 -bs 1000 -c 100`", 7.92, 32_768, "19,985 found, no figures, 1,442 MiB"),
    ("zgrab2 `http`, 1,000 senders", 5.88, 32_768, "no verdict"),
    ("httpx `-t 500 -rl 100000`", 3.10, 4_096, "no verdict"),
    ("httpx, default", 54.1, 4_096, "no verdict"),
)
"""Peer, seconds, open Elasticsearch asked, and what it made of them; ours is compared at the same rate."""
NUCLEI_TUNED = 2_480.0
"""Open Elasticsearch a second: nuclei 3.10.0 `-rl 100000 -bs 1000 -c 100`, one request, no figures; 4,096 targets."""
NUCLEI_DEFAULT = 150.0
"""Targets a second: its limit of requests."""
NMAP_VERSIONS = 3.2
"""Hosts a second: `nmap -sV`, 256 of the same hosts."""
NUCLEI_FIRST = 0.121
"""Seconds to the first finding on one `host:port`."""
NUCLEI_VERSION = 0.087
"""Seconds for `-version`."""
TUNED = ("-sT", "-Pn", "-n", "--min-rate", "100000", "--max-retries", "0")
"""nmap at its fastest on loopback; with its own time-outs otherwise."""
ONE_SECOND = ("--initial-rtt-timeout", "1s", "--max-rtt-timeout", "1s")
_OPEN = re.compile(r"(?:Ports: \d+/open|Open 127\.)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Nmap:
    """nmap, where it is installed."""

    program: str

    def sweep(self, target: str, port: int, *, folder: Path, more: Sequence[str] = (), seconds: float = 120.0) -> Ran:
        """A connect sweep of one port, tuned; prints one line a host."""
        command = [self.program, *TUNED, *more, "-p", str(port), target, "-oG", "-"]
        return run(command, folder=folder, seconds=seconds)

    def versions(self, target: str, port: int, *, folder: Path, seconds: float = 60.0) -> Ran:
        """Which product answers, as nmap finds out."""
        command = [self.program, "-sT", "-sV", "-Pn", "-n", "-p", str(port), target, "-oG", "-"]
        return run(command, folder=folder, seconds=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rustscan:
    """rustscan, where it is installed."""

    program: str

    def sweep(self, target: str, port: int, *, folder: Path, seconds: float = 120.0) -> Ran:
        """One port with a time-out of a second and one try, 4,096 in flight."""
        more = ("-b", "4096", "-t", "1000", "--tries", "1", "-g", "--no-config", "--no-banner")
        return run([self.program, "-a", target, "-p", str(port), *more], folder=folder, seconds=seconds)


def machine_factor(nmap_seconds: float) -> float:
    """How much slower this machine is than the one of the published figures, by nmap's time for 65,536 closed."""
    return nmap_seconds / NMAP_CLOSED


def found_open(ran: Ran) -> int:
    """How many open ports the tool printed."""
    return len(_OPEN.findall(ran.stdout))


def find_nmap() -> Nmap | None:
    """On the path, or not at all."""
    program = shutil.which("nmap")
    return Nmap(program=program) if program else None


def find_rustscan() -> Rustscan | None:
    """On the path or where cargo puts it, or not at all."""
    program = shutil.which("rustscan") or shutil.which("rustscan", path=str(Path.home() / ".cargo" / "bin"))
    return Rustscan(program=program) if program else None
