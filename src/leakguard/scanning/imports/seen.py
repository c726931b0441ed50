"""What a file of another tool says: somebody saw this TCP port open at this address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from leakguard.frozen import Frozen
from leakguard.models.targets import join_host_port
from leakguard.scanning.addresses import Address
from leakguard.scanning.literals import parse_address
from leakguard.scanning.targets import MAX_PORT, host_name


class SeenPort(Frozen):
    """One open port; at least one of `address` and `names` is there."""

    port: int
    address: Address | None = None
    names: tuple[str, ...] = ()
    """Names that the file gives the address, the one that its user typed first."""

    @property
    def text(self) -> str:
        """`host:port`, by the address where there is one."""
        return join_host_port(str(self.address) if self.address else self.names[0], self.port)


@dataclass(slots=True, kw_only=True)
class ImportNotes:
    """What a reader came across besides open ports."""

    skipped: int = 0
    """Entries that name no open TCP port: a UDP service, a finding about a name, a summary."""
    notes: list[str] = field(default_factory=list)
    """What a person should know about the file."""


def seen_port(address: object, port: object, names: Iterable[object] = ()) -> SeenPort | None:
    """One open port from whatever a file holds; nothing when it names no place that could be asked."""
    number = _port(port)
    literal = parse_address(address) if isinstance(address, str) else None
    known = tuple(dict.fromkeys(_names(names)))
    if number is None or (literal is None and not known):
        return None
    return SeenPort(port=number, address=literal, names=known)


def _port(value: object) -> int | None:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(MAX_PORT)) else 0
    return number if 1 <= number <= MAX_PORT else None


def _names(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        name = host_name(value) if isinstance(value, str) else None
        if name is not None:
            yield name
