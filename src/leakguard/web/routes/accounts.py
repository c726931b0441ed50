"""Accounts, their roles, and tokens; the table of rights."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from leakguard.accounts.passwords import first_password
from leakguard.accounts.rights import Right, Role
from leakguard.errors import NotLoggedIn
from leakguard.models.people import refuse_nameless
from leakguard.outputs.accounts import account_json, person_json, rights_json, token_json
from leakguard.use_cases.accounts.api_tokens import add_token, list_tokens, revoke_token
from leakguard.use_cases.accounts.callers import Caller
from leakguard.use_cases.accounts.manage_accounts import (
    NewAccount,
    add_account,
    disable_account,
    enable_account,
    erase_account,
    grant_role,
    list_accounts,
    recover_account,
    revoke_role,
)
from leakguard.web.call import Answer, Call
from leakguard.web.models import Body, Name, NeededReason, Query, Reason, Text
from leakguard.web.operation import BodyKind, Method, Operation
from leakguard.web.shapes import accounts as shapes

RoleName = Literal["viewer", "responder", "commander", "dpo", "counsel", "auditor", "admin"]
"""A test holds it against `Role`."""
Password = Annotated[str, Field(max_length=1000, json_schema_extra={"format": "password", "writeOnly": True})]


class AddAccount(Body):
    """Somebody new."""

    name: Name = Field(description="As records show them.")
    mail: Text = ""
    roles: tuple[RoleName, ...] = Field(default=(), max_length=len(Role))
    password: Password = Field(default="", description="The first one; empty for who logs in in another way.")
    make_password: bool = Field(default=False, description="Make one, which the answer shows this once.")


class ChangeRole(Body):
    """A role that somebody gets, or loses."""

    role: RoleName
    granted: bool = True
    reason: Reason = ""


class Why(Body):
    """Why an account is changed."""

    reason: Reason = ""


class RecoverAccount(Body):
    """A new password for somebody who lost theirs."""

    password: Password = ""
    make_password: bool = Field(default=False, description="Make one, which the answer shows this once.")
    reason: NeededReason


class WhoseTokens(Query):
    """One's own, or everybody's."""

    everybody: bool = Field(default=False, description="Those of all accounts, which an admin may see.")


class AddToken(Body):
    """A token for a program."""

    name: Name = Field(description="What it is for.")
    scopes: tuple[Name, ...] = Field(min_length=1, max_length=len(Right), description="Rights that the token has.")
    days: int | None = Field(default=None, ge=1, le=366, description="How long it is good for (default: 90).")


def list_all(call: Call) -> Answer:
    """Every account with its roles, as `account list` has them."""
    return Answer(
        document={"accounts": [account_json(list_account) for list_account in list_accounts(call.wiring.store)]}
    )


def rights(_: Call) -> Answer:
    """Which role may do what, as `account rights` has it."""
    return Answer(document=rights_json())


def add(call: Call) -> Answer:
    """Add an account, as `account add` does."""
    body: AddAccount = call.body
    made = first_password(call.wiring.token) if body.make_password else ""
    new = NewAccount(
        name=body.name, mail=body.mail, roles=frozenset(map(Role, body.roles)), password=made or body.password
    )  # fmt: skip
    return Answer(document={**person_json(add_account(call.wiring.store, call.wiring, new)), "password": made or None})


def change_role(call: Call) -> Answer:
    """Give an account a role or take it away, as `account role` does."""
    body: ChangeRole = call.body
    change = grant_role if body.granted else revoke_role
    found = change(call.wiring.store, call.wiring, call.path["account"], Role(body.role), reason=body.reason)
    return Answer(document=person_json(found))


def disable(call: Call) -> Answer:
    """Let an account log in no more, as `account disable` does."""
    found = disable_account(call.wiring.store, call.wiring, call.path["account"], reason=call.body.reason)
    return Answer(document=person_json(found))


def enable(call: Call) -> Answer:
    """Let a disabled account log in again, as `account enable` does."""
    found = enable_account(call.wiring.store, call.wiring, call.path["account"], reason=call.body.reason)
    return Answer(document=person_json(found))


def recover(call: Call) -> Answer:
    """Give somebody a new password, as `account recover` does."""
    body: RecoverAccount = call.body
    made = first_password(call.wiring.token) if body.make_password else ""
    found = recover_account(
        call.wiring.store, call.wiring, call.path["account"], password=made or body.password, reason=body.reason
    )
    return Answer(document={**person_json(found), "password": made or None})


def erase(call: Call) -> Answer:
    """Erase name, mail and hashes of an account, as `account erase` does."""
    actor = erase_account(call.wiring.store, call.wiring, call.path["account"], reason=call.body.reason)
    return Answer(document={"id": actor, "name": ""})


def tokens(call: Call) -> Answer:
    """Tokens without their secrets, as `token list` has them."""
    found = list_tokens(call.wiring.store, _caller(call), everybody=call.query.everybody)
    return Answer(document={"tokens": [token_json(row) for row in found]})


def new_token(call: Call) -> Answer:
    """Make a token and show it this once, as `token add` does."""
    body: AddToken = call.body
    refuse_nameless(body.name, option="name")
    made = add_token(call.wiring.store, call.wiring, _caller(call), name=body.name, scopes=body.scopes, days=body.days)
    return Answer(document={**token_json(made.row), "token": made.secret})


def end_token(call: Call) -> Answer:
    """End a token at once, as `token revoke` does."""
    found = revoke_token(call.wiring.store, call.wiring, _caller(call), call.path["token"])
    return Answer(document=token_json(found))


def _caller(call: Call) -> Caller:
    if call.caller is None:
        raise NotLoggedIn("nobody is logged in", next_step="Send a token: Authorization: Bearer lg_...")
    return call.caller


_MANAGE, _OWN = Right.MANAGE_ACCOUNTS, Right.MANAGE_OWN_TOKENS
_ONE = "/accounts/{account}"
OPERATIONS = (
    Operation(
        name="list_accounts", method=Method.GET, path="/accounts", right=Right.READ_ACCOUNTS, handler=list_all,
        answer=shapes.Accounts, summary="List the accounts with their roles.", command="account list",
    ),
    Operation(
        name="list_rights", method=Method.GET, path="/rights", right=Right.READ_ACCOUNTS, handler=rights,
        needs_store=False, answer=shapes.Rights, summary="Show which role may do what.", command="account rights",
    ),
    Operation(
        name="add_account", method=Method.POST, path="/accounts", right=_MANAGE, handler=add, request=AddAccount,
        takes=BodyKind.JSON, status=201, answer=shapes.PersonWithPassword, is_secret=True, summary="Add an account.",
        command="account add",
    ),
    Operation(
        name="change_role", method=Method.POST, path=f"{_ONE}/roles", right=_MANAGE, handler=change_role,
        request=ChangeRole, takes=BodyKind.JSON, answer=shapes.Person, command="account role",
        summary="Give an account a role, or take it away.",
    ),
    Operation(
        name="disable_account", method=Method.POST, path=f"{_ONE}/disable", right=_MANAGE, handler=disable,
        request=Why, takes=BodyKind.JSON, answer=shapes.Person, command="account disable",
        summary="Let an account log in no more; its sessions and tokens end at once.",
    ),
    Operation(
        name="enable_account", method=Method.POST, path=f"{_ONE}/enable", right=_MANAGE, handler=enable, request=Why,
        takes=BodyKind.JSON, answer=shapes.Person, command="account enable",
        summary="Let a disabled account log in again.",
    ),
    Operation(
        name="recover_account", method=Method.POST, path=f"{_ONE}/recover", right=_MANAGE, handler=recover,
        request=RecoverAccount, takes=BodyKind.JSON, answer=shapes.PersonWithPassword, is_secret=True,
        command="account recover",
        summary="Give an account a new password; its second factor, its passkeys and its sessions go.",
    ),
    Operation(
        name="erase_account", method=Method.POST, path=f"{_ONE}/erase", right=_MANAGE, handler=erase, request=Why,
        takes=BodyKind.JSON, answer=shapes.Person, command="account erase",
        summary="Erase name, mail and secrets of an account for good; the ledger keeps its id.",
    ),
    Operation(
        name="list_tokens", method=Method.GET, path="/tokens", right=_OWN, handler=tokens, query=WhoseTokens,
        answer=shapes.Tokens, summary="List tokens, without their secrets.", command="token list",
    ),
    Operation(
        name="add_token", method=Method.POST, path="/tokens", right=_OWN, handler=new_token, request=AddToken,
        takes=BodyKind.JSON, status=201, answer=shapes.NewToken, is_secret=True, command="token add",
        summary="Make a token for a program; its secret is shown this once.",
    ),
    Operation(
        name="revoke_token", method=Method.POST, path="/tokens/{token}/revoke", right=_OWN, handler=end_token,
        answer=shapes.Token, summary="End a token at once.", command="token revoke",
    ),
)  # fmt: skip
