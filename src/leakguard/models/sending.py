"""What a run of sending is asked for, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from leakguard.frozen import Frozen
from leakguard.models.deliveries import DeliveryCounts
from leakguard.models.mails import OutgoingMail
from leakguard.models.texts import counted

InDoubt = Literal["resend", "sent"]


class LetterToSend(Frozen):
    """One letter of a batch; made when it is needed, so that a batch takes no more memory than a letter."""

    key: str
    digest: str
    message_id: str
    line: int = 0
    """Of the recipients' file, by which the owner of that file finds the person; 0 for a letter without one."""
    aside: str = ""
    """Why it does not go by e-mail; empty for one that does."""
    mail: Callable[[], OutgoingMail]


class LogAnswer(Frozen):
    """What the log of a mail server tells."""

    accepted: frozenset[str]
    """Those of the Message-IDs that were asked for."""
    unclear: frozenset[str] = frozenset()
    """Those of which the log may say that they were refused."""
    begins_at: datetime | None
    """The time at the head of its first line, where that is an instant."""
    written_at: datetime
    """When its file was changed last."""


class Unwritten(Frozen):
    """Rows of the file of people for whom a mail merge has no letter."""

    set_aside: int = 0
    """Rows that could not be used."""
    passed_over: int = 0
    """Rows of people of whose place nobody asked for letters."""

    @property
    def words(self) -> str:
        """`2 rows were set aside, 3 passed over`; empty where every row has its letter."""
        named = ((self.set_aside, "set aside"), (self.passed_over, "passed over"))
        return ", ".join(f"{counted(number, 'row was', 'rows were')} {how}" for number, how in named if number)


class RunResult(Frozen):
    """How a run ended."""

    letters: int
    """Of the batch, as far as the run saw it."""
    unbegun: int
    counts: DeliveryCounts
    stopped: str = ""
    """Why the run ended before it had tried everything; empty where it did not."""
    next_step: str = ""
    unresolved: str = ""
    """Why the log could not settle what is in doubt."""
