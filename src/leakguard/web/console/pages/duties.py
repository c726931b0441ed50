"""Duties: the whole book to search, those of an incident with their reasons, and one duty with each condition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leakguard.accounts.rights import Right
from leakguard.errors import LawsUnknown
from leakguard.web.console.pages.fact_desk import known
from leakguard.web.console.render import url_of
from leakguard.web.console.screen import Act, Done, PageContext, Screen

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

ON_A_PAGE = 50
ASKED = ("q", "place", "role", "sector", "to")
RECIPIENTS = (
    ("regulator", "authority"), ("individuals", "people affected"), ("cert", "CERT"), ("controller", "controller"),
    ("consumer_agencies", "consumer reporting agencies"), ("media", "media"), ("public", "public"),
    ("investors", "investors"), ("register", "own register"), ("processor", "processor"), ("other", "other"),
)  # fmt: skip
"""Kinds of recipients, each as a message."""


def _after(desk: Desk) -> int:
    text = desk.query.get("after", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0  # noqa: PLR2004  (longer is no page)


def book(desk: Desk) -> PageContext:
    """The book of duties, searched."""
    asked = {name: desk.query.get(name, "").strip() for name in ASKED}
    catalogue = known(desk)
    place = asked["place"].partition(" ")[0]
    found = desk.ask("list_duties", query={**asked, "place": place, "after": _after(desk), "limit": ON_A_PAGE})
    lang = desk.words.language
    coded = {name: [(item["code"], item[lang]) for item in catalogue[name]] for name in ("roles", "sectors")}
    return {
        "found": found, "asked": asked, "after": _after(desk), "coded": coded,
        "recipients": [(code, desk.say(text)) for code, text in RECIPIENTS], "places": catalogue["places"],
    }  # fmt: skip


def one(desk: Desk) -> PageContext:
    """One duty of the book."""
    return {"duty": desk.ask("show_duty"), "in_incident": None, "recipients": dict(RECIPIENTS)}


def of_incident(desk: Desk) -> PageContext:
    """The duties of an incident with one answer."""
    applies = desk.query.get("applies", "yes")
    found = desk.ask("list_incident_duties", query={"applies": applies, "after": _after(desk), "limit": ON_A_PAGE})
    places = desk.ask("show_interview")["duties"]["places"] if applies == "no_rule_known" else []
    return {"found": found, "applies": applies, "after": _after(desk), "places": places}


def one_of_incident(desk: Desk) -> PageContext:
    """One duty as it stands to the incident."""
    duty = desk.ask("why_duty")
    _by_events(desk, duty)
    kept = desk.ask("list_approvals")["approvals"]
    approved = [notice for notice in kept if notice["duty"] == duty["id"] and notice["approvals"]]
    return {"duty": duty, "in_incident": duty, "recipients": dict(RECIPIENTS), "approved": approved}


def _by_events(desk: Desk, duty: dict[str, Any]) -> None:
    """Put how the incident's own clocks stand in place of what the times in the facts give; a letter tells those."""
    try:
        running = {clock["id"]: clock for clock in desk.ask("list_clocks")["clocks"]}
    except LawsUnknown:
        return
    for one in duty["clocks"]:
        runs = running.get(f"{duty['id']}.{one['stage']}")
        if runs is None:
            continue
        if one["work_by"] and runs["work_by"] and one["work_by"] != runs["work_by"]:
            one["by_facts"] = {"work_by": one["work_by"], "zone": one["zone"]}
        one.update({name: runs[name] for name in ("state", "work_by", "ended_at", "zone")}, runs=runs["id"])
        if duty["row"]["stage"] == one["stage"]:
            duty["row"] |= {"state": one["state"], "work_by": one["work_by"], "is_done": bool(one["ended_at"])}


def decide(desk: Desk) -> Done:
    """Keep a person's decision whether the duty applies."""
    body = {"applies": desk.one("applies"), "reason": desk.one("reason"), "organisation": desk.one("organisation")}
    desk.ask("decide_duty", body=body)
    return Done(path=url_of("/incidents/{}/duties/{}", desk.incident, desk.path["duty"]))


_READ = Right.READ_INCIDENTS
SCREENS = (
    Screen(
        name="duties", path="/duties", title="Duties", template="duties/book.html", show=book, right=_READ,
        is_live=False,
    ),
    Screen(
        name="duty", path="/duties/{duty}", title="Duty", template="duties/duty.html", show=one, right=_READ,
        section="duties", is_live=False,
    ),
    Screen(
        name="incident_duties", path="/incidents/{incident}/duties", title="Duties", template="duties/of_incident.html",
        show=of_incident, right=_READ, section="incidents", under="facts", needs_facts=True,
    ),
    Screen(
        name="incident_duty", path="/incidents/{incident}/duties/{duty}", title="Duty", template="duties/why.html",
        show=one_of_incident, right=_READ, section="incidents", under="facts", needs_facts=True,
    ),
)  # fmt: skip
ACTS = (
    Act(
        name="decide_duty", path="/incidents/{incident}/duties/{duty}", screen="incident_duty", perform=decide,
        right=Right.SETTLE_PLACES, done="The decision is kept, with your name and the reason.",
    ),
)  # fmt: skip
