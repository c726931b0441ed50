"""How LeakGuard did on servers that no check had been prepared for, measured once before any check was changed.

Such a measurement cannot be repeated: a check that was changed for a server is prepared for it.
A later one, on other servers, takes its place in `first_met.json`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("first_met.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Servers that were reached in one way."""

    name: str
    opened: int
    """Open endpoints of kinds that the table names, their state established with a client of the product."""
    found: int
    """Those of them that were reported exposed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstMet:
    """One measurement."""

    measured_on: str
    kinds: int
    false_alarms: int
    groups: tuple[Group, ...]


def read_first_met(file: Path = FILE) -> FirstMet:
    """The newest measurement."""
    kept = json.loads(file.read_text(encoding="utf-8"))
    return FirstMet(**{**kept, "groups": tuple(Group(**group) for group in kept["groups"])})
