"""All that a row needs to measure: our tool, the rig, the yardsticks that are installed, and how much to do."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path

from bench.rig import Rig
from bench.scans import Tool
from bench.yardsticks import Nmap, Nuclei, Rustscan


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Made once, before the first row."""

    folder: Path
    tool: Tool
    rig: Rig
    nmap: Nmap | None
    rustscan: Rustscan | None
    nuclei: Nuclei | None
    runs: int
    """Beyond the one that warms up."""
    is_huge: bool = False
    """Whether the growth curve goes on to ten million endpoints."""
    shrink: int = 0
    """Halve the targets so many times; for trying the bench out."""

    def many(self, full: int) -> int:
        """So many targets instead of `full`, at least 64."""
        return max(64, full >> self.shrink)


def network(first: str, count: int) -> str:
    """The network of `count` addresses, a power of two, that begins there."""
    return f"{first}/{32 - (count.bit_length() - 1)}"


def address(first: str, place: int) -> str:
    """The address so many places behind `first`."""
    return str(ipaddress.IPv4Address(first) + place)
