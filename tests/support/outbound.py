"""Files about outbound transfers for tests, and the rules that ship."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from typing import Any

from leakguard.bundled import BundledFiles
from leakguard.outbound.facts_file import parse_outbound
from leakguard.outbound.rule_files import FILES, parse_rules
from leakguard.outbound.rules import RuleBook
from leakguard.outbound.values import OutboundFacts

SETTLED: dict[str, Any] = {
    "important_data": "none", "zone_list": "none", "exemption": "none", "ciio": False, "sensitive_people": 0,
    "people": 0, "handled_people": 0,
}  # fmt: skip
"""Facts by which nothing is asked for."""
RECIPIENT: dict[str, Any] = {"id": "cloud", "name": "Cloud Ltd", "country": "SG", "tool": "cn_contract"}


TODAY = date(2030, 1, 1)
"""After every day that a file of a test states."""


@cache
def rules() -> RuleBook:
    """The rules that ship."""
    bundled = BundledFiles()
    return parse_rules({name: bundled.text("duties", name) for name in FILES})


def a_file(*, facts: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:  # noqa: ANN401  (a file holds anything)
    """A file whose facts are known; `facts` replaces some, and `None` takes one away."""
    values = {name: value for name, value in {**SETTLED, **(facts or {})}.items() if value is not None}
    known = {name: value if isinstance(value, dict) else {"value": value} for name, value in values.items()}
    return {"organisation": {"name": "Example University"}, "facts": known, **more}


def as_text(values: dict[str, Any]) -> str:
    """The file as text; JSON is YAML."""
    return json.dumps(values, ensure_ascii=False)


def parsed(values: dict[str, Any]) -> OutboundFacts:
    """The file as it is read."""
    return parse_outbound(as_text(values), name="outbound.yaml", book=rules(), refuse=lambda _: None, today=TODAY)
