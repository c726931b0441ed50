"""The free passages of a letter, reworded on its page; and the fields of an office's form, ready to paste."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leakguard.accounts.rights import Right
from leakguard.web.console.pages.letter_words import language_names, shown_text
from leakguard.web.console.pages.letters import LETTER, back, which
from leakguard.web.console.screen import Act, Done, PageContext, Screen

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

_FIELD = "passage:"
"""Begins the name of a field that holds a passage; its id follows."""
SAME = "No passage was changed."


def editing(desk: Desk) -> PageContext:
    """The letter with a field in the place of each free passage."""
    return _context(desk, desk.ask("show_letter", query=which(desk)))


def _context(desk: Desk, found: dict[str, Any], changed: object = (), loses: object = ()) -> dict[str, Any]:
    places = shown_text(found)
    langs = {lang for passage in places["passages"].values() for lang in passage["others"]}
    return {
        "others": list(language_names(desk, langs).values()), "letter": found, "places": places,
        "names": language_names(desk, {found["lang"]}), "typed": _typed(desk), "changed": changed, "loses": loses,
        "is_preview": bool(desk.form) and not desk.refusal,
    }  # fmt: skip


def _typed(desk: Desk) -> dict[str, str]:
    return {name.removeprefix(_FIELD): desk.one(name) for name in desk.form if name.startswith(_FIELD)}


def _body(desk: Desk) -> dict[str, Any]:
    asked = which(desk)
    return {**asked, "lang": desk.one("lang"), "facts_sha256": desk.one("facts_sha256"), "passages": _typed(desk)}


def preview(desk: Desk) -> PageContext:
    """The same page with the letter as it would be."""
    found = desk.ask("preview_letter", body=_body(desk))
    return _context(desk, found["letter"], found["changed"], found["loses"])


def save(desk: Desk) -> Done:
    """Keep the passages."""
    found = desk.ask("reword_letter", body=_body(desk))
    done = back(desk)
    return done if found["changed"] else Done(path=done.path, say=SAME)


def form(desk: Desk) -> PageContext:
    """The office's form, each field with our answer."""
    shown = desk.ask("show_letter", query=which(desk))
    asked = {"lang": shown["lang"], **({"stage": shown["stage"]["stage"]} if shown["stage"] else {})}
    return {
        "letter": shown, "pack": desk.ask("pack_filing", query=asked),
        "names": language_names(desk, {*shown["languages"], shown["lang"]}),
    }  # fmt: skip


SCREENS = (
    Screen(
        name="letter_edit", path=f"{LETTER}/edit", title="Edit the letter", template="letters/edit.html", show=editing,
        right=Right.WRITE_FACTS, section="letters", under="incident_letters", is_live=False, needs_facts=True,
    ),
    Screen(
        name="letter_form", path=f"{LETTER}/form", title="Fields ready to paste", template="letters/form.html",
        show=form, right=Right.DRAFT_LETTERS, section="letters", under="incident_letters", needs_facts=True,
    ),
)  # fmt: skip
ACTS: tuple[Act, ...] = (
    Act(
        name="preview_letter", path=f"{LETTER}/preview", screen="letter_edit", perform=preview,
        right=Right.DRAFT_LETTERS, done="", template="letters/edit.html", keeps_nothing=True,
    ),
    Act(
        name="reword_letter", path=f"{LETTER}/edit", screen="letter_edit", perform=save, right=Right.WRITE_FACTS,
        done="The passages are kept. The letter and every check below read them.", also=(SAME,),
    ),
)  # fmt: skip
