"""`leakguard playbook show`: a playbook from its first step to its last."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context
from leakguard.cli.playbook.files import playbook_file
from leakguard.cli.playbook.printing import filled, wrapped
from leakguard.errors import ExitCode
from leakguard.playbooks.definitions import snapshot_of
from leakguard.playbooks.shapes import Playbook, Step

_EPILOG = """\b
Examples:
  leakguard playbook show exposed-datastore-24h
  leakguard playbook show exposed-datastore-24h --format json
  leakguard playbook show exposed-datastore-24h --format yaml > our_own.yaml       to write your own
"""


@click.command(epilog=_EPILOG)
@click.argument("name", metavar="NAME|FILE")
@format_option("text", "json", "yaml")
@pass_context
def show_cmd(context: Context, *, name: str, output_format: str) -> int:
    """Show the playbook NAME, or the one in FILE: its roles, its clocks, and its steps with owner and due time.

    As `yaml` it is the very file, to be copied and changed.
    """
    file = playbook_file(context, name)
    found = file.playbook
    if output_format == "yaml":
        click.echo(file.text, nl=not file.text.endswith("\n"))
    elif output_format == "json":
        click.echo(json.dumps({"playbook": json.loads(snapshot_of(found))}))
    else:
        _tell(found)
    return ExitCode.CLEAN


def _tell(found: Playbook) -> None:
    tested = f"walked on {found.tested_on}" if found.tested_on else "never walked"
    click.echo(f"{found.title}\n{found.playbook}, version {found.version}, {tested}\n")
    for line in found.about:
        click.echo(wrapped(line))
    click.echo("\nRoles")
    for role, duty in found.roles.items():
        click.echo(wrapped(f"{role}: {duty}", indent="  "))
    click.echo("\nClocks")
    for clock in found.clocks.values():
        click.echo(wrapped(f"{clock.id}: {clock.title}. {clock.text}", indent="  "))
    for name, step in found.steps.items():
        _tell_step(name, step)


def _tell_step(name: str, step: Step) -> None:
    due = f", at {step.due.at} of {step.due.of}" if step.due else ""
    takes = f", takes about {step.takes}" if step.takes else ""
    click.echo(f"\n{name}: {step.title}\n  {step.owner}{due}{takes}")
    for condition in step.when:
        click.echo(wrapped(f"only if, in {condition.step}, {condition.field} {condition.words}", indent="  "))
    for line in step.do:
        click.echo(wrapped(f"- {filled(line, 'INCIDENT')}", indent="  "))
    if step.evidence:
        click.echo(wrapped(f"proved by {', '.join(step.evidence)}", indent="  "))
    if step.repeat is not None:
        until = f"{step.repeat.until.field} {step.repeat.until.words}"
        click.echo(wrapped(f"again until {until}, {step.repeat.at_most} times at most", indent="  "))
    if step.action is not None:
        click.echo(f"  a machine does it: {step.action}")
    if step.on_fail is not None:
        click.echo(wrapped(f"if it fails, back to {step.on_fail}, {step.attempts} times at most", indent="  "))
    if step.next:
        click.echo(wrapped(f"then {', '.join(step.next)}", indent="  "))
