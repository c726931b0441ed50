"""Filings in stages: which stage may be filed now, and what was promised for later and is not told yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from leakguard.clocks.selectors import parse_selector
from leakguard.frozen import Frozen
from leakguard.models.events import Event
from leakguard.notices.data_effects import told_beside
from leakguard.notices.duties import Duty, Phase
from leakguard.notices.notice_content import OFFICES, NoticeContent

FILED, SUPPLEMENT, WITHDRAWN = "filed", "supplement", "withdrawn"
"""A notice of any duty can be supplemented and withdrawn; the other stages are those of the duty."""


class OpenItem(Frozen):
    """Something that a notice called "to be determined" and that no later notice of the duty told."""

    duty: str
    item: str
    event: str
    """The filing that promised it first."""
    stage: str
    promised_at: datetime


def stages_of(duty: Duty) -> tuple[str, ...]:
    """Every stage in which a notice of this duty can be filed."""
    return tuple(dict.fromkeys((*(phase.name for phase in duty.phases), SUPPLEMENT, WITHDRAWN)))


def filings_of(events: Iterable[Event], duty: str) -> tuple[Event, ...]:
    """The filings of a duty that stand, in the order in which they were made.

    A superseded filing does not stand; after a withdrawal the duty begins anew, so neither does what lies before it.
    """
    known = tuple(events)
    gone = {event.corrects for event in known}
    made = [event for event in known if event.kind == FILED and event.fields.get("obligation") == duty]
    ordered = sorted((event for event in made if event.id not in gone), key=lambda event: event.occurred_at.earliest)
    last = max((place for place, event in enumerate(ordered) if _stage(event) == WITHDRAWN), default=-1)
    return tuple(ordered[last + 1 :])


def promisable(notice: NoticeContent) -> tuple[str, ...]:
    """Every item that a notice can leave to a later one: what the law asks for, and what the letter tells beside it."""
    return tuple(dict.fromkeys((*(content.item for content in notice.every_item()), *told_beside(notice))))


def may_promise(notice: NoticeContent, stage: str | None) -> bool:
    """Whether the letter of this stage leaves what it calls unknown to a later one; that of a last stage does not."""
    if not isinstance(notice, Duty) or notice.recipient.type not in OFFICES:
        return False
    return stage == SUPPLEMENT or bool(notice.after(stage or ""))


def missing_before(duty: Duty, stage: str, filings: Sequence[Event]) -> tuple[str, ...]:
    """The stages of which one has to be filed before `stage`; empty when it is its turn.

    A stage whose clock starts with another filing waits for that one, any other for a stage that can open the duty.
    """
    phase = duty.phase(stage)
    opening = _opening(duty.phases)
    needed = _anchors(phase, duty.id) if phase is not None else ()
    if not needed and stage in opening:
        return ()
    made = {_stage(event) for event in filings}
    if needed:
        return () if made & set(needed) else needed
    return () if made else opening


def open_items(events: Iterable[Event]) -> tuple[OpenItem, ...]:
    """What was promised and is not told yet, the oldest promise first.

    A later filing of the same duty that does not name the item again tells it; a withdrawal takes the promise back.
    """
    known = tuple(events)
    duties = dict.fromkeys(str(event.fields.get("obligation")) for event in known if event.kind == FILED)
    found = [item for duty in duties for item in _open_of(duty, filings_of(known, duty))]
    return tuple(sorted(found, key=lambda item: (item.promised_at, item.duty)))


def promised_in(event: Event) -> tuple[str, ...]:
    """The items that a filing calls "to be determined"; a file may give them as a list or with commas."""
    given = event.fields.get("to_be_determined") or ()
    names = given.split(",") if isinstance(given, str) else [str(name) for name in given]
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def _open_of(duty: str, filings: Sequence[Event]) -> tuple[OpenItem, ...]:
    still: dict[str, OpenItem] = {}
    for event in filings:
        at, stage = event.occurred_at.earliest, _stage(event)
        still = {
            item: still.get(item) or OpenItem(duty=duty, item=item, event=event.id, stage=stage, promised_at=at)
            for item in promised_in(event)
        }
    return tuple(still.values())


def _opening(phases: Sequence[Phase]) -> tuple[str, ...]:
    """The first stage, and those after stages that not every incident has."""
    found: list[str] = []
    for phase in phases:
        found.append(phase.name)
        if phase.when is None:
            break
    return tuple(found)


def _anchors(phase: Phase, duty: str) -> tuple[str, ...]:
    """The stages of the same duty whose filing starts the clock of this one."""
    picks = [pick for limb in phase.clock.limbs for pick in parse_selector(str(limb.anchor)).patterns]
    filters = [dict(pick.filters) for pick in picks if pick.kind == FILED]
    return tuple(
        dict.fromkeys(
            condition["stage"] for condition in filters if condition.get("obligation") == duty and "stage" in condition
        )
    )


def _stage(event: Event) -> str:
    return str(event.fields.get("stage") or "")
