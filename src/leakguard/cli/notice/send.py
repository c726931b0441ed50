"""`leakguard notice send`: send what two people approved, to each person once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from leakguard.cli.notice.send_options import Mailing, SendOptions, prepared
from leakguard.cli.notice.versions import VersionChoice, letter_options, say_unwritten, wanted_version
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.errors import ExitCode
from leakguard.files.opening import open_file, unreadable
from leakguard.mailing.accepted_log import MOST_IN_LINE, named_in
from leakguard.mailing.approvals import Proposal
from leakguard.mailing.log_times import instant_at_head
from leakguard.mailing.sealing import SENT
from leakguard.models.deliveries import Delivery, DeliveryState
from leakguard.models.records import KeptRecord
from leakguard.models.sending import LogAnswer, RunResult
from leakguard.models.texts import counted
from leakguard.outputs.sending import FilingOutcome, UnsentLetter, outcome_lines, result_json, result_lines
from leakguard.outputs.words import printable
from leakguard.ports import DeliveryStore
from leakguard.use_cases.letters.letter_sender import LetterSender
from leakguard.use_cases.letters.send_notice import (
    SendOrder,
    file_if_complete,
    refuse_sent_before,
    refuse_withdrawn,
    run_sending,
    settled_words,
    why_not_filed,
)
from leakguard.use_cases.letters.wanted_letter import RequestedLetter

if TYPE_CHECKING:
    from rich.console import Console


Command = TypeVar("Command", bound=Callable[..., Any])
_EPILOG = """\b
Examples:
  leakguard notice send facts.yaml --duty cn-cac-incident-general --stage initial --lang zh \\
      --incident IR-2026-0001 --to office@authority.example --attach pdf --by "A. Counsel"
  leakguard notice send facts.yaml --manifest letters --recipients people.csv --incident IR-2026-0001 \\
      --rate 5/s --accepted-log /var/log/mail.log
  leakguard notice send facts.yaml --manifest letters --recipients people.csv --incident IR-2026-0001 \\
      --in-doubt resend --by "A. Counsel"

After an interruption, run the same command again: it continues where it stopped. A letter is in doubt if it is not
known whether the mail server accepted it. It is neither dropped nor sent again until the log of the mail server, or a
person, decides. For a stage of a duty, the filing is recorded when the mail server has accepted every letter.

