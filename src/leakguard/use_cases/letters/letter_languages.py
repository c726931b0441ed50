"""In which languages a letter is written: those of its template, and those whose catalogue has it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from leakguard.errors import BadFile, Problem, UsageProblem
from leakguard.models.languages import LANGS, STYLES, Lang, named
from leakguard.notices.letters.catalogue import CATALOGUES, Catalogue, gaps, parse_catalogue
from leakguard.notices.letters.choice import SHIPPED_FOLDER
from leakguard.notices.letters.template import LetterTemplate, parse_template
from leakguard.notices.vocabulary import Vocabulary
from leakguard.ports import DataFolders

FOLDER = "templates"


def catalogue_of(folders: DataFolders, lang: Lang) -> Catalogue | None:
    """The catalogue of a language; `None` for those that the templates have themselves. Raises `BadFile`."""
    name = f"{CATALOGUES}{lang}.yaml"
    if name not in folders.names(FOLDER):
        return None
    return parse_catalogue(folders.text(FOLDER, name), lang=lang, name=f"{FOLDER}/{name}")


def languages_of(template: LetterTemplate, file: str, folders: DataFolders) -> tuple[Lang, ...]:
    """Every language that the letter of a template is offered in; `file` is its name in the folder of templates.

    Reads all catalogues, and raises `BadFile` for one that cannot be read.
    """
    return tuple(lang for lang in LANGS if lang in template.languages or _is_whole(template, file, folders, lang))


def in_language(
    template: LetterTemplate, file: str, lang: Lang, folders: DataFolders, *, letter: str, takes: Sequence[str] = ()
) -> LetterTemplate:
    """The template with the texts of this language; `letter` is what a refusal calls it.

    `takes` are the codes of the languages that its reader takes, so that a refusal can name them.

    Raises `UsageProblem` for a language that the letter is not offered in, naming each text without a translation,
    and `BadFile` for a catalogue that cannot be read.
    """
    if lang in template.languages:
        return template
    name, catalogue = name_of(file), catalogue_of(folders, lang)
    problem = f"the letter of {letter} is not written in {STYLES[lang].name}"
    if catalogue is None or name not in catalogue.letters:
        choose = f"Choose one of {named(languages_of(template, file, folders))}."
        raise UsageProblem(problem, next_step=" ".join((choose, *_taken(takes))))
    missing = catalogue.missing(name, template)
    if missing:
        raise UsageProblem(
            "\n".join(
                (f"{problem}: {FOLDER}/{CATALOGUES}{lang}.yaml has no translation of", *(f"  {t}" for t in missing))
            ),
            next_step=f"Translate these texts, or choose one of {named(languages_of(template, file, folders))}.",
        )
    return catalogue.written(name, template)


def _taken(codes: Sequence[str]) -> Iterator[str]:
    """What the reader takes, where we know its name."""
    if known := tuple(lang for lang in LANGS if lang in codes):
        yield f"Its reader takes {named(known)}."


def name_of(file: str) -> str:
    """What a catalogue calls the template of a file: `eu-gdpr-33-authority`."""
    return PurePosixPath(file).stem


def _is_whole(template: LetterTemplate, file: str, folders: DataFolders, lang: Lang) -> bool:
    catalogue, name = catalogue_of(folders, lang), name_of(file)
    return catalogue is not None and name in catalogue.letters and not catalogue.missing(name, template)


def catalogue_problems(folders: DataFolders, vocabulary: Vocabulary) -> Iterator[tuple[str, Problem]]:
    """What is wrong with the catalogues that ship beside the templates that ship, each with its file."""
    templates: dict[str, LetterTemplate] = {}
    for name in folders.names(FOLDER):
        if name.startswith(SHIPPED_FOLDER):
            text = folders.text(FOLDER, name)
            templates[name_of(name)] = parse_template(text, name=f"{FOLDER}/{name}", vocabulary=vocabulary)
    for lang in LANGS:
        try:
            catalogue = catalogue_of(folders, lang)
        except BadFile as bad:
            yield from ((bad.name, problem) for problem in bad.problems)
            continue
        if catalogue is not None:
            yield from ((f"{FOLDER}/{CATALOGUES}{lang}.yaml", problem) for problem in gaps(catalogue, templates))
