"""Public keys: what a page gives to each visitor to talk to its backend with. Held in memory while a backend is asked.

Only keys of a public form are found: a secret key, or a token of any other role, is no key that may be sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from leakguard.frozen import Frozen
from leakguard.models.shipped import ShippedFindings, ShippedKey
from leakguard.shipped.reader import ShippedReader

_MOST_KEYS = 20
"""Different ones of one site; a page has one or two."""
_MOST_NAMES = 500
_MOST_COLUMNS = 20
"""Of one table."""
_MOST_TRIES = 2_000
_REACH = 400
"""Bytes around the name of a backend in which its key stands, and behind a call in which its words stand."""


class OwnWords(Frozen):
    """What scripts say of one product alone: a key that only its place tells from any other text, names in calls."""

    key_kind: str = ""
    key: re.Pattern[bytes] | None = None
    """With the group `value`; looked for behind a name of the backend."""
    calls: tuple[bytes, ...] = ()
    """What a call holds, and where `names` is looked for."""
    names: re.Pattern[bytes] | None = None
    """Its groups, joined by a full stop, are a name."""
    table_calls: frozenset[str] = frozenset()
    """The calls of `tables` that name what this product keeps; without `names`, and empty for all of them."""
    columns: re.Pattern[bytes] | None = None
    """With a table and names of its columns by commas; looked for at each of `calls`."""


class PublicKey(Frozen, hidden=("value",)):
    """One key, and where it stood."""

    kind: str
    value: str
    where: str
    mark: str
    project: str = ""
    """The project that the key itself names; empty where it names none."""

    @property
    def shipped_key(self) -> ShippedKey:
        """What may be kept of it."""
        return ShippedKey(kind=self.kind, where=self.where, mark=self.mark)


class KeyFinder:
    """Reads the files of one page as `reader` does, and keeps the public keys among them."""

    def __init__(
        self,
        reader: ShippedReader,
        *,
        site: str,
        names: tuple[str, ...],
        words: OwnWords = OwnWords(),  # noqa: B008  (frozen)
    ) -> None:
        """`site` stands before each path; `names` are the words by which a file names the backend."""
        self._words = words
        self._own_names: dict[str, None] = {}
        self._columns: dict[str, tuple[str, ...]] = {}
        self._reader = reader
        self._site = site
        self._names = tuple(name.encode() for name in names if name)
        self._keys: dict[str, PublicKey] = {}
        self._naming: set[str] = set()

    def read(self, text: bytes, where: str) -> None:
        """Look through one file."""
        self._reader.read(text, where)
        place = f"{self._site}{where}"
        if any(name in text for name in self._names):
            self._naming.add(place)
        if not where.endswith(".map"):  # comments of libraries are full of names that are examples
            self._keep_names(text)
        if self._words.key is not None:
            for value in self._beside(text, self._words.key):
                self._keep(self._words.key_kind, value, place, "")
            return
        for form, value, claims in self._reader.public_keys_in(text):
            self._keep(form.id, value, place, claims.get("ref", ""))

    def _keep_names(self, text: bytes) -> None:
        for table, columns in self._columns_in(text):
            if len(self._columns) < _MOST_NAMES:
                known = self._columns.get(table, ())
                self._columns[table] = tuple(dict.fromkeys((*known, *columns)))[:_MOST_COLUMNS]
        for name in self._names_in(text):
            if len(self._own_names) < _MOST_NAMES:
                self._own_names.setdefault(name)

    def _keep(self, kind: str, value: bytes, place: str, project: str) -> None:
        if len(self._keys) < _MOST_KEYS:
            word = value.decode("ascii")
            mark = self._reader.mark_of(kind, value)
            self._keys.setdefault(word, PublicKey(kind=kind, value=word, where=place, mark=mark, project=project))

    def _beside(self, text: bytes, key: re.Pattern[bytes]) -> Iterator[bytes]:
        """What looks like a key, behind each name of the backend."""
        for name in self._names:
            for at in _places(text, name):
                found = key.search(text, at + len(name), at + len(name) + _REACH)
                if found is not None:
                    yield found["value"]

    def _columns_in(self, text: bytes) -> Iterator[tuple[str, list[str]]]:
        if self._words.columns is None:
            return
        for call in self._words.calls:
            for at in _places(text, call):
                found = self._words.columns.match(text, at, at + _REACH)
                if found is not None:
                    names = (each.strip().decode("ascii") for each in found[2].split(b","))
                    yield found[1].decode("ascii"), [name for name in names if name]

    def _names_in(self, text: bytes) -> Iterator[str]:
        if self._words.names is None:
            return
        for call in self._words.calls:
            for at in _places(text, call):
                found = self._words.names.match(text, at, at + _REACH)
                if found is not None:
                    yield ".".join(group.decode("ascii") for group in found.groups() if group)

    @property
    def shipped(self) -> ShippedFindings:
        """As a `ShippedReader` has it."""
        return self._reader.shipped

    @property
    def names_backend(self) -> bool:
        """Whether a file of the page names the backend."""
        return bool(self._naming)

    @property
    def columns(self) -> Mapping[str, tuple[str, ...]]:
        """The columns that the page asks for by name, by table."""
        return self._columns

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that the page asks some backend for; of a product that has words of its own, those of calls."""
        if self._words.names is not None:
            return tuple(self._own_names)
        return tuple(table.name for table in self._reader.tables_of(self._words.table_calls))

    def key_for(self, project: str) -> PublicKey | None:
        """The key of a backend that the page names: one that names the project, or one that stands beside its name."""
        fitting = [key for key in self._keys.values() if key.project in {"", project} or not project]
        if not self.names_backend or not fitting:
            return None
        return min(fitting, key=lambda key: (key.where not in self._naming, key.project == ""))


def _places(text: bytes, literal: bytes) -> Iterator[int]:
    tried, at = 0, text.find(literal)
    while at >= 0 and tried < _MOST_TRIES:
        yield at
        tried, at = tried + 1, text.find(literal, at + len(literal))
