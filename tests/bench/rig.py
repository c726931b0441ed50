"""Builds and starts the servers of `rig.c`, and knows what each of its clusters must be found to hold."""

from __future__ import annotations

import contextlib
import ipaddress
import shutil
import struct
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).with_name("rig.c")
NAMES = ("connections", "requests", "roots", "cats", "counts", "others", "content_reads", "writes")
PROCESSES = 2


class NoCompiler(Exception):
    """There is no C compiler, so the rows that need the rig are not measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rig:
    """The built program, and a folder for its counters."""

    program: Path

    @contextlib.contextmanager
    def elastic(self, port: int, *, tarpit: str = "") -> Iterator[Counters]:
        """An open Elasticsearch on every address of this namespace."""
        file = self.program.with_name(f"counters-{port}")
        file.unlink(missing_ok=True)
        with self._running("elastic", str(port), str(file), str(PROCESSES), *([tarpit] if tarpit else [])):
            yield Counters(file=file)

    @contextlib.contextmanager
    def plain(self, port: int, *, first: str, count: int, step: int) -> Iterator[None]:
        """Web servers of another kind, `step` addresses apart."""
        with self._running("plain", str(port), first, str(count), str(step)):
            yield

    @contextlib.contextmanager
    def silent(self, port: int) -> Iterator[None]:
        """A port on every address that answers nothing, not even with a refusal."""
        with self._running("silent", str(port)):
            yield

    def asking(self, port: int, *, first: str, count: int, processes: int) -> list[str]:
        """The command that has a verdict's conversations with `count` addresses and makes nothing of them."""
        return [str(self.program), "ask", str(port), first, str(count), str(processes)]

    @contextlib.contextmanager
    def _running(self, *words: str) -> Iterator[None]:
        with subprocess.Popen(
            [str(self.program), *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                if process.stdout is None or process.stdout.readline() != "ready\n":
                    raise RuntimeError(f"the rig did not start: {' '.join(words)}")
                yield
            finally:
                process.kill()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """What the clusters were asked so far."""

    file: Path

    def read(self) -> Mapping[str, int]:
        """Name to count, since the start."""
        return dict(zip(NAMES, struct.unpack(f"={len(NAMES)}Q", self.file.read_bytes()), strict=True))


def build(folder: Path) -> Rig:
    """Compile the rig; raises `NoCompiler`."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise NoCompiler
    program = folder / "rig"
    subprocess.run([compiler, "-O2", "-o", str(program), str(SOURCE)], check=True)
    return Rig(program=program)


def cluster(address: str) -> Mapping[str, Any]:
    """What a finding about the cluster at this address must say; the same arithmetic as in `rig.c`."""
    number = int(ipaddress.IPv4Address(address)) & 0xFFFFFF
    return {
        "records": 1000 + 3 * number + 50 + number % 977,
        "bytes": 1_000_000 + 17 * number + 4096 + 5 * number,
        "cluster_id": f"{number:08x}ClusterOfBench",
    }
