"""People: accounts with their roles, who may what in plain words, and who is on call."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leakguard.accounts.rights import Right, Role
from leakguard.errors import NotFound
from leakguard.web.console.pages.moments import on_clock
from leakguard.web.console.render import url_of
from leakguard.web.console.screen import N_, Act, Done, PageContext, Screen

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

ROLES = {
    "viewer": N_("reads incidents and findings"),
    "responder": N_("works on incidents: events, steps, evidence, scans"),
    "commander": N_("leads a response: assigns steps, closes incidents, sends letters"),
    "dpo": N_("answers for data protection: facts, duties, letters, the register"),
    "counsel": N_("advises: facts, duties, letters, and comments that stay privileged"),
    "auditor": N_("reads everything that proves, and exports it"),
    "admin": N_("manages accounts and keys, and no incident"),
}
"""What each role is for, in a few words."""
_ONE = "/people/accounts/{account}"
_WOKEN = (Role.COMMANDER.value, Role.DPO.value, Role.RESPONDER.value, Role.COUNSEL.value)
"""Roles that somebody is on call for, beside those of the settings."""
_AHEAD = 14
"""Days of shifts that are shown."""


def people(desk: Desk) -> PageContext:
    """Everybody, and who is on call."""
    accounts = desk.ask("list_accounts")["accounts"]
    shown = [account for account in accounts if account["erased_at"] is None]
    return {
        "accounts": sorted(shown, key=lambda account: (not account["enabled"], str(account["name"]).casefold())),
        "erased": len(accounts) - len(shown), "roster": desk.ask("show_on_call", query={"days": _AHEAD}),
    }  # fmt: skip


def new(_: Desk) -> PageContext:
    """The form of a new account."""
    return {"roles": ROLES}


def add(desk: Desk) -> PageContext:
    """Add an account; its first password is shown this once."""
    body = {"name": desk.one("name"), "mail": desk.one("mail"), "roles": desk.all("roles"), "make_password": True}
    return {"made": desk.ask("add_account", body=body), "is_new": True}


def one(desk: Desk) -> PageContext:
    """One account, and what its roles let it do."""
    found = _account(desk)
    table = desk.ask("list_rights")["rights"]
    held = set(found["roles"])
    return {
        "one": found, "roles": ROLES, "may": [row for row in table if held & set(row["roles"])],
        "is_me": found["id"] == desk.caller.actor,
    }  # fmt: skip


def _account(desk: Desk) -> dict[str, Any]:
    wanted = desk.path["account"]
    found = next((account for account in desk.ask("list_accounts")["accounts"] if account["id"] == wanted), None)
    if found is None:
        raise NotFound("there is no such account", next_step="Go back to the list of people.")
    return dict(found)


def change_role(desk: Desk) -> Done:
    """Give a role, or take it."""
    body = {"role": desk.one("role"), "granted": desk.one("granted") == "yes", "reason": desk.one("reason")}
    desk.ask("change_role", body=body)
    return _back(desk)


def disable(desk: Desk) -> Done:
    """Let somebody log in no more."""
    desk.ask("disable_account", body={"reason": desk.one("reason")})
    return _back(desk)


def enable(desk: Desk) -> Done:
    """Let somebody log in again."""
    desk.ask("enable_account", body={"reason": desk.one("reason")})
    return _back(desk)


def recover(desk: Desk) -> PageContext:
    """Make a new password, which is shown this once."""
    made = desk.ask("recover_account", body={"make_password": True, "reason": desk.one("reason")})
    return {"made": made, "is_new": False}


def erase(desk: Desk) -> Done:
    """Erase name, mail and secrets for good."""
    desk.ask("erase_account", body={"reason": desk.one("reason")})
    return Done(path="/people")


def _back(desk: Desk) -> Done:
    return Done(path=url_of("/people/accounts/{}", desk.path["account"]))


def rights(desk: Desk) -> PageContext:
    """Who may what."""
    table = desk.ask("list_rights")
    return {"rights": table["rights"], "names": table["roles"], "roles": ROLES, "mine": set(desk.caller.roles)}


def on_call(desk: Desk) -> PageContext:
    """Who is on call now, who is next, and the shifts ahead."""
    accounts = desk.ask("list_accounts")["accounts"] if desk.can("set_on_call") else []
    return {
        "roster": desk.ask("show_on_call", query={"days": 28}), "tomorrow": _tomorrow(desk),
        "people": [account for account in accounts if account["enabled"]],
        "roles": tuple(dict.fromkeys((*_levels(desk), *_WOKEN))),
    }  # fmt: skip


def _levels(desk: Desk) -> tuple[str, ...]:
    """The roles that alerts go to, by the settings."""
    return tuple(level.role for level in desk.wiring.settings.watch.escalation.levels)


def _tomorrow(desk: Desk) -> str:
    """A usual end of a shift: nine in the morning of the next day, in the reader's zone."""
    local: datetime = desk.now.astimezone(desk.zone) + timedelta(days=1)
    return f"{local:%Y-%m-%d}T09:00"


