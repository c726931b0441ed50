"""Names of tables, collections and classes that scripts ask for, by the calls of the usual clients."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from leakguard.shipped.graphql_documents import fields_of_queries

_WORDS = {
    b"name": rb"""[A-Za-z_][A-Za-z0-9_]{0,62}""",
    b"open": rb"""\(\s{0,4}["'`]""",
    b"function": rb"""(?:\(0,\s{0,4}[\w$.]{1,60}\)|[\w$.]{1,60})""",
}
_CALLS = re.compile(
    rb"""\.from%(open)s(?P<from>[A-Za-z_][A-Za-z0-9_-]{0,62})["'`]\s{0,4}\)"""
    rb"""|\.collection%(open)s(?P<collection>[A-Za-z_][A-Za-z0-9_-]{0,62})["'`]\s{0,4}\)"""
    rb"""|/rest/v1/(?!rpc/)(?P<rest>%(name)s)"""
    rb"""|/api/collections/(?P<pocketbase>%(name)s)/records"""
    rb"""|/classes/(?P<class>%(name)s)"""
    rb"""|\.(?:Query|Object|Object\.extend)%(open)s(?P<parse>%(name)s)["'`]\s{0,4}[,)]"""
    rb"""|/items/(?P<items>%(name)s)"""
    rb"""|\.request\(\s{0,4}%(function)s%(open)s(?P<directus>%(name)s)["'`]\s{0,4}[,)]"""
    rb"""|/api/(?P<strapi>[a-z][a-z0-9-]{0,62})\?(?:populate|fields|filters|pagination|sort|locale|status)[=\[%%]"""
    % _WORDS
)
"""By the group: supabase-js; Firebase, PocketBase and Strapi; PostgREST, PocketBase, Parse and Directus by their paths;
the clients of Parse and Directus; and Strapi by its own words behind its path. Bundlers shorten names of functions, and
keep those of members."""
_LITERALS = (
    b".from(", b".collection(", b"/rest/v1/", b"/api/collections/", b"/classes/", b".Query(", b".Object(",
    b".Object.extend(", b"/items/", b".request(", b"/api/",
)  # fmt: skip
_NOT_CLIENTS = re.compile(rb"(?:Array|Buffer|Set|Map|Object|Date|String|Observable)\Z")
"""Whose own `from` has nothing to do with a table."""
_BEFORE, _BEHIND = 12, 160
MOST_TRIES = 20_000
GRAPHQL = "graphql"


def tables_asked_for(text: bytes) -> Iterator[tuple[str, str]]:
    """The call and the name, as often as it stands there."""
    yield from chain.from_iterable(_by_literal(text, literal) for literal in _LITERALS)
    yield from ((GRAPHQL, name) for name in fields_of_queries(text))


def _by_literal(text: bytes, literal: bytes) -> Iterator[tuple[str, str]]:
    tried, at = 0, text.find(literal)
    while at >= 0 and tried < MOST_TRIES:
        yield from _name_at(text, at)
        tried, at = tried + 1, text.find(literal, at + len(literal))


def _name_at(text: bytes, at: int) -> Iterator[tuple[str, str]]:
    found = _CALLS.match(text, at, at + _BEHIND)
    if found is None or found.lastgroup is None:
        return
    if found["from"] and _NOT_CLIENTS.search(text[max(0, at - _BEFORE) : at]):
        return
    yield found.lastgroup, found[found.lastgroup].decode("ascii")
