"""Finds what words name: incidents, letters, events, open places, duties, and people. Every word has to be there."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from leakguard.frozen import Frozen
from leakguard.models.events import Event
from leakguard.models.incidents import IncidentState
from leakguard.notices.duties import Duty
from leakguard.use_cases.alerts.cases import BoardRow, Case
from leakguard.use_cases.scans.open_exposures import Exposure

FEWEST = 2
"""Letters of a word that are worth a search; a Chinese sign is a word of its own."""


class Words(Frozen):
    """What is looked for."""

    text: str

    @property
    def parts(self) -> tuple[str, ...]:
        """In small letters."""
        return tuple(self.text.casefold().split())

    @property
    def is_enough(self) -> bool:
        """Whether it is worth a search."""
        text = "".join(self.parts)
        return len(text) >= FEWEST or not text.isascii()

    def fit(self, *texts: str) -> bool:
        """Whether each word is somewhere in these texts."""
        whole = " ".join(texts).casefold()
        return all(part in whole for part in self.parts)


def incidents_named(words: Words, cases: Iterable[Case]) -> list[Case]:
    """Those whose title or number says so, the open ones and the newest first."""
    found = [case for case in cases if words.fit(case.incident.id, case.incident.title)]
    return sorted(found, key=_newest)


def _newest(case: Case) -> tuple[bool, float]:
    return case.incident.state is IncidentState.CLOSED, -case.incident.opened_at.timestamp()


def clocks_named(words: Words, rows: Iterable[BoardRow], say: Callable[[str], str]) -> list[BoardRow]:
    """The clocks of laws whose duty, task or incident says so, in their order; `say` gives the reader's language."""
    texts: dict[str, str] = {}
    found = []
    for row in rows:
        if row.duty is not None:
            known = texts.get(row.clock.id)
            if known is None:
                known = texts[row.clock.id] = " ".join((*_texts(row.duty), *_task(row, say))).casefold()
            title = row.title.casefold()
            if all(part in known or part in title for part in words.parts):
                found.append(row)
    return found


def _task(row: BoardRow, say: Callable[[str], str]) -> tuple[str, ...]:
    task = row.task
    return task.whom, task.which, say(task.whom), say(task.which) if task.which else ""


def events_named(words: Words, cases: Iterable[Case]) -> list[tuple[Case, Event]]:
    """The event that is numbered so, with its incident."""
    asked = words.text.strip().upper()
    return [(case, event) for case in cases for event in case.incident.events if event.id == asked]


def exposures_named(words: Words, rows: Iterable[Exposure]) -> list[Exposure]:
    """What is open at a place, or of a product or finding, that is named so; the worst first."""
    return [
        row
        for row in rows
        if words.fit(
            row.traits.glance.id, row.traits.glance.place, row.traits.glance.address, row.traits.host or "",
            row.traits.product, row.seen.datastore,
        )
    ]  # fmt: skip


def duties_named(words: Words, duties: Iterable[Duty]) -> list[Duty]:
    """Duties whose law, article, recipient or id says so, in either language."""
    return [duty for duty in duties if words.fit(*_texts(duty))]


def _texts(duty: Duty) -> tuple[str, ...]:
    return (
        duty.id, duty.jurisdiction, duty.law, duty.law_zh, duty.article, duty.article_zh, duty.recipient.name,
        duty.recipient.name_zh,
    )  # fmt: skip
