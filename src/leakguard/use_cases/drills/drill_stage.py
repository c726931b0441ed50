"""What a drill is played with, and the two things that only a drill needs: a marked journal and its own law book."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from leakguard.alerts.history import history_of
from leakguard.clocks.rules import ClockRule
from leakguard.drills.moments import Moment, Scene
from leakguard.drills.shapes import Scenario
from leakguard.drills.story import story_of
from leakguard.frozen import Frozen, field
from leakguard.models.people import Recorder
from leakguard.models.records import KeptRecord, Record
from leakguard.notices.book import DutyBook
from leakguard.playbooks.engine import advance
from leakguard.ports import AlertStore, DataFolders, IncidentStore, TimeSource
from leakguard.use_cases.alerts.watchman import Rules, Watchman
from leakguard.use_cases.incidents.incident_rules import Reach, rule_book
from leakguard.use_cases.incidents.incidents import incident_of
from leakguard.use_cases.incidents.playbooks import running_playbook
from leakguard.use_cases.intake.take_in import CopyKeeper

MOST_TURNS = 50_000
"""The longest scenario of ours takes three hundred; one that needs more can only be a mistake of ours."""


class StageChoice(Frozen):
    """What a role does at its moment."""

    later: timedelta | None = None
    """Not now: so much later."""
    is_left_out: bool = False
    answers: Mapping[str, Any] = field(default_factory=dict)
    """Answers of the step's form in the place of the scenario's."""


AS_WRITTEN = StageChoice()


class Offer(Frozen):
    """A moment of the team, before anything is done."""

    moment: Moment
    answers: Mapping[str, Any]
    """What the scenario would answer in the step's form."""
    labels: Mapping[str, str]
    """The questions."""


Decide = Callable[[Offer], StageChoice]
Tell = Callable[[Moment, str], None]
"""Shows a moment, and what became of it: nothing when it went as written."""


class Stage(Frozen):
    """One drill with everything around it."""

    store: AlertStore
    folders: DataFolders
    book: DutyBook
    scenario: Scenario
    time: TimeSource
    watchman: Watchman
    kept: CopyKeeper | None = None
    """Where copies of evidence are kept; without it a mail of the scenario becomes no report."""
    earlier: timedelta = timedelta(0)
    decide: Decide = lambda _: AS_WRITTEN
    tell: Tell = lambda _moment, _end: None
    is_stopped: Callable[[], bool] = lambda: False
    most_turns: int = MOST_TURNS


class MarkedStore:
    """A journal whose every append also keeps a mark, in the same transaction: what is done and marked is done once.

    Implements `ports.IncidentStore`.
    """

    def __init__(self, store: IncidentStore, mark: Callable[[], Record]) -> None:
        self._store = store
        self._mark = mark

    @property
    def recorder(self) -> Recorder | None:
        """See `ports.Journal.recorder`."""
        return self._store.recorder

    def append(self, subject: str, records: Sequence[Record], *, after: int | None = None) -> tuple[KeptRecord, ...]:
        """See `ports.Journal.append`; the mark comes last."""
        return self._store.append(subject, (*records, self._mark()), after=after)

    def read(self, subject: str | None = None) -> Iterator[KeptRecord]:
        """See `ports.Journal.read`."""
        return self._store.read(subject)

    def of_kinds(self, kinds: Collection[str], subject: str | None = None) -> Iterator[KeptRecord]:
        """See `ports.Journal.of_kinds`."""
        return self._store.of_kinds(kinds, subject)

    def last(self, subject: str) -> KeptRecord | None:
        """See `ports.Journal.last`."""
        return self._store.last(subject)

    def record(self, subject: str, sequence: int) -> KeptRecord | None:
        """See `ports.Journal.record`."""
        return self._store.record(subject, sequence)

    def corrections(self, subject: str, *, after: int) -> Iterator[KeptRecord]:
        """See `ports.Journal.corrections`."""
        return self._store.corrections(subject, after=after)

    def subjects(self, prefix: str = "") -> tuple[str, ...]:
        """See `ports.IncidentStore.subjects`."""
        return self._store.subjects(prefix)


def drill_rules(folders: DataFolders, scenario: Scenario, book: DutyBook) -> Rules:
    """The clocks of a drill's incident: of the law of its day, as far as it reaches by then."""
    books: dict[Reach, Rules] = {}

    def rules(incident_id: str, records: Sequence[KeptRecord]) -> Sequence[ClockRule]:
        reach = reach_of(scenario, records)
        if reach not in books:
            books[reach] = rule_book(folders, reach, duties=book.duties)
        return books[reach](incident_id, records)

    return rules


def reach_of(scenario: Scenario, records: Sequence[KeptRecord]) -> Reach:
    """Whose law reaches the organisation, after all injects so far; nothing named means everybody's."""
    story = story_of(records)
    laws, obligated = frozenset(scenario.laws), frozenset(scenario.obligated_as)
    return Reach(
        laws=laws | story.laws if laws else laws,
        obligated_as=obligated | story.obligated_as if obligated else obligated,
    )


def scene_of(stage: Stage) -> Scene:
    """Where the drill stands, read from its store alone."""
    records = tuple(stage.store.read())
    story = story_of(records)
    scene = Scene(scenario=stage.scenario, story=story, earlier=stage.earlier)
    if not story.incident:
        return scene
    own = tuple(record for record in records if record.subject == story.incident)
    playbook = running_playbook(story.incident, own)
    return Scene(
        scenario=stage.scenario,
        story=story,
        earlier=stage.earlier,
        incident=incident_of(story.incident, own),
        progress=advance(playbook, own) if playbook is not None else None,
        history=history_of(story.incident, own),
    )
