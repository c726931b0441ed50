"""`leakguard playbook validate`: check a playbook file."""

from __future__ import annotations

import click

from leakguard.cli.options import Context, pass_context, read_text
from leakguard.errors import ExitCode
from leakguard.models.texts import counted
from leakguard.outputs.words import printable
from leakguard.playbooks.definitions import parse_playbook
from leakguard.playbooks.titles import titles_that_read_as_done

_EPILOG = """\b
Examples:
  leakguard playbook show exposed-datastore-24h --format yaml > my_playbook.yaml  # a playbook to begin with
  leakguard playbook validate my_playbook.yaml
  cat my_playbook.yaml | leakguard playbook validate -

Exit codes: 0 the file can be used; 2 it cannot be used, and every problem is reported.
"""


@click.command(epilog=_EPILOG)
@click.argument("file")
@pass_context
def validate_cmd(context: Context, *, file: str) -> int:
    """Check FILE: unknown fields, unreachable steps, loops, owners without a role, clocks without an end.

    A step whose title reads as if it were already done gets a remark. Such a playbook can be used.
    """
    found = parse_playbook(read_text(file), name=file)
    context.say(f"{file}: {found.playbook}, version {found.version}, {counted(len(found.steps), 'step')}, no problem")
    for title in titles_that_read_as_done(found):
        text = f"{printable(title)}: reads as done beside a state such as overdue; say what has to be done."
        context.notes.print(text, soft_wrap=True)
    return ExitCode.CLEAN
