"""Letters: what one lacks, whether it is understood, its draft, who approves it; filings and the register."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from leakguard.accounts.rights import Right
from leakguard.errors import LetterIncomplete
from leakguard.models.languages import Lang
from leakguard.models.moments import to_z
from leakguard.models.sheets import as_drill
from leakguard.notices.facts_of_duty import facts_for_duty
from leakguard.notices.lint.lint import to_json_object as lint_json
from leakguard.notices.register import sheet_json
from leakguard.outputs.incident import event_json
from leakguard.outputs.notice import checked_json
from leakguard.outputs.sending import approved_json, proposal_json
from leakguard.settings import words_of
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.letters.approve_notice import Signer, approvals_of, approve, withdraw
from leakguard.use_cases.letters.assess_notices import check_notice
from leakguard.use_cases.letters.breach_register import breach_register
from leakguard.use_cases.letters.draft_notices import draft_notice
from leakguard.use_cases.letters.file_notices import NewFiling, file_notice
from leakguard.use_cases.letters.given_facts import NoticeInput, asked_for, stage_asked
from leakguard.use_cases.letters.letter_versions import SingleLetter
from leakguard.use_cases.letters.lint_letters import lint_draft, load_lint_book
from leakguard.use_cases.letters.wanted_letter import (
    LetterChoice,
    RequestedLetter,
    approved_letter,
    letter_now,
    moment_read,
    single_letter,
    wanted_letter,
)
from leakguard.web.around import given, moment_in
from leakguard.web.call import Answer, Call, fitted
from leakguard.web.models import MOST_ITEMS, Body, Name, NeededReason, Query, Reason, Stated, Text
from leakguard.web.operation import BodyKind, Method, Operation
from leakguard.web.shapes import events as event_shapes
from leakguard.web.shapes import letters as shapes

MEDIA = {
    "txt": "text/plain; charset=utf-8", "md": "text/markdown; charset=utf-8", "html": "text/html; charset=utf-8",
    "pdf": "application/pdf", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip


class WhichLetter(Query):
    """A letter of a duty, or one that no law demands: exactly one of the two."""

    duty: Name | None = Field(default=None, description="The duty, as the assessment names it.")
    letter: Name | None = Field(default=None, description="A letter that no law demands, such as `finder`.")
    stage: Name | None = Field(default=None, description="One stage of the duty, such as `initial`.")


class InLanguage(WhichLetter):
    """In which language."""

    lang: Lang = "en"


class DraftAs(InLanguage):
    """In which form."""

    form: Literal["txt", "html", "docx", "pdf", "md"] = Field(default="txt", alias="as")
    final: bool = Field(
        default=False, description="As it is sent; the version that was approved, where it still holds."
    )


class ApproveLetter(Body):
    """Which letter somebody vouches for."""

    duty: Name | None = None
    letter: Name | None = None
    stage: Name | None = None
    lang: Lang = "en"
    digest: Annotated[str, Field(min_length=6, max_length=64, pattern="^[0-9a-fA-F]+$")] = Field(
        description="How the digest of the letter begins that you have read: see `show_version`."
    )
    written_at: AwareDatetime | None = Field(
        default=None,
        description="The moment of the version that you have read, as `show_version` gives it: within the last day. "
        "Without it the letter is dated by now, and some letters name the minute.",
    )
    role: Text = Field(default="", description="As what, such as counsel.")


class WithdrawApproval(Body):
    """Why an approval is taken back."""

    reason: NeededReason


class FileNotice(Body):
    """What was filed."""

    duty: Name
    stage: Name
    at: Stated | None = Field(default=None, description="When it was filed (default: now).")
    reference: Text = Field(default="", description="What the recipient files it under.")
    to_be_determined: tuple[Name, ...] = Field(default=(), max_length=MOST_ITEMS)
    reason: Reason = Field(default="", description="Why it is recorded late, or filed out of turn.")


class RegisterAs(Query):
    """In which form."""

    form: Literal["json", "csv", "xlsx"] = Field(default="json", alias="as")


def check(call: Call) -> Answer:
    """What the notice still lacks, as `notice check` has it."""
    asked: WhichLetter = call.query
    work = given(call)
    telling = asked_for(work.book, duty=asked.duty, letter=asked.letter)
    stage = stage_asked(work, telling, asked.stage)
    found = check_notice(work, telling, stage=stage, letter=None, folders=call.wiring.bundled)
    return Answer(document=checked_json(found))


def lint(call: Call) -> Answer:
    """Whether people will understand it, as `notice lint` has it."""
    asked: InLanguage = call.query
    work, folders = given(call), call.wiring.bundled
    telling = asked_for(work.book, duty=asked.duty, letter=asked.letter)
    stage = stage_asked(work, telling, asked.stage)
    draft = draft_notice(work.book, folders, work.facts, telling, lang=asked.lang, now=work.now, stage=stage)
    facts = facts_for_duty(telling, work.facts, work.book.vocabulary)
    found = lint_draft(load_lint_book(folders), telling, draft, facts)
    return Answer(document=lint_json(found, name=asked.duty or asked.letter or ""))


def draft(call: Call) -> Answer:
    """The letter, as `notice draft` writes it."""
    asked: DraftAs = call.query
    wiring, store = call.wiring, call.wiring.store
    work = given(call)
    single = _single(call, asked, work, is_final=asked.final)
    approved = approved_letter(store, call.incident, single) if asked.final else None
    letter = approved.letter if approved is not None else None
    if letter is None:
        letter, _ = letter_now(single, work.now, store.head(), is_final=asked.final)
    document = wiring.document_maker(asked.form).make(letter)
    name = fitted("-".join(filter(None, (asked.duty or asked.letter, asked.stage, asked.lang))))
    return Answer(chunks=(document,), media=MEDIA[asked.form], file_name=f"{name}.{asked.form}")


def _single(call: Call, asked: Any, work: NoticeInput, *, is_final: bool) -> SingleLetter:  # noqa: ANN401  (a query or a body: both name the letter)
    wiring, begun = call.wiring, call.wiring.store.batches(call.incident)
    choice = LetterChoice(duty=asked.duty, letter=asked.letter, stage=asked.stage, lang=asked.lang)
    return single_letter(work, choice, wiring.bundled, is_final=is_final, is_drill=wiring.settings.drill, begun=begun)


def wanted_of(call: Call, asked: Any, work: NoticeInput, at: datetime | None = None) -> RequestedLetter:  # noqa: ANN401  (as above)
    """The letter that a query or a body names; a new version of it is dated by `at`, by default now."""
    return wanted_letter(_single(call, asked, work, is_final=True), at or work.now, call.wiring.store.head)


def version(call: Call) -> Answer:
    """The version that the next person approves, with its digest, as `notice approve --dry-run` has it."""
    work = given(call)
    wanted = wanted_of(call, call.query, work)
    found = wanted.next_version(call.wiring.store, call.incident)
    if wanted.single is None:
        raise LetterIncomplete("there is no such letter")
    return Answer(
        document={
            "digest": found.parts.digest, "written_at": to_z(found.written_at),
            "parts": dict(found.parts.digests), "letters": found.letters,
            "unsettled": list(wanted.single.unsettled(found.written_at, found.head)),
            "text": call.wiring.document_maker("txt")
            .make(wanted.single.letter(found.written_at, found.head))
            .decode(),
        }
    )  # fmt: skip


def approvals(call: Call) -> Answer:
    """What was approved by whom, as `notice approve --list` has it."""
    found = approvals_of(call.wiring.store, call.incident)
    return Answer(document={"incident": call.incident, "approvals": [proposal_json(proposal) for proposal in found]})


def approve_letter(call: Call) -> Answer:
    """Vouch for a letter, as `notice approve` does."""
    body: ApproveLetter = call.body
    wiring = call.wiring
    work = given(call)
    wanted = wanted_of(call, body, work, moment_read(body.written_at, work.now))
    done = approve(
        wiring.store, call.incident, wanted.subject, wanted.draft, Signer(by=wiring.by, role=body.role),
        start=wanted.start, pin=body.digest, now=wiring.now,
    )  # fmt: skip
    return Answer(document=approved_json(done), status=201 if done.is_new else 200)


def withdraw_approval(call: Call) -> Answer:
    """Take one's own approval back, as `notice approve --withdraw` does."""
    wiring = call.wiring
    left = withdraw(
        wiring.store, call.incident, call.path["digest"], by=wiring.by, reason=call.body.reason, now=wiring.now
    )
    return Answer(document=proposal_json(left))


