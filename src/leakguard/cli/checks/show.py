"""`leakguard checks show`: what one check asks, how it judges, how its finding is mended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.requests import RequestDefinition
from leakguard.checks.wording import condition_words
from leakguard.cli.options import Context, format_option, pass_context
from leakguard.errors import ExitCode
from leakguard.outputs.check_page import check_page
from leakguard.use_cases.scans.start_scan import pick_checks

if TYPE_CHECKING:
    from leakguard.owners.cloud_checks.definitions import CloudCheck

_EPILOG = """\b
Examples:
  leakguard checks show elasticsearch_open
  leakguard checks show redis_open --format json
  leakguard checks show redis_open --format md
  leakguard checks show aws_s3_bucket_public
"""


@click.command(epilog=_EPILOG)
@click.argument("identifier", metavar="ID")
@format_option("text", "json", "md")
@pass_context
def show_cmd(context: Context, *, identifier: str, output_format: str) -> int:
    """Show what the check ID asks, how it judges the answers, and how its finding is mended."""
    if not any(each.id == identifier for each in context.wiring.checks) and _show_owned(
        context, identifier, output_format
    ):
        return ExitCode.CLEAN
    (check,) = pick_checks(context.wiring.checks, (identifier,))
    if output_format == "md":
        click.echo(check_page(check), nl=False)
    else:
        click.echo(json.dumps(check.stated) if output_format == "json" else "\n".join(described(check)))
    return ExitCode.CLEAN


def _show_owned(context: Context, identifier: str, output_format: str) -> bool:
    """Show a check of the owner's side, if there is one with this id."""
    owned = next((each for each in context.wiring.cloud_checks if each.id == identifier), None)
    if owned is None:
        return False
    from leakguard.outputs.cloud_check_page import cloud_check_page  # noqa: PLC0415  (`--help` must not load it)

    if output_format == "md":
        click.echo(cloud_check_page(owned), nl=False)
    else:
        is_json = output_format == "json"
        click.echo(json.dumps(owned.model_dump(mode="json")) if is_json else "\n".join(described_owned(owned)))
    return True


def described(check: CheckDefinition) -> Iterator[str]:
    """The check as lines for a person."""
    yield f"{check.id}, version {check.version}, {check.lifecycle}"
    yield f"{check.title}."
    yield f"Why: {check.why}"
    yield ""
    yield f"Asks over {check.probe.kind}, by default on {', '.join(map(str, check.probe.ports))}:"
    yield from (f"  {_asked(request)}" for request in check.probe.requests)
    if check.conditions:
        yield "Conditions with a name:"
        yield from (f"  {name}: {condition_words(condition)}" for name, condition in check.conditions.items())
    yield "Judges by the first rule that holds:"
    yield from (f"  {rule.then.value}: {rule.reason}\n    when {condition_words(rule.when)}" for rule in check.rules)
    if check.measure:
        yield "Measures:"
        yield from (f"  {measure.method}" for measure in check.measure)
    if check.fallback:
        yield "Judged only where no other check of this kind applied."
    yield ""
    yield f"Remediation: {check.remediation_on()}"
    yield from (f"Reference: {reference}" for reference in check.references)


def described_owned(check: CloudCheck) -> Iterator[str]:
    """A check of the owner's side as lines for a person."""
    yield f"{check.id}, version {check.version}, {check.lifecycle}"
    yield f"{check.title}."
    yield f"Why: {check.why}"
    yield ""
    yield f"Judges each {check.resource.replace('_', ' ')} of an account by the first rule that holds:"
    for rule in check.rules:
        yield f"  {rule.then.value}, {rule.severity.value}: {rule.reason}\n    when {rule.when}"
    yield ""
    yield f"Remediation: {check.remediation}"
    yield from (f"Reference: {reference}" for reference in check.references)


def _asked(request: RequestDefinition) -> str:
    what = request.get or request.head or request.what
    asked = f"{request.id}: {request.verb} {what}".rstrip()
    only_if = request.only_if.stated
    return f"{asked}, only if {condition_words(request.only_if)}" if only_if else asked
