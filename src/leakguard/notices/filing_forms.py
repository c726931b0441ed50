"""Forms of authorities as data: the fields in the form's order, each with what answers it.

A form whose fields nobody could read has none: then the items of the law stand in their order, and the pack says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from leakguard.errors import BadFile, Problem
from leakguard.files.fitting import fit
from leakguard.files.light_shapes import Field, LightShape, model_validator
from leakguard.files.names import nearest_name
from leakguard.files.yaml_text import Path, dotted, read_yaml
from leakguard.notices.authorities import FOLDER
from leakguard.notices.duty_sources import Source
from leakguard.notices.vocabulary import Vocabulary
from leakguard.ports import DataFolders

FORMS = "forms/"


class FormField(LightShape):
    """One field of a form; `items` are facts that answer it, `text` is an answer that is always the same."""

    label: dict[str, str] = Field(min_length=1)
    """In English and Chinese, and as the form has it."""
    items: tuple[str, ...] = ()
    text: dict[str, str] = Field(default_factory=dict)
    required: str = "yes"
    """A condition of the vocabulary: `yes`, `if_known`, `if_late`, `optional`."""
    most: int | None = Field(default=None, gt=0)
    """Characters that the field takes, where that is known."""
    choices: tuple[str, ...] = ()
    """What the form offers, where it offers a choice."""
    hint: dict[str, str] = Field(default_factory=dict)
    from_memory: bool = False

    @model_validator(mode="after")
    def _one_answer(self) -> FormField:
        if self.items and self.text:
            raise ValueError("is answered by `items` or by `text`, not both")
        if not {"en", "zh"} <= self.label.keys():
            raise ValueError("needs a `label` in English and in Chinese")
        return self

    @property
    def is_by_hand(self) -> bool:
        """Whether no fact answers it: a person does, in the form."""
        return not self.items and not self.text


class FilingForm(LightShape):
    """One form of one authority."""

    id: str = Field(pattern=r"^[a-z]{2}(-[a-z0-9]+)+$")
    authority: str
    duties: tuple[str, ...] = Field(min_length=1)
    name: dict[str, str] = Field(min_length=1)
    seen: bool
    """Whether the list of fields was read, in the form or in a copy of it."""
    seen_note: str
    """What was read and what was not."""
    seen_note_zh: str
    source: Source
    stages: str = ""
    """What the office calls a first, complete and later notice."""
    fields: tuple[FormField, ...] = ()
    more: tuple[FormField, ...] = ()
    """Fields that are believed to be there, behind the items of the law; all of them from memory."""

    @model_validator(mode="after")
    def _seen_has_fields(self) -> FilingForm:
        if self.seen is not bool(self.fields):
            raise ValueError("has `fields` where it was seen, and none where it was not")
        if any(not field.from_memory for field in self.more):
            raise ValueError("says `from_memory: true` of each field in `more`")
        return self


class _FormFile(LightShape):
    form: FilingForm


def load_forms(folders: DataFolders, vocabulary: Vocabulary) -> Mapping[str, FilingForm]:
    """Every form by its id; raises `BadFile`."""
    names = [name for name in folders.names(FOLDER) if name.startswith(FORMS)]
    known = tuple(sorted((*vocabulary.facts, *vocabulary.conditions)))
    found = (_form_in(f"{FOLDER}/{name}", folders.text(FOLDER, name), known) for name in names)
    return {filing_form.id: filing_form for filing_form in found}


@lru_cache(maxsize=64)
def _form_in(name: str, text: str, known: tuple[str, ...]) -> FilingForm:
    """Read one form; raises `BadFile` with all problems, also words that the vocabulary does not know."""
    read = read_yaml(text, name=name)
    form = fit(read, _FormFile, name=name).form
    problems = []
    for path, word in _words_used(form):
        if word not in known:
            place: Path = ("form", *path)
            near, line = nearest_name(word[:60], list(known)), read.line_of(place)
            problems.append(Problem(where=dotted(place), text=f"unknown word `{word[:60]}`", line=line, nearest=near))
    if problems:
        raise BadFile(name, tuple(problems))
    return form


def _words_used(form: FilingForm) -> Iterator[tuple[Path, str]]:
    for part, fields in (("fields", form.fields), ("more", form.more)):
        for index, field in enumerate(fields):
            yield from (((part, index, "items", number), item) for number, item in enumerate(field.items))
            yield (part, index, "required"), field.required