def file(call: Call) -> Answer:
    """Record that a notice was filed, as `notice file` does."""
    body: FileNotice = call.body
    wiring = call.wiring
    zone = load_incident(wiring.store, call.incident).zone
    new = NewFiling(
        duty=body.duty, stage=body.stage, at=moment_in(body.at, zone), reference=body.reference, by=wiring.by,
        to_be_determined=tuple(dict.fromkeys(body.to_be_determined)), reason=body.reason,
    )  # fmt: skip
    kept = file_notice(wiring.store, wiring.duties(), call.incident, new, now=wiring.now)
    return Answer(document=event_json(kept, zone=zone))


def register(call: Call) -> Answer:
    """The register of breaches, as `notice register` writes it, with the kept facts of every incident."""
    wiring = call.wiring
    book, now = wiring.duties(), wiring.now()
    roles = sorted(words_of(wiring.settings.obligated_as) or book.vocabulary.obligated)
    sheet = breach_register(book, (), wiring.store, obligated_as=roles, now=now)
    if wiring.settings.drill:
        sheet = as_drill(sheet)
    form = call.query.form
    if form == "json":
        return Answer(document={"register": sheet_json(sheet)})
    document = wiring.sheet_maker(form).make(sheet)
    return Answer(chunks=(document,), media=MEDIA[form], file_name=f"register.{form}")


