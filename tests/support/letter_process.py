"""A process that sends letters, to be killed: `python -m support.letter_process STORE PORT MAIL_LOG COUNT`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from os import urandom

from leakguard.cli.notice.send import log_asker
from leakguard.mailing.approvals import LETTER, Parts, Proposal, Subject
from leakguard.mailing.pace import Pace
from leakguard.mailing.smtp.letter_smtp import SmtpMailer
from leakguard.models.deliveries import DeliveryState
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.letters.letter_sender import LetterSender
from leakguard.use_cases.letters.send_notice import SendOrder, run_sending
from leakguard.wiring.machine import SystemTime
from support.letter_world import BATCH, INCIDENT, Watching, letters


def main(place: str, port: str, mail_log: str, count: str) -> None:
    """Send until all are sent; prints how many are."""
    time = SystemTime()
    store = SqlStore.open(place, now=time.now, token=lambda length: urandom(length // 2).hex())
    mailer = SmtpMailer(
        name="mail", host="127.0.0.1", port=int(port), sender="lg@university.example", now=time.now, security="none"
    )
    sender = LetterSender(
        store=store, mailer=mailer, time=time, watcher=Watching(), incident=INCIDENT, batch=BATCH,
        pace=Pace(per_second=0, passes=10, first_wait=0.05, longest_wait=0.2, settle=0.3, per_connection=7),
    )  # fmt: skip
    proposal = Proposal(
        subject=Subject(covers=LETTER, duty="x"), parts=Parts(digests={}), written_at=datetime(2026, 5, 24, tzinfo=UTC),
        head=None, letters=int(count),
    )  # fmt: skip
    result = run_sending(sender, letters(int(count)), SendOrder(proposal=proposal), log_asker(mail_log), seal={})
    print(result.counts.of(DeliveryState.SENT), flush=True)  # noqa: T201  (the parent reads it)


if __name__ == "__main__":
    main(*sys.argv[1:])
