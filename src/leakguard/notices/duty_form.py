"""The short form of a file of duties, expanded before its shape is checked.

`common` holds fields that every duty of the file has unless it states its own, and `rules` holds parts of triggers,
which a rule takes as `{use: NAME}`. A clock without `end` ends with the filing of its duty and stage. A version of the
law states only what differs from the duty that it belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leakguard.files.yaml_text import Path

COMMON, RULES, USE, CLOCK, VERSIONS = "common", "rules", "use", "clock", "versions"
_OF_THE_PRESENT = frozenset({VERSIONS, "split_from", "sources", "tried", "reviewed", "in_force_from", "in_force_to"})
"""Fields of a duty that an earlier version of it does not inherit."""
_MOST_NESTED = 40
"""Levels of a rule that are expanded; the reader of YAML refuses deeper files."""
MOST_PARTS = 20_000
"""Parts of one rule with all that it uses; the largest that ships has some hundred, and rules that use each other twice
double with every one."""
Found = list[tuple[Path, str]]
"""Where something is wrong, and what."""


def expand(value: Any, found: Found) -> Any:  # noqa: ANN401  (a file holds anything)
    """The file in its long form; what is no mapping stays as it is, for the shape to refuse. Problems go to `found`."""
    if not isinstance(value, dict) or not isinstance(value.get("duties"), list):
        return value
    common, rules = value.get(COMMON, {}), value.get(RULES, {})
    for name, part in ((COMMON, common), (RULES, rules)):
        if not isinstance(part, dict):
            found.append(((name,), "must be a mapping of fields"))
            return {key: kept for key, kept in value.items() if key != name}
    named = _named_rules(rules, found)
    common = _used(common, named, (COMMON,), found)
    if not isinstance(common, dict):
        found.append(((COMMON,), "must be a mapping of fields"))
        common = {}
    duties = [
        _duty(duty, common, named, ("duties", index), found) if isinstance(duty, dict) else duty
        for index, duty in enumerate(value["duties"])
    ]
    rest = {key: kept for key, kept in value.items() if key not in {COMMON, RULES}}
    return {**rest, "duties": duties}


def _named_rules(rules: Mapping[str, Any], found: Found) -> dict[str, Any]:
    """Each rule with the earlier ones that it uses in their place."""
    named: dict[str, Any] = {}
    sizes: dict[str, int] = {}
    for name, rule in rules.items():
        sizes[name] = _size(rule, sizes)
        if sizes[name] > MOST_PARTS:
            found.append(((RULES, name), f"has more than {MOST_PARTS:,} parts with all the rules that it uses"))
            return named
        named[name] = _used(rule, named, (RULES, name), found)
    return named


def _size(value: Any, sizes: Mapping[str, int]) -> int:  # noqa: ANN401  (a file holds anything)
    """How many parts a rule has once the rules that it uses stand in their places, without making them."""
    if isinstance(value, list):
        return 1 + sum(_size(part, sizes) for part in value)
    if not isinstance(value, dict):
        return 1
    if set(value) == {USE}:
        return sizes.get(str(value[USE]), 1)
    return 1 + sum(_size(part, sizes) for part in value.values())


def _duty(duty: dict[str, Any], common: Mapping[str, Any], rules: Mapping[str, Any], path: Path, found: Found) -> Any:  # noqa: ANN401  (a file holds anything)
    clock = common.get(CLOCK, {})
    shared = {key: kept for key, kept in common.items() if key != CLOCK}
    own = _used(duty, rules, path, found)
    if not isinstance(own, dict) or not isinstance(clock, dict):
        wrong, text = (path, "a duty is no rule") if isinstance(clock, dict) else ((COMMON, CLOCK), "must be a mapping")
        found.append((wrong, text))
        return duty
    whole = {**shared, **own}
    versions = whole.get(VERSIONS)
    with_clocks = _with_clocks(whole, clock)
    if not isinstance(versions, list):
        return with_clocks
    return {**with_clocks, VERSIONS: [_version(version, with_clocks, clock) for version in versions]}


def _version(version: Any, duty: Mapping[str, Any], clock: Mapping[str, Any]) -> Any:  # noqa: ANN401  (a file holds anything)
    """One earlier version: as it stands where the law knew no such duty, else a whole duty of its days."""
    if not isinstance(version, dict) or version.get("none"):
        return version
    days = {name: version[name] for name in ("from", "until") if name in version}
    own = {name: kept for name, kept in version.items() if name not in days}
    inherited = {name: kept for name, kept in duty.items() if name not in _OF_THE_PRESENT}
    force = {"status": "in_force", "in_force_from": days.get("from"), "in_force_to": days.get("until")}
    return {**days, "duty": _with_clocks({**inherited, **force, **own}, clock)}


def _with_clocks(duty: dict[str, Any], clock: Mapping[str, Any]) -> dict[str, Any]:
    """The duty with what its clocks share, and with an end for each that states none."""
    phases = duty.get("phases")
    if not isinstance(phases, list):
        return duty
    return {**duty, "phases": [_phase(phase, duty, clock) for phase in phases]}


def _phase(phase: Any, duty: Mapping[str, Any], clock: Mapping[str, Any]) -> Any:  # noqa: ANN401  (a file holds anything)
    if not isinstance(phase, dict) or not isinstance(phase.get(CLOCK), dict):
        return phase
    return {**phase, CLOCK: {"end": _end(duty, phase), **clock, **phase[CLOCK]}}


def _end(duty: Mapping[str, Any], phase: Mapping[str, Any]) -> str:
    """The filing of this duty and stage; for people, also that they were notified."""
    filed = f"filed(obligation={duty.get('id')}, stage={phase.get('name')})"
    recipient = duty.get("recipient")
    is_for_people = isinstance(recipient, dict) and recipient.get("type") == "individuals"
    return f"{filed} | subjects_notified(obligation={duty.get('id')})" if is_for_people else filed


def _used(value: Any, rules: Mapping[str, Any], path: Path, found: Found) -> Any:  # noqa: ANN401  (a file holds anything)
    """The value with each `{use: NAME}` replaced by the rule of that name."""
    if len(path) > _MOST_NESTED:
        return value
    if isinstance(value, list):
        return [_used(part, rules, (*path, index), found) for index, part in enumerate(value)]
    if not isinstance(value, dict):
        return value
    if set(value) == {USE}:
        name = value[USE]
        if isinstance(name, str) and name in rules:
            return rules[name]
        found.append(((*path, USE), f"no rule of this file is called `{str(name)[:60]}`"))
        return {"all": []}
    return {key: _used(part, rules, (*path, key), found) for key, part in value.items()}
