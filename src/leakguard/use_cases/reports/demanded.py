"""How many duties apply to an incident, and how many letters they ask for: assessed again only if something changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock

from leakguard.frozen import Frozen
from leakguard.notices.assess import Assessment
from leakguard.notices.judging import Answer

MOST = 10_000
"""Incidents that are remembered; beyond that, all are assessed again when somebody opens them."""


class LegalDemands(Frozen):
    """What the law asks for, by the facts."""

    duties: int = 0
    """Duties that apply."""
    letters: int = 0
    """Their letters, each stage counted."""


def demanded(found: Iterable[Assessment]) -> LegalDemands:
    """Count what applies."""
    applying = [assessment for assessment in found if assessment.applies is Answer.YES]
    return LegalDemands(duties=len(applying), letters=sum(len(assessment.phases) for assessment in applying))


class DemandedNow:
    """Held by a server, and read by many requests; nothing of it is kept on a disk."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[str, tuple[object, LegalDemands]] = {}

    def of(self, incident: str, state: object, assess: Callable[[], Iterable[Assessment]]) -> LegalDemands:
        """Of one incident; `state` is what the answer rests on, and another one asks `assess` again."""
        with self._lock:
            known = self._known.get(incident)
        if known is not None and known[0] == state:
            return known[1]
        found = demanded(assess())
        with self._lock:
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[incident] = (state, found)
        return found
