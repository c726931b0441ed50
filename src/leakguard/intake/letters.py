"""What we answer to whoever reported: an acknowledgement, and thanks. Both say nothing that a stranger may not know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from leakguard.clocks.times import zone_of
from leakguard.errors import NotAllowed
from leakguard.files.fitting import load
from leakguard.files.light_shapes import LightShape
from leakguard.frozen import Frozen
from leakguard.intake.promises import FOLDER, Due, Promises
from leakguard.intake.states import ReportState, Verdict
from leakguard.intake.view import Report

FILE = "letters.yaml"
LANGS = ("en", "zh")
KINDS = ("acknowledgement", "thanks")
_FIELD = re.compile(r"\{([a-z_]{1,20})\}")
_HAN = re.compile(r"[\u3400-\u9fff]")
_ENOUGH_HAN = 10


class LetterText(LightShape):
    """One letter in one language."""

    subject: str
    text: str


class InBoth(LightShape):
    """A phrase in both languages."""

    en: str
    zh: str


class InBothLetters(LightShape):
    """A letter in both languages."""

    en: LetterText
    zh: LetterText


class Results(LightShape):
    """What is said about the outcome."""

    verified: InBoth
    fixed: InBoth
    duplicate: InBoth
    out_of_scope: InBoth
    not_reproducible: InBoth
    valid: InBoth


class Letters(LightShape):
    """The file."""

    acknowledgement: InBothLetters
    thanks: InBothLetters
    results: Results
    nameless: InBoth


class ReportAnswer(Frozen, hidden=("subject", "text")):
    """A letter to whoever reported."""

    kind: str
    lang: str
    subject: str
    text: str


class House(Frozen):
    """Who answers."""

    organisation: str
    contact: str
    zone: str = "UTC"


def load_letters(texts: Mapping[str, str]) -> Letters:
    """Raises `BadFile` that names every problem."""
    return load(texts[FILE], Letters, name=f"{FOLDER}/{FILE}")


def language_of(text: str) -> str:
    """Chinese for a report that has a sentence of Chinese, else English."""
    return "zh" if len(_HAN.findall(text[:20_000])) >= _ENOUGH_HAN else "en"


def acknowledgement(report: Report, letters: Letters, promises: Promises, house: House, lang: str) -> ReportAnswer:
    """Says that the report arrived, its number, and what is promised; raises `NotAllowed` for a machine's."""
    refuse_machine(report)
    owed = [promise for promise in promises.promises if promise.until != "acknowledged"]
    lines = "\n".join(
        _promise_line(promise.days, promise.text_zh if lang == "zh" else promise.text, lang) for promise in owed
    )
    return _written("acknowledgement", report, letters, house, lang, promises=lines)


def thanks(report: Report, letters: Letters, house: House, lang: str) -> ReportAnswer:
    """Says how it ended; raises `NotAllowed` for a machine's, for spam, and before anybody knows."""
    refuse_machine(report)
    if report.verdict is None or report.verdict is Verdict.SPAM:
        why = "is not triaged yet" if report.verdict is None else "was found to be spam"
        raise NotAllowed(
            f"{report.id} {why}", next_step=f"Say what it is: leakguard report triage {report.id} --as valid"
        )
    result: InBoth = getattr(letters.results, _result(report))
    return _written("thanks", report, letters, house, lang, result=getattr(result, lang))


def _result(report: Report) -> Literal["verified", "fixed", "duplicate", "out_of_scope", "not_reproducible", "valid"]:
    if report.verdict is Verdict.DUPLICATE:
        return "duplicate"
    if report.verdict is Verdict.OUT_OF_SCOPE:
        return "out_of_scope"
    if report.verdict is Verdict.NOT_REPRODUCIBLE:
        return "not_reproducible"
    if ReportState.VERIFIED in report.reached:
        return "verified"
    return "fixed" if ReportState.FIXED in report.reached else "valid"


def refuse_machine(report: Report) -> None:
    """Raise `NotAllowed` where the report says that a machine sent it: two programs never write to each other."""
    if report.machine:
        raise NotAllowed(
            f"{report.id} was sent by a machine ({report.machine}), and no machine is answered",
            next_step="If a person stands behind it, write to them by hand, and then: "
            f"leakguard report acknowledge {report.id} --answered",
        )


def _promise_line(days: int, text: str, lang: str) -> str:
    return f"- {days} 日内，{text}" if lang == "zh" else f"- within {days} days {text}"


def _written(kind: str, report: Report, letters: Letters, house: House, lang: str, **more: str) -> ReportAnswer:
    both: InBothLetters = getattr(letters, kind)
    letter: LetterText = getattr(both, lang)
    fields = {
        "id": report.id, "name": report.name or getattr(letters.nameless, lang), "organisation": house.organisation,
        "contact": house.contact, "received_on": day_words(report.received_at, house.zone, lang), **more,
    }  # fmt: skip
    return ReportAnswer(
        kind=kind, lang=lang, subject=_filled(letter.subject, fields), text=_filled(letter.text, fields)
    )


def _filled(text: str, fields: Mapping[str, str]) -> str:
    """Each field once: what is put in is never read as a field."""
    return _FIELD.sub(lambda found: fields[found[1]], text)


def day_words(moment: datetime, zone: str, lang: str) -> str:
    """`3 June 2026`, `2026年6月3日`."""
    local = moment.astimezone(zone_of(zone))
    return f"{local.year}年{local.month}月{local.day}日" if lang == "zh" else f"{local.day} {local:%B %Y}"


def soonest(dues: tuple[Due, ...]) -> Due | None:
    """The promise that ends first of those that still run or are late."""
    return min((due for due in dues if due.state in {"running", "overdue"}), key=lambda due: due.at, default=None)
