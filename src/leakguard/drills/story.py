"""What has happened in a drill so far, as the records of its ledger tell it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from leakguard.frozen import Frozen, field
from leakguard.models.events import Interval
from leakguard.models.records import KeptRecord, Record

SUBJECT = "DRILL"
"""What belongs to the exercise and to no incident is kept under this name."""
STARTED, DEED, REFUSED, DECIDED, ENDED = (
    "drill_started",
    "drill_deed",
    "drill_refused",
    "drill_decided",
    "drill_ended",
)
"""The kinds of the records that a drill leaves; no event has one of them."""
LATER, LEFT_OUT = "later", "left_out"


class Story(Frozen):
    """How far a drill has come."""

    incident: str = ""
    """Empty until somebody knows and opens it."""
    deeds: Mapping[str, datetime] = field(default_factory=dict)
    """Moment and number of the deed, `known#1`, to when it was done."""
    done: Mapping[str, datetime] = field(default_factory=dict)
    """Moments all of whose deeds are done or refused."""
    left_out: Mapping[str, datetime] = field(default_factory=dict)
    later: Mapping[str, timedelta] = field(default_factory=dict)
    """By how much a moment was put off, all times together."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Moments that the tool refused, and why."""
    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What a person answered at a moment in the place of the scenario."""
    laws: frozenset[str] = frozenset()
    obligated_as: frozenset[str] = frozenset()
    """What injects added to the reach of the law."""
    prevented: frozenset[str] = frozenset()
    """Injects that did not happen any more, since the team was faster."""
    is_ended: bool = False

    def is_over(self, moment: str) -> bool:
        """Whether nothing is left to do at it."""
        return moment in self.done or moment in self.left_out


def story_of(records: Iterable[KeptRecord]) -> Story:
    """Read all records of a drill's store, in the order of their sequence."""
    reader = _StoryReader()
    for record in records:
        take = reader.takers.get(record.kind)
        if take is not None:
            take(record)
    return reader.story()


class _StoryReader:
    """Collects while it reads."""

    def __init__(self) -> None:
        self.takers = {DEED: self._deed, REFUSED: self._refused, DECIDED: self._decided, ENDED: self._ended}
        self._incident, self._is_ended = "", False
        self._deeds: dict[str, datetime] = {}
        self._done: dict[str, datetime] = {}
        self._left_out: dict[str, datetime] = {}
        self._later: dict[str, timedelta] = {}
        self._refused_why: dict[str, str] = {}
        self._answers: dict[str, Mapping[str, Any]] = {}
        self._laws: set[str] = set()
        self._obligated: set[str] = set()
        self._prevented: set[str] = set()

    def _deed(self, record: KeptRecord) -> None:
        content, at = record.content, record.occurred_at.latest
        if record.subject != SUBJECT:
            self._incident = self._incident or record.subject
        self._deeds[str(content["deed"])] = at
        self._laws |= set(content.get("laws") or ())
        self._obligated |= set(content.get("obligated_as") or ())
        if content.get("is_prevented"):
            self._prevented.add(str(content["moment"]))
        if content["is_last"]:
            self._done[str(content["moment"])] = at

    def _refused(self, record: KeptRecord) -> None:
        content, at = record.content, record.occurred_at.latest
        moment = str(content["moment"])
        self._refused_why[moment] = str(content["why"])
        self._deeds[str(content["deed"])] = at
        if content["is_last"]:
            self._done[moment] = at

    def _decided(self, record: KeptRecord) -> None:
        content, at = record.content, record.occurred_at.latest
        moment = str(content["moment"])
        if content["what"] == LEFT_OUT:
            self._left_out[moment] = at
        elif content["what"] == LATER:
            self._later[moment] = self._later.get(moment, timedelta(0)) + timedelta(seconds=int(content["seconds"]))
        else:
            self._answers[moment] = dict(content["answers"])

    def _ended(self, _: KeptRecord) -> None:
        self._is_ended = True

    def story(self) -> Story:
        return Story(
            incident=self._incident, deeds=self._deeds, done=self._done, left_out=self._left_out, later=self._later,
            refused=self._refused_why, answers=self._answers, laws=frozenset(self._laws),
            obligated_as=frozenset(self._obligated), prevented=frozenset(self._prevented), is_ended=self._is_ended,
        )  # fmt: skip


def record_at(kind: str, now: datetime, content: Mapping[str, Any]) -> Record:
    """A record of something that happens at this instant."""
    return Record(kind=kind, occurred_at=Interval(earliest=now, latest=now), content=content)
