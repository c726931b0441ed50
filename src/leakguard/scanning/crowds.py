"""Crowds: an address on which many unrelated datastores stand open is more likely a trap than an asset."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from ipaddress import ip_address

from leakguard.checks.rerating import with_decoy_signal
from leakguard.frozen import replace
from leakguard.models.findings import DecoyVerdict, Finding
from leakguard.scanning.diff import OPEN

MOST = 4
"""Kinds of datastores that one careless machine may well have open; honeypot suites have a dozen or more."""
GENERAL = frozenset({"http"})
"""What is found on a web server besides its product is no datastore of its own."""


def suspect_crowds(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, with a signal on those of an address with more than four kinds of open datastores.

    A suspicion changes no severity, so a crowded but real machine is not hidden by it.
    """
    known = tuple(findings)
    kinds: dict[str, set[str]] = defaultdict(set)
    for finding in known:
        if finding.verdict.outcome in OPEN and finding.datastore not in GENERAL:
            kinds[finding.address].add(finding.datastore)
    crowds = crowded({address: len(of) for address, of in kinds.items()})
    return tuple(suspected(finding, crowds) for finding in known)


def crowded(kinds: Mapping[str, int]) -> dict[str, int]:
    """The addresses that look like a trap, of those with so many kinds of open datastores, the general ones left out.

    Never a loopback address: a lab or a developer's machine has all its servers there, and nobody lays a trap for
    himself. Nor no address at all: that is what all the resources of an account have in common.
    """
    many = {address: count for address, count in kinds.items() if address and count > MOST}
    return {address: count for address, count in many.items() if not _is_loopback(address)}


def suspected(finding: Finding, crowds: Mapping[str, int]) -> Finding:
    """The finding, with a signal if it is an open one in one of `crowds`."""
    kinds = crowds.get(finding.address, 0)
    is_declared = finding.verdict.decoy.verdict is DecoyVerdict.DECLARED
    if not kinds or is_declared or finding.verdict.outcome not in OPEN:
        return finding
    signal = f"{kinds} unrelated kinds of datastores are open on this one address"
    return replace(finding, verdict=with_decoy_signal(finding.verdict, signal))


def _is_loopback(address: str) -> bool:
    return ip_address(address).is_loopback
