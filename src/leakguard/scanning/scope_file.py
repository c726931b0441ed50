"""The scope file: who gives permission, for what, from when until when."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from leakguard.errors import BadFile, Problem, ScopeRefused
from leakguard.files.shapes import Shape, fit
from leakguard.files.yaml_text import ReadText, read_yaml
from leakguard.models.scope import EntryKind, Network, Owner, Scope, ScopeEntry
from leakguard.scanning.buckets import is_bucket, parse_bucket
from leakguard.scanning.scope_limits import LimitsShape, QuietShape, one_or_more

_NAME = re.compile(r"^(?=.{1,253}$)(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?$")
_ACCOUNT = re.compile(r"^aws://(\d{12})$")
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
"""IPv4 written as IPv6 (RFC 4291, section 2.5.5.2)."""
LISTS = ("include", "exclude", "decoys")


class _OwnerShape(Shape):
    organisation: str
    contact: str
    approved_by: str
    approved_at: date


class _ValidShape(Shape):
    from_: date = Field(alias="from")
    until: date


class _ScopeShape(Shape):
    scope: str
    owner: _OwnerShape
    valid: _ValidShape
    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    decoys: tuple[str, ...] = ()
    limits: LimitsShape = Field(default_factory=LimitsShape)
    sampling: Literal["allowed", "forbidden"] = "forbidden"
    quiet_hours: Annotated[tuple[QuietShape, ...], BeforeValidator(one_or_more)] = ()


def parse_entry(text: str) -> ScopeEntry:
    """One line of the scope: a network, an address, a name, a wildcard, a bucket or an account."""
    bare = text.strip()
    if found := _ACCOUNT.match(bare):
        return ScopeEntry(kind=EntryKind.ACCOUNT, text=text, name=found[1])
    if is_bucket(bare):
        return ScopeEntry(kind=EntryKind.BUCKET, text=text, name=parse_bucket(bare).name)
    if "://" in bare:
        raise ValueError("not a bucket (`s3://name`) or an account (`aws://123456789012`)")
    if bare.startswith("*.") and _NAME.match(bare[2:].lower()):
        return ScopeEntry(kind=EntryKind.WILDCARD, text=text, name=bare[2:].lower().rstrip("."))
    network = _network(bare)
    if network is not None:
        return network
    if _NAME.match(bare.lower()) and not bare.replace(".", "").isdigit():
        return ScopeEntry(kind=EntryKind.NAME, text=text, name=bare.lower().rstrip("."))
    raise ValueError("not an address, a network, a host name, a wildcard, a bucket or an account")


def _network(bare: str) -> ScopeEntry | None:
    literal = re.sub(r"^\[([0-9A-Fa-f:.]+)\](/\d+)?$", r"\1\2", bare)
    try:
        network = ipaddress.ip_network(literal, strict=True)
    except ValueError as error:
        try:
            wider = ipaddress.ip_network(literal, strict=False)
        except ValueError:
            return None
        raise ValueError(f"has host bits set; did you mean `{wider}`?") from error
    return ScopeEntry(kind=EntryKind.NETWORK, text=bare, network=_unmapped(network))


def _unmapped(network: Network) -> Network:
    """An IPv4 network written as IPv6 is that IPv4 network: the gate compares addresses in the same way."""
    if isinstance(network, ipaddress.IPv4Network) or not network.subnet_of(_MAPPED):
        return network
    first = network.network_address.ipv4_mapped
    return ipaddress.IPv4Network((int(first or 0), network.prefixlen - _MAPPED.prefixlen))


def parse_scope(text: str, *, name: str, now: datetime) -> Scope:
    """Read a scope and refuse it when `now` lies outside its days or nobody answers for it.

    Raises `BadFile` with every problem of the file, or `ScopeRefused`.
    """
    read = read_yaml(text, name=name)
    problems: list[Problem] = []
    lists = {field: _entries(read, field, problems) for field in LISTS}
    try:
        shape = fit(read, _ScopeShape, name=name)
    except BadFile as bad:
        raise BadFile(name, (*bad.problems, *problems)) from bad
    if problems:
        raise BadFile(name, tuple(problems))
    _refuse_if_not_permitted(shape, lists["include"], name=name, today=now.date())
    return Scope(
        name=shape.scope,
        owner=Owner(**shape.owner.model_dump()),
        valid_from=shape.valid.from_,
        valid_until=shape.valid.until,
        include=lists["include"],
        exclude=lists["exclude"],
        decoys=lists["decoys"],
        limits=shape.limits.meant(),
        quiet_hours=tuple(hours.meant() for hours in shape.quiet_hours),
        sampling=shape.sampling == "allowed",
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def _entries(read: ReadText, field: str, problems: list[Problem]) -> tuple[ScopeEntry, ...]:
    """The entries of one list, read from the plain values so that another broken field hides none of them."""
    values = read.value.get(field) if isinstance(read.value, dict) else None
    entries = []
    for index, text in enumerate(values if isinstance(values, list) else ()):
        try:
            entries += [parse_entry(text)] if isinstance(text, str) else []
        except ValueError as error:
            line = read.line_of((field, index))
            problems.append(Problem(where=f"{field}[{index}]", text=f"`{text[:80]}`: {error}", line=line))
    return tuple(entries)


def _refuse_if_not_permitted(shape: _ScopeShape, include: tuple[ScopeEntry, ...], *, name: str, today: date) -> None:
    owner = shape.owner
    if not all(part.strip() for part in (owner.organisation, owner.contact, owner.approved_by)):
        raise ScopeRefused(
            f"{name}: the scope has no owner: organisation, contact and approved_by must not be empty",
            next_step="Name the person who may permit the scan.",
        )
    if shape.valid.until < shape.valid.from_:
        raise ScopeRefused(f"{name}: the scope ends before it begins", next_step="Mend `valid`.")
    if owner.approved_at > today:
        raise ScopeRefused(
            f"{name}: approved_at {owner.approved_at} lies in the future", next_step="Get the approval first."
        )
    if today < shape.valid.from_:
        raise ScopeRefused(
            f"{name}: the scope is not yet valid; it begins on {shape.valid.from_}",
            next_step="Wait for that day, or ask the owner for an earlier start.",
        )
    if today > shape.valid.until:
        raise ScopeRefused(
            f"{name}: the scope expired on {shape.valid.until}",
            next_step="Ask the owner to approve it again and set `valid.until`.",
        )
    if not include:
        raise ScopeRefused(f"{name}: the scope includes nothing", next_step="List your assets under `include`.")
