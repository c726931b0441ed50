"""The one page of the form as HTML: escaped, in English or Chinese, without a script."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import Response

from leakguard.frozen import Frozen, field
from leakguard.intake.public_form import MOST_ADDRESS, MOST_LINE, MOST_LONG, FormProblem, SubmittedForm
from leakguard.web.headers import answer_headers

if TYPE_CHECKING:
    from leakguard.intake.form_words import FormText


class FormReply(Frozen):
    """What the page says beside its own words: nothing, a number, or why a report was refused."""

    number: str = ""
    is_answered: bool = False
    """Whether there is an address to answer to."""
    refused: str = ""
    submitted: SubmittedForm | None = None
    """What has to be corrected; it stands in the form again."""
    more: Mapping[str, str] = field(default_factory=dict)
    """Further headers."""


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("leakguard.web.report_form"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


@cache
def style() -> str:
    """The style sheet, which stands in the page: there is no other route."""
    assert _environment().loader is not None  # noqa: S101  (as it was made)
    return _environment().loader.get_source(_environment(), "form.css")[0]  # type: ignore[union-attr]  # as above


@cache
def policy() -> str:
    """What a browser may do with the page: use its own style, and send it."""
    digest = b64encode(sha256(style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )


def page(words: FormText, status: int, reply: FormReply, *, is_secure: bool, is_drill: bool) -> Response:
    """The form; or what became of a report: its number, or why it was refused."""
    submitted = reply.submitted
    text = _environment().get_template("form.html").render(
        said=words, style=Markup(style()),  # noqa: S704  (a file of ours)
        number=reply.number, is_answered=reply.is_answered, refused=reply.refused, is_drill=is_drill,
        problems=[_sentence(problem, words) for problem in submitted.problems] if submitted is not None else [],
        values=submitted.values if submitted is not None else {}, most=MOST_LONG, line=MOST_LINE, address=MOST_ADDRESS,
    )  # fmt: skip
    headers = dict(answer_headers(is_page=True, is_secure=is_secure, request_id=""))
    del headers["x-request-id"]
    headers |= {"content-security-policy": policy(), "content-language": words.lang, **reply.more}
    return Response(text, status, headers, media_type="text/html; charset=utf-8")


def _sentence(form_problem: FormProblem, words: FormText) -> str:
    name = (
        "wrong_too_large"
        if form_problem.wrong == "too_long" and not form_problem.field
        else f"wrong_{form_problem.wrong}"
    )
    labelled = {"text": "text", "subject": "subject", "name": "name", "email": "email"}
    return words(
        name,
        field=words(labelled[form_problem.field]) if form_problem.field in labelled else form_problem.field,
        most=form_problem.most,
    )
