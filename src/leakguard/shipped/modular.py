"""Collections of Firestore in bundles that shorten names: `collection(db, "rooms")` is `Cl(U(w),"rooms")` there.

The client checks its own arguments by words that no bundler changes, `"collection","path"`: they stand in the very
function, and so tell its name in the file. Calls in the same file are by this name, in other files by what they import.
Where a bundler keeps names of members, `(0,s.collection)(db,"rooms")` tells enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice

from leakguard.models.shipped import ShippedTable

CALL = "firestore"
MOST_NAMES = 500
_MOST_DEFINITIONS, _MOST_CALLS = 100, 20_000
_MOST_VALUES = 500
"""Values of a variable that are looked at: bundlers have few names, and use each again and again."""
MOST_TRIES = 2_000
"""Calls and imports of one kind that are looked at in one file."""
_DEFINITION = re.compile(
    rb"""["'`](?:collection|doc|collectionGroup)["'`],\s?["'`](?:path|collection id)["'`],"""
)  # fmt: skip
_FUNCTION = re.compile(rb"function ([\w$]{1,40})\([\w$, .=]{0,80}\)\s?\{")
_BEFORE, _BEFORE_HEADER = 500, 8_000
"""Bytes before its words in which a function begins, and before what a module gives in which its number stands."""
_BEFORE_CALL = 200_000
"""Bytes before a call in which its variable gets its value."""
_WORDS = (b"collection", b"collectionGroup", b"doc")
_MEMBER = re.compile(rb"([\w$]{1,60})\.([\w$]{1,40})\)\(")
_PLAIN = re.compile(rb"(?<![\w$.])collection(?:Group)?\(")
_CALL = re.compile(rb"(?<![\w$.])([\w$]{1,60})\(")
_EXPORTED = re.compile(rb"export\s?\{([^{}]{1,20000})\}")
_IMPORTED = re.compile(rb"""import\s?\{([^{}]{1,20000})\}\s?from\s?["']([^"'\s]{1,300})["']""")
_ALIAS = re.compile(rb"([\w$]{1,60})(?:\s+as\s+([\w$]{1,60}))?")
_GIVEN = rb"""["']([\w$]{1,40})["'],\s?(?:0,\s?)?(?:\(\)\s?=>\s?)?%s(?![\w$])[^\]]{0,2000}\],\s?(\d{1,9})\)"""
"""Turbopack: `e.s(["f",0,Cl],76178)`, a list of names and functions with the number of the module."""
_GETTER = rb"""([\w$]{1,40})["']?:\s?(?:\(\)\s?=>\s?|function\(\)\s?\{\s?return )%s(?![\w$])"""
_HEADER = re.compile(rb"""[{,]["']?(\d{1,9})["']?:\s?(?:function\s?)?\([\w$, ]{0,40}\)\s?(?:=>)?\s?\{""")
"""webpack: `76178:(e,t,n)=>{n.d(t,{f:()=>Cl})`, the number of the module before what it gives."""
_MODULE = rb"(?<![\w$.])%s=[\w$]{1,4}(?:\.i)?\((\d{1,9})\)"
"""The number of the module that a variable stands for, in both."""
_FIRST, _PAIRS = 200, {b"("[0]: 1, b"["[0]: 1, b"{"[0]: 1, b")"[0]: -1, b"]"[0]: -1, b"}"[0]: -1}
"""Bytes of a first argument that are looked at, and what opens and closes in it."""
_TEXT = re.compile(rb"""\s{0,4}["'`]/?([A-Za-z0-9_][A-Za-z0-9_-]{0,62})(?=["'`/])""")
_ARGUMENT = re.compile(rb"""\s{0,4}(?!["'`\d])[\w$(]""")


class ModularCalls:
    """Takes the files of one page; a file may import from one that is read later."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], ShippedTable] = {}
        self._exports: set[tuple[bytes, bytes]] = set()
        """File, or number of a module, and name by which it exports one of these functions."""
        self._waiting: dict[tuple[bytes, bytes, str], ShippedTable] = {}
        """Calls of what is imported, as `_exports`, and the collection."""

    @property
    def found(self) -> Mapping[tuple[str, str], ShippedTable]:
        """The collections that some file asks for, by `CALL` and the name."""
        imported = {
            (CALL, name): table for (file, word, name), table in self._waiting.items() if (file, word) in self._exports
        }
        return {**imported, **self._known}

    def read(self, text: bytes, where: str) -> None:
        """Look through one script."""
        file = where.rpartition("/")[2].encode()
        for function in _defined(text):
            for name in _called(text, re.compile(rb"(?<![\w$.])" + re.escape(function) + rb"\(")):
                self._keep(name, where)
            self._exports.update(_exported(text, function, file))
        for name in _called(text, _PLAIN) if b"irestore" in text else ():
            self._keep(name, where)
        for module, word, name in _of_members(text):
            if word in _WORDS[:2] or (word in _WORDS and b"irestore" in text):
                self._keep(name, where)
            else:
                self._wait(module, word, name, where)
        for source, word, name in _of_imports(text):
            self._wait(source, word, name, where)

    def _keep(self, name: str, where: str) -> None:
        if len(self._known) < MOST_NAMES:
            self._known.setdefault((CALL, name), ShippedTable(name=name, where=where))

    def _wait(self, file: bytes, word: bytes, name: str, where: str) -> None:
        if len(self._waiting) < MOST_NAMES:
            self._waiting.setdefault((file, word, name), ShippedTable(name=name, where=where))


def _defined(text: bytes) -> list[bytes]:
    """The names of these functions in a file."""
    places = (match.start() for match in islice(_DEFINITION.finditer(text), _MOST_DEFINITIONS))
    found = (_FUNCTION.findall(text, max(0, at - _BEFORE), at) for at in places)
    return list(dict.fromkeys(names[-1] for names in found if names))


def _exported(text: bytes, function: bytes, file: bytes) -> Iterator[tuple[bytes, bytes]]:
    for listed in islice(_EXPORTED.finditer(text), MOST_TRIES):
        for match in _ALIAS.finditer(listed[1]):
            if match[1] == function:
                yield file, match[2] or match[1]
    name = re.escape(function)
    for given in _places_of(text, b"," + function, _GIVEN % name):
        yield given[2], given[1]
    for literal in (b">" + function, b"return " + function):
        for given in _places_of(text, literal, _GETTER % name):
            headers = _HEADER.findall(text, max(0, given.start() - _BEFORE_HEADER), given.start())
            if headers:
                yield headers[-1], given[1]


def _places_of(text: bytes, literal: bytes, form: bytes) -> Iterator[re.Match[bytes]]:
    """Where a form stands around a literal; it begins at most 60 bytes before it."""
    compiled = re.compile(form)
    for at in islice(_finds(text, literal), MOST_TRIES):
        found = compiled.search(text, max(0, at - 60), at + 2_100)
        if found is not None:
            yield found


def _finds(text: bytes, literal: bytes) -> Iterator[int]:
    at = text.find(literal)
    while at >= 0:
        yield at
        at = text.find(literal, at + len(literal))


def _called(text: bytes, call: re.Pattern[bytes]) -> Iterator[str]:
    """The collections in calls of one function."""
    for found in islice(call.finditer(text), MOST_TRIES):
        name = _second(text, found.end())
        if name:
            yield name


def _of_members(text: bytes) -> Iterator[tuple[bytes, bytes, str]]:
    """Number of the module, name and collection of each call of a member that looks like one of these calls."""
    count = 0
    for at in islice(_finds(text, b"(0,"), _MOST_CALLS):
        found = _MEMBER.match(text, at + 3)
        name = _second(text, found.end()) if found is not None else ""
        if found is not None and name:
            yield _module_of(text, found[1], at), found[2], name
            count += 1
            if count >= MOST_NAMES:
                return


def _module_of(text: bytes, variable: bytes, at: int) -> bytes:
    """The number of the module that a variable stood for last; empty where nothing says so."""
    form, start = re.compile(_MODULE % re.escape(variable)), max(0, at - _BEFORE_CALL)
    for _ in range(_MOST_VALUES):
        at = text.rfind(variable + b"=", start, at)
        found = form.match(text, at) if at >= 0 else None
        if at < 0 or found is not None:
            return found[1] if found is not None else b""
    return b""


def _of_imports(text: bytes) -> Iterator[tuple[bytes, bytes, str]]:
    """File, name and collection of each call of what is imported, if it looks like one of these calls."""
    local: dict[bytes, tuple[bytes, bytes]] = {}
    for found in islice(_IMPORTED.finditer(text), MOST_TRIES):
        source = found[2].rpartition(b"/")[2]
        local |= {match[2] or match[1]: (source, match[1]) for match in _ALIAS.finditer(found[1])}
    if not local:
        return
    for call in islice((each for each in _CALL.finditer(text) if each[1] in local), _MOST_CALLS):
        name = _second(text, call.end())
        if name:
            yield *local[call[1]], name


def _second(text: bytes, at: int) -> str:
    """The text that begins a call's second argument, up to its first slash; the first argument is no text."""
    if _ARGUMENT.match(text, at) is None:
        return ""
    depth, end = 0, min(len(text), at + _FIRST)
    for place in range(at, end):
        byte = text[place]
        depth += _PAIRS.get(byte, 0)
        if depth < 0 or byte == b";"[0]:
            return ""
        if depth == 0 and byte == b","[0]:
            found = _TEXT.match(text, place + 1)
            return found[1].decode("ascii") if found is not None else ""
    return ""
