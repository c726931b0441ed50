"""`leakguard notice approve`: two different people vouch for a letter before it is sent."""

from __future__ import annotations

import json

import click

from leakguard.cli.notice.versions import VersionChoice, letter_options, say_unsettled, single_letter, wanted_version
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.errors import ExitCode, UsageProblem
from leakguard.outputs.sending import approval_lines, approved_json, list_lines, proposal_json
from leakguard.use_cases.letters.approve_notice import Signer, approvals_of, approve, withdraw
from leakguard.use_cases.letters.wanted_letter import RequestedLetter

_EPILOG = """\b
Examples:
  leakguard notice approve facts.yaml --duty eu-gdpr-33-authority --stage initial --incident IR-2026-0001 --dry-run
  leakguard notice approve facts.yaml --duty eu-gdpr-33-authority --stage initial --incident IR-2026-0001 \\
      --by "A. Counsel" --role counsel --digest 9c41e0
  leakguard notice approve --manifest letters/ --incident IR-2026-0001 --by "B. Officer"
  leakguard notice approve --list --incident IR-2026-0001
  leakguard notice approve --withdraw --incident IR-2026-0001 --digest 9c41e0 --by "B. Officer" \\
      --reason "the number of people is wrong"

Two different people must approve exactly what is sent: the facts, the rules, the template and the text. If one of
these changes, the letter needs new approvals. Without accounts, names are kept as they are typed: LeakGuard does not
check who types them.
"""


@click.command(epilog=_EPILOG)
@letter_options
@records("Person who approves")
@click.option("--role", default="", metavar="TEXT", help="Role of this person, such as counsel.")
@click.option("--digest", default="", metavar="HEX", help="Approve only if the digest of the letter begins with HEX.")
@click.option("--dry-run", is_flag=True, help="Print the letter and its digest. Approve nothing.")
@click.option("--list", "is_list", is_flag=True, help="List what was approved, and by whom.")
@click.option(
    "--withdraw", "is_withdrawal", is_flag=True, help="Withdraw the approval that --by gave to the letter of --digest."
)
@click.option("--reason", default="", metavar="TEXT", help="Why the approval is withdrawn.")
@format_option("text", "json")
@store_option
@pass_context
def approve_cmd(context: Context, /, *, is_list: bool, is_withdrawal: bool, dry_run: bool, **words: str | None) -> int:
    """Approve a letter, or the letters of a mail merge, for an incident."""
    given = VersionChoice.of({**words, "by": context.by})
    if is_list:
        return _list(context, given)
    if is_withdrawal:
        return _withdraw(context, given)
    wanted = wanted_version(context, given)
    if wanted.stage_remark:
        context.warn(wanted.stage_remark)
    return _show(context, given, wanted) if dry_run else _approve(context, given, wanted)


def _approve(context: Context, given: VersionChoice, wanted: RequestedLetter) -> int:
    wiring = context.wiring
    done = approve(
        wiring.existing_store, given.incident, wanted.subject, wanted.draft, Signer(by=given.by, role=given.role),
        start=wanted.start, pin=given.digest, now=wiring.now,
    )  # fmt: skip
    say_unsettled(context, wanted, done.proposal)
    if given.is_json:
        click.echo(json.dumps(approved_json(done), ensure_ascii=False))
        return ExitCode.CLEAN
    context.show(approval_lines(done))
    return ExitCode.CLEAN


def _show(context: Context, given: VersionChoice, wanted: RequestedLetter) -> int:
    """The letter that a person would approve: the one that another person approved before, where nothing changed."""
    version = wanted.next_version(context.wiring.existing_store, given.incident)
    say_unsettled(context, wanted, version)
    if given.is_json:
        document = {"digest": version.parts.digest, "parts": dict(version.parts.digests), "letters": version.letters}
        click.echo(json.dumps(document))
        return ExitCode.CLEAN
    if wanted.single is not None:
        letter = single_letter(wanted).letter(version.written_at, version.head)
        click.echo(context.wiring.document_maker("txt").make(letter), nl=False)
    context.notes.print(f"Digest {version.parts.digest}", soft_wrap=True)
    return ExitCode.CLEAN


def _list(context: Context, given: VersionChoice) -> int:
    proposals = approvals_of(context.wiring.existing_store, given.incident)
    if given.is_json:
        document = {"incident": given.incident, "approvals": [proposal_json(proposal) for proposal in proposals]}
        click.echo(json.dumps(document, ensure_ascii=False))
        return ExitCode.CLEAN
    context.show(list_lines(proposals))
    if not proposals:
        context.notes.print("Nothing was approved.")
    return ExitCode.CLEAN


def _withdraw(context: Context, given: VersionChoice) -> int:
    if not given.digest:
        raise UsageProblem("which approval is withdrawn?", next_step="Name it: --digest HEX (see --list)")
    wiring = context.wiring
    left = withdraw(
        wiring.existing_store, given.incident, given.digest, by=given.by, reason=given.reason, now=wiring.now
    )
    if given.is_json:
        click.echo(json.dumps(proposal_json(left), ensure_ascii=False))
        return ExitCode.CLEAN
    context.show(list_lines((left,)))
    return ExitCode.CLEAN
