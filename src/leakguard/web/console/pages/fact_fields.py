"""What a stated fact fills into the fields of a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from leakguard.clocks.times import parse_instant, zone_of
from leakguard.errors import UsageProblem

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

STATES = ("value", "estimate", "unknown", "not_applicable")
WAYS = ("name", "email", "phone", "address", "web")
"""The fields of a contact."""
ROWS = 4
"""Empty rows for people by place, and for places."""
Raw = Mapping[str, Any]
Filled = dict[str, Any]


def said_of(desk: Desk, words: Raw | None) -> str:
    """A text of our data that has both languages."""
    return str((words or {}).get(desk.words.language, ""))


def state_of(fact: Raw | None) -> str:
    """Which of the four a stated fact is; empty where nobody stated it."""
    return next((name for name in STATES if fact is not None and name in fact), "")


def filled(kind: Raw, fact: Raw | None, zone: str | None = None) -> Filled:
    """What stands in the fields of a fact; times are shown in the zone of the facts, in which the fields are read."""
    state = state_of(fact)
    value = (fact or {}).get(state)
    reason = value if state in {"unknown", "not_applicable"} else ""
    evidence = (fact or {}).get("evidence", "")
    found: Filled = {
        **_EMPTY, "state": state, "reason": texts_of(reason), "readers": sorted((fact or {}).get("for", {})),
        "evidence": ", ".join(map(str, evidence)) if isinstance(evidence, list) else evidence,
    }  # fmt: skip
    if state in {"value", "estimate"}:
        return found | (_moment(value, zone) if kind["kind"] == "moment" else _FILLED.get(kind["kind"], _plain)(value))
    return found | ({"value": dict.fromkeys(WAYS, "")} if kind["kind"] == "contact" else {})


_EMPTY: Filled = {
    "is_rich": False, "value": None, "parts": [("", "")], "rows": [], "currency": "",
    **dict.fromkeys(("exact", "low", "high", "from_day", "from_time", "to_day", "to_time"), ""),
}  # fmt: skip


def texts_of(value: object) -> str:
    """A text in the reader's first language; a stated reason may have several."""
    if isinstance(value, Mapping):
        return str(next(iter(value.values()), ""))
    return "" if value is None else str(value)


def _plain(value: object) -> Filled:
    return {"value": value}


def _text(value: object) -> Filled:
    """One field for each language; a list has an entry a line."""
    by_lang = value if isinstance(value, Mapping) else {"": value}
    parts = [(str(lang), _lines(item)) for lang, item in by_lang.items()]
    if any(text is None for _, text in parts):
        return {"is_rich": True, "parts": []}
    return {"parts": parts}


def _lines(value: object) -> str | None:
    if isinstance(value, list):
        return "\n".join(value) if all(isinstance(item, str) for item in value) else None
    return str(value) if isinstance(value, str | int | float) else None


def _count(value: object) -> Filled:
    if isinstance(value, Mapping):
        return {"low": value.get("low"), "high": value.get("high")}
    return {"exact": value}


def ends_of(value: object) -> tuple[str, str]:
    """Both ends of a time as it is stated; the second one is empty where there is one."""
    ends = (value.get("earliest"), value.get("latest")) if isinstance(value, Mapping) else (value, None)
    return str(ends[0] or ""), str(ends[1] or "")


def _moment(value: object, zone: str | None) -> Filled:
    first, last = (_local(end, zone) for end in ends_of(value))
    return {"from_day": first[:10], "from_time": first[11:16], "to_day": last[:10], "to_time": last[11:16]}


def _local(end: str, zone: str | None) -> str:
    """A moment on the clocks of the zone; a day, and what cannot be read, as it is written."""
    if zone is None or len(end) <= len("2026-05-24"):
        return end
    try:
        return parse_instant(end, zone=zone).astimezone(zone_of(zone)).strftime("%Y-%m-%dT%H:%M")
    except UsageProblem:
        return end


def _contact(value: object) -> Filled:
    if isinstance(value, Mapping) and set(value) <= set(WAYS):
        return {"value": {way: texts_of(value.get(way)) for way in WAYS}}
    return {"value": dict.fromkeys(WAYS, "") | {"name": texts_of(value)}}


def _money(value: object) -> Filled:
    if not isinstance(value, Mapping):
        return {"is_rich": True}
    return {
        "exact": value.get("amount"),
        "low": value.get("low"),
        "high": value.get("high"),
        "currency": value.get("currency"),
    }


def _residents(value: object) -> Filled:
    rows = value.items() if isinstance(value, Mapping) else ()
    return {"rows": [{"place": code, **_count(count)} for code, count in rows]}


_FILLED: dict[str, Callable[[object], Filled]] = {
    "text": _text, "count": _count, "contact": _contact, "money": _money, "residents": _residents,
}  # fmt: skip
