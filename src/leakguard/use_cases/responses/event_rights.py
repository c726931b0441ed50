"""Rights that an event or an automated step needs because it does what another act does."""

from __future__ import annotations

from collections.abc import Iterable

from leakguard.accounts.rights import ACTION_RIGHTS, EVENT_RIGHTS
from leakguard.ports import Journal
from leakguard.use_cases.accounts.callers import Caller, refuse_without
from leakguard.use_cases.incidents.incident_brief import event_at


def refuse_event(caller: Caller | None, journal: Journal, incident: str, kind: str, corrects: str | None) -> None:
    """Raise `RightMissing` unless the caller may record the event, and correct or retract the one that it names.

    Nobody in particular works with the rights that the operating system gives them, and passes.
    """
    old = event_at(journal, incident, corrects) if caller is not None and corrects is not None else None
    refuse_kinds(caller, (kind,) if old is None else (kind, old.kind))


def refuse_kinds(caller: Caller | None, kinds: Iterable[str]) -> None:
    """Raise `RightMissing` unless the caller may record events of all these kinds; nobody in particular passes."""
    for kind in kinds:
        if caller is not None and kind in EVENT_RIGHTS:
            refuse_without(caller, EVENT_RIGHTS[kind])


def refuse_action(caller: Caller | None, action: str | None) -> None:
    """Raise `RightMissing` unless the caller may have a machine do this action; nobody in particular passes."""
    if caller is not None and action is not None and action in ACTION_RIGHTS:
        refuse_without(caller, ACTION_RIGHTS[action])
