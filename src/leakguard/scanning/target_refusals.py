"""Which targets the scope does not cover, and why, before the first packet."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence

from leakguard.errors import OutOfScope
from leakguard.frozen import replace
from leakguard.models.industrial import INDUSTRIAL_STEP, is_for_leave
from leakguard.models.targets import BackendPlace, Endpoint
from leakguard.models.texts import counted
from leakguard.scanning.buckets import PROVIDERS
from leakguard.scanning.exclusions import networks_of
from leakguard.scanning.gate import Gate
from leakguard.scanning.network_difference import uncovered
from leakguard.scanning.targets import Target

_NEXT_STEP = "Probe only what the owner has put into the scope; `leakguard scope show` lists it."


def refuse_out_of_scope(targets: Sequence[Target], gate: Gate, resolved: Mapping[str, tuple[str, ...]]) -> None:
    """Raise `OutOfScope` naming every target that the scope does not cover; called before the first packet."""
    found = [(target, target_refusal(target, gate, resolved)) for target in targets]
    refused = [(target, reason) for target, reason in found if reason]
    if refused:
        are = counted(len(targets), "target is", "targets are")
        reasons = "\n".join(f"  {target.text}: {reason}" for target, reason in refused)
        raise OutOfScope(
            f"{len(refused)} of {are} not in the scope `{gate.scope.name}`\n{reasons}",
            next_step=INDUSTRIAL_STEP if all(is_for_leave(reason) for _, reason in refused) else _NEXT_STEP,
        )


def target_refusal(target: Target, gate: Gate, resolved: Mapping[str, tuple[str, ...]]) -> str | None:
    """Why no part of the target may be probed, or nothing; a range must lie inside the scope as a whole."""
    bucket = target.store_bucket
    if bucket and target.scheme in PROVIDERS and not gate.allows_bucket(bucket):
        return f"the bucket `{bucket.name}` is not in the scope"
    if target.backend is not None and (refusal := gate.backend_refusal(target.backend)) is not None:
        return refusal
    if target.provider_host:
        return None
    if target.host is None:
        return _range_refusal(target, gate)
    reasons = [
        _port_refusal(Endpoint(address=address, port=0, host=target.host), target, gate)
        for address in resolved.get(target.host, ())
    ]
    if not reasons and not (gate.allows_name(target.host) or gate.names_host(target.host)):
        return f"`{target.host}` is not in the scope"
    return next((reason for reason in reasons if reason), None) if all(reasons) else None


def dropped_of(listed: Sequence[Target], gate: Gate, resolved: Mapping[str, tuple[str, ...]]) -> tuple[Target, ...]:
    """Those of the scope's own assets that may not be probed and are not excluded, so that somebody must be told."""
    return tuple(
        each for each in listed
        if target_refusal(each, gate, resolved) is not None and not _is_excluded(each, gate, resolved)
    )  # fmt: skip


def _is_excluded(target: Target, gate: Gate, resolved: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether the scope takes out all of an asset that it lists itself."""
    if target.provider_host or (target.backend is not None and gate.backend_refusal(target.backend) is not None):
        return True
    if target.first != target.last:
        return not any(_has_address(network, gate) for network in target.networks)
    addresses = (str(target.first),) if target.first is not None else resolved.get(target.host or "") or ("",)
    return all(
        gate.excludes(Endpoint(address=address, port=port, host=target.host))
        for address in addresses for port in target.ports or (0,)
    )  # fmt: skip


def _range_refusal(target: Target, gate: Gate) -> str | None:
    if target.first == target.last:
        return _port_refusal(Endpoint(address=str(target.first), port=0), target, gate)
    for network in target.networks:
        if not gate.covers(network):
            return "the range reaches beyond the networks of the scope"
    return None if any(_has_address(network, gate) for network in target.networks) else "all of it is excluded"


def _port_refusal(endpoint: Endpoint, target: Target, gate: Gate) -> str | None:
    """Why a target may be asked on none of its ports at an address; a site and a backend open one port alone."""
    meant = BackendPlace(name=target.backend.name) if target.backend is not None else None
    reasons = [
        gate.endpoint_refusal(replace(endpoint, port=port, backend=meant, scheme=target.scheme))
        for port in target.ports or (0,)
    ]
    return None if None in reasons else reasons[0]


def _has_address(network: ipaddress.IPv4Network | ipaddress.IPv6Network, gate: Gate) -> bool:
    """Whether anything is left of an included network once the exclusions are taken off."""
    return uncovered(network, networks_of(gate.scope.exclude)) is not None
