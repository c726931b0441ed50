"""Plans a scan: resolves the names, refuses what the scope does not cover, before the first packet."""

from __future__ import annotations

from collections.abc import Sequence

from leakguard.models.scope import EntryKind, Scope
from leakguard.ports import Resolve
from leakguard.scanning.gate import Gate, parse_address
from leakguard.scanning.plan import Plan, names_to_resolve, refuse_out_of_scope, scope_targets, target_refusal
from leakguard.scanning.targets import Target


def plan_scan(targets: Sequence[Target], scope: Scope, *, ports: tuple[int, ...], resolve: Resolve) -> Plan:
    """The plan of a run over `targets`, or over the whole scope when there are none.

    Raises `OutOfScope` that names every target outside.
    Assets of the scope that it excludes itself are left out, unless nothing else is left.
    """
    wished = tuple(targets) or scope_targets(scope)
    resolved = {name: resolve(name) for name in names_to_resolve(wished, scope)}
    gate = gate_of(scope, lambda name: resolved.get(name, ()))
    if not targets:
        wished = tuple(each for each in wished if target_refusal(each, gate, resolved) is None) or wished
    refuse_out_of_scope(wished, gate, resolved)
    return Plan(gate=gate, targets=wished, resolved=resolved, ports=ports)


def gate_of(scope: Scope, resolve: Resolve) -> Gate:
    """The gate of the scope, with what its excluded names resolve to excluded as well."""
    excluded = (entry.name for entry in scope.exclude if entry.kind is EntryKind.NAME)
    addresses = frozenset(str(parse_address(each)) for name in excluded for each in resolve(name))
    return Gate(scope=scope, excluded_addresses=addresses)
