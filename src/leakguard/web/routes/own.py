"""One's own account: password, second factor, passkeys, sessions, language and zone."""

from __future__ import annotations

from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.accounts.totp import totp_link
from leakguard.errors import NotLoggedIn
from leakguard.outputs.accounts import own_json
from leakguard.use_cases.accounts.callers import Caller
from leakguard.use_cases.accounts.log_in import begin_totp, change_password, take_totp
from leakguard.use_cases.accounts.own_account import (
    end_other_sessions,
    end_session,
    keep_preferences,
    own_account,
    remove_passkey,
)
from leakguard.web.call import Answer, Call
from leakguard.web.models import Body, Text
from leakguard.web.operation import BodyKind, Method, Operation
from leakguard.web.routes.accounts import Password
from leakguard.web.shapes import own as shapes
from leakguard.wiring.accounts import SESSION


class ChangePassword(Body):
    """The present password and another one."""

    old: Password
    new: Password


class TakeSecondFactor(Body):
    """A secret, and the code that the app shows for it."""

    secret: Text = Field(json_schema_extra={"format": "password", "writeOnly": True})
    code: Text


class SetPreferences(Body):
    """How somebody reads the console."""

    language: Text = Field(default="", description="`en` or `zh`; empty for what the browser asks for.")
    zone: Text = Field(default="", description="Such as `Europe/Berlin`; empty for the browser's.")


class EndSessions(Body):
    """Which."""

    session: Text = Field(default="", description="The id of one; empty for every session but this one.")


def show(call: Call) -> Answer:
    """The caller's account, with sessions and passkeys."""
    caller = _caller(call)
    found = own_account(call.wiring.store, call.wiring, caller, secret=call.environment.get(SESSION, ""))
    return Answer(document=own_json(found, caller))


def password(call: Call) -> Answer:
    """Take another password, as `account password` does."""
    body: ChangePassword = call.body
    change_password(call.wiring.store, call.wiring, _caller(call), old=body.old, new=body.new)
    return Answer(document={"changed": True})


def begin_second_factor(call: Call) -> Answer:
    """A secret for an app; nothing is kept."""
    secret = begin_totp(call.wiring)
    return Answer(document={"secret": secret, "link": totp_link(secret, _caller(call).name)})


def take_second_factor(call: Call) -> Answer:
    """Keep a second factor, as `account totp` does."""
    body: TakeSecondFactor = call.body
    take_totp(call.wiring.store, call.wiring, _caller(call), secret=body.secret, code=body.code)
    return Answer(document={"changed": True})


def prefer(call: Call) -> Answer:
    """Keep language and zone."""
    body: SetPreferences = call.body
    keep_preferences(call.wiring.store, _caller(call), language=body.language, zone=body.zone)
    return Answer(document={"language": body.language or None, "zone": body.zone or None})


def end_sessions(call: Call) -> Answer:
    """End one session, or all others."""
    body: EndSessions = call.body
    store, caller = call.wiring.store, _caller(call)
    if body.session:
        end_session(store, call.wiring, caller, body.session)
        return Answer(document={"ended": 1})
    secret = call.environment.get(SESSION, "")
    return Answer(document={"ended": end_other_sessions(store, call.wiring, caller, secret=secret)})


def forget_passkey(call: Call) -> Answer:
    """Let go of a passkey."""
    remove_passkey(call.wiring.store, _caller(call), call.path["passkey"])
    return Answer(document={"changed": True})


def _caller(call: Call) -> Caller:
    if call.caller is None:
        raise NotLoggedIn("nobody is logged in", next_step="Log in at /login")
    return call.caller


_OWN = Right.MANAGE_OWN_ACCOUNT
OPERATIONS = (
    Operation(
        name="show_own_account", method=Method.GET, path="/account", right=_OWN, handler=show,
        answer=shapes.OwnAccount, summary="Show one's own account, with its sessions and passkeys.",
    ),
    Operation(
        name="change_password", method=Method.POST, path="/account/password", right=_OWN, handler=password,
        request=ChangePassword, takes=BodyKind.JSON, is_secret=True, answer=shapes.Changed, command="account password",
        summary="Take another password; every session of the account ends.",
    ),
    Operation(
        name="begin_second_factor", method=Method.POST, path="/account/second-factor/begin", right=_OWN,
        handler=begin_second_factor, is_secret=True, answer=shapes.SecondFactor,
        summary="Make a secret for an app that shows six digits; nothing is kept before a code of it was sent.",
    ),
    Operation(
        name="take_second_factor", method=Method.POST, path="/account/second-factor", right=_OWN,
        handler=take_second_factor, request=TakeSecondFactor, takes=BodyKind.JSON, is_secret=True,
        answer=shapes.Changed, command="account totp", summary="Keep a second factor whose code the app shows.",
    ),
    Operation(
        name="set_preferences", method=Method.PUT, path="/account/preferences", right=_OWN, handler=prefer,
        request=SetPreferences, takes=BodyKind.JSON, answer=shapes.Preferences,
        summary="Keep in which language and time zone one reads the console.",
    ),
    Operation(
        name="end_sessions", method=Method.POST, path="/account/sessions/end", right=_OWN, handler=end_sessions,
        request=EndSessions, takes=BodyKind.JSON, answer=shapes.Ended,
        summary="End one of one's sessions, or all but this one.",
    ),
    Operation(
        name="remove_passkey", method=Method.POST, path="/account/passkeys/{passkey}/remove", right=_OWN,
        handler=forget_passkey, answer=shapes.Changed, summary="Remove one of one's passkeys.",
    ),
)  # fmt: skip
