"""The register of breaches: searched, exported, and small incidents entered several at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leakguard.accounts.rights import Right
from leakguard.errors import UsageProblem
from leakguard.web.console.pages.fact_answers import MOST_DIGITS
from leakguard.web.console.pages.fact_desk import known, places_typed
from leakguard.web.console.pages.fact_fields import texts_of
from leakguard.web.console.pages.fact_start import COMMON
from leakguard.web.console.screen import Act, Done, PageContext, Screen

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

ON_A_PAGE = 25
ROWS = 3
MOST_ROWS = 30
FIELDS = ("title", "noticed", "people", "place", "category", "risk", "measures", "why")
FIRST_YEAR = 2000


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0  # noqa: PLR2004  (longer is no page)


def register(desk: Desk) -> PageContext:
    """A part of the register."""
    asked = {name: desk.query.get(name, "").strip() for name in ("q", "state", "told", "year")}
    after = _number(desk.query.get("after", ""))
    found = desk.ask(
        "search_register",
        query={**asked, "year": _number(asked["year"]), "after": after, "limit": ON_A_PAGE},
    )
    now = desk.now.astimezone(desk.zone).year
    years = [(str(year), str(year)) for year in range(now, now - 6, -1)]
    return {"found": found, "asked": asked, "after": after, "years": years}


def small(desk: Desk) -> PageContext:
    """The form of several small incidents."""
    catalogue = known(desk)
    proposed = _proposed(desk)
    count = min(max(ROWS, len(desk.form.get("title", ())), _number(desk.query.get("rows", ""))), MOST_ROWS)
    rows = [{name: _typed(desk, name, number) for name in FIELDS} for number in range(count)]
    common = [category for category in catalogue["categories"] if category["code"] in COMMON]
    return {
        "rows_of": rows, "common": common, "places": catalogue["places"], "proposed": proposed,
        "who_name": texts_of(proposed["organisation"].get("name")),
        "today": desk.now.astimezone(desk.zone).date().isoformat(),
    }  # fmt: skip


def _proposed(desk: Desk) -> dict[str, Any]:
    """Who reports, as the last incident says; the small ones need none of their own."""
    page = desk.ask("search_register", query={"limit": 1}) if desk.can("search_register") else {"rows": []}
    for row in page["rows"]:
        path = {"incident": row["incident"]}
        if row["has_facts"]:
            facts = desk.ask("show_facts", path=path)["facts"]
            return {"incident": row["incident"], "organisation": facts.get("organisation") or {}}
        return dict(desk.ask("propose_organisation", path=path))
    return {"incident": None, "organisation": {}}


def _typed(desk: Desk, name: str, number: int) -> str:
    values = desk.form.get(name, ())
    return values[number] if number < len(values) else ""


def record(desk: Desk) -> Done:
    """Open an incident for each line that has a title."""
    places = places_typed(known(desk))
    lines = []
    for number in range(len(desk.form.get("title", ()))):
        row = {name: _typed(desk, name, number).strip() for name in FIELDS}
        if row["title"]:
            lines.append(_line(desk, row, number + 1, places))
    if not lines:
        raise UsageProblem("no line has a title", next_step="Write what happened, a line for each incident.")
    body: dict[str, Any] = {"incidents": lines}
    if desk.one("organisation"):
        typed = desk.one("country").partition(" ")[0]
        country = places.get(typed.casefold(), typed)
        body["organisation"] = {
            "name": desk.one("organisation"), "role": "controller", **({"country": country} if country else {}),
        }  # fmt: skip
    desk.ask("record_small_incidents", body=body)
    return Done(path="/register" if desk.may(Right.READ_REGISTER) else "/incidents")


def _line(desk: Desk, row: dict[str, str], number: int, places: dict[str, str]) -> dict[str, Any]:
    line: dict[str, Any] = {
        "title": row["title"], "noticed": row["noticed"] or desk.now.astimezone(desk.zone).date().isoformat(),
        "measures": row["measures"], "why": row["why"], "risk": row["risk"] or None,
    }  # fmt: skip
    if row["people"]:
        digits = row["people"].replace(",", "").replace(" ", "")
        if not digits.isascii() or not digits.isdigit() or len(digits) > MOST_DIGITS:
            raise UsageProblem(
                desk.say("Line %(n)s: the number of people must be a whole number") % {"n": number},
                next_step=desk.say("Correct it, or leave it empty."),
            )
        line["people"] = int(digits)
    if row["place"] and not line.get("people"):
        raise UsageProblem(
            desk.say("Line %(n)s: a place without a number of people") % {"n": number},
            next_step=desk.say("Say how many people live there, or leave the place out."),
        )
    if row["why"] and not row["risk"]:
        raise UsageProblem(
            desk.say("Line %(n)s: a reason for a risk that nobody chose") % {"n": number},
            next_step=desk.say("Choose the risk, or leave the reason out."),
        )
    if row["place"]:
        code = row["place"].partition(" ")[0]
        line["place"] = places.get(row["place"].casefold()) or places.get(code.casefold()) or code
    if row["category"]:
        line["categories"] = [row["category"]]
    return line


SCREENS = (
    Screen(
        name="register", path="/register", title="Register", template="register/list.html", show=register,
        right=Right.READ_REGISTER,
    ),
    Screen(
        name="register_small", path="/register/small", title="Small incidents", template="register/small.html",
        show=small, right=Right.OPEN_INCIDENTS, section="register", is_live=False,
    ),
)  # fmt: skip
ACTS = (
    Act(
        name="record_small", path="/register/small", screen="register_small", perform=record,
        right=Right.OPEN_INCIDENTS, done="The incidents are in the register. Their clocks run where a law sets one.",
    ),
)  # fmt: skip
