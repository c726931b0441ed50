"""The forms of secrets and of backends, ready to be matched; `reading` reads them from `shipped/*.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

FOLDER = "shipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretForm:
    """One kind of secret."""

    id: str
    title: str
    starts: tuple[bytes, ...]
    """A match begins with one of these."""
    form: re.Pattern[bytes]
    alone: bool
    """Whether no letter, digit or underscore may stand right before or behind it."""
    claims: Mapping[str, str]
    """What the payload of a JSON web token must state; empty where the form is no token."""
    not_with: Mapping[str, frozenset[bytes]]
    """By group of the form, values in lower case that only examples have."""
    opens: str
    """What whoever holds it can reach."""
    replace: str
    """What the owner has to do."""
    source: str
    verified_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendForm:
    """One kind of backend."""

    id: str
    title: str
    contains: tuple[bytes, ...]
    """A match holds one of these."""
    form: re.Pattern[bytes]
    entry: str
    """The backend as a scope names it, with the groups of `form` in braces."""
    beside: tuple[bytes, ...]
    """One of these stands in the same file; empty where the form says enough."""
    is_asked: bool
    """Whether LeakGuard has a question for it."""
    advice: str
    source: str
    verified_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyForm:
    """One kind of key that a provider means for visitors."""

    id: str
    title: str
    starts: tuple[bytes, ...]
    form: re.Pattern[bytes]
    claims: Mapping[str, str]
    """As those of a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedForms:
    """All that is looked for in what is shipped."""

    secrets: tuple[SecretForm, ...]
    backends: tuple[BackendForm, ...]
    keys: tuple[KeyForm, ...] = ()
