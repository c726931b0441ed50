"""Letters by state, and one letter with everything about it: text, passages, office, versions, fields to paste."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.errors import LawsUnknown, NotFound
from leakguard.mailing.approvals import latest
from leakguard.models.languages import Lang
from leakguard.outputs.filing_pack import pack_json
from leakguard.outputs.letter_list import board_letters_json, letters_json
from leakguard.outputs.letter_page import edited_json, lost_json, page_json
from leakguard.use_cases.incidents.kept_facts import NAME, kept_facts
from leakguard.use_cases.letters.edit_passages import approved_now, edit_passages, reworded
from leakguard.use_cases.letters.given_facts import FactsQuery, NoticeInput, read_given
from leakguard.use_cases.letters.letter_diff import diff_since
from leakguard.use_cases.letters.letter_list import letters_of
from leakguard.use_cases.letters.letter_page import LetterTools, letter_page, single_of
from leakguard.use_cases.letters.pack_filing import pack_filing
from leakguard.web.around import given, stated_facts
from leakguard.web.call import Answer, Call
from leakguard.web.models import MOST_ITEMS, Body, Name, Query
from leakguard.web.operation import BodyKind, Method, Operation
from leakguard.web.shapes import filing_packs, letter_lists
from leakguard.web.shapes import letter_pages as shapes

if TYPE_CHECKING:
    from leakguard.use_cases.alerts.board import BoardRow


class LettersLimit(Query):
    """How many of each state."""

    limit: int = Field(default=20, ge=1, le=200)


class WhichText(Query):
    """Which stage and language of a letter; without them the first stage, in a language that its reader takes."""

    stage: Name | None = None
    lang: Lang | None = None


Passages = Annotated[dict[str, Annotated[str, Field(max_length=40_000)]], Field(max_length=MOST_ITEMS)]


class RewordLetter(Body):
    """Other words for free passages of a letter, by the ids that `show_letter` gives."""

    stage: Name | None = None
    lang: Lang
    facts_sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] = Field(
        description="The SHA-256 of the facts that the letter was read with."
    )
    passages: Passages


def _tools(call: Call) -> LetterTools:
    wiring = call.wiring
    return LetterTools(
        store=wiring.store, folders=wiring.bundled, incident=call.incident, is_drill=wiring.settings.drill
    )


def board(call: Call) -> Answer:
    """The letters of all incidents by state."""
    wiring, book = call.wiring, call.wiring.duties()
    limit = call.query.limit
    found = wiring.letters.letters(wiring.store, book, _clocks(call), most=limit)
    who = wiring.recorder.signatory
    return Answer(document=board_letters_json(found, who, book.vocabulary, limit=limit))


def _clocks(call: Call) -> Sequence[BoardRow]:
    """Every clock that runs; none where nothing says whose laws are watched."""
    wiring = call.wiring
    try:
        return wiring.board.rows(wiring.store, wiring.bundled, wiring.reach, wiring.now()).every
    except LawsUnknown:
        return ()


def list_all(call: Call) -> Answer:
    """The letters of one incident, also before anybody wrote its facts."""
    vocabulary, who = call.wiring.duties().vocabulary, call.wiring.recorder.signatory
    has_facts = stated_facts(call) is not None
    rows = letters_of(_tools(call), given(call)) if has_facts else ()
    return Answer(document=letters_json(call.incident, rows, who, vocabulary, has_facts=has_facts))


def show(call: Call) -> Answer:
    """Everything about one letter."""
    return Answer(document=_shown(call, given(call), stage=call.query.stage, lang=call.query.lang))


def _shown(call: Call, work: NoticeInput, *, stage: str | None, lang: Lang | None) -> dict[str, Any]:
    tools, vocabulary = _tools(call), work.book.vocabulary
    single, langs = single_of(tools, work, call.path["letter"], stage=stage, lang=lang)
    page = letter_page(tools, work, single, langs)
    before = latest(page.proposals, page.subject) if page.changed else None
    letter = page.shown.letter if page.shown is not None else None
    diff = diff_since(tools.store, call.incident, single, before, work, letter) if before is not None else None
    return page_json(page, call.incident, call.wiring.recorder.signatory, vocabulary, diff, work.sha256)


def preview(call: Call) -> Answer:
    """The letter with other words, and the approvals that saving them would cost; nothing is kept."""
    body: RewordLetter = call.body
    wiring = call.wiring
    book, kept = wiring.duties(), kept_facts(wiring.store, call.incident)
    text, changed = reworded(kept.text, body.passages, body.lang, book)
    asked = FactsQuery(name=NAME, text=text, incident=call.incident)
    work = read_given(asked, book, wiring.store, now=wiring.now)
    letter = _shown(call, work, stage=body.stage, lang=body.lang) | {"facts_sha256": kept.sha256}
    lost = approved_now(wiring.store, call.incident, kept) if changed else ()
    return Answer(
        document={"letter": letter, "changed": list(changed), "loses": [lost_json(proposal, book) for proposal in lost]}
    )


def reword(call: Call) -> Answer:
    """Keep the facts with other words for free passages of the letter."""
    body: RewordLetter = call.body
    wiring = call.wiring
    single_of(_tools(call), given(call), call.path["letter"], stage=body.stage, lang=body.lang)
    found = edit_passages(
        wiring.store, wiring.duties(), call.incident, body.passages, body.lang, read=body.facts_sha256, now=wiring.now
    )
    return Answer(document=edited_json(found, wiring.duties()))


def pack(call: Call) -> Answer:
    """The form of the competent office in its order, as `notice pack` has it."""
    asked: WhichText = call.query
    wiring = call.wiring
    work = given(call)
    letter = call.path["letter"]
    if all(duty.id != letter for duty in work.book.duties):
        raise NotFound(f"no office has a form for `{letter[:60]}`", next_step="Forms belong to duties.")
    found = pack_filing(
        work, wiring.bundled, letter, form=None, lang=asked.lang or "en", stage=asked.stage or "initial",
        is_drill=wiring.settings.drill,
    )  # fmt: skip
    return Answer(document=pack_json(found))


_LETTERS = "/incidents/{incident}/letters"
_ONE = f"{_LETTERS}/{{letter}}"
_READ, _DRAFT = Right.READ_INCIDENTS, Right.DRAFT_LETTERS
OPERATIONS = (
    Operation(
        name="show_letters", method=Method.GET, path="/letters", right=_READ, handler=board, query=LettersLimit,
        answer=letter_lists.LetterBoard, summary="Show the letters of all incidents by state, the soonest limit first.",
    ),
    Operation(
        name="list_letters", method=Method.GET, path=_LETTERS, right=_READ, handler=list_all,
        answer=letter_lists.LetterList,
        summary="List the letters of the incident: those of duties, with how far each is, and those no law demands.",
    ),
    Operation(
        name="show_letter", method=Method.GET, path=_ONE, right=_READ, handler=show, query=WhichText,
        answer=shapes.ShownLetter,
        summary="Show one letter: its text in blocks, what it lacks, how it reads, who approves it, and its office.",
        also="`letter` is the id of a duty, or the name of a letter that no law demands, such as `finder`. The text is "
        "the version that the next person approves.",
    ),
    Operation(
        name="preview_letter", method=Method.POST, path=f"{_ONE}/preview", right=_DRAFT, handler=preview,
        request=RewordLetter, takes=BodyKind.JSON, answer=shapes.Previewed,
        summary="Show the letter with other words for its free passages; nothing is kept.",
    ),
    Operation(
        name="reword_letter", method=Method.PUT, path=f"{_ONE}/passages", right=Right.WRITE_FACTS, handler=reword,
        request=RewordLetter, takes=BodyKind.JSON, answer=shapes.Reworded,
        summary="Reword free passages of the letter: the new words become those of the facts.",
        also="Every letter of the incident rests on the facts, so approvals of letters that changed no longer hold.",
    ),
    Operation(
        name="pack_filing", method=Method.GET, path=f"{_ONE}/form", right=_DRAFT, handler=pack, query=WhichText,
        answer=filing_packs.Pack, summary="Fill in the office's form: each field with our answer, ready to paste.",
        command="notice pack",
    ),
)  # fmt: skip
