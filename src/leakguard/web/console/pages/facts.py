"""The facts as an interview, one question at a time, with the duties beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from leakguard.accounts.rights import Right
from leakguard.errors import LeakGuardError, UsageProblem
from leakguard.web.console.pages.fact_answers import read_fact
from leakguard.web.console.pages.fact_desk import (
    answer_of,
    conflict,
    document_of,
    fields_of,
    kept_fields,
    kinds_of,
    known,
    places_typed,
    stated_in,
    write,
)
from leakguard.web.console.pages.fact_start import begin, begun, start
from leakguard.web.console.render import url_of
from leakguard.web.console.screen import Act, Done, PageContext, Screen

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

PATH = "/incidents/{incident}/facts"
MOST_SKIPPED = 60
LOST = "The answer is kept. What it replaced had a comment; that is only in the earlier version."


def interview(desk: Desk) -> PageContext:
    """The next question, or the one that the address names."""
    asked = desk.ask("show_interview")
    context: dict[str, Any] = {
        "asked": asked,
        "conflict": conflict(desk, asked["sha256"]),
        "may_write": desk.can("answer_facts"),
    }
    if asked["sha256"] is None:
        return context | begun(desk, known(desk))
    catalogue, document = known(desk), document_of(desk)
    skipped = [name for name in (desk.query.get("skip") or desk.one("skip")).split(",") if name][:MOST_SKIPPED]
    question, number = _question(desk, asked, skipped, catalogue)
    after = {"skip": ",".join(skipped)}
    if question is not None:
        context |= {"fact": kept_fields(desk, question, fields_of(question, document))}
        after = {"skip": ",".join(dict.fromkeys((*skipped, question["fact"])))}
    return context | {
        "question": question, "number": number, "skipped": skipped,
        "skip_to": url_of("/incidents/{}/facts", desk.incident, **after),
        "last": desk.query.get("last") or desk.one("last"), "categories": catalogue["categories"],
        "places": catalogue["places"],
        "roles": catalogue["roles"], "has_organisations": "organisations" in document,
    }  # fmt: skip


def _question(
    desk: Desk, asked: Mapping[str, Any], skipped: Sequence[str], catalogue: Mapping[str, Any]
) -> tuple[Mapping[str, Any] | None, int]:
    """The question to show, with its number among those that are open; 0 for one that is not."""
    wanted = desk.query.get("at") or desk.one("fact")
    for number, question in enumerate(asked["questions"], 1):
        if question["fact"] == wanted or (not wanted and question["fact"] not in skipped):
            return question, number
    again = {name["fact"]: name for name in asked["put_off"]}
    if wanted in again:
        return again[wanted], 0
    kind = kinds_of(catalogue).get(wanted)
    return ({**kind, "why": [], "duties": [], "deadline": None, "unclear": [], "for": ""} if kind else None), 0


def answers_in(desk: Desk) -> dict[str, Any]:
    """What the form of one question states. Raises `UsageProblem` for a form without an answer."""
    catalogue, name = known(desk), desk.one("fact")
    document = document_of(desk)
    if name.startswith("obligated_as."):
        return _roles(desk, document)
    kind = kinds_of(catalogue).get(name)
    if kind is None:
        raise UsageProblem("there is no such question", next_step="Go on with the next question.")
    stated = stated_in(document, name)
    new = read_fact(desk, kind, places_typed(catalogue), document)
    if new is None:
        raise UsageProblem(
            desk.say("choose an answer, or say why it is not known yet"),
            next_step=desk.say("To come back to it later, choose Skip."),
        )
    return answer_of(name, new, stated)


def _roles(desk: Desk, document: Mapping[str, Any]) -> dict[str, Any]:
    """Roles that the organisation has, and those of the question that it has not."""
    name = desk.one("fact")
    if desk.one(f"{name}.state") not in {"value", "none"}:
        raise UsageProblem(
            desk.say("choose an answer"), next_step=desk.say("Say which of the roles it has, or that it has none.")
        )
    chosen = desk.all(f"{name}.value") if desk.one(f"{name}.state") == "value" else []
    offered = desk.all(f"{name}.offered")
    has, has_not = (list(document.get(key) or ()) for key in ("obligated_as", "not_obligated_as"))
    return {
        "obligated_as": list(dict.fromkeys((*has, *chosen))),
        "not_obligated_as": list(
            dict.fromkeys((*has_not, *(role for role in offered if role not in chosen and role not in has)))
        ),
    }


def answer(desk: Desk) -> Done:
    """Keep one answer, and go on."""
    kept = write(desk, answers_in(desk))
    path = url_of("/incidents/{}/facts", desk.incident, skip=desk.one("skip"), last=desk.one("fact"))
    return Done(path=path, say=LOST if kept is not None and kept["lost_comments"] else "")


def preview(desk: Desk) -> PageContext:
    """How the duties would stand with what is typed; where it is no answer yet, how they stand."""
    try:
        answers = answers_in(desk)
        duties = desk.ask("preview_duties", body={"answers": answers}) if answers else None
    except LeakGuardError:
        duties = None
    is_preview = duties is not None
    return {
        "duties": duties or desk.ask("show_interview")["duties"],
        "is_preview": is_preview,
        "asked_fact": desk.one("fact"),
    }


def settle(desk: Desk) -> Done:
    """Keep what a person decided about a place."""
    body = {"place": desk.one("place"), "role": desk.one("role"), "reason": desk.one("reason")}
    desk.ask("settle_place", body=body)
    return Done(path=url_of("/incidents/{}/facts", desk.incident))


def ask_counsel(desk: Desk) -> Done:
    """Leave the question for counsel where all see it."""
    text = desk.say(
        "Question for counsel: LeakGuard has no rule for %(place)s (%(role)s). Is there a duty, and by when?"
    )
    text %= {"place": desk.one("name") or desk.one("place"), "role": desk.one("role")}
    desk.ask("add_comment", body={"text": text})
    return Done(path=url_of("/incidents/{}/facts", desk.incident))


_WRITE = Right.WRITE_FACTS
SCREENS = (
    Screen(
        name="facts", path=PATH, title="Facts", template="facts/interview.html", show=interview, section="incidents",
        right=Right.READ_INCIDENTS, tab="Facts and duties", counts="duties",
    ),
    Screen(
        name="facts_start", path=f"{PATH}/start", title="First facts", template="facts/start.html", show=start,
        under="facts", section="incidents", right=_WRITE, is_live=False,
    ),
)  # fmt: skip
ACTS = (
    Act(
        name="begin_facts", path=f"{PATH}/start", screen="facts_start", perform=begin, right=_WRITE,
        done="The first facts are kept. These duties follow from them.",
    ),
    Act(
        name="answer_fact", path=PATH, screen="facts", perform=answer, right=_WRITE, done="The answer is kept.",
        also=(LOST,),
    ),
    Act(
        name="preview_fact", path=f"{PATH}/preview", screen="facts", perform=preview, done="",
        right=Right.READ_INCIDENTS,
        template="facts/preview.html", keeps_nothing=True,
    ),
    Act(
        name="settle_place", path=f"{PATH}/places", screen="facts", perform=settle, right=Right.SETTLE_PLACES,
        done="The decision is kept, with your name and the reason.",
    ),
    Act(
        name="ask_counsel", path=f"{PATH}/ask", screen="facts", perform=ask_counsel, right=Right.COMMENT,
        done="The question stands among the comments of the incident.",
    ),
)  # fmt: skip
