"""The EDPB's template explained: each field with its question, its codes in words, and how our facts stand to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from leakguard.models.texts import counted
from leakguard.notices.edpb.codes import short_words
from leakguard.notices.edpb.explaining import FieldView
from leakguard.notices.edpb.explaining import to_json_object as view_json
from leakguard.outputs.words import printable

if TYPE_CHECKING:
    from leakguard.use_cases.letters.export_edpb import EdpbForm, ExplainedFields

_LONGEST = 2_000
_SAMPLES = {
    "text": '"..."', "texts": '["..."]', "count": "600", "counts": "{DE: 120}", "countries": "[DE, FR]",
    "moment": '"2026-06-12T09:00:00Z"', "date": '"2026-06-12"', "flag": "true",
}  # fmt: skip
_STATES = {
    "not_asked": "not asked by the other answers",
    "left_out": "no answer; it may be left out",
}


def explained_lines(explained: ExplainedFields) -> Iterator[str]:
    """The verdict where facts were given, then each field."""
    yield from _verdict(explained)
    for view in explained.views:
        yield from _field(view)
        yield ""


def _verdict(explained: ExplainedFields) -> Iterator[str]:
    if explained.notice is None:
        return
    lacking = [problem.where for problem in explained.notice.problems]
    article = "An" if explained.status == "incomplete" else "A"
    name = f"{article} {explained.status} notice"
    if not lacking:
        yield f"{name} can be exported."
    else:
        yield f"{name} cannot be exported yet; {counted(len(lacking), 'field')}: {', '.join(lacking)}"
    yield ""


def _field(view: FieldView) -> Iterator[str]:
    field = view.field
    yield f"{field.key}  {field.title}"
    law = f"; {field.gdpr} GDPR" if field.gdpr else ""
    yield f"  section {field.section}{law}"
    yield f"  demanded: {view.demanded}"
    yield f"  answer: {view.kind_words}"
    for code, words in field.codes.items():
        only = " (incomplete notices only)" if code in field.only_incomplete else ""
        yield f"    {code:<2} {words}{only}"
    yield from _ours(view)


def _ours(view: FieldView) -> Iterator[str]:
    """How our facts stand to it."""
    answer = printable(view.answer_words, longest=_LONGEST)
    if view.state == "answered":
        yield f"  ours: {answer}; from {view.answered_by}"
    elif view.state == "open":
        yield f"  ours: left open, {answer}; {view.answered_by} would answer it"
    elif view.state == "wrong":
        yield f"  ours: WRONG: {printable(view.problem, longest=_LONGEST)}"
    elif view.state == "lacking":
        yield f"  ours: LACKING; {_how(view)}"
    elif view.state == "not_known":
        yield f"  answered by: {view.answered_by}, or {_sample(view)}"
    else:
        yield f"  ours: {_STATES[view.state]}"


def _how(view: FieldView) -> str:
    own = f"write {_sample(view)}"
    return own if view.answered_by == f"`edpb.{view.field.key}`" else f"state {view.answered_by}, or {own}"


def _sample(view: FieldView) -> str:
    """What a person writes into the facts file."""
    field = view.field
    words = json.dumps(short_words(next(iter(field.codes.values()), "")), ensure_ascii=False)
    sample = _SAMPLES.get(field.kind) or (f"[{words}]" if field.kind == "choices" else words)
    return f"`edpb: {{{field.key}: {sample}}}`"


def explained_json(explained: ExplainedFields) -> dict[str, Any]:
    """The same as plain values; `ready` is null where no facts were given."""
    return {
        "type": explained.kind,
        "status": explained.status,
        "ready": None if explained.notice is None else explained.notice.is_ready,
        "fields": [view_json(view) for view in explained.views],
    }


def form_lines(form: EdpbForm, file: str) -> Iterator[str]:
    """What `notice check` says of the template: what `notice export` would say."""
    name = f"  EDPB form, {form.status} notice: "
    if form.is_ready:
        yield f"{name}can be exported"
        return
    fields = list(dict.fromkeys(problem.where for problem in form.problems))
    yield f"{name}cannot be exported yet; {counted(len(fields), 'field')}: {', '.join(fields)}"
    yield f"    leakguard notice export --edpb {file} --status {form.status} --explain"


def form_json(form: EdpbForm | None) -> dict[str, Any]:
    """The same as plain values; nothing for a duty that the template is not for."""
    if form is None:
        return {}
    fields = list(dict.fromkeys(problem.where for problem in form.problems))
    return {"edpb": {"status": form.status, "ready": form.is_ready, "fields": fields}}
