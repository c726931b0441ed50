"""What all pages about facts share: the words of facts, what is stated, and how an answer is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from leakguard.errors import LeakGuardError, NotFound
from leakguard.web.console.pages.fact_fields import filled, state_of

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk


def known(desk: Desk) -> Mapping[str, Any]:
    """Every fact that there is, with the words of answers."""
    return dict(desk.ask("list_facts"))


def kinds_of(catalogue: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """How each fact is asked, by its name."""
    every = [fact for section in catalogue["sections"] for fact in section["facts"]]
    return {kind["fact"]: kind for kind in (*every, *catalogue["organisation"])}


def places_typed(catalogue: Mapping[str, Any]) -> dict[str, str]:
    """The code of each place by its code and its names."""
    # A country goes before a part of one.
    ordered = sorted(catalogue["places"], key=lambda place: "-" not in place["code"])
    found = {place[field].casefold(): place["code"] for place in ordered for field in ("en", "zh")}
    return found | {place["code"].casefold(): place["code"] for place in catalogue["places"]}


def place_names(desk: Desk) -> dict[str, str]:
    """What each place is called in the reader's language, by its code."""
    lang = "zh" if desk.words.language == "zh" else "en"
    return {place["code"]: place[lang] for place in known(desk)["places"]}


def document_of(desk: Desk) -> Mapping[str, Any]:
    """The facts as they are written; empty where nobody wrote any."""
    return dict(desk.ask("show_facts")["facts"])


def kept_of(desk: Desk) -> Mapping[str, Any] | None:
    """The facts with who wrote them; `None` where nobody did."""
    try:
        return dict(desk.ask("show_facts"))
    except NotFound:
        return None


def stated_in(document: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """What a file states under a name such as `exposure` or `organisation.contact`."""
    head, _, rest = name.partition(".")
    if not rest:
        found = document.get("facts", {}).get(name)
        return found if isinstance(found, Mapping) else None
    inside = document.get(head)
    value = inside.get(rest) if isinstance(inside, Mapping) else None
    return {"value": value} if value not in (None, "") else None


def answer_of(name: str, new: Mapping[str, Any] | None, before: Mapping[str, Any] | None) -> dict[str, Any]:
    """The entries to write so that a fact states this; none where it does already."""
    head, dot, _ = name.partition(".")
    if dot and head == "organisation":
        value = (new or {}).get("value")
        return {} if value == (before or {}).get("value") else {name: value}
    if new == before or (new is None and before is None):
        return {}
    if new is None:
        return {f"facts.{name}": None}
    state, was = state_of(new), state_of(before)
    if state and state == was and set(new) <= set(before or {}) | {"evidence"}:  # what else it has stays, as `why`
        changed = {key: value for key, value in new.items() if (before or {}).get(key) != value}
        return {f"facts.{name}.{key}": value for key, value in changed.items()}
    return {f"facts.{name}": dict(new)}


def kept_fields(desk: Desk, kind: Mapping[str, Any], fact: dict[str, Any]) -> dict[str, Any]:
    """The fields with what was typed, where a form was refused."""
    name = kind["fact"]
    if desk.refusal is None or not any(field.startswith(f"{name}.") for field in desk.form):
        return fact
    if kind["kind"] in {"categories", "roles"}:
        return fact | {"value": desk.all(f"{name}.value")}
    if kind["kind"] == "places":
        return fact | {"value": desk.all(f"{name}.place")}
    if kind["kind"] == "residents":
        fields = ("place", "exact", "low", "high")
        rows = zip(*(desk.form.get(f"{name}.{field}", ()) for field in fields), strict=False)
        return fact | {"rows": [dict(zip(fields, row, strict=True)) for row in rows if row[0].strip()]}
    return fact


def conflict(desk: Desk, current: str | None) -> Mapping[str, Any] | None:
    """What somebody else wrote while this form was open; `None` where nobody did."""
    read = desk.one("read")
    if desk.refusal is None or not current or not read or read == current:
        return None
    try:
        return dict(desk.ask("list_fact_changes", query={"since": read}))
    except LeakGuardError:
        return None


def write(desk: Desk, answers: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Keep answers, on top of the facts that this form was made from; `None` where nothing changed."""
    if not answers:
        return None
    return dict(desk.ask("answer_facts", body={"answers": answers}, headers={"if-match": desk.one("read")}))


def fields_of(kind: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the fields of a fact: what is stated, else what another fact suggests."""
    shown = filled(kind, stated_in(document, kind["fact"]), document.get("zone"))
    return _proposed_for(kind, shown, document)


def _proposed_for(kind: Mapping[str, Any], fact: dict[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with what another fact suggests, for a person to keep or change: people by place, added up."""
    counts = (stated_in(document, "subjects_by_jurisdiction") or {}).get("value")
    if kind["fact"] != "subject_count" or fact["state"] or not isinstance(counts, Mapping):
        return fact
    exact = [count for count in counts.values() if isinstance(count, int)]
    return fact | {"exact": sum(exact)} if len(exact) == len(counts) else fact
