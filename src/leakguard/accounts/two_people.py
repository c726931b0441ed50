"""Two people: who they are as far as is known, and that they log in as soon as the store has accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leakguard.accounts.registry import ADDED, SUBJECT
from leakguard.errors import NotAllowed
from leakguard.models.people import Signatory

if TYPE_CHECKING:
    from leakguard.ports.journals import Journal


def needs_accounts(journal: Journal) -> bool:
    """Whether two people have to be two accounts: from the first account on, for good."""
    return any(True for _ in journal.of_kinds((ADDED,), SUBJECT))


def present(journal: Journal, by: str) -> Signatory:
    """Who stands behind a name now: the recorder, if it is theirs; else just a name."""
    recorder, name = journal.recorder, by.strip()
    if recorder is not None and recorder.name == name:
        return recorder.signatory
    return Signatory(name=name)


def login_content(journal: Journal, by: str) -> dict[str, str]:
    """What a record says of how whoever stands behind a name logged in; nothing where that is not known."""
    recorder = journal.recorder
    is_known = recorder is not None and recorder.name == by.strip() and recorder.method
    return {"login_method": recorder.method} if recorder is not None and is_known else {}


def refuse_unauthenticated(journal: Journal, by: str, *, what: str) -> None:
    """Raise `NotAllowed` where the store has accounts and nobody logged in under this name to do `what`."""
    if needs_accounts(journal) and not present(journal, by).is_authenticated:
        raise NotAllowed(
            f"this store has accounts, so only somebody who logged in can {what}",
            next_step="Log in, and run it again: leakguard login NAME",
        )
