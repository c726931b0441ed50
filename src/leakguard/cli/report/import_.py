"""`leakguard report import`: takes in mails and forms from files, from stdin, or from a mailbox."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from leakguard.cli.moments import moment_in
from leakguard.cli.options import Context, format_option, pass_context, read_bytes, scope_option, store_option
from leakguard.cli.recording import records
from leakguard.cli.report.showing import scope_if_any, shown
from leakguard.errors import BadFile, ExitCode, UsageProblem
from leakguard.frozen import Frozen
from leakguard.intake.mail_parts import MOST_BYTES
from leakguard.intake.messages import Message
from leakguard.intake.reading import mails_in, read_message
from leakguard.outputs.intake import next_step, proposal_lines, report_json, report_line
from leakguard.use_cases.intake.mailbox_import import import_mailbox
from leakguard.use_cases.intake.take_in import ImportedReport, ImportOptions, take_in

_EPILOG = """\b
Examples:
  leakguard report import mail.eml
  leakguard report import - < form.json                    # {"text": "...", "email": "..."}
  leakguard report import --imap imaps://reports@mail.example.edu/INBOX
  leakguard report import mail.eml --keep-attachments reports.pem    # openssl cms -decrypt opens them

Exit codes: 0 all were recorded, 3 an e-mail in the mailbox could not be recorded.
"""


class _Result(Frozen):
    imported: tuple[ImportedReport, ...]
    skipped: tuple[str, ...] = ()


@click.command(epilog=_EPILOG)
@click.argument("files", metavar="FILE...", nargs=-1)
@click.option("--imap", metavar="URL", help="Read a mailbox that is named in leakguard.toml. Nothing in it is changed.")
@click.option(
    "--received-at",
    metavar="T",
    help="When the message arrived (default: the time that the last mail server wrote, else now).",
)
@click.option(
    "--keep-attachments",
    metavar="FILE",
    help=(
        "Keep attachments, encrypted with this certificate (PEM). Without it and without a certificate in "
        "leakguard.toml, none is kept."
    ),
)
@scope_option
@records("Person who records them")
@format_option("text", "json")
@store_option
@pass_context
def import_cmd(
    context: Context, *, files: tuple[str, ...], imap: str | None, received_at: str | None,
    keep_attachments: str | None, scope: str | None, output_format: str,
) -> int:  # fmt: skip
    """Record each e-mail or form in FILE (`-` is stdin) as a report. A FILE may be an mbox with several e-mails.

    If a message was imported before, nothing changes. For each attachment, LeakGuard keeps the name, size and hash.
    It compares the hosts that the message names with the scope, and probes none of them.
    """
    if bool(files) == bool(imap):
        raise UsageProblem("name files, or a mailbox with --imap", next_step="leakguard report import --help")
    wiring, allowed = context.wiring, scope_if_any(context, scope)
    named = keep_attachments or wiring.settings.reports.attachments_certificate
    options = ImportOptions(
        by=context.by, source="a mailbox" if imap else "a file", sealed_to=wiring.sealed_to(named) if named else None,
        received_at=moment_in(received_at, zone=wiring.settings.zone) if received_at else None,
    )  # fmt: skip
    result = _from_mailbox(context, imap, options) if imap else _from_files(context, files, options)
    shown_reports = [shown(context, result_item.report, scope=allowed) for result_item in result.imported]
    if output_format == "json":
        reports = [
            {**report_json(each), "new": report.is_new}
            for each, report in zip(shown_reports, result.imported, strict=True)
        ]
        click.echo(json.dumps({"reports": reports, "skipped": list(result.skipped)}))
    else:
        for each, imported in zip(shown_reports, result.imported, strict=True):
            new = "" if imported.is_new else "  (known already)"
            context.say(report_line(each, zone=wiring.settings.zone) + new)
            context.show(f"    {line}" for line in proposal_lines(each.proposals))
            if step := next_step(each):
                context.notes.print(f"Next: {step}")
    for why in result.skipped:
        context.notes.print(f"Not taken in: {why}")
    return ExitCode.UNFINISHED if result.skipped else ExitCode.CLEAN


def _from_files(context: Context, files: tuple[str, ...], options: ImportOptions) -> _Result:
    """All are read before one is taken in: a file that is none leaves nothing behind."""
    messages = tuple(_messages(files))
    store, kept = context.wiring.store, context.wiring.kept_files()
    return _Result(
        imported=tuple(take_in(store, kept, message, options, now=context.wiring.now) for message in messages)
    )


def _messages(files: tuple[str, ...]) -> Iterator[Message]:
    problems = list[BadFile]()
    for path in files:
        try:
            mails = mails_in(read_bytes(path, most=MOST_BYTES), name=path)
            for number, mail in enumerate(mails, start=1):
                yield read_message(mail, name=path if len(mails) == 1 else f"{path}, mail {number}")
        except BadFile as bad:
            problems.append(bad)
    if problems:
        raise (
            problems[0]
            if len(problems) == 1
            else BadFile(
                ", ".join(bad.name for bad in problems), tuple(problem for bad in problems for problem in bad.problems)
            )
        )


def _from_mailbox(context: Context, url: str, options: ImportOptions) -> _Result:
    wiring = context.wiring
    box = wiring.mailbox(url)
    found = import_mailbox(wiring.store, wiring.kept_files(), box, options, now=wiring.now)
    return _Result(imported=found.imported, skipped=found.skipped)
