"""Answers whoever reported, through the team's mail server: an acknowledgement, or thanks. No machine is answered."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any

from leakguard.errors import ChannelFailed, NotAllowed, UsageProblem
from leakguard.frozen import Frozen
from leakguard.intake.letters import House, Letters, ReportAnswer, acknowledgement, language_of, thanks
from leakguard.intake.promises import Promises
from leakguard.intake.states import NEXT, Act, ReportState
from leakguard.intake.view import THANKED, Report
from leakguard.logs import log
from leakguard.mailing.mailboxes import mailbox_of
from leakguard.mailing.message_ids import message_id
from leakguard.models.mails import AnswerKind, OutgoingMail
from leakguard.ports import Journal, Mailer, Now
from leakguard.use_cases.intake.reports import act_on, load_report, note


class Texts(Frozen):
    """What letters are made of."""

    letters: Letters
    promises: Promises
    house: House


def written(report: Report, kind: str, texts: Texts, lang: str, *, text: str = "") -> ReportAnswer:
    """The letter; `lang` may be empty for the language of the report, as far as `text` tells. Raises `NotAllowed`."""
    chosen = lang or language_of(f"{report.subject}\n{text}")
    if kind == "thanks":
        return thanks(report, texts.letters, texts.house, chosen)
    return acknowledgement(report, texts.letters, texts.promises, texts.house, chosen)


def send_answer(report: Report, answer: ReportAnswer, mailer: Mailer, sender: str) -> str:
    """Hand a letter to the mail server; returns the id of the message.

    Raises `UsageProblem` where nobody can be written to, `ChannelFailed` when the server does not take it.
    """
    if not report.address:
        raise UsageProblem(
            f"{report.id} gives no address to answer to",
            next_step="Write the letter to a file with -o, and send it by hand.",
        )
    box = mailbox_of(report.address, report.name)
    if isinstance(box, str):
        raise UsageProblem(f"{report.id} cannot be answered by mail: {box}", next_step="Write the letter with -o.")
    named = message_id(report.id, report.sha256, answer.kind, domain=parseaddr(sender)[1].rpartition("@")[2])
    mail = OutgoingMail(to=box, message_id=named, subject=answer.subject, lang=answer.lang, text=answer.text)
    session = mailer.open()
    try:
        answered = session.offer(mail, lambda: None)
    finally:
        session.close()
    if answered.kind is not AnswerKind.ACCEPTED:
        code = f" ({answered.code})" if answered.code else ""
        raise ChannelFailed(
            f"the mail server did not take the letter for {report.id}: {answered.kind}{code}",
            next_step="See the mail server's log, and run the command again.",
        )
    log.info("report_answered", report=report.id)
    return named


def refuse_second(report: Report, kind: str) -> None:
    """Raise `NotAllowed` where this letter went out already, or the report is closed: asked before anything is sent."""
    is_out = report.thanked_at is not None if kind == "thanks" else ReportState.ACKNOWLEDGED in report.reached
    if is_out or (kind != "thanks" and Act.ACKNOWLEDGE not in NEXT[report.state]):
        why = "was answered so already" if is_out else "is closed"
        raise NotAllowed(f"{report.id} {why}", next_step=f"See it: leakguard report show {report.id}")


def record_answer(
    store: Journal, identifier: str, kind: str, *, lang: str, how: str, by: str, now: Now
) -> Report:  # fmt: skip
    """Keep that a letter went out; `how` is `mail`, or `by_hand`. The first acknowledgement is a state."""
    fields: dict[str, Any] = {"how": how, "lang": lang, "by": by}
    report = load_report(store, identifier)
    if kind == "thanks":
        note(store, report, THANKED, fields, now=now)
        return load_report(store, identifier)
    return act_on(store, identifier, Act.ACKNOWLEDGE, now=now, fields=fields)