_LETTERS = "/incidents/{incident}/letters"
_APPROVALS = "/incidents/{incident}/approvals"
_DRAFT, _APPROVE = Right.DRAFT_LETTERS, Right.APPROVE_LETTERS
OPERATIONS = (
    Operation(
        name="check_letter", method=Method.GET, path=f"{_LETTERS}/check", right=Right.READ_INCIDENTS, handler=check,
        query=WhichLetter, answer=shapes.Checked, summary="Say what a notice still lacks.",
        command="notice check",
    ),
    Operation(
        name="lint_letter", method=Method.GET, path=f"{_LETTERS}/lint", right=_DRAFT, handler=lint, query=InLanguage,
        answer=shapes.Linted, summary="Say what keeps readers from understanding the letter.",
        command="notice lint",
    ),
    Operation(
        name="draft_letter", method=Method.GET, path=f"{_LETTERS}/draft", right=_DRAFT, handler=draft, query=DraftAs,
        media=tuple(MEDIA[form].partition(";")[0] for form in ("txt", "html", "docx", "pdf", "md")),
        summary="Write the letter of a duty, or one that no law demands, from the incident's facts.",
        command="notice draft",
    ),
    Operation(
        name="show_version", method=Method.GET, path=f"{_LETTERS}/version", right=_DRAFT, handler=version,
        query=InLanguage, answer=shapes.Version,
        summary="Show the letter that the next person approves, and its digest.",
    ),
    Operation(
        name="list_approvals", method=Method.GET, path=_APPROVALS, right=Right.READ_INCIDENTS, handler=approvals,
        answer=shapes.Approvals, summary="List what was approved by whom.",
    ),
    Operation(
        name="approve_letter", method=Method.POST, path=_APPROVALS, right=_APPROVE, handler=approve_letter,
        request=ApproveLetter, takes=BodyKind.JSON, status=201, answer=shapes.Approved,
        summary="Approve a letter; two different people have to approve exactly what is sent.",
        also="The same approval again changes nothing, and is answered with 200.",
        command="notice approve",
    ),
    Operation(
        name="withdraw_approval", method=Method.POST, path=f"{_APPROVALS}/{{digest}}/withdraw", right=_APPROVE,
        handler=withdraw_approval, request=WithdrawApproval, takes=BodyKind.JSON, answer=shapes.Proposal,
        summary="Take your own approval back.",
        command="notice approve",
    ),
    Operation(
        name="file_notice", method=Method.POST, path="/incidents/{incident}/filings", right=Right.SEND_LETTERS,
        handler=file, request=FileNotice, takes=BodyKind.JSON, status=201, answer=event_shapes.Event,
        summary="Record that a notice was filed; the clocks of the stages that follow start with it.",
        command="notice file",
    ),
    Operation(
        name="show_register", method=Method.GET, path="/register", right=Right.READ_REGISTER, handler=register,
        query=RegisterAs, answer=shapes.Register,
        media=("application/json", "text/csv", MEDIA["xlsx"]),
        summary="Show the register of breaches: one row for each incident.",
        command="notice register",
    ),
)  # fmt: skip
