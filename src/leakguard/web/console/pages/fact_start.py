"""The first facts of an incident on one page: who reports, what leaked, whom it concerns, since when it is known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from leakguard.accounts.rights import Role
from leakguard.errors import UsageProblem
from leakguard.web.console.pages.fact_answers import read_fact
from leakguard.web.console.pages.fact_desk import conflict, kept_fields, kinds_of, known, places_typed
from leakguard.web.console.pages.fact_fields import ROWS, filled, texts_of
from leakguard.web.console.pages.moments import on_clock
from leakguard.web.console.render import url_of
from leakguard.web.console.screen import Done, PageContext

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

OWN = ("name", "country", "region", "sector")
CONTACTS = (("contact", ("email", "phone")), ("dpo", ("name", "email")))
FIRST = ("breach_description", "data_categories", "exposure", "subjects_by_jurisdiction")
"""Facts without which hardly any law answers."""
COMMON = (
    "basic.name", "contact.email", "contact.phone", "contact.address", "basic.birth_date", "identification_number",
    "official_document", "payment", "economic", "health", "credentials.password", "location", "profile", "unknown",
)  # fmt: skip
"""Kinds of data that are shown first."""
USUAL = ("controller", "processor", "network_operator")
_AWARE = frozenset({"awareness", "notice_received", "discovery", "detected"})


def start(desk: Desk) -> PageContext:
    """The page of the first facts."""
    asked = desk.ask("show_interview")
    return {"asked": asked, "conflict": conflict(desk, asked["sha256"]), **begun(desk, known(desk))}


def begun(desk: Desk, catalogue: Mapping[str, Any]) -> dict[str, Any]:
    """What the form of the first facts is filled with."""
    proposed = desk.ask("propose_organisation")
    kinds = kinds_of(catalogue)
    events = desk.ask("show_incident")["events"]
    who = proposed["organisation"]
    is_officer = not proposed["incident"] and Role.DPO in desk.caller.roles
    own = desk.ask("show_own_account", path={}) if is_officer else {}
    return {
        "officer": {"name": own.get("name", ""), "mail": own.get("mail") or ""},
        "proposed": proposed, "who": who, "who_name": texts_of(who.get("name")),
        "controls_of": [(kinds[name], kept_fields(desk, kinds[name], filled(kinds[name], None))) for name in FIRST],
        "is_aware": any(event["kind"] in _AWARE for event in events),
        "chosen_roles": desk.all("role") or proposed["obligated_as"] or ["controller"],
        "usual": USUAL, "common": COMMON, "rows": ROWS, "categories": catalogue["categories"],
        "places": catalogue["places"], "roles": catalogue["roles"], "sectors": catalogue["sectors"],
    }  # fmt: skip


def begin(desk: Desk) -> Done:
    """Write the first facts, and when the organisation became aware where nothing says it yet."""
    catalogue = known(desk)
    places, kinds = places_typed(catalogue), kinds_of(catalogue)
    aware = _moment(desk)
    answers: dict[str, Any] = dict(_organisation(desk, places))
    answers["obligated_as"] = desk.all("role")
    answers["zone"] = desk.ask("show_incident")["zone"]  # letters give times in it
    for name in FIRST:
        new = read_fact(desk, kinds[name], places, {})
        if new is not None:
            answers[f"facts.{name}"] = dict(new)
    if desk.one("all_people"):
        answers |= _all_people(answers.get("facts.subjects_by_jurisdiction", {}))
    with_it = {"aware": {"at": aware, "reason": desk.say("stated with the first facts")}} if aware else {}
    desk.ask("answer_facts", body={"answers": answers, **with_it}, headers={"if-match": desk.one("read")})
    return Done(path=url_of("/incidents/{}/facts", desk.incident))


def _all_people(residents: Mapping[str, Any]) -> dict[str, Any]:
    """The number of people affected: the sum of those of all places; nothing where no place is stated."""
    counts = [*residents.get("value", {}).values(), *residents.get("estimate", {}).values()]
    if not counts:
        return {}
    spans = [(count, count) if isinstance(count, int) else (count["low"], count["high"]) for count in counts]
    low, high = (sum(side) for side in zip(*spans, strict=True))
    return {"facts.subject_count": {"value": low} if low == high else {"estimate": {"low": low, "high": high}}}


def _moment(desk: Desk) -> str:
    """When the organisation became aware, in the reader's zone; empty where nothing was typed."""
    day, time = desk.one("aware_day"), desk.one("aware_time")
    if not day:
        return ""
    try:
        read = datetime.fromisoformat(f"{day}T{time or '00:00'}").replace(tzinfo=desk.zone)
        read = on_clock(read, desk.zone) if time else read
    except ValueError as error:
        raise UsageProblem(
            desk.say("the day on which you became aware cannot be read"), next_step=desk.say("Write it as 2026-05-23.")
        ) from error
    if read > desk.now:
        raise UsageProblem(
            desk.say("the moment at which you became aware is in the future"),
            next_step=desk.say("Correct the day or the time. The time of %(zone)s counts; there it is %(now)s now.")
            % {"zone": desk.zone.key, "now": desk.now.astimezone(desk.zone).strftime("%Y-%m-%d %H:%M")},
        )
    return read.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if time else day


def _organisation(desk: Desk, places: Mapping[str, str]) -> Mapping[str, Any]:
    """Who reports: as before, with what was typed over it."""
    proposed = desk.ask("propose_organisation")
    found: dict[str, Any] = dict(proposed["organisation"]) if desk.one("same") else {}
    if desk.one("same") and proposed["not_obligated_as"]:
        found_not = [kind for kind in proposed["not_obligated_as"] if kind not in desk.all("role")]
    else:
        found_not = []
    for name in OWN:
        typed = desk.one(f"organisation.{name}")
        if typed:
            found[name] = _place(typed, places) if name in {"country", "region"} else typed
    for name, ways in CONTACTS:
        typed_ways = {way: text for way in ways if (text := desk.one(f"{name}.{way}"))}
        if typed_ways:
            found[name] = typed_ways
    if not found.get("name"):
        raise UsageProblem(
            desk.say("the name of the organisation is missing"), next_step=desk.say("Write who reports.")
        )
    found.setdefault("role", "processor" if desk.all("role") == ["processor"] else "controller")
    values = {f"organisation.{name}": value for name, value in found.items()}
    return {**values, **({"not_obligated_as": found_not} if found_not else {})}


def _place(typed: str, places: Mapping[str, str]) -> str:
    """The code of a place; what is not known is left to the check of the file, which names the nearest."""
    code = typed.partition(" ")[0]
    return places.get(typed.casefold()) or places.get(code.casefold()) or code.upper()
