"""One subject whose entries or dates make no sense ends no look: that is told, and all others are watched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from leakguard.alerts.readiness import NotReady
from leakguard.alerts.subjects import WatchedSubject, not_watched
from leakguard.errors import LawsUnknown, LeakGuardError, NotFound, UsageProblem

_UNREADABLE = (NotFound, UsageProblem, AttributeError, LookupError, OverflowError, TypeError, ValueError)
"""What reading raises where the content of an entry was changed, or a date is beyond what can be computed with."""
_VERIFY = "Verify the ledger: leakguard evidence verify"


@contextmanager
def isolated(subject: str, problems: list[NotReady]) -> Iterator[None]:
    """Go on after a subject that cannot be read, and add why to `problems`; a store that does not answer ends a look.

    Laws that no settings name concern every incident alike, so `LawsUnknown` is raised.
    """
    try:
        yield
    except LawsUnknown:
        raise
    except _UNREADABLE as error:
        why = error.message if isinstance(error, LeakGuardError) else f"an entry cannot be read ({_name(error)})"
        problems.append(not_watched(subject, f"it is not watched: {why}", next_step=_VERIFY))


def isolated_subjects(name: str, subjects: Iterable[WatchedSubject], *, link: str) -> Iterator[WatchedSubject]:
    """These subjects; where reading them fails, one more that has no clock and says why."""
    odd = list[NotReady]()
    with isolated(name, odd):
        yield from subjects
    if odd:
        yield WatchedSubject(id=name, title="", statuses=(), actions={}, link=link, problems=tuple(odd))


def _name(error: Exception) -> str:
    """The kind of an error: its words may hold content of the ledger."""
    return type(error).__name__
