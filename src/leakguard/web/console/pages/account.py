"""One's own account: password, second factor, passkeys, sessions, tokens, language and zone; and what to do first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from leakguard.accounts.rights import Right
from leakguard.accounts.totp import is_totp, totp_link
from leakguard.web.call import Answer
from leakguard.web.console.pages.fact_answers import MOST_DIGITS
from leakguard.web.console.qr import qr_code
from leakguard.web.console.screen import Act, Done, PageContext, Screen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leakguard.web.console.desk import Desk

_OWN = "/account"


def account(desk: Desk) -> PageContext:
    """Everything that somebody changes for themselves; without a role there is little to change."""
    if not desk.can("show_own_account"):
        return {"own": None, "zones": (), "admins": desk.who_may(Right.MANAGE_ACCOUNTS)}
    return {"own": desk.ask("show_own_account"), "zones": sorted(available_timezones()), "admins": ()}


def prefer(desk: Desk) -> Done:
    """Keep language and zone."""
    desk.ask("set_preferences", body={"language": desk.one("language"), "zone": desk.one("zone")})
    return Done(path=_OWN)


def password(desk: Desk) -> Answer:
    """Take another password; the session ends with all others."""
    old, new = (values[-1] if (values := desk.form.get(name)) else "" for name in ("old", "new"))
    desk.ask("change_password", body={"old": old, "new": new})
    return Answer(status=303, headers={"location": "/login?said=password"})


def begin_factor(desk: Desk) -> PageContext:
    """Show the secret of a second factor, this once."""
    return _begun(desk.ask("begin_second_factor"))


def factor(desk: Desk) -> PageContext:
    """The page on which the code is typed again after a wrong one."""
    secret = desk.one("secret")
    if not is_totp(secret):
        return {"begun": None, "qr": None}
    return _begun({"secret": secret, "link": totp_link(secret, desk.caller.name)})


def _begun(factor: Mapping[str, Any]) -> PageContext:
    """The secret in the three ways in which an app takes it."""
    return {"begun": factor, "qr": qr_code(factor["link"])}


def take_factor(desk: Desk) -> Done:
    """Keep the second factor."""
    desk.ask("take_second_factor", body={"secret": desk.one("secret"), "code": desk.one("code")})
    return Done(path=_OWN)


def end_sessions(desk: Desk) -> Done:
    """End one session, or all but this one."""
    desk.ask("end_sessions", body={"session": desk.one("session")})
    return Done(path=_OWN)


def remove_passkey(desk: Desk) -> Done:
    """Remove a passkey."""
    desk.ask("remove_passkey", path={"passkey": desk.one("passkey")})
    return Done(path=_OWN)


def tokens(desk: Desk) -> PageContext:
    """Tokens: one's own, or everybody's for an admin who asks."""
    everybody = bool(desk.query.get("everybody")) and desk.may(Right.MANAGE_ACCOUNTS)
    names = {account["id"]: account["name"] for account in desk.ask("list_accounts")["accounts"]} if everybody else {}
    rights = [right for right in desk.ask("list_rights")["rights"] if desk.caller.may(Right(right["right"]))]
    return {
        "tokens": desk.ask("list_tokens", query={"everybody": everybody})["tokens"], "everybody": everybody,
        "names": names, "rights": rights,
    }  # fmt: skip


def add_token(desk: Desk) -> PageContext:
    """Make a token, and show its secret this once."""
    body = {"name": desk.one("name"), "scopes": desk.all("scopes"), "days": _days(desk.one("days"))}
    return {"made": desk.ask("add_token", body=body)}


def _days(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None


def revoke_token(desk: Desk) -> Done:
    """End a token."""
    desk.ask("revoke_token", path={"token": desk.one("token")})
    return Done(path="/account/tokens")


def welcome(desk: Desk) -> PageContext:
    """What to do first, and what of it is done."""
    read = desk.may(Right.READ_INCIDENTS)
    incidents = desk.ask("list_incidents", query={"limit": 1})["incidents"] if read else []
    people = desk.ask("list_accounts")["accounts"] if desk.may(Right.READ_ACCOUNTS) else []
    return {"incidents": incidents, "people": [person for person in people if person["enabled"]]}


_RIGHT = Right.MANAGE_OWN_ACCOUNT
SCREENS = (
    Screen(name="account", path=_OWN, title="My account", template="account/account.html", show=account, is_live=False),
    Screen(
        name="second_factor", path="/account/second-factor", title="Second factor", template="account/factor.html",
        show=factor, right=_RIGHT, section="account", is_live=False,
    ),
    Screen(
        name="tokens", path="/account/tokens", title="Tokens for programs", template="account/tokens.html", show=tokens,
        right=Right.MANAGE_OWN_TOKENS, section="account", is_live=False,
    ),
    Screen(name="welcome", path="/welcome", title="Begin here", template="account/welcome.html", show=welcome),
)  # fmt: skip
ACTS: tuple[Act, ...] = (
    Act(
        name="set_preferences", path="/account/preferences", screen="account", perform=prefer, right=_RIGHT,
        done="Language and time zone are kept.",
    ),
    Act(
        name="change_password", path="/account/password", screen="account", perform=password, right=_RIGHT,
        done="The password is changed.", keeps_nothing=True,
    ),
    Act(
        name="begin_second_factor", path="/account/second-factor/begin", screen="account", perform=begin_factor,
        right=_RIGHT, done="", template="account/factor.html", keeps_nothing=True,
    ),
    Act(
        name="take_second_factor", path="/account/second-factor", screen="second_factor", perform=take_factor,
        right=_RIGHT, done="The second factor is set. Each login asks for its code from now on.", keeps_nothing=True,
    ),
    Act(
        name="end_sessions", path="/account/sessions", screen="account", perform=end_sessions, right=_RIGHT,
        done="The session has ended.",
    ),
    Act(
        name="remove_passkey", path="/account/passkeys", screen="account", perform=remove_passkey, right=_RIGHT,
        done="The passkey is removed.",
    ),
    Act(
        name="add_token", path="/account/tokens", screen="tokens", perform=add_token, right=Right.MANAGE_OWN_TOKENS,
        done="", template="account/token.html", keeps_nothing=True,
    ),
    Act(
        name="revoke_token", path="/account/tokens/revoke", screen="tokens", perform=revoke_token,
        right=Right.MANAGE_OWN_TOKENS, done="The token has ended.",
    ),
)  # fmt: skip
