"""The plan: what a run looks at, as a space of endpoints that are made one by one, so that memory stays flat."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial

from leakguard.frozen import Frozen
from leakguard.models.scope import EntryKind, Scope
from leakguard.models.targets import BackendPlace, Endpoint
from leakguard.scanning.addresses import AddressSet, ranges_of
from leakguard.scanning.backend_places import backend_place, page_names, pages_of
from leakguard.scanning.backends import backend_text
from leakguard.scanning.buckets import PROVIDERS, parse_bucket
from leakguard.scanning.exclusions import excluded_names
from leakguard.scanning.gate import Gate, backends_of, buckets_of
from leakguard.scanning.layout import PlainRange, lay_out
from leakguard.scanning.left_out import LeftOut, first_of, left_out_of
from leakguard.scanning.literals import parse_address
from leakguard.scanning.space import Space, address_text
from leakguard.scanning.targets import Target, parse_target

_WEB = frozenset({"http", "https"})


class Plan(Frozen, dict=True):
    """All endpoints of a run, those that the scope excludes left out."""

    gate: Gate
    targets: tuple[Target, ...]
    resolved: Mapping[str, tuple[str, ...]]
    """Each name and the addresses that it led to when the run was planned."""
    ports: tuple[int, ...]
    """The ports to try where a target names none."""
    dropped: tuple[Target, ...] = ()
    """What the scope lists itself and neither excludes nor opens, such as a site whose name leads inside."""

    @property
    def count(self) -> int:
        """How many endpoints the plan holds, each counted once."""
        return self.space.size

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(name for target in self.targets if (name := target.provider_host or target.host))

    @cached_property
    def _addresses(self) -> AddressSet:
        plain = [(t.first.version, int(t.first), int(t.last)) for t in self.targets if t.first and t.last]
        v4, v6 = (ranges_of((first, last) for of, first, last in plain if of == version) for version in (4, 6))
        return AddressSet(v4, v6)

    def may_have(self, host: str) -> bool:
        """Whether a name or an address is among what the targets name; the scope may leave it out all the same."""
        if host in self._names:
            return True
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        return int(address) in self._addresses.of(address.version)

    def sweeps(self, host: str) -> bool:
        """Whether this is an address that is swept if a target names it; what has a name is asked for one by one."""
        return parse_address(host) is not None and self.gate.refusal(host) is None

    def hosts(self, most: int) -> tuple[str, ...]:
        """The names and addresses that the targets name, or nothing where there are more than so many."""
        ranges = [(version, *each) for version in (4, 6) for each in self._addresses.of(version)]
        if len(self._names) + sum(last - first + 1 for _, first, last in ranges) > most:
            return ()
        plain = (address_text(number, of) for of, first, last in ranges for number in range(first, last + 1))
        return (*sorted(self._names), *plain)

    @cached_property
    def ports_left_out(self) -> tuple[int, ...]:
        """Ports that were requested and are those of industrial devices, which the owner does not allow."""
        requested = {*self.ports, *(port for each in (*self.targets, *self.dropped) for port in each.ports)}
        return tuple(sorted(port for port in requested if not self.gate.opens_port(port)))

    @property
    def unresolved(self) -> tuple[str, ...]:
        """The names of targets that led to no address."""
        return unresolved_names(self.targets, self.resolved)

    @property
    def unheeded(self) -> tuple[str, ...]:
        """The excluded names that led to no address, so that they keep nobody from the address of their host."""
        return tuple(name for name in excluded_names(self.gate.scope) if not self.resolved.get(name))

    @cached_property
    def left_out(self) -> tuple[LeftOut, ...]:
        """The names of which some addresses are not looked at, assets of the scope that are no targets as well.

        Behind them the web addresses of targets below whose paths nothing may be asked, and addresses that are dropped.
        """
        listed = (*self.targets, *self.dropped)
        named = [(host, target) for target in listed if (host := target.provider_host or target.host)]
        asked = dict(reversed(named))
        names = (name for name in self.resolved if name in asked or self.gate.allows_name(name))
        found = (self._left_out_of(name, asked.get(name)) for name in names)
        paths = dict.fromkeys(target.unasked_below for target in self.targets if target.unasked_below)
        unasked = (LeftOut(name=path, addresses=1, unasked_paths=1) for path in paths)
        alone = (
            LeftOut(name=each.text, addresses=1, out_of_scope=1) for each in self.dropped if each.first is not None
        )
        return (*(each for each in found if each.count), *unasked, *alone)

    def _left_out_of(self, name: str, target: Target | None) -> LeftOut:
        may_probe, is_excluded = (
            partial(asked, host=name, target=target) for asked in (self._may_probe, self._is_excluded)
        )
        return left_out_of(name, self.resolved[name], may_probe, is_excluded)

    def _may_probe(self, address: str, *, host: str | None, target: Target | None) -> bool:
        """Whether the scope opens the address, on any of the ports that the target is asked on."""
        return any(self.gate.endpoint_refusal(each) is None for each in self._asked_at(address, host, target))

    def _is_excluded(self, address: str, *, host: str | None, target: Target | None) -> bool:
        """Whether the scope takes the address out, by itself or with every port that the target is asked on."""
        asked = self._asked_at(address, host, target)
        return self.gate.is_excluded(address, host) or (bool(asked) and all(map(self.gate.excludes, asked)))

    def _asked_at(self, address: str, host: str | None, target: Target | None) -> tuple[Endpoint, ...]:
        if target is None:
            return (Endpoint(address=address, port=0, host=host),)
        return tuple(self._endpoints_at(address, host, target))

    @cached_property
    def space(self) -> Space:
        """The endpoints as numbers. A bucket of ours is asked for at each that turns out to be an object store."""
        plain = [_plain_range(target, self._ports_of(target)) for target in self.targets if _is_plain(target)]
        return lay_out(
            (endpoint for target in self.targets if not _is_plain(target) for endpoint in self._listed(target)),
            (each for each, is_named in plain if is_named),
            (each for each, is_named in plain if not is_named),
            allowed=self.gate.plain_addresses(),
            buckets=scope_buckets(self.gate.scope), excluded=self.gate.taken_ports(),
        )  # fmt: skip

    def endpoints(self) -> Iterator[Endpoint]:
        """The endpoints one after the other, in the order in which they were requested."""
        space = self.space
        return (space.endpoint(index) for index in range(space.size))

    def _listed(self, target: Target) -> Iterator[Endpoint]:
        """The endpoints of a target with a name, a scheme or a bucket."""
        host = target.provider_host or target.host
        literal = () if target.first is None else (str(target.first),)
        addresses = literal or self.resolved.get(host or "", ())
        for address in first_of(addresses, partial(self._may_probe, host=host, target=target)):
            for endpoint in self._endpoints_at(address, host, target):
                if self.gate.endpoint_refusal(endpoint) is None:
                    yield endpoint

    def _endpoints_at(self, address: str, host: str | None, target: Target) -> Iterator[Endpoint]:
        """The endpoints of a target at one address, whether the scope opens them or not."""
        named = bool(target.ports or target.bucket) and target.first == target.last
        buckets, backend = self._buckets(target), self._backend(target)
        for port in self._ports_of(target):
            yield Endpoint(
                address=address, port=port, host=host, scheme=target.scheme, buckets=buckets, named=named,
                path=target.path, backend=backend, pages=self._pages if named and target.scheme in _WEB else (),
            )  # fmt: skip

    @cached_property
    def _pages(self) -> tuple[Endpoint, ...]:
        return pages_of(self.gate, self.resolved)

    def _backend(self, target: Target) -> BackendPlace | None:
        return backend_place(target.backend, self.gate, self.resolved) if target.backend is not None else None

    def _ports_of(self, target: Target) -> tuple[int, ...]:
        requested = target.ports or ((443,) if target.provider_host else self.ports)
        return tuple(port for port in requested if self.gate.opens_port(port, target.scheme))

    def _buckets(self, target: Target) -> tuple[str, ...]:
        bucket = target.store_bucket
        if target.backend is not None:
            return ()
        if bucket and self.gate.allows_bucket(bucket):
            return (bucket.name,)
        scheme = target.scheme if target.scheme in PROVIDERS else None
        return () if bucket and scheme else scope_buckets(self.gate.scope, scheme=scheme or "s3")


def unresolved_names(targets: Iterable[Target], resolved: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The names of targets that led to no address."""
    names = dict.fromkeys(target.provider_host or target.host for target in targets)
    return tuple(name for name in names if name and not resolved.get(name))


