"""The EDPB's common template: export an incident's facts into it, and check an exported notice."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from leakguard.errors import BadFile, Problem
from leakguard.frozen import Frozen
from leakguard.notices.edpb.conditions import Answers, Circumstances
from leakguard.notices.edpb.explaining import FieldView, chosen_fields, is_field, views
from leakguard.notices.edpb.mapping import MappedAnswers, NoticeStatus, NoticeType, answers_of, circumstances
from leakguard.notices.edpb.payload import asked_fields, circumstances_of, parse_payload, problems_of
from leakguard.notices.edpb.template import Template, parse_template
from leakguard.notices.facts import Facts
from leakguard.notices.vocabulary import Vocabulary
from leakguard.ports import DataFolders

TEMPLATE = "edpb/template.yaml"
FOR_DUTY, FIRST = "eu-gdpr-33-authority", "initial"
"""The duty that the template is for, and its first stage."""
EVERY_FIELD = "all"
"""What `--explain` is given without a field."""
_NEXT = "State the facts, or answer the fields under `edpb:` in the facts file, such as `field_60: [Misconfiguration]`."


def load_edpb(folders: DataFolders) -> Template:
    """The template that ships."""
    return _template_in(folders.text("duties", TEMPLATE))


@lru_cache(maxsize=2)
def _template_in(text: str) -> Template:
    return parse_template(text, name=f"duties/{TEMPLATE}")


class EdpbNotice(Frozen):
    """A notice in the template with all that is wrong with it: export, check and explanation rest on this one."""

    answered: MappedAnswers
    problems: tuple[Problem, ...]
    around: Circumstances

    @property
    def is_ready(self) -> bool:
        """Whether it can be exported."""
        return not self.problems


def edpb_notice(
    facts: Facts, template: Template, vocabulary: Vocabulary, *, now: datetime, kind: NoticeType = "new",
    status: NoticeStatus = "complete",
) -> EdpbNotice:  # fmt: skip
    """Fill in the template.

    Whether it is late cannot be told without an `awareness` event, and the field for its time is then missing too.
    """
    facts = facts.for_audience("authority")
    around = circumstances(facts, vocabulary, now)
    found = answers_of(facts, template, vocabulary, around, kind=kind, status=status)
    return EdpbNotice(answered=found, problems=problems_of(found.answers, template, around), around=around)


def export_edpb(
    facts: Facts, template: Template, vocabulary: Vocabulary, *, name: str, now: datetime,
    kind: NoticeType = "new", status: NoticeStatus = "complete",
) -> Answers:  # fmt: skip
    """The answers of a notice; raises `BadFile` naming every field that is missing or wrong."""
    notice = edpb_notice(facts, template, vocabulary, now=now, kind=kind, status=status)
    if not notice.is_ready:
        raise BadFile(name, notice.problems, next_step=_next_step(notice, status))
    return notice.answered.answers


class ExplainedFields(Frozen):
    """Fields of the template, with our answers where facts were given."""

    views: tuple[FieldView, ...]
    status: NoticeStatus
    kind: NoticeType
    notice: EdpbNotice | None = None


def field_and_file(explained: str, facts: str | None) -> tuple[str, str | None]:
    """The field that is meant, empty for all, and the facts file: who types `--explain facts.yaml` means the file."""
    if facts is None and explained != EVERY_FIELD and not is_field(explained):
        return "", explained
    return ("" if explained == EVERY_FIELD else explained), facts


def explain_edpb(
    template: Template, asked: str, notice: EdpbNotice | None, *, kind: NoticeType, status: NoticeStatus
) -> ExplainedFields:
    """The field `asked`, or all; raises `NotFound` for a field that the template does not have."""
    fields = chosen_fields(template, asked)
    answered = notice.answered if notice is not None else None
    problems = notice.problems if notice is not None else ()
    shown = asked_fields(answered.answers, template, notice.around) if notice and answered else {}
    return ExplainedFields(
        views=tuple(views(fields, template, answered, problems, shown)), status=status, kind=kind, notice=notice
    )


def form_of(
    duty_id: str, facts: Facts, folders: DataFolders, vocabulary: Vocabulary, *, stage: str | None, now: datetime
) -> EdpbForm | None:
    """How the template stands for the notice of a duty that it is for: `None` for any other duty.

    The first stage is an incomplete notice, any other one a complete one.
    """
    if duty_id != FOR_DUTY:
        return None
    status: NoticeStatus = "incomplete" if stage == FIRST else "complete"
    kind: NoticeType = "new" if stage in {None, FIRST} else "follow-up"
    notice = edpb_notice(facts, load_edpb(folders), vocabulary, now=now, kind=kind, status=status)
    return EdpbForm(status=status, problems=notice.problems)


class EdpbForm(Frozen):
    """How the template stands for one stage."""

    status: NoticeStatus
    problems: tuple[Problem, ...]

    @property
    def is_ready(self) -> bool:
        """Whether it can be exported."""
        return not self.problems


def _next_step(notice: EdpbNotice, status: NoticeStatus) -> str:
    first = next((problem.where.removeprefix("field_") for problem in notice.problems), "60")
    hint = " What is not known yet may stay open: --status incomplete." if status == "complete" else ""
    return f"{_NEXT} Codes and words: leakguard notice export --edpb --explain {first}.{hint}"


def check_edpb(text: str, template: Template, *, name: str) -> tuple[Answers, tuple[Problem, ...]]:
    """Read a notice back, and all that is wrong with it; raises `BadFile` when it is no JSON object."""
    answers = parse_payload(text, name=name)
    return answers, problems_of(answers, template, circumstances_of(answers))
