"""Every fact in a form, section by section; and the same facts as a file, to read, to write and to import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from leakguard.accounts.rights import Right
from leakguard.errors import BadFile, NotFound, UsageProblem
from leakguard.web.call import RequestRefused
from leakguard.web.console.pages.fact_answers import read_fact
from leakguard.web.console.pages.fact_desk import (
    answer_of,
    conflict,
    document_of,
    fields_of,
    kept_fields,
    kept_of,
    kinds_of,
    known,
    places_typed,
    stated_in,
    write,
)
from leakguard.web.console.pages.fact_fields import state_of
from leakguard.web.console.pages.fact_letter import back_to_letters, in_language, letter_asked
from leakguard.web.console.render import url_of
from leakguard.web.console.screen import Act, Done, PageContext, Screen

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

PATH = "/incidents/{incident}/facts"
SAME = "Nothing changed."
LOST = "The facts are kept. What was replaced had comments; they are only in the earlier version."
LETTERS = "letters"
"""A section of its own: what the letters of the duties that apply still lack."""
OF_ORGANISATION = frozenset({"org_identity", "org_registration", "org_contact", "dpo_contact"})
"""Facts that the organisation's own entries answer; the form asks for those."""
MOST_FILE = 1_000_000


def form(desk: Desk) -> PageContext:
    """One section of the form."""
    asked = desk.ask("show_interview")
    if asked["sha256"] is None:
        raise NotFound(
            "nobody has written the facts of this incident yet",
            next_step="Begin with the first facts: the tab Facts and duties.",
        )
    catalogue, document = known(desk), document_of(desk)
    open_facts = {question["fact"] for question in (*asked["questions"], *asked["put_off"])}
    letter = letter_asked(desk, document)
    lacking = (
        letter["lacking"]
        if letter
        else [question["fact"] for question in asked["questions"] if question["for"] == "letter"]
    )
    sections = [_section(part, document, open_facts) for part in catalogue["sections"]]
    wanted = desk.query.get("section") or desk.one("section")
    number = next((n for n, part in enumerate(sections) if part["id"] == wanted), 0)
    section = {"id": LETTERS, "facts": lacking} if wanted == LETTERS else sections[number]
    kinds = _named(catalogue, lacking) if wanted == LETTERS else _kinds(catalogue, sections[number]["id"])
    rows = [_row(desk, kind, document, open_facts) for kind in kinds]
    if letter:
        rows = [row | {"fact": in_language(row["kind"], row["fact"], letter["lang"])} for row in rows]
    after = sections[number + 1] if wanted != LETTERS and number + 1 < len(sections) else None
    return {
        "asked": asked, "sections": sections, "section": section, "after": after,
        "categories": catalogue["categories"],
        "rows_of": [row for row in rows if row["is_shown"]], "more_rows": [row for row in rows if not row["is_shown"]],
        "conflict": conflict(desk, asked["sha256"]), "lacking": lacking, "letter": letter,
        "places": catalogue["places"], "roles": catalogue["roles"],
        "has": document.get("obligated_as") or [], "has_organisations": "organisations" in document,
    }  # fmt: skip


def _section(section: Mapping[str, Any], document: Mapping[str, Any], open_facts: set[str]) -> dict[str, Any]:
    names = [fact["fact"] for fact in section["facts"]]
    stated = sum(state_of(stated_in(document, name)) in {"value", "estimate"} for name in names)
    return {
        "id": section["id"],
        "en": section["en"],
        "zh": section["zh"],
        "stated": stated,
        "open": len(open_facts & set(names)),
    }


def _named(catalogue: Mapping[str, Any], names: Sequence[str]) -> list[Mapping[str, Any]]:
    """How these facts are asked."""
    kinds = kinds_of(catalogue)
    return [kinds[name] for name in names if name in kinds]


def _kinds(catalogue: Mapping[str, Any], section: str) -> list[Mapping[str, Any]]:
    """What the section asks; the first one asks for the organisation as well."""
    found = next((part["facts"] for part in catalogue["sections"] if part["id"] == section), None)
    if found is None:
        raise RequestRefused("this is no form of this page", (), next_step="Load the page again, and send its form.")
    own = catalogue["organisation"] if section == catalogue["sections"][0]["id"] else []
    return [*own, *(kind for kind in found if kind["fact"] not in OF_ORGANISATION)]


