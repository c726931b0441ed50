"""GraphQL documents in scripts: which fields of the root their queries ask for. Mutations are not read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

MOST_TRIES = 2_000
"""Beginnings of documents that are tried in one file."""
_REACH = 4096
"""Bytes of a document that are read; of a longer one nothing is told."""
MOST_BYTES = 400_000
"""Of all documents of one file."""
_MOST_FIELDS = 50
_SPACES = 60
"""Bytes before a keyword in which its text begins."""
_KEYWORD, _NAMES_GRAPHQL = b"query", (b"graphql", b"GraphQL", b"gql`")
_SPACE = rb"(?:[\s,]|\\[nrt])"
_NAME = rb"[A-Za-z_][A-Za-z0-9_]{0,127}"
_BEFORE = re.compile(rb"""["'`}]%s{0,40}\Z""" % _SPACE)
_NAMED = re.compile(rb"query(?:%s{1,20}%s)?%s{0,20}(?=[{@]|\(%s{0,20}\$)" % (_SPACE, _NAME, _SPACE, _SPACE))
_SHORT = re.compile(rb"""(?:(?<![\w$)\]}])["']|`)%s{0,40}(?=\{%s{0,40}%s)""" % (_SPACE, _SPACE, _NAME))
"""A query without its keyword; it begins a text of the script."""
_BEHIND = re.compile(rb"""%s{0,40}(?:["'`]|\$\{|fragment|query|mutation)""" % _SPACE)
"""What stands behind a whole query: the end of the text, or more of the document."""
_TOKEN = re.compile(
    rb"""(?P<space>(?:[\s,]|\\[nrt]|\#[^\n\\]*)+)|(?P<name>%s)|(?P<text>\\?"[^"\n]*")|(?P<rest>[-+.\w$]+)|(?P<sign>[^\s\w])"""
    % _NAME
)
_OPEN, _CLOSE = frozenset(b"({["), frozenset(b")}]")
_SIGNS, _IN_ROOT = (b":", b"!", b"$", b"@", b"=", b"|"), (b":", b"@")
"""What else a document may have, and what of it between the fields of its root."""
_BEFORE_OTHERS = (b"@", b"...", b"on")
"""Behind these stands no field: the name of a directive, of a fragment, of a type."""


def fields_of_queries(text: bytes) -> Iterator[str]:
    """The names of the fields at the root of each whole query; those that begin with two underscores are GraphQL's."""
    left = MOST_BYTES
    for at, is_short in _documents(text):
        end, fields = _fields_at(text[at : at + min(_REACH, left)], is_short=is_short)
        yield from fields
        left -= end
        if left <= 0:
            return


def _documents(text: bytes) -> Iterator[tuple[int, bool]]:
    """Where one may begin, behind its keyword and its name; and whether it has none."""
    for at in _beginnings(text, _KEYWORD):
        found = _NAMED.match(text, at)
        if found is not None and _BEFORE.search(text, max(0, at - _SPACES), at):
            yield found.end(), False
    if any(word in text for word in _NAMES_GRAPHQL):
        for found in islice(_SHORT.finditer(text), MOST_TRIES):
            yield found.end(), True


def _beginnings(text: bytes, literal: bytes) -> Iterator[int]:
    tried, at = 0, text.find(literal)
    while at >= 0 and tried < MOST_TRIES:
        yield at
        tried, at = tried + 1, text.find(literal, at + len(literal))


@dataclass(slots=True)
class _Document:
    """What was read of a document, token by token."""

    fields: list[bytes] = field(default_factory=list)
    depth: int = 0
    is_body: bool = False
    """Whether the head with its variables is over."""
    is_nested: bool = False
    """Whether a field of the root has fields itself."""
    last: bytes = b""

    def goes_on(self, kind: str | None, word: bytes) -> bool:
        """Take a token; whether such a document may have it."""
        if kind == "sign" and word[0] in _OPEN:
            self._open(word)
        elif kind == "sign" and word[0] in _CLOSE:
            self.depth -= 1
        elif kind == "sign":
            if word not in (_IN_ROOT if self.is_body and self.depth == 1 else _SIGNS):
                return False
        elif self.is_body and self.depth == 1:
            self._name(kind, word)
        self.last = word
        return self.depth > 0 or not self.is_body

    def _open(self, word: bytes) -> None:
        if self.depth == 0:
            self.is_body = word == b"{"
        elif self.depth == 1 and word == b"{":
            self.is_nested = self.is_nested or bool(self.fields)
        self.depth += 1

    def _name(self, kind: str | None, word: bytes) -> None:
        if self.last == b":" and self.fields:
            self.fields.pop()  # what stands before a colon is the name that the answer gets
        if kind == "name" and self.last not in _BEFORE_OTHERS:
            self.fields.append(word)


def _fields_at(text: bytes, *, is_short: bool) -> tuple[int, list[str]]:
    """How much was read, and what is asked for.

    Nothing unless the document is closed, and its fields have fields themselves where it is short.
    """
    read, end = _Document(), 1
    for found in _TOKEN.finditer(text):
        kind, word, end = found.lastgroup, found[0], found.end()
        if kind != "space" and not read.goes_on(kind, word):
            break
    is_whole = read.is_body and read.depth == 0 and _BEHIND.match(text, end) is not None
    return end, _field_names(read.fields) if is_whole and (read.is_nested or not is_short) else []


def _field_names(fields: list[bytes]) -> list[str]:
    kept = (name.decode("ascii") for name in fields if not name.startswith(b"__") and name != b"on")
    return list(dict.fromkeys(kept))[:_MOST_FIELDS]
