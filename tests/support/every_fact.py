"""One facts file that answers everything that any letter may ask, so that each of them can be drafted from it."""

from __future__ import annotations

import copy
import functools
from datetime import UTC, datetime
from typing import Any

from leakguard.notices.facts import Facts
from support.notices import book, complete, facts_of

NOW = datetime(2026, 6, 12, 4, tzinfo=UTC)
_OF_KIND: dict[str, Any] = {
    "count": {"value": 600},
    "categories": {"value": ["contact.email", "identification_number.us_ssn"]},
    "contact": {"value": {"name": {"en": "Front desk", "zh": "服务台"}, "email": "desk@university.example"}},
    "moment": {"value": "2026-06-11"},
}
_SPECIAL: dict[str, Any] = {
    "subject_count": {"value": 1_500_000},
    "breach_date": {"value": "2026-06-10"},
    "discovery_date": {"value": "2026-06-10"},
    "publication_from": {"value": "2026-06-12"},
    "publication_until": {"value": "2026-12-31"},
    "credit_monitoring": {
        "value": {"en": "Monitoring is free for 24 months.", "zh": "我们承担24个月信用监测服务的费用。"}
    },
    "credit_bureau_contacts": {"value": {"en": "Equifax 1-800-525-6285", "zh": "Equifax 1-800-525-6285"}},
}


def every_fact(**facts: Any) -> dict[str, Any]:  # noqa: ANN401  (a facts file holds anything)
    """A facts file as plain values; each text fact says its own name in both languages, so that it is found again."""
    told = {name: _fact(name, kind.kind) for name, kind in book().vocabulary.content_items.items()}
    for name in ("org_identity", "other_people_details"):
        told.pop(name)
    values = complete(**{**told, **facts})
    values["organisation"]["registration"] = {"en": "mark org registration", "zh": "mark org registration 登记"}
    return values


def _fact(name: str, kind: str) -> dict[str, Any]:
    words = name.replace("_", " ")
    text = {"value": {"en": f"The mark {words} is told.", "zh": f"关于mark {words}的说明。"}}
    return copy.deepcopy(_SPECIAL.get(name) or _OF_KIND.get(kind) or text)


@functools.cache
def facts_of_everything() -> Facts:
    """The same, read once."""
    return facts_of(every_fact(), now=NOW)
