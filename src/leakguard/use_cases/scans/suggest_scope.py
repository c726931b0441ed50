"""Which backends and hosts our pages and apps name that the scope does not: offered to a person, and never added."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from leakguard.errors import BadFile, NotFound, Problem
from leakguard.frozen import Frozen
from leakguard.models.scope import Scope
from leakguard.models.texts import shown
from leakguard.ports import ScanStore
from leakguard.scanning.backends import is_backend, parse_backend
from leakguard.scanning.gate import Gate
from leakguard.scanning.scope.entries import parse_entry
from leakguard.scanning.scope.sites import is_site, parse_site
from leakguard.shipped.forms import ShippedForms
from leakguard.use_cases.scans.runs import list_runs, load_run

MOST = 500
"""Suggestions of one list; a page names a handful."""
_DEEPEST = 12
_LONGEST = 300
_HOST = "host"


class Suggestion(Frozen):
    """One thing that a page or an app of ours names."""

    entry: str
    """As the scope would name it."""
    kind: str
    """As `shipped/backends.yaml` names it, or `host` for a host with scripts of the page."""
    title: str
    where: str
    """The page or package, and the file in it."""
    is_entry: bool
    """Whether the scope can name it; otherwise there is advice alone."""
    advice: str


class ScopeFind(Frozen):
    """A find, before anybody asks whether the scope has it."""

    entry: str
    kind: str
    where: str


def seen_in_run(store: ScanStore, run: str | None) -> tuple[ScopeFind, ...]:
    """What the findings of a run name; without one, of the last run that read a page. Raises `NotFound`."""
    if run is not None:
        return _named_in(store, run) or ()
    for list_run in reversed(tuple(list_runs(store))):
        found = _named_in(store, list_run.id)
        if found is not None:
            return found
    raise NotFound("no run read a page yet", next_step="Scan one: leakguard scan https://app.example.edu/")


def _named_in(store: ScanStore, run: str) -> tuple[ScopeFind, ...] | None:
    """What the pages of a run name; nothing where it read none."""
    found: list[ScopeFind] = []
    has_page = False
    for finding in load_run(store, run).findings:
        shipped = finding.verdict.shipped
        place = finding.host or finding.target
        if shipped is not None:
            has_page = True
            found += [
                ScopeFind(entry=backend.entry, kind=backend.kind, where=f"{place}{backend.where}")
                for backend in shipped.backends
            ]
            found += [ScopeFind(entry=f"https://{host}", kind=_HOST, where=place) for host in shipped.unread_hosts]
    return tuple(found) if has_page else None


def seen_in_file(text: str, name: str) -> tuple[ScopeFind, ...]:
    """What a file of findings names: the JSON of a scan or of `app check`, or a line of JSON each; raises `BadFile`."""
    try:
        return tuple(_seen_in(json.loads(text), "", 0))
    except (ValueError, RecursionError):
        pass
    try:
        return tuple(
            scope_find for line in text.splitlines() if line.strip() for scope_find in _seen_in(json.loads(line), "", 0)
        )
    except (ValueError, RecursionError):
        raise BadFile(name, (Problem(where="", text="neither JSON nor JSON lines"),)) from None


def _seen_in(value: Any, place: str, depth: int) -> Iterator[ScopeFind]:  # noqa: ANN401  (a decoded document)
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for each in value:
            yield from _seen_in(each, place, depth + 1)
    if isinstance(value, dict):
        place = next((value[key] for key in ("host", "target", "file") if isinstance(value.get(key), str)), place)
        for name, each in value.items():
            if name == "backends" and isinstance(each, list):
                yield from (_seen(item, place) for item in each if isinstance(item, dict))
            else:
                yield from _seen_in(each, place, depth + 1)


def _seen(stated: dict[str, Any], place: str) -> ScopeFind:
    entry, kind, where = (shown(str(stated.get(name, "")), _LONGEST) for name in ("entry", "kind", "where"))
    return ScopeFind(entry=entry, kind=kind, where=shown(f"{place}{where}", _LONGEST))


def suggest_scope(seen: Iterable[ScopeFind], scope: Scope, forms: ShippedForms) -> tuple[Suggestion, ...]:
    """What was seen and is not in the scope, each once, in its order; what the scope excludes is left out."""
    gate, titles = Gate(scope=scope), {backend.id: backend for backend in forms.backends}
    found: dict[str, Suggestion] = {}
    for scope_find in seen:
        if not scope_find.entry or scope_find.entry in found or len(found) == MOST or _is_known(gate, scope_find.entry):
            continue
        form = titles.get(scope_find.kind)
        is_entry = (form is None or form.is_asked) and _is_entry(scope_find.entry)
        found[scope_find.entry] = Suggestion(
            entry=scope_find.entry, kind=scope_find.kind, where=scope_find.where, is_entry=is_entry,
            title=form.title if form is not None else "host with scripts of the page",
            advice=form.advice if form is not None else "Add it if the host is yours, and name the script as a target.",
        )  # fmt: skip
    return tuple(found.values())


def _is_entry(text: str) -> bool:
    try:
        parse_entry(text)
    except ValueError:
        return False
    return True


def _is_known(gate: Gate, text: str) -> bool:
    """Whether the scope includes it, or takes it out by name."""
    entries = (*gate.scope.include, *gate.scope.exclude)
    if any(entry.text.strip().rstrip("/") == text.rstrip("/") for entry in entries):
        return True
    try:
        if is_backend(text):
            backend = parse_backend(text)
            if not backend.is_ours:
                return gate.backend_refusal(backend) is None
            host = backend.host
        else:
            host = parse_site(text)[0] if is_site(text) else ""
    except ValueError:
        return False
    return bool(host) and (gate.allows_name(host) or gate.names_host(host) or gate.is_excluded(host, host))
