"""Which template writes which letter: data, so that a new duty of a known family needs no code and no new template."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pydantic import model_validator

from leakguard.errors import BadFile, Problem
from leakguard.files.shapes import Shape, load
from leakguard.notices.notice_content import NoticeContent, RecipientKind

OWN_FOLDER = "own/"
"""The organisation's own templates stand under this name; one of them comes before all that ship."""
SHIPPED_FOLDER = "notices/"


class TemplateChoice(Shape):
    """One line: the letters that it is for, and the template that writes them."""

    use: str
    duties: tuple[str, ...] = ()
    recipients: tuple[RecipientKind, ...] = ()

    @model_validator(mode="after")
    def _one_question(self) -> TemplateChoice:
        if bool(self.duties) is bool(self.recipients):
            raise ValueError("needs exactly one of duties, recipients")
        return self

    def fits(self, notice: NoticeContent) -> bool:
        """Whether the line is for this letter."""
        return notice.id in self.duties or notice.recipient.type in self.recipients


class _ChoiceFile(Shape):
    choices: tuple[TemplateChoice, ...]


def parse_choices(text: str, *, name: str, templates: Collection[str]) -> tuple[TemplateChoice, ...]:
    """Read the lines; raises `BadFile` for a template that is not among the files `templates`."""
    choices = load(text, _ChoiceFile, name=name).choices
    gone = [choice.use for choice in choices if f"{SHIPPED_FOLDER}{choice.use}.yaml" not in templates]
    if gone:
        raise BadFile(name, tuple(Problem(where="choices", text=f"there is no template `{use}`") for use in gone))
    return choices


def choose(notice: NoticeContent, choices: Sequence[TemplateChoice], templates: Collection[str]) -> str | None:
    """The file of the template: the organisation's own, the letter's own, or the first line that fits."""
    for folder in (OWN_FOLDER, SHIPPED_FOLDER):
        if f"{folder}{notice.id}.yaml" in templates:
            return f"{folder}{notice.id}.yaml"
    found = next((choice.use for choice in choices if choice.fits(notice)), None)
    if found is None:
        return None
    own = f"{OWN_FOLDER}{found}.yaml"
    return own if own in templates else f"{SHIPPED_FOLDER}{found}.yaml"
