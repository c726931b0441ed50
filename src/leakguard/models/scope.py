"""The scope: a dated, owner-named list of assets that we may probe."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from datetime import date, time
from enum import StrEnum
from typing import Literal, get_args

from leakguard.frozen import Frozen, replace

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
"""In the order of `date.weekday()`."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class EntryKind(StrEnum):
    """What a line of the scope names."""

    NETWORK = "network"
    NAME = "name"
    WILDCARD = "wildcard"
    BUCKET = "bucket"
    ACCOUNT = "account"
    BACKEND = "backend"
    """What pages and apps talk to, such as `supabase://REF`."""
    SITE = "site"
    """One web server of ours by its URL: one host, one port."""


class ScopeEntry(Frozen):
    """One line of `include`, `exclude`, `decoys` or `public`."""

    kind: EntryKind
    text: str
    """As the owner wrote it."""
    network: Network | None = None
    name: str = ""
    """Lower-case host name; for a wildcard the part behind `*.`; for a bucket or account its name; else its host."""
    port: int | None = None
    """Of a site."""


class Owner(Frozen):
    """Who answers for the assets and for the scan."""

    organisation: str
    contact: str
    approved_by: str
    approved_at: date
    country: str = ""
    """Where the organisation sits, as ISO codes; their laws are watched. Empty where the file does not say."""


PERMISSIONS_IN_SCOPE = ("default_accounts", "industrial")
"""What a scope may allow, each by a permission of its own."""


class OwnerPermission(Frozen):
    """The owner's permission for something that is not probed without it, by name and for days."""

    allowed_by: str
    """Who answers for it, by name."""
    allowed_at: date
    until: date
    """The last day, by UTC."""

    def holds_on(self, day: date) -> bool:
        """Whether it is in force."""
        return self.allowed_at <= day <= self.until

    def to_json(self) -> dict[str, str]:
        """As plain values."""
        return {
            "allowed_by": self.allowed_by, "allowed_at": self.allowed_at.isoformat(), "until": self.until.isoformat(),
        }  # fmt: skip

    @classmethod
    def from_json(cls, value: Mapping[str, str] | None) -> OwnerPermission | None:
        """The inverse of `to_json`; nothing for nothing."""
        if value is None:
            return None
        days = {name: date.fromisoformat(value[name]) for name in ("allowed_at", "until")}
        return cls(allowed_by=value["allowed_by"], **days)

    @property
    def words(self) -> str:
        """`allowed by Jane Roe on 2026-11-20, until 2026-12-15`."""
        return f"allowed by {self.allowed_by} on {self.allowed_at}, until {self.until}"


class Limits(Frozen):
    """Connections a second: in total, to one address, to one network, under one name.

    The defaults are meant to be felt by nobody. 5 a second is what one browser opens to a page: any device bears it.
    50 a second to a network are ten such hosts at once; a firewall that keeps an unanswered connection for two minutes
    (`nf_conntrack_tcp_timeout_syn_sent` of Linux) then holds at most 6,000 entries of ours.
    A name that leads to many addresses is still one service with one team behind it, so all of them together get the
    double of one address. 500 a second in total are well below what an office line or its router notices.
    """

    total: float = 500.0
    per_host: float = 5.0
    per_network: float = 50.0
    """To one network of 256 IPv4 addresses (/24), or to one IPv6 link (/64)."""
    per_name: float = 10.0
    """To all addresses of one host name together."""

    def of_part(self, parts: int) -> Limits:
        """What one of several parts of a run may do that are under way at once and share the total by other means.

        An address is in one part; a network, and the addresses of a name, may be spread over all of them.
        """
        return replace(self, per_network=self.per_network / parts, per_name=self.per_name / parts)


class QuietHours(Frozen):
    """Hours in which nothing is probed, on the wall clock of their zone."""

    zone: str
    """An IANA name, such as `Asia/Shanghai`."""
    start: time
    end: time
    """Not after `start` when the hours go over midnight; 00:00 is the end of the day on which they begin."""
    days: tuple[Weekday, ...] = WEEKDAYS
    """The days on which the hours begin."""


class Scope(Frozen):
    """What may be probed, by whose permission, from and until which day (both included, UTC)."""

    name: str
    owner: Owner
    valid_from: date
    valid_until: date
    include: tuple[ScopeEntry, ...]
    exclude: tuple[ScopeEntry, ...] = ()
    decoys: tuple[ScopeEntry, ...] = ()
    public: tuple[ScopeEntry, ...] = ()
    """Tables and collections of backends that are meant for strangers."""
    limits: Limits = Limits()
    quiet_hours: tuple[QuietHours, ...] = ()
    sampling: bool = False
    """Whether the owner permits that a few records are read of stores that are open, to count the kinds of data."""
    default_accounts: OwnerPermission | None = None
    """The owner's leave to ask a product's own administrative account once; without it no such account is asked."""
    industrial: OwnerPermission | None = None
    """The owner's leave to ask industrial and medical devices; without it nothing connects to their ports."""
    digest: str = ""
    """SHA-256 of the file's text, kept with each run as proof of the permission."""
