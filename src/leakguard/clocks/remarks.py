"""What stands beside a clock's state: what leaves it in doubt, and the mends of wrong clocks that changed it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leakguard.frozen import Frozen
from leakguard.models.moments import to_z


class Doubt(Frozen):
    """A reason for which nobody can say that the state of a clock is right."""

    text: str
    """Without its full stop."""
    see: str
    """The command that shows it."""

    def to_json(self) -> dict[str, Any]:
        """One object of `in_doubt`."""
        return {"text": self.text, "see": self.see}


class ClockMend(Frozen):
    """An entry of the ledger that mended a wrong clock of a machine, and changed a limit or a verdict by that."""

    entry: int
    at: datetime
    by: str
    second: str
    """Who agreed; empty where a contradiction of the ledger showed it."""
    reason: str

    @property
    def text(self) -> str:
        """`changed by clock mend 12 on 2026-05-24 by Ada and Alan`."""
        agreed = f" and {self.second}" if self.second else ""
        return f"changed by clock mend {self.entry} on {self.at:%Y-%m-%d} by {self.by}{agreed}"

    def to_json(self) -> dict[str, Any]:
        """One object of `mended_by`."""
        return {
            "entry": self.entry, "at": to_z(self.at), "by": self.by, "second": self.second or None,
            "reason": self.reason, "text": self.text,
        }  # fmt: skip


class Remarks(Frozen):
    """The doubts and the mends of several clocks, by the id of each."""

    doubts: Mapping[str, tuple[Doubt, ...]]
    mends: Mapping[str, tuple[ClockMend, ...]]


def doubt_words(state: str, doubts: tuple[Doubt, ...]) -> str:
    """`met on time, in doubt: see leakguard evidence clock`; the plain state where nothing leaves it in doubt."""
    if not doubts:
        return state
    return f"{state}, in doubt: see {' and '.join(dict.fromkeys(one.see for one in doubts))}"
