"""Who holds a run: a process, named so that another one on the same machine can tell whether it still lives."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path

from leakguard.frozen import Frozen, names_of

_PROCESSES = Path("/proc")
_DEAD = frozenset({"Z", "X", "x"})
"""States of a process that was killed and that nobody has buried yet (proc(5))."""


_numbers = count(1)


class Holder(Frozen):
    """One process of one start of one machine."""

    place: str
    """The start of the machine and the room of process numbers in it; empty where neither is told."""
    process: int
    born: str
    """When the process began, in ticks since the machine did: numbers are used again."""
    token: str

    @property
    def text(self) -> str:
        """As a lease keeps it."""
        return f"{self.place}/{self.process}/{self.born}/{self.token}"


def this_process(token: str) -> Holder:
    """A new holder in this process; two of them are never one, even if their random tokens are."""
    process = os.getpid()
    return Holder(place=_place(), process=process, born=_born(process) or "", token=f"{token}-{next(_numbers)}")


def parse_holder(text: str) -> Holder | None:
    """The holder in a lease, or nothing when it names none."""
    parts = text.split("/")
    if len(parts) != len(names_of(Holder)) or not parts[1].isdecimal():
        return None
    return Holder(place=parts[0], process=int(parts[1]), born=parts[2], token=parts[3])


def lives(holder: Holder) -> bool | None:
    """Whether the process is still there; `None` when it runs where we cannot look."""
    if not holder.place or holder.place != _place():
        return None
    return _born(holder.process) == holder.born


def _place() -> str:
    try:
        boot = (_PROCESSES / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        room = (_PROCESSES / "self/ns/pid").stat().st_ino
    except OSError:
        return ""
    return f"{boot}.{room}"


def _born(process: int) -> str | None:
    """The 22nd field of `/proc/PID/stat`; the second one may hold any character, so what follows it is counted."""
    try:
        status = (_PROCESSES / str(process) / "stat").read_bytes()
    except OSError:
        return None
    state, *fields = status.rpartition(b")")[2].decode("ascii").split()
    return None if state in _DEAD else fields[18]
