"""What is not finished in an incident, in areas that a person can speak about one by one."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from leakguard.frozen import Frozen


class Area(StrEnum):
    """What is unfinished; the words of `incident close --despite`."""

    EXPOSURES = "exposures"
    """Findings that no look proved closed."""
    PLAYBOOK = "playbook"
    """No playbook was started."""
    STEPS = "steps"
    CLOCKS = "clocks"
    """Clocks that run or are overdue, of laws and of our own promises."""
    DUTIES = "duties"
    """Duties that nobody decided on, that need a fact, or that apply and have no notice; and what notices promised."""
    LETTERS = "letters"
    """Letters that were approved and not sent."""
    REVIEW = "review"


MUST = frozenset({Area.EXPOSURES})
"""Nobody closes an incident over these: whoever knows that it is closed records that, with how they know it."""


class UnfinishedItem(Frozen):
    """One thing that is not finished."""

    area: Area
    name: str
    """The finding, the step, the clock, the duty or the letter."""
    text: str
    """A sentence, without a full stop."""
    owner: str = ""
    """The role that answers for it; empty where the playbook names none."""
    due_at: datetime | None = None
    is_late: bool = False
    title: str = ""
    """What it is called: the title of the step or the clock; empty where the name says it."""
    law: str = ""
    """The law and article of a clock or a duty."""
    facts: tuple[str, ...] = ()
    """The facts that decide whether a duty applies, while nobody has stated them."""
