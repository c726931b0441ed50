"""The scope file: who gives permission, for what, from when until when."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from leakguard.errors import BadFile, Problem, ScopeRefused
from leakguard.files.yaml_text import ReadText, reading_yaml
from leakguard.models.scope import PERMISSIONS_IN_SCOPE, EntryKind, OwnerPermission, Scope, ScopeEntry
from leakguard.scanning.backends import OWN, Backend, parse_backend
from leakguard.scanning.exclusions import places_of
from leakguard.scanning.scope.entries import parse_entry
from leakguard.scanning.scope.plain import StatedScope, plain_scope

LISTS = ("include", "exclude", "decoys", "public")
_HOSTS = frozenset({EntryKind.NETWORK, EntryKind.NAME, EntryKind.WILDCARD})


def parse_scope(text: str, *, name: str, now: datetime) -> Scope:
    """Read a scope and refuse it when `now` lies outside its days or nobody answers for it.

    Raises `BadFile` with every problem of the file, or `ScopeRefused`.
    """
    scope = read_scope(text, name=name)
    refuse_if_not_permitted(scope, name=name, today=now.date())
    return scope


def read_scope(text: str, *, name: str) -> Scope:
    """Read a scope, whether it permits anything or not; raises `BadFile` with every problem of the file."""
    with reading_yaml(text, name=name) as read:
        problems: list[Problem] = []
        lists = {field: _entries(read, field, problems) for field in LISTS}
        try:
            stated = plain_scope(read.value) or _shaped(read, name=name)
        except BadFile as bad:
            raise BadFile(name, (*bad.problems, *problems)) from bad
        if problems:
            raise BadFile(name, tuple(problems))
        return Scope(
            name=stated.name,
            owner=stated.owner,
            valid_from=stated.valid_from,
            valid_until=stated.valid_until,
            include=lists["include"],
            exclude=lists["exclude"],
            decoys=lists["decoys"],
            public=lists["public"],
            limits=stated.limits,
            quiet_hours=stated.quiet_hours,
            sampling=stated.sampling,
            default_accounts=stated.default_accounts,
            industrial=stated.industrial,
            digest=hashlib.sha256(text.encode()).hexdigest(),
        )


def _shaped(read: ReadText, *, name: str) -> StatedScope:
    """What a file states that is not plain; raises `BadFile` with every problem."""
    from leakguard.scanning.scope.shape import shaped_scope  # noqa: PLC0415  (loads pydantic)

    return shaped_scope(read, name=name)


def _entries(read: ReadText, field: str, problems: list[Problem]) -> tuple[ScopeEntry, ...]:
    """The entries of one list, read from the plain values so that another broken field hides none of them."""
    values = read.value.get(field) if isinstance(read.value, dict) else None
    entries = []
    for index, text in enumerate(values if isinstance(values, list) else ()):
        try:
            entries += [_entry(field, text)] if isinstance(text, str) else []
        except ValueError as error:
            line = read.line_of((field, index))
            problems.append(Problem(where=f"{field}[{index}]", text=f"`{text[:80]}`: {error}", line=line))
    return tuple(entries)


def _entry(field: str, text: str) -> ScopeEntry:
    """Raises `ValueError`; strangers are meant to read a table at the most, and never all of a backend."""
    entry = parse_entry(text)
    if field == "public" and not (entry.kind is EntryKind.BACKEND and parse_backend(text).table):
        raise ValueError("name a table of a backend that is meant for strangers, as `supabase://REF/catalogue`")
    if field == "decoys" and entry.kind not in _HOSTS and next(places_of((entry,)), None) is None:
        raise ValueError("name a decoy by its address, its name, its URL, or as a backend at a host of its own")
    if field == "exclude" and entry.kind is EntryKind.BACKEND and _is_part_of_own(parse_backend(text)):
        raise ValueError("exclude the server as a whole: it names its tables itself, and is asked for all")
    return entry


def _is_part_of_own(backend: Backend) -> bool:
    return backend.kind.kind == OWN and bool(backend.table)


def refuse_if_not_permitted(scope: Scope, *, name: str, today: date) -> None:
    """Raise `ScopeRefused` when `today` lies outside its days, or nobody answers for it."""
    owner = scope.owner
    if not all(part.strip() for part in (owner.organisation, owner.contact, owner.approved_by)):
        raise ScopeRefused(
            f"{name}: the scope has no owner: organisation, contact and approved_by must not be empty",
            next_step="Name the person who may permit the scan.",
        )
    if scope.valid_until < scope.valid_from:
        raise ScopeRefused(f"{name}: the scope ends before it begins", next_step="Mend `valid`.")
    if owner.approved_at > today:
        raise ScopeRefused(
            f"{name}: approved_at {owner.approved_at} is in the future", next_step="Get the approval first."
        )
    if today < scope.valid_from:
        raise ScopeRefused(
            f"{name}: the scope is not yet valid; it begins on {scope.valid_from}",
            next_step="Wait for that day, or ask the owner for an earlier start.",
        )
    if today > scope.valid_until:
        raise ScopeRefused(
            f"{name}: the scope expired on {scope.valid_until}",
            next_step="Ask the owner to approve it again and set `valid.until`.",
        )
    _refuse_leave(scope, name=name, today=today)
    if not scope.include:
        raise ScopeRefused(f"{name}: the scope includes nothing", next_step="List your assets under `include`.")


def _refuse_leave(scope: Scope, *, name: str, today: date) -> None:
    """A leave that is not in force stops the scan, so that nobody takes its silence for an answer."""
    for allowed in PERMISSIONS_IN_SCOPE:
        leave: OwnerPermission | None = getattr(scope, allowed)
        if leave is not None and not leave.holds_on(today):
            raise ScopeRefused(
                f"{name}: {allowed} is {leave.words}, which is not in force on {today}",
                next_step=f"Ask the owner for new days, or take `{allowed}` out.",
            )
