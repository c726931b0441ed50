"""The second person of a command that is one act: in a store with accounts they prove who they are, there and then."""

from __future__ import annotations

from leakguard.accounts.two_people import needs_accounts, present, refuse_unauthenticated
from leakguard.cli.options import Context
from leakguard.cli.secrets import ask_code, ask_password
from leakguard.errors import CodeNeeded, NotAllowed
from leakguard.models.people import Signatory, may_be_one_person
from leakguard.use_cases.accounts.log_in import prove


def second_account(context: Context, name: str, known: str | None, *, what: str) -> Signatory | None:
    """Who the second person is, by their password; `None` in a store without accounts, where a name is enough.

    Raises `NotLoggedIn` for a wrong password, `NotAllowed` where nobody logged in, or the second is the first.
    """
    store = context.wiring.existing_store
    if not name.strip() or not needs_accounts(store):
        return None
    refuse_unauthenticated(store, context.by, what=what)
    password = ask_password(known, what=f"Password of {name}")
    try:
        second = prove(store, context.wiring, name, password)
    except CodeNeeded:
        second = prove(store, context.wiring, name, password, ask_code())
    if may_be_one_person(second, present(store, context.by)):
        raise NotAllowed(f"{second.name} cannot be both people", next_step="Let another person agree: --second NAME")
    return second
