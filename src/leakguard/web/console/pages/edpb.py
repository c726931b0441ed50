"""The EDPB's form: each field with what the facts answer, what is missing, and the fact that would answer it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any

from leakguard.accounts.rights import Right
from leakguard.errors import UsageProblem
from leakguard.notices.edpb.payload import OPEN
from leakguard.web.console.pages.fact_answers import MOST_DIGITS
from leakguard.web.console.pages.fact_desk import conflict, kept_of, write
from leakguard.web.console.render import url_of
from leakguard.web.console.screen import N_, Act, Done, PageContext, Screen

if TYPE_CHECKING:
    from leakguard.web.call import Answer
    from leakguard.web.console.desk import Desk

SAME = "Nothing changed."
PATH = "/incidents/{incident}/edpb"
STATUSES, TYPES = ("incomplete", "complete"), ("new", "follow-up")
_FACT = re.compile(r"`([a-z_]+(?:\.[a-z_]+)?)`")
_CONDITION = re.compile(r" where [^;]*")
"""When a field is asked: those that are shown are asked, by the answers that are given."""
DEMANDS = (
    N_("in every notice"), N_("if it applies"), N_("never; may be answered"),
    N_("in every notice; an incomplete one may say that it is open"),
    N_("in every notice; an incomplete one may stay without an answer"),
)  # fmt: skip
"""All that is said of when a field has to be answered, each as a message."""
_OWN = re.compile(r"`edpb\.field_\d+`")


def _which(desk: Desk) -> dict[str, str]:
    """The notice that is meant; the first one, where the address does not say."""
    status = desk.query.get("status") or desk.one("status") or STATUSES[0]
    kind = desk.query.get("type") or desk.one("type") or TYPES[0]
    return {"status": status, "type": kind}


def form(desk: Desk) -> PageContext:
    """The template with our answers, section by section."""
    which = _which(desk)
    kept = kept_of(desk)
    context = {"which": which, "kept": kept, "conflict": conflict(desk, kept["sha256"] if kept else None)}
    if kept is None:
        return context | {"found": None, "sections": [], "lacking": 0}
    found = desk.ask("show_edpb_form", query=which)
    own = kept["facts"].get("edpb") or {}
    shown = [_row(field, own) for field in found["fields"] if field["state"] != "not_asked"]
    sections = [
        (name, list(rows)) for name, rows in groupby(shown, key=lambda field: field["section"].partition(".")[0])
    ]
    lacking = sum(field["state"] in {"lacking", "wrong"} for field in found["fields"])
    return context | {
        "found": found,
        "sections": sections,
        "lacking": lacking,
        "not_asked": len(found["fields"]) - len(shown),
    }


def _row(field: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """A field, with the fact that answers it, or with the control for an answer of its own."""
    fact = _FACT.search(field["answered_by"])
    is_own = bool(_OWN.search(field["answered_by"])) or field["field"] in own
    value = own.get(field["field"])
    link = fact[1] if fact is not None and not is_own and fact[1] != "incident" else ""
    chosen = value if isinstance(value, list) else [] if value is None else [value]
    return {
        **field,
        "fact": link,
        "is_own": is_own and field["kind"] in _READ,
        "demanded": without_condition(field["demanded"]),
        "told": _answer_lines(field),
        "chosen": [str(code).lower() if isinstance(code, bool) else str(code) for code in chosen],
    }


def without_condition(demanded: str) -> str:
    """What is said of when a field has to be answered, without the answers that ask for it."""
    return _CONDITION.sub("", demanded)


def _answer_lines(field: Mapping[str, Any]) -> list[str]:
    """The answer as the form words it, each of several by itself."""
    answer, words = field["answer"], {code["code"]: code["words"] for code in field["codes"]}
    given = answer if isinstance(answer, list) else [answer]
    if words and all(code in words for code in given):
        return [words[code] for code in given]
    text = field["answer_words"]
    return [OPEN, text.removeprefix(f"{OPEN}: ")] if text.startswith(f"{OPEN}: ") else [text] if text else []


def save(desk: Desk) -> Done:
    """Keep our own answers to fields that no fact answers."""
    which = _which(desk)
    own = desk.ask("show_facts")["facts"].get("edpb") or {}
    answers: dict[str, Any] = {}
    for field in desk.ask("show_edpb_form", query=which)["fields"]:
        name = field["field"]
        if name not in desk.form or field["kind"] not in _READ:
            continue
        value = _READ[field["kind"]](desk, name)
        if value in (None, "", []):
            answers |= {f"edpb.{name}": None} if name in own else {}
        elif value != own.get(name):
            answers[f"edpb.{name}"] = value
    kept = write(desk, answers)
    return Done(path=url_of("/incidents/{}/edpb", desk.incident, **which), say="" if kept else SAME)


def _flag(desk: Desk, name: str) -> bool | None:
    return {"true": True, "false": False}.get(desk.one(name))


def _number(desk: Desk, name: str) -> int | None:
    text = desk.one(name).replace(",", "").replace(" ", "")
    if text and not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise UsageProblem(f"{name}: must be a whole number", next_step="Correct it, or leave it empty.")
    return int(text) if text else None


_READ: dict[str, Any] = {
    "text": lambda desk, name: desk.one(name), "choice": lambda desk, name: desk.one(name),
    "choices": lambda desk, name: desk.all(name), "flag": _flag, "count": _number,
    "texts": lambda desk, name: [line.strip() for line in desk.one(name).split("\n") if line.strip()],
    "date": lambda desk, name: desk.one(name), "moment": lambda desk, name: desk.one(name),
}  # fmt: skip
"""What an answer of our own is read as, by the kind of the field; fields of other kinds are answered by facts."""


def download(desk: Desk) -> Answer:
    """The notice as the authority's portal takes it."""
    return desk.answer("export_edpb", query=_which(desk))


SCREENS = (
    Screen(
        name="edpb", path=PATH, title="Form of the EDPB", template="edpb/form.html", show=form, section="incidents",
        under="facts",
        right=Right.READ_INCIDENTS, is_live=False,
    ),
)  # fmt: skip
ACTS = (
    Act(
        name="save_edpb", path=PATH, screen="edpb", perform=save, right=Right.WRITE_FACTS,
        done="The answers are kept.", also=(SAME,),
    ),
    Act(
        name="export_edpb", path=f"{PATH}/export", screen="edpb", perform=download, right=Right.DRAFT_LETTERS, done="",
        keeps_nothing=True,
    ),
)  # fmt: skip
