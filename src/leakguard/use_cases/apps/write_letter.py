"""Writes the letter to an app's owner from a checked package."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date

from leakguard.apps.definitions import FOLDER, AppRules
from leakguard.apps.letter_texts import LETTER, LetterTexts, parse_letter
from leakguard.apps.owner_letter import LetterAuthor, is_worth_a_letter, owner_letter
from leakguard.errors import UsageProblem
from leakguard.models.languages import STYLES, Lang
from leakguard.models.letters import Letter, as_drill
from leakguard.ports import DataFolders
from leakguard.use_cases.apps.check_apps import CheckedApp

_DAY = {"en": "d MMMM y", "zh": "y年M月d日"}


def write_owner_letter(
    app: CheckedApp, rules: AppRules, folders: DataFolders, *, lang: Lang, sender: tuple[str, ...], today: date,
    is_drill: bool,
) -> Letter:  # fmt: skip
    """The draft; raises `UsageProblem` where nothing could be read, or nothing is to be asked of the owner."""
    if app.verdict is None:
        raise UsageProblem(f"{app.file} is not checked: {app.refused}", next_step="Name a package that can be read.")
    if not is_worth_a_letter(app.verdict):
        raise UsageProblem(
            "the app asks for nothing that its owner would have to change or to explain",
            next_step=f"See for yourself: leakguard app check {app.file} --category {app.category.id}",
        )
    texts = LetterTexts(parse_letter(folders.text(FOLDER, LETTER)), lang)
    written = LetterAuthor(
        sender=sender, on=today, date_line=format_date(today, _DAY[lang], locale=STYLES[lang].locale)
    )
    letter = owner_letter(app.verdict, rules, texts, lang=lang, sha256=app.sha256, written=written)
    return as_drill(letter) if is_drill else letter
