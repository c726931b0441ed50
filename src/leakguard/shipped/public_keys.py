"""Public keys: what a page gives to each visitor to talk to its backend with. Held in memory while a backend is asked.

Only keys of a public form are found: a secret key, or a token of any other role, is no key that may be sent.
"""

from __future__ import annotations

from leakguard.frozen import Frozen
from leakguard.models.shipped import Shipped, ShippedKey, ShippedTable
from leakguard.shipped.reader import ShippedReader

_MOST_KEYS = 20
"""Different ones of one site; a page has one or two."""


class PublicKey(Frozen, hidden=("value",)):
    """One key, and where it stood."""

    kind: str
    value: str
    where: str
    mark: str
    project: str = ""
    """The project that the key itself names; empty where it names none."""

    @property
    def told(self) -> ShippedKey:
        """What may be kept of it."""
        return ShippedKey(kind=self.kind, where=self.where, mark=self.mark)


class KeyFinder:
    """Reads the files of one page as `reader` does, and keeps the public keys among them."""

    def __init__(self, reader: ShippedReader, *, site: str, names: tuple[str, ...]) -> None:
        """`site` stands before each path; `names` are the words by which a file names the backend."""
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
        for form, value, claims in self._reader.public_keys_in(text):
            if len(self._keys) < _MOST_KEYS:
                mark = self._reader.mark_of(form.id, value)
                word = value.decode("ascii")
                key = PublicKey(kind=form.id, value=word, where=place, mark=mark, project=claims.get("ref", ""))
                self._keys.setdefault(word, key)

    @property
    def shipped(self) -> Shipped:
        """As a `ShippedReader` has it."""
        return self._reader.shipped

    @property
    def names_backend(self) -> bool:
        """Whether a file of the page names the backend."""
        return bool(self._naming)

    @property
    def tables(self) -> tuple[ShippedTable, ...]:
        """The tables that the page asks some backend for."""
        return self._reader.shipped.tables

    def key_for(self, project: str) -> PublicKey | None:
        """The key of a backend that the page names: one that names the project, or one that stands beside its name."""
        fitting = [key for key in self._keys.values() if key.project in {"", project} or not project]
        if not self.names_backend or not fitting:
            return None
        return min(fitting, key=lambda key: (key.where not in self._naming, key.project == ""))
