"""What svnserve says: lists in brackets, of words, numbers and texts; the texts are stepped over and never kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from leakguard.probes.formats.reading import Buffered, Garbled

TEXT = None
"""What stands for a text, whatever it holds."""
SUCCESS, FAILURE = "success", "failure"
NO_REPOSITORY = 210005
_TOKEN = re.compile(rb"[ \n]*(?:([()])[ \n]|(\d{1,18})(:|[ \n])|([A-Za-z][A-Za-z0-9-]{0,63})[ \n])")
_SPACE = b" \n"
_LONGEST_TOKEN = 80
_LONGEST_TEXT = 16 * 1024
_DEEPEST = 8
_MOST_ITEMS = 2_000
_OPENING = b"( "

Item = Any
"""A word, a number, `TEXT`, or a list of these."""


class ItemsReader(Buffered):
    """Lists one after the other, up to the first of which `is_last` says so."""

    def __init__(self, is_last: Callable[[Sequence[Item]], bool]) -> None:
        """`is_last` gets all lists so far."""
        super().__init__()
        self.items: list[list[Item]] = []
        self._is_last = is_last
        self._at = self._read = 0
        self._open: list[list[Item]] = []

    def measure(self) -> int:
        """Walks over the tokens that are whole; raises `Garbled`."""
        if not _OPENING.startswith(bytes(self.data[:2])) or self.wants_tls:
            raise Garbled("not svnserve")
        if self.items and self._is_last(self.items):
            return self._at
        while (found := _TOKEN.match(self.data, self._at)) is not None:
            end = self._end_of(found)
            if end > len(self.data):
                return end
            self._take(found)
            self._at = end
            if not self._open and self._is_last(self.items):
                return self._at
        rest = bytes(self.data[self._at :]).lstrip(_SPACE)
        if len(rest) > _LONGEST_TOKEN or any(space in rest for space in _SPACE):
            raise Garbled("no token of svnserve")
        return len(self.data) + 1

    def _end_of(self, found: re.Match[bytes]) -> int:
        """Behind the token; behind a text a space stands as well."""
        if found[3] != b":":
            return found.end()
        if int(found[2]) > _LONGEST_TEXT:
            raise Garbled("a text that no answer holds")
        end = found.end() + int(found[2])
        if end < len(self.data) and self.data[end] not in _SPACE:
            raise Garbled("a text that ends elsewhere")
        return end + 1

    def _take(self, found: re.Match[bytes]) -> None:
        self._read += 1
        bracket, number, mark, word = found[1], found[2], found[3], found[4]
        if self._read > _MOST_ITEMS or (not self._open and bracket != b"("):
            raise Garbled("not what svnserve says")
        if bracket == b"(":
            self._open.append([])
            if len(self._open) > _DEEPEST:
                raise Garbled("deeper than any answer")
        elif bracket == b")":
            done = self._open.pop()
            (self._open[-1] if self._open else self.items).append(done)
        elif word:
            self._open[-1].append(word.decode("ascii"))
        else:
            self._open[-1].append(TEXT if mark == b":" else int(number))


def one_item() -> ItemsReader:
    """A greeting, or the answer to the choice of a repository."""
    return ItemsReader(bool)


def answer_reader() -> ItemsReader:
    """The answer to a command: a list about logins, and behind it the answer itself where no login is asked for."""
    return ItemsReader(lambda items: len(items) > 1 or (bool(items) and not _goes_on(items[0])))


def _goes_on(item: Item) -> bool:
    """Whether what was asked for follows."""
    return body_of(item) is not None and not logins_of(item)


def body_of(item: Item) -> list[Item] | None:
    """What a success holds; `None` for anything else. Raises `Garbled` for what is neither that nor a failure."""
    match item:
        case ["success", list() as body]:
            return body
        case ["failure" | "step", list()]:
            return None
        case _:
            raise Garbled("neither a success nor a failure")


def logins_of(item: Item) -> list[str]:
    """The ways to log in that an answer asks for; none where it asks for none."""
    match body_of(item):
        case [list() as ways, *_]:
            return [way for way in ways if isinstance(way, str)]
        case _:
            return []


def error_of(item: Item) -> int | None:
    """The number of the first error of a failure."""
    match item:
        case ["failure", [[int(code), *_], *_]]:
            return code
        case _:
            return None


def greets(item: Item) -> bool:
    """Whether a list is a greeting: the oldest and the newest version that the server speaks."""
    match body_of(item):
        case [int(), int(), list(), *_]:
            return True
        case _:
            return False


def word_of(items: Sequence[Item]) -> str | int | None:
    """The word or the number that a command was answered with, behind its list about logins."""
    match items:
        case [_, ["success", [str() | int() as told, *_]]]:
            return told
        case _:
            return None
