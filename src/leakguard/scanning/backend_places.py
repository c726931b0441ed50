"""What the scope means of a backend: which tables, which of them are for strangers, which pages may ship its key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from leakguard.models.scope import EntryKind, Scope, ScopeEntry
from leakguard.models.targets import BackendPlace, Endpoint
from leakguard.scanning.backends import HTTPS, OWN, Backend, backend_text
from leakguard.scanning.gate import Gate, backends_of
from leakguard.scanning.literals import parse_address
from leakguard.scanning.scope.sites import site_parts

MOST_PAGES = 20
"""Pages of one scope that are read to find the public key of one backend."""


def backend_place(backend: Backend, gate: Gate, resolved: Mapping[str, tuple[str, ...]]) -> BackendPlace:
    """All that an endpoint of the backend has to know; a table that the user named is the only one."""
    scope = gate.scope
    own = [each for each in gate.backends_at(backend.host, backend.port) if each.project == backend.project]
    public = _tables(scope.public, backend)
    named = tuple(dict.fromkeys((*(each.table for each in own if each.table), *public)))
    is_whole = not own or any(not each.table for each in own)
    return BackendPlace(
        name=backend.name, tables=(backend.table,) if backend.table else named,
        is_whole=is_whole and not backend.table, is_own=backend.is_ours,
        excluded=_tables(scope.exclude, backend), public=public, pages=pages_of(gate, resolved),
    )  # fmt: skip


def _tables(entries: tuple[ScopeEntry, ...], backend: Backend) -> tuple[str, ...]:
    same = (each.table for each in backends_of(entries) if each.project == backend.project)
    return tuple(table for table in same if table)


def own_backend(scope: Scope, *, hosts: Iterable[str], port: int, table: str) -> str | None:
    """A table of a server of ours that the scope names as a backend, as a person names it; nothing where it does not.

    Such a server is in the scope by this name alone, and not as a web server.
    """
    gate = Gate(scope=scope)
    here = (backend for host in hosts for backend in gate.backends_at(host, port) if backend.kind.kind == OWN)
    found = next(here, None)
    if found is None or "/" in table:
        return None
    return backend_text(found.scheme, host=found.host, port=port, table=table)


def page_names(scope: Scope, *, of_sites_alone: bool = False) -> tuple[str, ...]:
    """The names of the scope at which pages may answer that ship the key of a backend, or name its tables."""
    entries = (
        page_entry for page_entry in _page_entries(scope) if page_entry.kind is EntryKind.SITE or not of_sites_alone
    )
    return tuple(entry.name for entry in entries if parse_address(entry.name) is None)


def _page_entries(scope: Scope) -> tuple[ScopeEntry, ...]:
    """Sites first: whoever writes a whole URL means this very page."""
    kinds = (EntryKind.SITE, EntryKind.NAME)
    return tuple(entry for kind in kinds for entry in scope.include if entry.kind is kind)[:MOST_PAGES]


def pages_of(gate: Gate, resolved: Mapping[str, tuple[str, ...]]) -> tuple[Endpoint, ...]:
    """The pages of the scope, as far as it opens them and their names led somewhere."""
    return tuple(_pages(gate, resolved))


def _pages(gate: Gate, resolved: Mapping[str, tuple[str, ...]]) -> Iterator[Endpoint]:
    for entry in _page_entries(gate.scope):
        scheme, path = site_parts(entry.text) if entry.kind is EntryKind.SITE else ("https", "")
        literal = parse_address(entry.name)
        for address in (entry.name,) if literal else resolved.get(entry.name, ()):
            page = Endpoint(
                address=address, port=entry.port or HTTPS, host=None if literal else entry.name, scheme=scheme,
                path=path, named=True,
            )  # fmt: skip
            if gate.endpoint_refusal(page) is None:
                yield page
                break