Exit codes: 0 the mail server accepted every letter, and every row of --recipients has one; otherwise 3.
"""


def _send_options(command: Command) -> Command:
    options = (
        click.option("--to", metavar="ADDRESS", help="E-mail address of the recipient of a single letter."),
        click.option("--recipients", metavar="FILE",
                     help="File of the people of a mail merge, the same as for `notice letters`."),
        click.option("--encoding", type=click.Choice(["utf-8", "gb18030"]), default="utf-8",
                     help="Encoding of the file of --recipients."),
        click.option("--key", metavar="FILE",
                     help="Key of the HMACs of recipients in the manifest (default: the key next to the store)."),
        click.option("--channel", metavar="NAME", help="A channel of kind smtp (default: the only one)."),
        click.option("--rate", metavar="N/s", default="5/s", show_default=True,
                     help="How many letters to send per second."),
        click.option("--per-connection", type=click.IntRange(1, 10_000), default=100, show_default=True, metavar="N",
                     help="How many letters to send over one connection to the mail server."),
        click.option("--passes", type=click.IntRange(1, 20), default=4, show_default=True, metavar="N",
                     help="How many times to try a letter that the mail server did not accept."),
        click.option("--wait", type=click.FloatRange(0.01, 3600), default=5, show_default=True, metavar="SECONDS",
                     help="How long to wait before the second try. The time doubles for each further try."),
        click.option("--attach", type=click.Choice(["pdf"]), help="Also attach the letter as a document."),
        click.option("--own-domain", multiple=True, metavar="NAME",
                     help="Another of your domains. Californians get no mail about leaked log-ins at accounts there."),
        click.option("--accepted-log", metavar="FILE",
                     help="Log of the mail server, to decide about letters that are in doubt."),
        click.option("--settle", type=click.FloatRange(0, 3600), default=60, show_default=True, metavar="SECONDS",
                     help="How long to wait for the mail server to write its log."),
        click.option("--in-doubt", type=click.Choice(["resend", "sent"]),
                     help="Your decision about letters in doubt: send them again, or count them as sent."),
        click.option("--message-id", "only", multiple=True, metavar="ID",
                     help="With --in-doubt: decide only about these letters."),
        click.option("--retry-refused", is_flag=True, help="Send the letters again that the mail server refused."),
        click.option("--again", is_flag=True,
                     help="Send even if another version was sent, or the letter was sent to another address."),
        click.option("--although", default="", metavar="TEXT",
                     help="Why the letter is sent by e-mail although the rule requires another way."),
        records("Person who sends, or who decides about letters in doubt"),
        click.option("--dry-run", is_flag=True, help="Check everything, and count the letters. Send nothing."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@click.command(epilog=_EPILOG)
@letter_options
@_send_options
@format_option("text", "json")
@store_option
@pass_context
def send_cmd(context: Context, /, *, dry_run: bool, **words: Any) -> int:  # noqa: ANN401  (click's values)
    """Send a letter, or the letters of a mail merge, by e-mail. In a drill, nothing is sent to outsiders."""
    options = SendOptions.of({**words, "by": context.by})
    wanted = wanted_version(context, VersionChoice.of(words))
    say_unwritten(context, wanted)
    return check_only(context, options, wanted) if dry_run else send_now(context, options, wanted)


def send_now(context: Context, options: SendOptions, wanted: RequestedLetter) -> int:
    """Send; returns the exit code."""
    store, wiring = context.wiring.existing_store, context.wiring
    mailing = prepared(context, options, wanted)
    order = SendOrder(
        proposal=mailing.proposal, by=options.by.strip(), in_doubt=options.in_doubt,
        only=tuple(recipient.strip("<> ") for recipient in options.only), is_drill=wiring.settings.drill,
        promised=wanted.promised(mailing.proposal), unwritten=wanted.unwritten,
    )  # fmt: skip
    watcher = _teller(context, options, mailing)
    sent_before = watcher.sent
    sender = LetterSender(
        store=store, mailer=mailing.mailer, time=wiring.time, incident=options.incident, batch=mailing.proposal.digest,
        pace=options.pace, retry_refused=options.retry_refused,
        watcher=watcher, leave=lambda: _ask_leave(context, options, wanted, mailing.proposal),
    )  # fmt: skip
    ask = log_asker(options.accepted_log) if options.accepted_log else None

    def check() -> None:
        if not options.again:
            refuse_sent_before(store, options.incident, mailing.proposal, key=mailing.key)

    result = run_sending(sender, mailing.letters, order, ask, seal=_seal_fields(options, mailing, order), check=check)
    filed = file_if_complete(
        store, wiring.duties(), options.incident, order, result, reference=mailing.reference, now=wiring.now
    )
    why_not = why_not_filed(wiring.duties(), order, result)
    _tell_result(context, options, mailing, result, FilingOutcome.of(filed, why_not))
    if sent_before and sent_before == result.counts.of(DeliveryState.SENT):
        context.notes.print("Nothing went out now: what is counted as sent was sent before.")
    is_done = result.letters == result.counts.of(DeliveryState.SENT) and not wanted.unwritten.words
    return ExitCode.CLEAN if is_done else ExitCode.UNFINISHED


def _ask_leave(context: Context, options: SendOptions, wanted: RequestedLetter, proposal: Proposal) -> None:
    refuse_withdrawn(context.wiring.existing_store, options.incident, proposal)
    if wanted.single is not None:
        wanted.single.refuse_late(proposal, context.wiring.now())


def _teller(context: Context, options: SendOptions, mailing: Mailing) -> SendTeller:
    counts = context.wiring.existing_store.delivery_counts(options.incident, mailing.proposal.digest)
    return SendTeller(
        notes=context.notes, monotonic=context.wiring.monotonic, total=mailing.proposal.letters,
        sent=counts.of(DeliveryState.SENT), told_at=context.wiring.monotonic(),
    )  # fmt: skip


def check_only(context: Context, options: SendOptions, wanted: RequestedLetter) -> int:
    """Everything but the sending: approvals, rows, what would be set aside; opens no connection."""
    mailing, store = prepared(context, options, wanted), context.wiring.existing_store
    counts = Counter(
        letter.aside or ("sent before" if _is_sent(store, options, mailing, letter.key) else "to be sent")
        for letter in mailing.letters()
    )
    if options.is_json:
        click.echo(json.dumps({"digest": mailing.proposal.digest, "would": dict(counts)}))
        return ExitCode.CLEAN
    for what, count in counts.most_common():
        context.say(f"{count:,}  {what}")
    context.notes.print("Nothing was sent.")
    return ExitCode.CLEAN


def _is_sent(store: DeliveryStore, options: SendOptions, mailing: Mailing, key: str) -> bool:
    known = store.delivery(options.incident, mailing.proposal.digest, key)
    return known is not None and known.state is DeliveryState.SENT


def _seal_fields(options: SendOptions, mailing: Mailing, order: SendOrder) -> dict[str, Any]:
    subject = mailing.proposal.subject
    fields = {
        "covers": subject.covers, "duty": subject.duty, "stage": subject.stage, "lang": subject.lang,
        "channel": mailing.mailer.name, "by": order.by, "reference": mailing.reference,
    }  # fmt: skip
    if options.although.strip():
        fields["although"] = options.although.strip()
    if order.in_doubt is not None:
        fields["in_doubt"] = settled_words(order.in_doubt)
    return {**fields, "drill": True} if order.is_drill else fields


def _tell_result(
    context: Context, options: SendOptions, mailing: Mailing, result: RunResult, outcome: FilingOutcome
) -> None:
    store = context.wiring.existing_store
    entry = _entry(store.read(options.incident), mailing.proposal.digest)
    left = []
    for letter in mailing.letters():
        known = store.delivery(options.incident, mailing.proposal.digest, letter.key)
        if known is not None and known.state is not DeliveryState.SENT:
            left.append(UnsentLetter(line=letter.line, delivery=known))
    if options.is_json:
        click.echo(json.dumps(result_json(mailing.proposal, result, entry, left, outcome)))
        return
    context.show(result_lines(mailing.proposal, result, entry, left))
    context.show(outcome_lines(mailing.proposal, outcome, options.incident))


def _entry(records: Iterable[KeptRecord], digest: str) -> KeptRecord | None:
    found = [record for record in records if record.kind == SENT and record.content.get("digest") == digest]
    return found[-1] if found else None


def log_asker(path: str) -> Callable[[Collection[str]], LogAnswer]:
    """Asks the log at `path`, which is read anew each time; raises `BadFile` at once when it cannot be read."""

    def ask(wanted: Collection[str]) -> LogAnswer:
        with open_file(path) as handle:
            first = handle.readline(MOST_IN_LINE)
        with open_file(path) as handle:
            named = named_in(handle.readline, wanted)
        try:
            written_at = datetime.fromtimestamp(Path(path).stat().st_mtime, UTC)
        except OSError as error:
            raise unreadable(path, error) from error
        begins_at = instant_at_head(first.decode("utf-8", "replace"))
        return LogAnswer(accepted=named.taken, unclear=named.unclear, begins_at=begins_at, written_at=written_at)

    ask(())
    return ask


_EVERY = 5.0
"""Seconds between two lines of progress."""


@dataclass(slots=True, kw_only=True)
class SendTeller:
    """Tells how far a run is, every few seconds; counts alone, nothing about anybody. Fits `SendWatcher`."""

    notes: Console
    monotonic: Callable[[], float]
    total: int
    sent: int
    """By earlier runs, and so far."""
    told_at: float = 0.0

    def moved(self, delivery: Delivery) -> None:
        """A letter's state was kept."""
        self.sent += delivery.state is DeliveryState.SENT
        now = self.monotonic()
        if now - self.told_at >= _EVERY:
            self.told_at = now
            self.notes.print(f"{self.sent:,} of {counted(self.total, 'letter')} sent")

    def waiting(self, seconds: float, why: str) -> None:
        """The run waits."""
        self.notes.print(f"Waiting {seconds:.0f} s: {printable(why)}.", soft_wrap=True)
