"""`leakguard report acknowledge` and `leakguard report thank`: the two letters to whoever reported."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import click

from leakguard.cli.options import Context, format_option, pass_context, scope_option, store_option
from leakguard.cli.recording import records
from leakguard.cli.report.showing import kept_text, scope_if_any
from leakguard.cli.writing import refuse_unwritable, replace_file
from leakguard.errors import ExitCode, UsageProblem
from leakguard.intake.letters import LANGS, ReportAnswer
from leakguard.intake.view import Report
from leakguard.models.file_modes import Output
from leakguard.outputs.intake import answer_json, answer_lines
from leakguard.use_cases.intake.answer import record_answer, refuse_second, send_answer, written
from leakguard.use_cases.intake.closing_proof import with_proof
from leakguard.use_cases.intake.reports import load_report

Command = TypeVar("Command", bound=Callable[..., Any])


def _letter_options(command: Command) -> Command:
    options = (
        click.argument("report", metavar="REPORT"),
        click.option("--send", is_flag=True,
                     help="Send the answer by e-mail, and record that (default: only print it)."),
        click.option("--answered", is_flag=True, help="Record that you sent the answer by other means."),
        click.option("--lang", type=click.Choice(LANGS),
                     help="Language of the answer (default: the language of the report)."),
        click.option("--channel", metavar="NAME",
                     help="Channel of kind smtp (default: the one named in [reports], or the only one)."),
        click.option("-o", "output", metavar="FILE", help="Write the answer to this file."),
        scope_option, records("Person who answers"), format_option("text", "json"), store_option,
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@click.command(epilog="\b\nExamples:\n  leakguard report acknowledge RP-2026-0001            # only prints it\n"
               "  leakguard report acknowledge RP-2026-0001 --send\n"
               "  leakguard report acknowledge RP-2026-0001 -o answer.txt --lang zh --answered")  # fmt: skip
@_letter_options
@pass_context
def acknowledge_cmd(context: Context, *, report: str, **words: Any) -> int:  # noqa: ANN401  (click's values)
    """Answer the sender of REPORT: it arrived, its number, and what you promise. No machine is answered."""
    words["read"] = scope_if_any(context, words["scope"])
    return _answer(context, load_report(context.wiring.existing_store, report), "acknowledgement", words)


@click.command(epilog="\b\nExamples:\n  leakguard report thank RP-2026-0001\n"
               "  leakguard report thank RP-2026-0001 --send --lang zh")  # fmt: skip
@_letter_options
@pass_context
def thank_cmd(context: Context, *, report: str, **words: Any) -> int:  # noqa: ANN401  (click's values)
    """Thank the sender of REPORT, and say how it ended. `Closed` is said only if probes proved it."""
    words["read"] = scope_if_any(context, words["scope"])
    store = context.wiring.existing_store
    is_recorded = bool(words["send"] or words["answered"])
    found = with_proof(store, report, now=context.wiring.now) if is_recorded else load_report(store, report)
    return _answer(context, found, "thanks", words)


def _answer(context: Context, report: Report, kind: str, words: dict[str, Any]) -> int:
    if words["send"] and words["answered"]:
        raise UsageProblem("--send and --answered cannot be used together", next_step="Leave one of them out.")
    is_recorded = words["send"] or words["answered"]
    if is_recorded:
        refuse_second(report, kind)
    refuse_unwritable(words["output"])
    if report.machine and words["answered"]:  # a person stood behind it after all, and was written to by hand
        _recorded(context, report, kind, lang="", how="by_hand")
        return ExitCode.CLEAN
    answer = _written(context, report, kind, words)
    named = _sent(context, report, answer, words["channel"]) if words["send"] else ""
    if is_recorded:
        report = _recorded(context, report, kind, lang=answer.lang, how="mail" if named else "by_hand")
    if words["output"]:
        replace_file(words["output"], "\n".join(answer_lines(answer)), Output.LETTER)
    if words["output_format"] == "json":
        click.echo(json.dumps(answer_json(report, answer, named)))
    elif not words["output"]:
        context.show(answer_lines(answer))
    return ExitCode.CLEAN


def _written(context: Context, report: Report, kind: str, words: dict[str, Any]) -> ReportAnswer:
    read = words["read"]
    texts = context.wiring.report_texts(read.scope if read is not None else None)
    return written(report, kind, texts, words["lang"] or "", text=kept_text(context, report.text_sha256))


def _sent(context: Context, report: Report, answer: ReportAnswer, channel: str | None) -> str:
    """The id of the message that the mail server took."""
    wiring = context.wiring
    mailer, sender = wiring.letter_mailer(channel or wiring.settings.reports.channel or None)
    return send_answer(report, answer, mailer, sender)


def _recorded(context: Context, report: Report, kind: str, *, lang: str, how: str) -> Report:
    wiring = context.wiring
    done = record_answer(wiring.existing_store, report.id, kind, lang=lang, how=how, by=context.by, now=wiring.now)
    context.notes.print(f"{report.id}: {'sent, and recorded' if how == 'mail' else 'recorded as answered by hand'}.")
    return done
