"""Plans a scan: resolves the names, refuses what the scope does not cover, before the first packet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from leakguard.frozen import replace
from leakguard.models.scope import EntryKind, Scope
from leakguard.ports import Resolve
from leakguard.scanning.exclusions import excluded_names, places_of
from leakguard.scanning.gate import Gate
from leakguard.scanning.literals import parse_address
from leakguard.scanning.plan import Plan, names_to_resolve, scope_targets
from leakguard.scanning.target_refusals import dropped_of, refuse_out_of_scope, target_refusal
from leakguard.scanning.targets import Target, parse_target

RESOLVING_AT_ONCE = 64
"""A silent resolver takes seconds for a name, a list may hold hundreds of names that are gone, and a coordinator of a
fleet waits no longer than a lease."""


def plan_scan(targets: Sequence[Target], scope: Scope, *, ports: tuple[int, ...], resolve: Resolve) -> Plan:
    """The plan of a run over `targets`, or over the whole scope when there are none.

    Raises `OutOfScope` that names every target outside.
    Assets of the scope that it excludes itself are left out, unless nothing else is left; so are those that it does
    not open, which the plan tells.
    """
    requested = tuple(targets) or scope_targets(scope)
    resolved = resolve_all(names_to_resolve(requested, scope), resolve)
    gate = gate_of(scope, lambda name: resolved.get(name, ()))
    if not targets:
        requested = tuple(each for each in requested if target_refusal(each, gate, resolved) is None) or requested
    refuse_out_of_scope(requested, gate, resolved)
    dropped = dropped_of(() if targets else scope_targets(scope), gate, resolved)
    return Plan(gate=gate, targets=requested, resolved=resolved, ports=ports, dropped=dropped)


def with_dropped(plan: Plan, dropped: Iterable[str], resolved: Mapping[str, Sequence[str]]) -> Plan:
    """A plan made again from its own targets, with what was dropped when it was begun, and where its names led then."""
    again = tuple(map(parse_target, dropped))
    names = [name for each in again if (name := each.provider_host or each.host) and name in resolved]
    found = {name: tuple(resolved[name]) for name in names}
    return replace(plan, dropped=again, resolved={**found, **plan.resolved}) if again else plan


def gate_of(scope: Scope, resolve: Resolve) -> Gate:
    """The gate of the scope, with what excluded names and the hosts of excluded URLs resolve to excluded as well."""
    found = resolve_all(excluded_names(scope), resolve)
    names = (entry.name for entry in scope.exclude if entry.kind is EntryKind.NAME)
    places = ((host, port) for host, port in places_of(scope.exclude) if host in found)
    return Gate(
        scope=scope,
        excluded_addresses=frozenset(str(parse_address(each)) for name in names for each in found.get(name, ())),
        excluded_places=frozenset((str(parse_address(each)), port) for host, port in places for each in found[host]),
    )


def resolve_all(names: Iterable[str], resolve: Resolve) -> Mapping[str, tuple[str, ...]]:
    """The addresses of each name; many are asked for at once, so that those without an answer wait together."""
    wanted = tuple(dict.fromkeys(names))
    if len(wanted) < 2:  # noqa: PLR2004  (nobody to wait with)
        return {name: resolve(name) for name in wanted}
    with ThreadPoolExecutor(max_workers=RESOLVING_AT_ONCE) as threads:
        return dict(zip(wanted, threads.map(resolve, wanted), strict=True))
