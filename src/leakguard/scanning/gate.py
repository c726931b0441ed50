"""The gate: may this name, this address, this bucket be probed? Asked in the plan and again at connect time."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cache

from leakguard.errors import OutOfScope
from leakguard.frozen import Frozen, field
from leakguard.models.industrial import industrial_name, industrial_refusal, is_asked
from leakguard.models.scope import EntryKind, Network, Scope, ScopeEntry
from leakguard.models.targets import Endpoint, join_host_port
from leakguard.scanning.addresses import Address, AddressSet, address_set
from leakguard.scanning.backends import OWN, Backend, parse_backend
from leakguard.scanning.buckets import Bucket, parse_bucket
from leakguard.scanning.exclusions import Place, Taken, is_taken, networks_of, places_of, taken_by
from leakguard.scanning.literals import all_of, is_public, parse_address, translator_address
from leakguard.scanning.network_difference import uncovered

_NEXT_STEP = "Probe only what the owner has put into the scope; `leakguard scope show` lists it."


class Gate(Frozen):
    """Answers for one scope. Exclusion always wins."""

    scope: Scope
    excluded_addresses: frozenset[str] = field(default_factory=frozenset)
    """What the excluded names resolved to when the run was planned, as `str(parse_address(...))` spells it."""
    excluded_places: frozenset[Place] = field(default_factory=frozenset)
    """What the hosts of excluded URLs and backends of ours resolved to, with the port of each, in the same spelling."""

    def plain_addresses(self) -> AddressSet:
        """Every address that may be probed without a name, for those who ask millions of times."""
        parsed = (parse_address(address) for address in self.excluded_addresses)
        singles = address_set(ipaddress.ip_network(each) for each in parsed if each is not None)
        included, excluded = (
            address_set(networks)
            for networks in (
                (entry.network for entry in self.scope.include if entry.network), networks_of(self.scope.exclude),
            )
        )  # fmt: skip
        return included.without(excluded).without(singles)

    def check(self, endpoint: Endpoint) -> None:
        """Raise `OutOfScope` unless `endpoint` may be connected to, by the address that the socket will use."""
        reason = self.endpoint_refusal(endpoint)
        if reason:
            raise OutOfScope(f"{endpoint.target}: {reason}", next_step=_NEXT_STEP)

    def may_ask_default_accounts(self, day: date) -> bool:
        """Whether the owner's leave to ask a product's own administrative account once is in force."""
        leave = self.scope.default_accounts
        return leave is not None and leave.holds_on(day)

    def opens_port(self, port: int, scheme: str | None = None, *, on: date | None = None) -> bool:
        """Whether the port may be connected to: those of industrial devices by the owner's leave alone."""
        if not industrial_name(port, scheme):
            return True
        leave = self.scope.industrial
        return leave is not None and is_asked(port, scheme) and (on is None or leave.holds_on(on))

    def plain_at(self, today: Callable[[], date]) -> Callable[[int, int, int], bool]:
        """Answers for an address as a number, its version and a port, at the moment of connecting without a name."""
        has, taken = self.plain_addresses().has, self.taken_ports()

        def may_connect(number: int, version: int, port: int) -> bool:
            is_open = has(number, version) and self.opens_port(port, on=today())
            return is_open and not (taken and is_taken(taken, number, version, port))

        return may_connect

    def taken_ports(self) -> Taken:
        """The ports that are excluded at single addresses."""
        return taken_by((*places_of(self.scope.exclude), *self.excluded_places))

    def check_on(self, day: date, endpoint: Endpoint) -> None:
        """As `check`, at the moment of connecting."""
        self.check(endpoint)
        if not self.opens_port(endpoint.port, endpoint.scheme, on=day):
            raise OutOfScope(f"{endpoint.target}: the leave `industrial` is not in force", next_step=_NEXT_STEP)

    def endpoint_refusal(self, endpoint: Endpoint) -> str | None:
        """Why the endpoint may not be probed, or nothing when it may."""
        if not self.opens_port(endpoint.port, endpoint.scheme):
            return industrial_refusal(endpoint.port, endpoint.scheme)
        if (excluded := self._place_exclusion(endpoint)) is not None:
            return excluded
        if self._is_own_bucket(endpoint) or self._is_own_backend(endpoint) or self._is_own_site(endpoint):
            return self._exclusion(endpoint.address, endpoint.host)
        return self.refusal(endpoint.address, endpoint.host)

    def _is_own_bucket(self, endpoint: Endpoint) -> bool:
        """A bucket of ours at its provider's public address is ours, although the address is not."""
        literal = parse_address(endpoint.address)
        if literal is None or not is_public(literal) or endpoint.host is None:
            return False
        own = (item for item in self._own_buckets() if item.host == endpoint.host)
        return any(item.name in endpoint.buckets for item in own)

    def _is_own_backend(self, endpoint: Endpoint) -> bool:
        """A backend that the scope names, where its provider answers in public, or at the very place that it names."""
        meant = endpoint.backend
        if meant is None:
            return False
        host = endpoint.host or endpoint.address
        own = [backend for backend in self.backends_at(host, endpoint.port) if backend.name == meant.name]
        return any(self._opens(endpoint.address, each.host) for each in own)

    def _is_own_site(self, endpoint: Endpoint) -> bool:
        """A web server that the scope names by its URL: that port of that host, and no other."""
        named = {(endpoint.host or endpoint.address).lower(), endpoint.address}
        sites = [entry for entry in self.scope.include if entry.kind is EntryKind.SITE and entry.port == endpoint.port]
        return any(entry.name in named and self._opens(endpoint.address, entry.name) for entry in sites)

    def _opens(self, address: str, named: str) -> bool:
        """Whether a host that is named opens an address: itself, or a public one that its name led to."""
        literal = parse_address(address)
        if literal is None or parse_address(named) is not None:
            return literal is not None and literal == parse_address(named)
        return is_public(literal) or (literal.is_loopback and named == "localhost")

    def backends_at(self, host: str, port: int) -> tuple[Backend, ...]:
        """The backends of the scope that answer there, those left out that it excludes as a whole."""
        gone = {backend.project for backend in backends_of(self.scope.exclude) if not backend.table}
        here = (
            backend
            for backend in backends_of(self.scope.include)
            if (backend.host, backend.port) == (host.lower(), port)
        )
        return tuple(each for each in here if each.project not in gone)

    def public_tables(self, endpoint: Endpoint) -> frozenset[str]:
        """The tables of a server of ours there that the owner declared as meant for strangers."""
        if not self.scope.public:
            return frozenset()
        hosts = {(endpoint.host or "").lower(), endpoint.address}
        here = (
            backend
            for backend in backends_of(self.scope.public)
            if backend.host in hosts and backend.port == endpoint.port
        )
        return frozenset(each.table for each in here if each.kind.kind == OWN)

    def names_host(self, host: str) -> bool:
        """Whether the scope names a site or a backend at a host of this name."""
        kinds = (EntryKind.SITE, EntryKind.BACKEND)
        return any(entry.kind in kinds and entry.name == host.lower() for entry in self.scope.include)

    def backend_refusal(self, backend: Backend) -> str | None:
        """Why a backend, or one table of it, may not be asked; a place of ours may be in the scope by itself.

        Of a backend without a table those are asked for that the scope names.
        """
        gone = [each for each in backends_of(self.scope.exclude) if each.project == backend.project]
        if any(each.table in {"", backend.table} for each in gone):
            return "the scope excludes it"
        own = [each for each in self.backends_at(backend.host, backend.port) if each.project == backend.project]
        if own and (not backend.table or any(each.table in {"", backend.table} for each in own)):
            return None
        if own:
            named = ", ".join(sorted(each.table for each in own))
            return f"the scope names only a part of it: {named[:200]}"
        return None if backend.is_ours else "it is not in the scope"

    def refusal(self, address: str, host: str | None = None) -> str | None:
        """Why the address may not be probed, or nothing when it may."""
        literal = parse_address(address)
        if literal is None:
            return "not an address"
        excluded = self._exclusion(address, host)
        if excluded or self._network_in(literal, self.scope.include):
            return excluded
        return self._refusal_by_name(literal, host)

    def is_excluded(self, address: str, host: str | None = None) -> bool:
        """Whether the scope takes this very address out, or the name that it is asked for by."""
        return self._exclusion(address, host) is not None

    def excludes(self, endpoint: Endpoint) -> bool:
        """Whether the scope takes this endpoint out, by its address, its name or its port there."""
        return self.is_excluded(endpoint.address, endpoint.host) or self._place_exclusion(endpoint) is not None

    def _place_exclusion(self, endpoint: Endpoint) -> str | None:
        """By a URL or a backend that is excluded, whatever name or protocol the endpoint is asked for in."""
        gone = {*places_of(self.scope.exclude), *self.excluded_places}
        hosts = _spellings(endpoint.address, endpoint.host) if gone else ()
        found = next((host for host in hosts if (host, endpoint.port) in gone), None)
        return None if found is None else f"`{join_host_port(found, endpoint.port)}` is excluded by the scope"

    def _exclusion(self, address: str, host: str | None) -> str | None:
        literal = parse_address(address)
        if host and self._name_in(host, self.scope.exclude):
            return f"`{host}` is excluded by the scope"
        written = translator_address(address)
        meant = (*(() if written is None else (written,)), *(all_of(literal) if literal else ()))
        if (excluded := next(filter(self._is_taken_out, meant), None)) is None:
            return None
        words = f"{excluded} is excluded by the scope"
        return words if excluded in {literal, written} else f"{literal} leads to an excluded address: {words}"

    def _is_taken_out(self, literal: Address) -> bool:
        in_network = any(literal in network for network in networks_of(self.scope.exclude))
        return in_network or str(literal) in self.excluded_addresses

    def _refusal_by_name(self, literal: Address, host: str | None) -> str | None:
        """A name alone opens only public addresses: an inside address must stand in the scope as well."""
        if not host or not self.allows_name(host):
            return f"{literal} is not in the scope `{self.scope.name}`"
        if is_public(literal) or (literal.is_loopback and host.lower() == "localhost"):
            return None
        return f"`{host}` leads to the inside address {literal}, which is not in the scope `{self.scope.name}`"

    def allows_name(self, host: str) -> bool:
        """Whether the name stands in the scope, by itself or by a wildcard, and is not excluded."""
        return self._name_in(host, self.scope.include) and not self._name_in(host, self.scope.exclude)

    def allows_bucket(self, bucket: Bucket) -> bool:
        """Whether the bucket stands in the scope and is not excluded; without a host, wherever it is kept."""
        return any(
            (item.scheme, item.name) == (bucket.scheme, bucket.name) and bucket.host in {None, item.host}
            for item in self._own_buckets()
        )

    def check_accounts(self, accounts: Iterable[str]) -> None:
        """Raise `OutOfScope` that names all the accounts whose settings may not be read."""
        outside = [f"aws://{account}" for account in accounts if not self.allows_account(account)]
        if outside:
            raise OutOfScope(
                f"not in the scope `{self.scope.name}`: {', '.join(outside)}",
                next_step="Have the owner put the account into `include`, or name another profile.",
            )

    def allows_account(self, account: str) -> bool:
        """Whether the settings of the account may be read: it stands in the scope and is not excluded."""
        named = (
            any(entry.kind is EntryKind.ACCOUNT and entry.name == account for entry in entries)
            for entries in (self.scope.include, self.scope.exclude)
        )
        return next(named) and not next(named)

    def excludes_bucket(self, text: str) -> bool:
        """Whether the scope excludes a bucket, `s3://name`, by this very name."""
        try:
            return parse_bucket(text) in buckets_of(self.scope.exclude)
        except ValueError:
            return False

    def _own_buckets(self) -> tuple[Bucket, ...]:
        gone = buckets_of(self.scope.exclude)
        return tuple(bucket for bucket in buckets_of(self.scope.include) if bucket not in gone)

    def is_decoy(self, address: str, host: str | None = None, *, port: int = 0) -> bool:
        """Whether the owner declared this address, name or port of it as a trap of theirs; hardly any scope has one."""
        if not self.scope.decoys:
            return False
        literal = parse_address(address)
        by_address = literal is not None and self._network_in(literal, self.scope.decoys)
        by_place = not {(each, port) for each in _spellings(address, host)}.isdisjoint(places_of(self.scope.decoys))
        return by_address or by_place or (host is not None and self._name_in(host, self.scope.decoys))

    def covers(self, network: Network) -> bool:
        """Whether every address of `network` is included (exclusions aside)."""
        return uncovered(network, (entry.network for entry in self.scope.include if entry.network)) is None

    def _network_in(self, literal: Address, entries: tuple[ScopeEntry, ...]) -> bool:
        return any(entry.network is not None and literal in entry.network for entry in entries)

    def _name_in(self, host: str, entries: tuple[ScopeEntry, ...]) -> bool:
        name = host.lower().rstrip(".")
        for entry in entries:
            if entry.kind is EntryKind.NAME and entry.name == name:
                return True
            if entry.kind is EntryKind.WILDCARD and name.endswith(f".{entry.name}"):
                return True
        return False


def _spellings(address: str, host: str | None) -> Iterator[str]:
    """The name that is asked for, and the address with all that it leads to."""
    literal = parse_address(address)
    yield from () if host is None else (host.lower().rstrip("."),)
    yield from () if literal is None else map(str, all_of(literal))


def backends_of(entries: Iterable[ScopeEntry]) -> tuple[Backend, ...]:
    """The backends among the entries."""
    return tuple(_parsed(entry.text) for entry in entries if entry.kind is EntryKind.BACKEND)


_parsed = cache(parse_backend)
"""A scope names few, and each connection to one asks for all."""


def buckets_of(entries: Iterable[ScopeEntry]) -> tuple[Bucket, ...]:
    """The buckets among the entries: `gs://name` is ours at one provider, where `s3://name` may be a stranger's."""
    return tuple(parse_bucket(entry.text) for entry in entries if entry.kind is EntryKind.BUCKET)