def set_on_call(desk: Desk) -> Done:
    """Say who holds a role, and for how long."""
    body = {"role": desk.one("role"), "people": desk.all("people"), "reason": desk.one("reason")}
    stated = {name: _moment(desk, name) for name in ("from", "until")}
    desk.ask("set_on_call", body=body | {name: at for name, at in stated.items() if at})
    return Done(path="/people/on-call")


def _moment(desk: Desk, name: str) -> str:
    """What a field of day and time holds, in the reader's zone as an instant; else as it was typed."""
    typed = desk.one(name)
    try:
        read = datetime.fromisoformat(typed)
    except ValueError:
        return typed
    return on_clock(read, desk.zone).isoformat() if read.tzinfo is None else typed


_READ, _MANAGE = Right.READ_ACCOUNTS, Right.MANAGE_ACCOUNTS
SCREENS = (
    Screen(name="people", path="/people", title="People", template="people/people.html", show=people, right=_READ),
    Screen(
        name="person_new", path="/people/new", title="Add an account", template="people/new.html", show=new,
        right=_MANAGE, section="people", is_live=False,
    ),
    Screen(
        name="rights", path="/people/rights", title="Who may do what", template="people/rights.html", show=rights,
        right=_READ, section="people", is_live=False,
    ),
    Screen(
        name="on_call", path="/people/on-call", title="On call", template="people/oncall.html", show=on_call,
        right=_READ, section="people",
    ),
    Screen(
        name="person", path=_ONE, title="Account", template="people/person.html", show=one, right=_READ,
        section="people", is_live=False,
    ),
)  # fmt: skip
ACTS: tuple[Act, ...] = (
    Act(
        name="add_account", path="/people/new", screen="person_new", perform=add, right=_MANAGE, done="",
        template="people/password.html", keeps_nothing=True,
    ),
    Act(
        name="change_role", path=f"{_ONE}/roles", screen="person", perform=change_role, right=_MANAGE,
        done="The roles are changed.",
    ),
    Act(
        name="disable_account", path=f"{_ONE}/disable", screen="person", perform=disable, right=_MANAGE,
        done="The account is disabled; its sessions and tokens have ended.",
    ),
    Act(
        name="enable_account", path=f"{_ONE}/enable", screen="person", perform=enable, right=_MANAGE,
        done="The account can log in again.",
    ),
    Act(
        name="recover_account", path=f"{_ONE}/recover", screen="person", perform=recover, right=_MANAGE, done="",
        template="people/password.html", keeps_nothing=True,
    ),
    Act(
        name="erase_account", path=f"{_ONE}/erase", screen="person", perform=erase, right=_MANAGE,
        done="Name, mail and secrets of the account are erased.",
    ),
    Act(
        name="set_on_call", path="/people/on-call", screen="on_call", perform=set_on_call, right=Right.MANAGE_ONCALL,
        done="The shift is recorded; it goes before the calendar and before every earlier one.",
    ),
)  # fmt: skip
