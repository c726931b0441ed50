"""What a user would pick instead, run beside us where it is installed; nothing is quoted from another machine."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.processes import Ran, run

TUNED = ("-sT", "-Pn", "-n", "--open", "--min-rate", "100000", "--max-retries", "0")
"""nmap at its fastest on loopback, spared the printing of closed ports; with its own time-outs otherwise."""
ONE_SECOND = ("--initial-rtt-timeout", "1s", "--max-rtt-timeout", "1s")
TEMPLATE = Path(__file__).with_name("nuclei-elasticsearch.yaml")
NUCLEI_TUNED = ("-rl", "100000", "-bs", "1000", "-c", "100")
"""The fastest of the settings that were tried; by itself it sends 150 requests a second."""
_QUIET = ("-silent", "-nc", "-duc", "-ni", "-or")
"""No update, no callback server, and neither request nor answer in what it prints."""
_OPEN = re.compile(r"(?:Ports: \d+/open|Open 127\.)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Nmap:
    """nmap, where it is installed."""

    program: str

    def sweep(self, target: str, port: int, *, folder: Path, more: Sequence[str] = (), seconds: float = 120.0) -> Ran:
        """A connect sweep of one port, tuned; prints the hosts where it is open."""
        command = [self.program, *TUNED, *more, "-p", str(port), target, "-oG", "-"]
        return run(command, folder=folder, seconds=seconds)

    def versions(self, target: str, port: int, *, folder: Path, seconds: float = 60.0) -> Ran:
        """Which product answers, as nmap finds out."""
        command = [self.program, "-sT", "-sV", "-Pn", "-n", "--open", "-p", str(port), target, "-oG", "-"]
        return run(command, folder=folder, seconds=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rustscan:
    """rustscan, where it is installed."""

    program: str

    def sweep(self, target: str, port: int, *, folder: Path, seconds: float = 120.0) -> Ran:
        """One port with a time-out of a second and one try, 4,096 in flight."""
        more = ("-b", "4096", "-t", "1000", "--tries", "1", "-g", "--no-config", "--no-banner")
        return run([self.program, "-a", target, "-p", str(port), *more], folder=folder, seconds=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nuclei:
    """nuclei, where it is installed, with one template of ours: one request a host, and no figures."""

    program: str

    def just(self, option: str, *, folder: Path) -> Ran:
        """`-version` or `-help`."""
        return run([self.program, option, "-duc"], folder=folder, seconds=60, environment=_home(folder))

    def elastic(self, urls: Sequence[str], *, folder: Path, limit: int | None = None, seconds: float = 300.0) -> Ran:
        """Whether each URL lists the indices of an Elasticsearch; prints a line for each that does."""
        targets = folder / "nuclei-targets.txt"
        targets.write_text("\n".join(urls) + "\n", encoding="utf-8")
        command = [self.program, "-l", str(targets), "-t", str(TEMPLATE), *NUCLEI_TUNED, *_QUIET]
        return run(command, folder=folder, seconds=seconds, limit=limit, environment=_home(folder))

    def found(self, ran: Ran) -> int:
        """How many different URLs it reported open."""
        return len({line.split()[-1] for line in ran.stdout.splitlines() if "elasticsearch-open" in line})


def _home(folder: Path) -> dict[str, str]:
    """A home of its own, so that no setting of this user decides."""
    return {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config")}


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


def find_nuclei() -> Nuclei | None:
    """On the path or where Go puts it, or not at all."""
    program = shutil.which("nuclei") or shutil.which("nuclei", path=str(Path.home() / "go" / "bin"))
    return Nuclei(program=program) if program else None
