"""The EDPB's common template: export an incident's facts into it, and check an exported notice."""

from __future__ import annotations

from datetime import datetime

from leakguard.errors import BadFile, Problem
from leakguard.notices.edpb.conditions import Answers
from leakguard.notices.edpb.mapping import NoticeStatus, NoticeType, answers_of, circumstances
from leakguard.notices.edpb.payload import circumstances_of, parse_payload, problems_of
from leakguard.notices.edpb.template import Template, parse_template
from leakguard.notices.facts import Facts
from leakguard.notices.vocabulary import Vocabulary
from leakguard.ports import DataFolders

TEMPLATE = "edpb/template.yaml"
_NEXT = "State the facts, or answer the fields under `edpb:` in the facts file, such as `field_60: [m]`."


def load_edpb(folders: DataFolders) -> Template:
    """The template that ships."""
    return parse_template(folders.text("duties", TEMPLATE), name=f"duties/{TEMPLATE}")


def export_edpb(
    facts: Facts, template: Template, vocabulary: Vocabulary, *, name: str, now: datetime,
    kind: NoticeType = "new", status: NoticeStatus = "complete",
) -> Answers:  # fmt: skip
    """The answers of a notice; raises `BadFile` naming every field that is missing or wrong.

    Whether it is late cannot be told without an `awareness` event, and the field for its time is then missing too.
    """
    facts = facts.for_audience("authority")
    around = circumstances(facts, vocabulary, now)
    answers = answers_of(facts, template, vocabulary, around, kind=kind, status=status)
    problems = problems_of(answers, template, around)
    if problems:
        raise BadFile(name, problems, next_step=_NEXT)
    return answers


def check_edpb(text: str, template: Template, *, name: str) -> tuple[Answers, tuple[Problem, ...]]:
    """Read a notice back, and all that is wrong with it; raises `BadFile` when it is no JSON object."""
    answers = parse_payload(text, name=name)
    return answers, problems_of(answers, template, circumstances_of(answers))