def _row(
    desk: Desk, kind: Mapping[str, Any], document: Mapping[str, Any], open_facts: set[str]
) -> dict[str, Any]:  # fmt: skip
    name = kind["fact"]
    stated = stated_in(document, name)
    fact = kept_fields(desk, kind, fields_of(kind, document))
    is_asked = name in open_facts
    return {"kind": kind, "fact": fact, "is_asked": is_asked, "is_shown": bool(stated) or is_asked or _is_usual(kind)}


def _is_usual(kind: Mapping[str, Any]) -> bool:
    """Whether it has a question of its own, or is the organisation's."""
    return kind["ask"] is not None or "." in kind["fact"]


def save(desk: Desk) -> Done:
    """Keep what changed in a section, and go on."""
    catalogue, document = known(desk), document_of(desk)
    places = places_typed(catalogue)
    answers: dict[str, Any] = {}
    is_of_letters = desk.one("section") == LETTERS
    kinds = _named(catalogue, desk.all("named")) if is_of_letters else _kinds(catalogue, desk.one("section"))
    for kind in kinds:
        name = kind["fact"]
        if not any(field.startswith(f"{name}.") for field in desk.form):
            continue
        stated = stated_in(document, name)
        if "organisations" in document and "." in name:
            continue
        answers |= answer_of(name, read_fact(desk, kind, places, document), stated)
    roles = desk.all("role")
    if roles and sorted(roles) != sorted(document.get("obligated_as") or []):
        answers["obligated_as"] = roles
    kept = write(desk, answers)
    path = url_of("/incidents/{}/facts/form", desk.incident, section=desk.one("then") or desk.one("section"))
    if is_of_letters:
        path = back_to_letters(desk)
    return Done(path=path, say=_state_of(kept))


def _state_of(kept: Mapping[str, Any] | None) -> str:
    if kept is None:
        return SAME
    if kept["lost_comments"]:
        return LOST
    return ""


def file(desk: Desk) -> PageContext:
    """The facts as a file."""
    kept = kept_of(desk)
    text = desk.one("text") or (kept["text"] if kept else "")
    return {
        "kept": kept,
        "text": text,
        "conflict": conflict(desk, kept["sha256"] if kept else None),
        "bad_lines": _bad_lines(desk, text),
    }


def _bad_lines(desk: Desk, text: str) -> list[tuple[int, str, str]]:
    """Each problem with its line as it was sent."""
    lines = text.splitlines()
    problems = desk.refusal.problems if desk.refusal is not None else ()
    numbered = [(problem.line, problem) for problem in problems if problem.line]
    return [(line, lines[line - 1][:200] if line <= len(lines) else "", problem.text) for line, problem in numbered]


def import_file(desk: Desk) -> Done:
    """Write the facts as the file has them, every sign of it."""
    uploads = desk.uploads.get("file", ())
    text = desk.one("text")
    if uploads:
        if uploads[0].size > MOST_FILE:
            raise UsageProblem("the file is too long for facts", next_step="Choose the facts file of one incident.")
        try:
            text = uploads[0].file.read().decode().replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise UsageProblem(
                "the file is no text in UTF-8", next_step="Choose a facts file, YAML or JSON."
            ) from error
        desk.form = {**desk.form, "text": [text]}
    if not text.strip():
        raise UsageProblem("there is no text", next_step="Choose a file, or paste its text.")
    try:
        desk.ask("write_facts", body=text, headers={"if-match": desk.one("read")})
    except BadFile as error:
        raise BadFile(
            error.name, error.problems, next_step="Correct these lines, and write the facts again."
        ) from error
    return Done(path=url_of("/incidents/{}/facts", desk.incident))


SCREENS = (
    Screen(
        name="facts_form", path=f"{PATH}/form", title="All facts", template="facts/form.html", show=form,
        section="incidents", under="facts", right=Right.READ_INCIDENTS, is_live=False, needs_facts=True,
    ),
    Screen(
        name="facts_file", path=f"{PATH}/file", title="Facts as a file", template="facts/file.html", show=file,
        section="incidents", under="facts", right=Right.READ_INCIDENTS, is_live=False,
    ),
)  # fmt: skip
ACTS = (
    Act(
        name="save_facts", path=f"{PATH}/form", screen="facts_form", perform=save, right=Right.WRITE_FACTS,
        done="The facts are kept.", also=(SAME, LOST),
    ),
    Act(
        name="import_facts", path=f"{PATH}/file", screen="facts_file", perform=import_file, right=Right.WRITE_FACTS,
        done="The facts are kept as the file has them, comments included.", takes_files=True,
    ),
)  # fmt: skip
