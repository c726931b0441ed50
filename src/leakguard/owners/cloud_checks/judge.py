"""Judging: the rules of a cloud check over what is known of a resource. What could not be learnt is never clean."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from leakguard.checks.expression_meter import TooMuch
from leakguard.checks.expressions import evaluate
from leakguard.checks.severity import rate
from leakguard.frozen import Frozen, field
from leakguard.models.clouds import LISTING, CloudFact
from leakguard.models.findings import Access, Outcome, Severity, Verdict
from leakguard.models.glances import OPEN_OUTCOMES
from leakguard.models.targets import join_host_port
from leakguard.owners.cloud_checks.definitions import CloudCheck, Rule
from leakguard.owners.cloud_checks.networks import WEB_PORTS, opening_of
from leakguard.owners.cloud_checks.policies import judge_policy

_NAMED = re.compile(r"\{([a-z_][a-z_.]*)\}")
MOST_SHOWN = 8
MOST_ADDRESSES = 50
"""Addresses behind one firewall that are looked at from outside; a fleet of thousands is alike."""


class ResourceContext(Frozen):
    """What is known beside the resource itself."""

    own: frozenset[str] = frozenset()
    """Our accounts."""
    ports: Collection[int] = field(default_factory=frozenset)
    """The ports of datastores."""


def judge_fact(check: CloudCheck, fact: CloudFact, ground: ResourceContext) -> Verdict:
    """Apply the rules in order. An exposure that is seen counts whatever is missing; nothing else does."""
    if LISTING in fact.gaps:
        return _verdict(fact, Outcome.INCONCLUSIVE, f"not known: {fact.gaps[LISTING]}")
    known = document_of(fact, ground)
    try:
        rule = next((each for each in check.rules if evaluate(each.when, known)), None)
    except TooMuch:
        return _verdict(fact, Outcome.INCONCLUSIVE, "a rule would need too much memory for what the account told")
    if rule is None:
        return _verdict(fact, Outcome.INCONCLUSIVE, "what the account told matched no rule")
    missing = [gap for name, gap in fact.gaps.items() if rule.then not in OPEN_OUTCOMES or name in rule.needs]
    if missing:
        words = "; ".join(dict.fromkeys(map(str, missing)))
        return _verdict(fact, Outcome.INCONCLUSIVE, f"not all is known: {words}")
    return _ruled(fact, rule, known)


def document_of(fact: CloudFact, ground: ResourceContext) -> dict[str, Any]:
    """The values of a fact as rules see them: policies and firewalls are replaced by what they mean."""
    known = dict(fact.values)
    if "policy" in known:
        known["policy"] = judge_policy(known["policy"], own=ground.own).as_values()
    if "inbound" in known:
        known["open"] = _opening(known.pop("inbound"), known.pop("lists", {}), known, ground)
    if "shared_with" in known:
        known["shared_with"] = _strangers(known["shared_with"], ground.own)
    return known


def _opening(
    rules: Sequence[Mapping[str, Any]],
    lists: Mapping[str, Sequence[str]],
    known: Mapping[str, Any],
    ground: ResourceContext,
) -> dict[str, Any]:
    """The resource's own ports count, where it has some; else those of all datastores."""
    ports = known.get("ports") or frozenset(ground.ports) - WEB_PORTS
    found = opening_of(rules, ports, lists=lists)
    shown = "every port" if found.is_every_port else ", ".join(map(str, found.ports[:MOST_SHOWN]))
    return {
        "any": bool(found.ports), "every_port": found.is_every_port, "ports": list(found.ports),
        "shown": shown, "sources": ", ".join(found.sources[:MOST_SHOWN]),
    }  # fmt: skip


def endpoints_of(fact: CloudFact, ground: ResourceContext) -> tuple[str, ...]:
    """Where strangers would knock: as the account tells, or at the open ports of the addresses behind a firewall."""
    addresses = fact.values.get("addresses", ())
    if not addresses:
        return fact.endpoints
    opened = document_of(fact, ground)["open"]
    if opened["every_port"]:
        return tuple(addresses[:MOST_ADDRESSES])
    return tuple(join_host_port(address, port) for address in addresses[:MOST_ADDRESSES] for port in opened["ports"])


def _strangers(groups: Sequence[str], own: frozenset[str]) -> dict[str, Any]:
    """Of a snapshot or an image: whether everybody has it, and which accounts that are not ours."""
    accounts = sorted({group for group in groups if group not in {"all", *own}})
    more = f" and {len(accounts) - MOST_SHOWN} more" if accounts[MOST_SHOWN:] else ""
    return {"everybody": "all" in groups, "accounts": ", ".join(accounts[:MOST_SHOWN]) + more}


def _ruled(fact: CloudFact, rule: Rule, known: Mapping[str, Any]) -> Verdict:
    return _verdict(fact, rule.then, _filled(rule.reason, known), severity=rule.severity, access=rule.access)


def _filled(reason: str, known: Mapping[str, Any]) -> str:
    return _NAMED.sub(lambda match: _shown(evaluate(match[1], known)), reason)


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value[:MOST_SHOWN]))
    return "?" if value is None else str(value)


def _verdict(
    fact: CloudFact, outcome: Outcome, reason: str, *, severity: Severity = Severity.NONE, access: Access = Access.NONE
) -> Verdict:
    _, axes = rate(outcome, access)
    return Verdict(
        outcome=outcome, reason=reason, access=access, product=fact.product, version=fact.version, severity=severity,
        severity_axes=axes,
    )  # fmt: skip
