"""Which of the ports that another tool saw may be asked: a stranger's file is no permission, the scope is."""

from __future__ import annotations

from collections.abc import Iterable

from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen
from leakguard.scanning.addresses import Address
from leakguard.scanning.gate import Gate
from leakguard.scanning.imports.seen import SeenPort
from leakguard.scanning.literals import parse_address
from leakguard.scanning.targets import Target

MOST_ENDPOINTS = 1_000_000
"""Held in memory, some 200 bytes each."""


class ChosenTargets(Frozen):
    """What may be asked, and how much of the file lies outside."""

    targets: tuple[Target, ...]
    endpoint_count: int
    outside_count: int
    is_outside_more: bool = False
    """Whether there are more, which nobody counted: they lie in nobody's memory."""


def choose(seen: Iterable[SeenPort], gate: Gate, *, most: int = MOST_ENDPOINTS) -> ChosenTargets:
    """The ports inside the scope: by their address where the scope has it, else by a name of theirs that it has.

    Raises `UsageProblem` for more than `most` endpoints.
    """
    ports: dict[str, dict[int, None]] = {}
    outside: dict[tuple[str, int], None] = {}
    count, is_more = 0, False
    for each in seen:
        place = _place(each, gate)
        if place is None:
            is_more = is_more or (len(outside) >= most and (each.text, each.port) not in outside)
            if not is_more:
                outside[each.text, each.port] = None
            continue
        known = ports.setdefault(place, {})
        count += each.port not in known
        known[each.port] = None
        if count > most:
            raise UsageProblem(f"the file names more than {most:,} endpoints of the scope", next_step="Split the file.")
    targets = tuple(_target(place, tuple(numbers)) for place, numbers in ports.items())
    return ChosenTargets(targets=targets, endpoint_count=count, outside_count=len(outside), is_outside_more=is_more)


def _place(seen: SeenPort, gate: Gate) -> str | None:
    """The address or the name to ask; an exclusion wins over both."""
    if seen.address is not None and gate.refusal(str(seen.address)) is None:
        return str(seen.address)
    if seen.address is not None and gate.is_excluded(str(seen.address)):
        return None
    return next((name for name in seen.names if gate.allows_name(name)), None)


def _target(place: str, ports: tuple[int, ...]) -> Target:
    literal: Address | None = parse_address(place)
    listed = ",".join(str(port) for port in ports)
    shown = f"[{place}]" if ":" in place else place
    return Target(text=f"{shown}:{listed}", first=literal, last=literal, host=None if literal else place, ports=ports)
