"""Comments: what people write about an incident or a step, and which of it stays among counsel."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from leakguard.accounts.rights import Right
from leakguard.accounts.two_people import needs_accounts
from leakguard.errors import NotAllowed, NotFound, NotLoggedIn, UsageProblem
from leakguard.frozen import Frozen
from leakguard.models.comments import (
    COMMENTED,
    RELEASED,
    Comment,
    comment_in,
    incident_behind,
    privileged_subject,
)
from leakguard.models.events import Interval
from leakguard.models.look_alikes import is_readable
from leakguard.models.records import Record
from leakguard.ports import IncidentStore, Journal, Now
from leakguard.use_cases.accounts.callers import refuse_without
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.incidents.playbooks import running_playbook

if TYPE_CHECKING:
    from leakguard.use_cases.accounts.callers import Caller

MOST_CHARACTERS = 10_000


class NewComment(Frozen, hidden=("text",)):
    """What somebody wants to write."""

    incident: str
    text: str
    step: str = ""
    is_privileged: bool = False


class Comments(Frozen):
    """The comments on an incident, in the order in which they were written."""

    comments: tuple[Comment, ...]
    withheld: int = 0
    """Privileged ones that the caller may not read."""


def add_comment(store: Journal, caller: Caller | None, new: NewComment, *, by: str, now: Now) -> Comment:
    """Record a comment; also on a closed incident, since people go on talking about it.

    Raises `NotFound` for an unknown incident or step, `UsageProblem` for an unreadable or too long text, and for a
    privileged one `NotAllowed` in a store without accounts, `NotLoggedIn` and `RightMissing`.
    """
    if new.is_privileged:
        refuse_unprivileged(store, caller, Right.COMMENT_PRIVILEGED)
    text = new.text.strip()
    if not is_readable(text) or len(text) > MOST_CHARACTERS:
        raise UsageProblem(
            f"a comment has to say something, in at most {MOST_CHARACTERS:,} characters",
            next_step="Keep a longer text as a document: leakguard evidence add",
        )
    load_incident(store, new.incident)
    if new.step:
        _refuse_unknown(store, new.incident, new.step)
    moment = now()
    content = {"text": text, "by": by, **({"step": new.step} if new.step else {})}
    record = Record(kind=COMMENTED, occurred_at=Interval(earliest=moment, latest=moment), content=content)
    subject = privileged_subject(new.incident) if new.is_privileged else new.incident
    return comment_in(store.append(subject, (record,))[0])


def list_comments(store: Journal, caller: Caller | None, incident: str, *, step: str = "") -> Comments:
    """The comments on an incident, or on one step; privileged ones for who may read them. Raises `NotFound`."""
    load_incident(store, incident)
    found = [comment_in(record) for record in store.of_kinds((COMMENTED,), incident)]
    hidden = [comment_in(record) for record in store.of_kinds((COMMENTED,), privileged_subject(incident))]
    may_read = caller is not None and caller.may(Right.READ_PRIVILEGED)
    shown = [comment for comment in (*found, *(hidden if may_read else ())) if step in {"", comment.step}]
    return Comments(
        comments=tuple(sorted(shown, key=lambda comment: comment.number)),
        withheld=0 if may_read else sum(step in {"", comment.step} for comment in hidden),
    )


def release_privileged(
    store: IncidentStore, caller: Caller | None, incident: str | None, *, by: str, recipient: str, now: datetime
) -> tuple[str, ...]:
    """Let the privileged comments on an incident, or on all, into a bundle: an entry says first who said so.

    Returns the subjects that go along. Raises as `add_comment`.
    """
    refuse_unprivileged(store, caller, Right.RELEASE_PRIVILEGED)
    known = store.subjects(privileged_subject(incident or ""))
    at = Interval(earliest=now, latest=now)
    subjects = tuple(comment for comment in known if incident in {None, incident_behind(comment)})
    for subject in subjects:
        numbers = [record.sequence for record in store.of_kinds((COMMENTED,), subject)]
        content = {"comments": numbers, "by": by, **({"to": recipient} if recipient else {})}
        store.append(subject, (Record(kind=RELEASED, occurred_at=at, content=content),))
    return subjects


def refuse_unprivileged(store: Journal, caller: Caller | None, right: Right) -> None:
    """Raise unless somebody logged in who has the right; without accounts nobody is known to be counsel."""
    if not needs_accounts(store):
        raise NotAllowed(
            "this store has no accounts, so nobody is known to be counsel, and nothing can be privileged",
            next_step="Add accounts, one of them with the role counsel: leakguard account add NAME --role admin",
        )
    if caller is None:
        raise NotLoggedIn("only counsel deals with privileged comments", next_step="Log in: leakguard login NAME")
    refuse_without(caller, right)


def _refuse_unknown(store: Journal, incident: str, step: str) -> None:
    playbook = running_playbook(incident, tuple(store.read(incident)))
    if playbook is None or step not in playbook.steps:
        raise NotFound(
            f"the playbook of {incident} has no step `{step[:60]}`",
            next_step=f"See: leakguard playbook next {incident}",
        )
