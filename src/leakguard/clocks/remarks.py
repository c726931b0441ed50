"""Remarks beside a clock's state: why it is in doubt, and which corrections of system time changed it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leakguard.frozen import Frozen
from leakguard.models.moments import to_z


class Doubt(Frozen):
    """A reason why the state of a clock may be wrong."""

    text: str
    """Without its full stop."""
    see: str
    """The command that shows the reason."""

    def to_json(self) -> dict[str, Any]:
        """One object of `in_doubt`."""
        return {"text": self.text, "see": self.see}


class CorrectionRemark(Frozen):
    """An entry of the ledger that corrected times which a wrong system clock gave, and so changed a clock.

    What is shown of it beside a clock; the ledger's `SystemTimeCorrection` is the correction itself.
    """

    entry: int
    at: datetime
    by: str
    second_person: str
    """Who agreed; empty if a contradiction in the ledger proved the error."""
    reason: str

    @property
    def text(self) -> str:
        """`changed by the correction of system time in entry 12 on 2026-05-24 by Ada and Alan`."""
        agreed = f" and {self.second_person}" if self.second_person else ""
        day = f"{self.at:%Y-%m-%d}"
        return f"changed by the correction of system time in entry {self.entry} on {day} by {self.by}{agreed}"

    def to_json(self) -> dict[str, Any]:
        """One object of `mended_by`."""
        return {
            "entry": self.entry, "at": to_z(self.at), "by": self.by, "second": self.second_person or None,
            "reason": self.reason, "text": self.text,
        }  # fmt: skip


class Remarks(Frozen):
    """The doubts and the corrections of several clocks, by the id of each."""

    doubts: Mapping[str, tuple[Doubt, ...]]
    corrections: Mapping[str, tuple[CorrectionRemark, ...]]


def doubt_words(state: str, doubts: tuple[Doubt, ...]) -> str:
    """`met on time, in doubt: see leakguard evidence clock`; the plain state where nothing leaves it in doubt.

    That command is about the system time: `clock` in its name is the clock of a machine.
    """
    if not doubts:
        return state
    return f"{state}, in doubt: see {' and '.join(dict.fromkeys(doubt.see for doubt in doubts))}"