def _is_plain(target: Target) -> bool:
    """Whether the target is addresses and nothing else."""
    return target.first is not None and target.scheme is None and target.bucket is None


def _plain_range(target: Target, ports: tuple[int, ...]) -> tuple[PlainRange, bool]:
    """The addresses of a plain target, and whether its very endpoints were named."""
    if target.first is None or target.last is None:  # pragma: no cover  (only plain targets come here)
        raise ValueError("a target without addresses")
    version, first, last = target.first.version, int(target.first), int(target.last)
    found = PlainRange(version=version, first=first, last=last, ports=ports)
    return found, bool(target.ports) and found.is_single


def scope_buckets(scope: Scope, *, scheme: str = "s3") -> tuple[str, ...]:
    """The names of the buckets to ask our own object stores for, exclusions taken off."""
    gone = buckets_of(scope.exclude)
    own = (bucket for bucket in buckets_of(scope.include) if bucket not in gone and bucket.scheme == scheme)
    return tuple(dict.fromkeys(bucket.name for bucket in own))


def scope_targets(scope: Scope) -> tuple[Target, ...]:
    """The scope's own networks, names, sites, backends and buckets, for a scan that names no target.

    A table that the scope names besides its backend is asked for with the others.
    """
    wanted = (EntryKind.NETWORK, EntryKind.NAME, EntryKind.SITE)
    targets = [parse_target(entry.text) for entry in scope.include if entry.kind in wanted]
    kept = [entry.text for entry in scope.include if entry.kind is EntryKind.BUCKET and parse_bucket(entry.text).host]
    projects = {target.backend.project: target for target in map(parse_target, _backend_texts(scope)) if target.backend}
    return (*targets, *(parse_target(text) for text in kept), *projects.values())


def _backend_texts(scope: Scope) -> Iterator[str]:
    """The backends without their tables, which the gate knows."""
    for backend in backends_of(scope.include):
        yield backend_text(backend.scheme, host=backend.host, port=backend.port, name=backend.name)


def names_to_resolve(targets: Iterable[Target], scope: Scope) -> tuple[str, ...]:
    """Every name whose addresses the plan needs: of targets, of buckets, and of excluded hosts."""
    requested = tuple(targets)
    wanted = [target.provider_host or target.host for target in requested]
    wanted += excluded_names(scope)
    is_backend = any(target.backend is not None for target in requested)
    if is_backend or any(target.scheme in _WEB for target in requested):
        wanted += page_names(scope, of_sites_alone=not is_backend)
    return tuple(dict.fromkeys(name for name in wanted if name))
