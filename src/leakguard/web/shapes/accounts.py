"""Accounts, rights and tokens."""

from __future__ import annotations

from typing import TypedDict

from leakguard.web.shapes.base import Moment


class Person(TypedDict):
    """An account that was just changed."""

    id: str
    name: str


class PersonWithPassword(Person):
    """An account with the password that was made for it, which is shown this once; null where none was made."""

    password: str | None


class Account(TypedDict):
    """One account."""

    id: str
    name: str | None
    mail: str | None
    roles: list[str]
    enabled: bool
    password: bool
    second_factor: bool
    created_at: Moment
    erased_at: Moment | None
    last_used_at: Moment | None


class Accounts(TypedDict):
    """Every account, in the order in which they were added."""

    accounts: list[Account]


class RightOfRoles(TypedDict):
    """One right, and the roles that have it."""

    right: str
    text: str
    roles: list[str]


class Rights(TypedDict):
    """The table of rights."""

    roles: list[str]
    rights: list[RightOfRoles]


class Token(TypedDict):
    """A token without its secret."""

    id: str
    account: str
    name: str | None
    scopes: list[str]
    created_at: Moment
    expires_at: Moment
    last_used_at: Moment | None
    revoked_at: Moment | None


class NewToken(Token):
    """A token with its secret, which is shown this once."""

    token: str


class Tokens(TypedDict):
    """Tokens, in the order in which they were added."""

    tokens: list[Token]
