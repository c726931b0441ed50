"""Recording an event: which kind it is, what it does to the clocks before it is saved, corrections and take-backs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from leakguard.accounts.rights import Right
from leakguard.errors import LawsUnknown, LeakGuardError, NotAllowed
from leakguard.web.console.pages.corrections import MOMENTS, carried, names_duty, shown_times, stated_times, words_of
from leakguard.web.console.render import url_of
from leakguard.web.console.screen import Act, Done, PageContext, Screen

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

OFTEN = ("notice_received", "awareness", "discovery", "contained", "filed", "subjects_notified", "note")
"""What is recorded most."""
NOT_HERE = frozenset({"incident_opened", "closed", "reopened", "place_settled"})
"""What has a page of its own."""
CHOSEN = ("notice", "clock")
"""Fields of the form that choose a duty with its stage, or a clock."""
WORDS = frozenset(
    {"source", "reason", "sender", "channel", "text", "reference", "decider", "basis", "rationale", "what", "request",
     "document", "evidence", "audience", "processor", "count", "amount", "notice", "note"}
)  # fmt: skip
"""What a person may still write once they saw what the event does: it moves no clock."""
LONG = frozenset({"text", "rationale", "basis", "request", "what"})
ALWAYS = ("at", "at_latest", "source", "reason", "corrects", "kind")
TAKE_BACK = "retracted"


def new(desk: Desk) -> PageContext:
    """First the kind; then the form of that kind, beside what it does."""
    found = desk.ask("list_event_kinds")
    named, corrects = (desk.one(name) or desk.query.get(name, "") for name in ("kind", "corrects"))
    old = _event(desk, corrects) if corrects else None
    kinds = {known_kind["kind"]: known_kind for known_kind in found["kinds"]}
    kind = kinds.get(named) or (kinds.get(old["kind"]) if old is not None and "kind" not in desk.query else None)
    context = {"corrects": corrects, "old": old, "kind": kind, "clocks": found["clocks"]}
    if kind is None:
        return {**context, **_choice(desk, found)}
    same = _superseded(kind, old)
    values = _values(desk, kind, same)
    return context | {
        "kind": kind, "values": values, "stages": _stages(desk, kind, found["clocks"], same), "own": _own(kind),
        "clock_names": _clock_names(desk, found, kind, same), "long": LONG, "moments": MOMENTS,
        "unasked": carried(kind, _controls(kind, same), same),
        **_preview(desk, kind, values, same),
    }  # fmt: skip


def _choice(desk: Desk, found: dict[str, Any]) -> PageContext:
    """The kinds that fit the words, by what happened or by law."""
    words = desk.query.get("q", "").strip()[:100]
    kinds = [
        kind
        for kind in found["kinds"]
        if kind["kind"] not in NOT_HERE and desk.may_record(kind["kind"]) and _fits(desk, kind, found["clocks"], words)
    ]
    laws: dict[str, list[dict[str, Any]]] = {}
    for kind in kinds:
        for effect in kind["effects"]:
            law = found["clocks"][effect["clock"]]["law"] or ""
            laws.setdefault(law, []).append({"kind": kind["kind"], "meaning": kind["meaning"], **effect})
    groups: dict[str, list[dict[str, Any]]] = {}
    for kind in kinds:
        groups.setdefault(kind["group"], []).append(kind)
    often = [kind for name in OFTEN for kind in kinds if kind["kind"] == name] if not words else []
    view = "law" if desk.query.get("by") == "law" else "kind"
    return {"groups": groups, "laws": dict(sorted(laws.items())), "often": often, "words": words, "view": view}


def _fits(desk: Desk, kind: dict[str, Any], clocks: Mapping[str, Any], words: str) -> bool:
    """Whether every word stands in the name, the meaning, the words that people use, or a law that it moves."""
    laws = [clocks[effect["clock"]]["law"] or "" for effect in kind["effects"]]
    texts = [kind["kind"], kind["meaning"], kind["group"], *dict.fromkeys(laws)]
    every = [*texts, *map(desk.say, texts), kind["kind"].replace("_", " "), kind["keywords"]]
    text = " ".join(every).casefold()
    return all(word in text for word in words.casefold().split())


def _superseded(kind: dict[str, Any], old: dict[str, Any] | None) -> dict[str, Any] | None:
    """The event that the form begins with; what takes one back says nothing of it."""
    return old if kind["kind"] != TAKE_BACK else None


def _event(desk: Desk, name: str) -> dict[str, Any] | None:
    number = name.removeprefix("E-")
    after = int(number) - 1 if number.isascii() and number.isdigit() and len(number) < len(f"{2**53}") else 0
    found = desk.ask("list_events", query={"after": max(after, 0), "limit": 1})["events"]
    return found[0] if found and found[0]["id"] == name else None


def _own(kind: dict[str, Any]) -> list[str]:
    """The fields of a kind that are asked for by themselves; a second person logs in, and is not typed."""
    hidden = {"clock", "obligation", "stage", "second_person", "by", "findings", "letter", "despite", "organisation"}
    return [name for name in kind["fields"] if name not in hidden]


def _stages(
    desk: Desk, kind: dict[str, Any], clocks: Mapping[str, Any], old: dict[str, Any] | None
) -> list[tuple[str, str]]:  # fmt: skip
    """The notices that an event of this kind may be about, each with what it is called; the corrected one is first."""
    if kind["kind"] == TAKE_BACK or "obligation" not in kind["fields"] or _asks_clock(kind, old):
        return []
    named: list[tuple[Mapping[str, str], str]] = []
    if old is not None and old["fields"].get("obligation"):
        named.append((old["fields"], ".".join(filter(None, map(old["fields"].get, ("obligation", "stage"))))))
    named += [(effect["fields"], effect["clock"]) for effect in kind["effects"]]
    found: dict[str, str] = {}
    for fields, clock in named:
        if fields.get("obligation"):
            value = " ".join(filter(None, (fields["obligation"], fields.get("stage", ""))))
            found.setdefault(value, _called(desk, clock, clocks[clock]) if clock in clocks else value)
    return list(found.items())


def _clock_names(
    desk: Desk, found: dict[str, Any], kind: dict[str, Any], old: dict[str, Any] | None
) -> list[tuple[str, str]]:  # fmt: skip
    """The clocks that an event of this kind may be about; those that run come first."""
    if not _asks_clock(kind, old):
        return []
    try:
        clocks = desk.ask("list_clocks")["clocks"]
    except LawsUnknown:
        return [(name, _called(desk, name, clock)) for name, clock in found["clocks"].items()]
    order = sorted(
        clocks, key=lambda clock: (clock["state"] in {"latent", "not_applicable"}, clock["work_by"] or "9999")
    )
    return [(clock["id"], _called(desk, clock["id"], clock)) for clock in order]


def _called(desk: Desk, name: str, clock: Mapping[str, Any]) -> str:
    """What a clock asks for, of whom, and by which law."""
    task = clock.get("task") or {}
    texts = (task.get("whom") or clock["title"], task.get("which"), task.get("recipient"), clock["law"])
    return " · ".join(desk.say(text) for text in texts if text) or name


def _values(desk: Desk, kind: dict[str, Any], old: dict[str, Any] | None) -> dict[str, str]:
    """What the form shows: what was typed, what the address says, and what the corrected event has."""
    asked = {name: desk.query.get(name, "") for name in (*kind["fields"], "obligation", "stage", "source", "reason")}
    if old is not None:
        asked = {**words_of(old), "source": old["source"]} | {name: text for name, text in asked.items() if text}
        asked |= shown_times(desk, old)
    asked = {"source": "", "reason": ""} | asked
    if "notice" not in kind["fields"]:
        asked["notice"] = " ".join(filter(None, (asked.get("obligation", ""), asked.get("stage", ""))))
    typed = {name: desk.one(name) for name in desk.form}
    return {**asked, **typed}


def _asks_clock(kind: dict[str, Any], old: dict[str, Any] | None) -> bool:
    """Whether the form asks for a clock; a correction of what names a duty asks for the duty."""
    return "clock" in kind["fields"] and not names_duty(old)


def _controls(kind: dict[str, Any], old: dict[str, Any] | None) -> set[str]:
    """The fields of an event that the form asks for."""
    notice = {"obligation", "stage"} if "obligation" in kind["fields"] else set[str]()
    return {*_own(kind), *({"clock"} if _asks_clock(kind, old) else notice)}


def _body(
    desk: Desk, kind: dict[str, Any], values: Mapping[str, str], old: dict[str, Any] | None
) -> dict[str, Any]:  # fmt: skip
    """What the operation takes; a form is read alike for the preview and for the record."""
    times = stated_times(desk, values, old)
    fields = {name: times.get(name, "") if name in MOMENTS else values.get(name, "") for name in _own(kind)}
    if _asks_clock(kind, old):
        fields |= {"clock": values.get("clock", "")}
    elif "obligation" in kind["fields"]:
        duty, _, stage = values.get("notice", "").partition(" ")
        fields |= {"obligation": duty, "stage": stage}
    kept = carried(kind, _controls(kind, old), old)
    body = {"kind": kind["kind"], "fields": {**kept, **{name: text for name, text in fields.items() if text}}}
    body |= {name: text for name in ("source", "reason", "corrects") if (text := values.get(name, ""))}
    return body | ({"at": times["at"]} if "at" in times else {})


def _preview(
    desk: Desk, kind: dict[str, Any], values: Mapping[str, str], old: dict[str, Any] | None
) -> PageContext:  # fmt: skip
    """What the event does as the form stands, or why it would be refused."""
    body = _body(desk, kind, {**values, "corrects": desk.one("corrects") or desk.query.get("corrects", "")}, old)
    seen = _digest(body)
    if not desk.can("preview_event"):
        return {"preview": None, "problem": None, "seen": seen}
    try:
        return {"preview": desk.ask("preview_event", body=body), "problem": None, "seen": seen}
    except LeakGuardError as error:
        return {"preview": None, "problem": error, "seen": seen}


def _digest(body: Mapping[str, Any]) -> str:
    """Of all that decides what the event does."""
    stated = {name: value for name, value in body.items() if name not in WORDS and name != "fields"}
    stated |= {name: value for name, value in body.get("fields", {}).items() if name not in WORDS}
    return sha256(json.dumps(stated, sort_keys=True).encode()).hexdigest()[:16]


def record(desk: Desk) -> Done:
    """Record it, if what it does was shown as it is now sent."""
    kinds = {known_kind["kind"]: known_kind for known_kind in desk.ask("list_event_kinds")["kinds"]}
    kind = kinds.get(desk.one("kind"))
    body: dict[str, Any] = {"kind": desk.one("kind")}
    if kind is not None:
        corrects = desk.one("corrects")
        old = _superseded(kind, _event(desk, corrects) if corrects else None)
        body = _body(desk, kind, {name: desk.one(name) for name in desk.form}, old)
    if desk.one("seen") != _digest(body):
        raise NotAllowed(
            "the form was changed after you saw what the event does",
            next_step="Read below what it does as it is now, and record it.",
        )
    kept = desk.ask("record_event", body=body)
    return Done(path=url_of("/incidents/{}/timeline", desk.incident) + f"#{kept['id']}")


SCREENS = (
    Screen(
        name="event_new", path="/incidents/{incident}/events/new", title="Record an event",
        template="incidents/event_new.html", show=new, right=Right.RECORD_EVENTS, section="incidents",
        under="incident_timeline", is_live=False,
    ),
)  # fmt: skip
ACTS = (
    Act(
        name="record_event", path="/incidents/{incident}/events/new", screen="event_new", perform=record,
        right=Right.RECORD_EVENTS, done="The event is recorded.",
    ),
    Act(
        name="preview_event", path="/incidents/{incident}/events/preview", screen="event_new", perform=new,
        right=Right.RECORD_EVENTS, done="", template="incidents/event_new.html", keeps_nothing=True,
    ),
)  # fmt: skip
