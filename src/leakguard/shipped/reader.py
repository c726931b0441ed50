"""The reader: looks for forms in the bytes of one file after the other, and keeps kinds, places and keyed hashes alone.

It looks for the literal beginnings first, each at the speed of memory, and tries an expression only where one stands;
an expression never sees more than `_REACH` bytes, so that no text can make it slow.

What the payload of a JSON web token claims is read without a check of the signature, which only the owner can make.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from typing import Protocol, TypeVar

from leakguard.models.shipped import ShippedBackend, ShippedFindings, ShippedSecret, ShippedTable
from leakguard.shipped.forms import BackendForm, KeyForm, SecretForm, ShippedForms
from leakguard.shipped.modular import ModularCalls
from leakguard.shipped.tables import tables_asked_for

_MOST_TOKEN_BYTES = 4096
_TOKEN_PARTS = 3

_Name = TypeVar("_Name")
_Value = TypeVar("_Value")
MOST_FINDS = 500
"""Of secrets, of backends and of tables each; a page of ours has a handful."""
MOST_TRIES = 20_000
"""Beginnings of one kind that are tried in one file; more stand there only to keep us busy."""
_REACH = 8192
"""Bytes from a beginning on that an expression sees: a key of 4,096 bits in PEM has 3,300."""
_BEFORE = 128
"""Bytes before a literal in the middle that an expression sees: names of hosts have at most 63 a part."""
_WORD = re.compile(rb"[A-Za-z0-9_]")
_MARK = 16


class FileReader(Protocol):
    """What looks through files."""

    @property
    def shipped(self) -> ShippedFindings:
        """What was found so far."""

    def read(self, text: bytes, where: str) -> None:
        """Look through one file."""


class ShippedReader:
    """Takes files; `shipped` is what they hold."""

    def __init__(self, forms: ShippedForms, *, key: bytes) -> None:
        """`key` keeps others from trying out the marks of secrets; without one there are no marks."""
        self._forms = forms
        self._key = key
        self._secrets: dict[tuple[str, str, str], ShippedSecret] = {}
        self._backends: dict[str, ShippedBackend] = {}
        self._tables: dict[tuple[str, str], ShippedTable] = {}
        """By the call that names it, and the name."""
        self._modular = ModularCalls()
        self._left_out = 0

    @property
    def shipped(self) -> ShippedFindings:
        """What was found so far."""
        return ShippedFindings(
            secrets=tuple(self._secrets.values()), backends=tuple(self._backends.values()),
            tables=self.tables_of(frozenset()), left_out=self._left_out,
        )  # fmt: skip

    @property
    def tables_by_call(self) -> list[tuple[str, ShippedTable]]:
        """Each table with each call of `tables` that names it."""
        both = [*self._tables.items(), *self._modular.found.items()]
        return [(call, table) for (call, _), table in both]

    def tables_of(self, calls: frozenset[str]) -> tuple[ShippedTable, ...]:
        """The tables that any of these calls names, each once; of all calls where none is named."""
        tables: dict[str, ShippedTable] = {}
        for call, table in self.tables_by_call:
            if not calls or call in calls:
                tables.setdefault(table.name, table)
        return tuple(tables.values())

    def read(self, text: bytes, where: str) -> None:
        """Look through one file; `where` names it to a person."""
        for secret in self._forms.secrets:
            for at, value in self._secrets_in(text, secret):
                mark = self.mark_of(secret.id, value)
                line = text.count(b"\n", 0, at) + 1
                named = (secret.id, where, mark or str(line))
                self._keep(self._secrets, named, ShippedSecret(kind=secret.id, where=where, line=line, mark=mark))
        if where.endswith(".map"):
            return  # its sources repeat what the script asks, and hold examples in the comments of libraries
        for backend in self._forms.backends:
            for entry in _entries_in(text, backend):
                self._keep(self._backends, entry, ShippedBackend(kind=backend.id, entry=entry, where=where))
        for call, name in tables_asked_for(text):
            self._keep(self._tables, (call, name), ShippedTable(name=name, where=where))
        self._modular.read(text, where)

    def _secrets_in(self, text: bytes, secret: SecretForm) -> Iterator[tuple[int, bytes]]:
        for at in _places(text, secret.starts):
            found = secret.form.match(text, at, at + _REACH)
            if found is not None and _is_meant(found, text, secret):
                yield at, found[0]

    def public_keys_in(self, text: bytes) -> Iterator[tuple[KeyForm, bytes, Mapping[str, str]]]:
        """The keys for visitors in one file, each with what it claims; their values are for who asks a backend."""
        for form in self._forms.keys:
            for at in _places(text, form.starts):
                found = form.form.match(text, at, at + _REACH)
                claims = claims_of(found[0]) if found is not None and form.claims else {}
                if found is not None and form.claims.items() <= claims.items():
                    yield form, found[0], claims

    def mark_of(self, kind: str, value: bytes) -> str:
        """The first digits of the keyed hash; nothing without a key."""
        if not self._key:
            return ""
        return hmac.new(self._key, kind.encode() + b"\0" + value, hashlib.sha256).hexdigest()[:_MARK]

    def _keep(self, kept: dict[_Name, _Value], name: _Name, value: _Value) -> None:
        if name in kept:
            return
        if len(kept) >= MOST_FINDS:
            self._left_out += 1
            return
        kept[name] = value


def _places(text: bytes, literals: tuple[bytes, ...]) -> Iterator[int]:
    """Where one of the literals stands, each place once."""
    for literal in literals:
        tried, at = 0, text.find(literal)
        while at >= 0 and tried < MOST_TRIES:
            yield at
            tried, at = tried + 1, text.find(literal, at + len(literal))


def _is_meant(found: re.Match[bytes], text: bytes, secret: SecretForm) -> bool:
    """Whether a match stands alone where it must, claims what it must, and is none of the usual examples."""
    if secret.alone and (_WORD.match(text, found.end()) or _WORD.match(text, max(0, found.start() - 1), found.start())):
        return False
    if secret.claims and not secret.claims.items() <= claims_of(found[0]).items():
        return False
    return all((found[group] or b"").lower() not in examples for group, examples in secret.not_with.items())


def _entries_in(text: bytes, backend: BackendForm) -> Iterator[str]:
    if backend.beside and not any(each in text for each in backend.beside):
        return
    for literal in backend.contains:
        for at in _places(text, (literal,)):
            start = max(0, at - _BEFORE)
            for found in backend.form.finditer(text, start, at + _BEFORE + len(literal)):
                if found.end() > at:
                    named = {
                        name: value.decode("ascii", "replace").replace("\\", "")
                        for name, value in found.groupdict().items()
                    }
                    yield backend.entry.format(**named)


def formless() -> ShippedReader:
    """A reader that looks for nothing but names of tables."""
    return ShippedReader(ShippedForms(secrets=(), backends=()), key=b"")


def claims_of(token: bytes) -> Mapping[str, str]:
    """The claims whose values are texts; none where it is no token, or larger than 4 KiB."""
    parts = token.split(b".")
    if len(parts) != _TOKEN_PARTS or len(token) > _MOST_TOKEN_BYTES:
        return {}
    try:
        claims = json.loads(urlsafe_b64decode(parts[1] + b"=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return {}
    items = claims.items() if isinstance(claims, dict) else ()
    return {name: value for name, value in items if isinstance(value, str)}
