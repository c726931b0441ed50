"""`leakguard playbook assign`: who is to do a step."""

from __future__ import annotations

import click

from leakguard.accounts.rights import Right
from leakguard.cli.options import Context, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.errors import ExitCode, UsageProblem
from leakguard.outputs.words import printable
from leakguard.use_cases.responses.assign_step import assign_step

_EPILOG = """\b
Examples:
  leakguard playbook assign IR-2026-0001 contain --to "Li Wei"
  leakguard playbook assign IR-2026-0001 contain --nobody

Exit codes: 0 recorded, 2 refused.
"""


@click.command(epilog=_EPILOG)
@click.argument("incident")
@click.argument("step")
@click.option(
    "--to",
    "person",
    metavar="NAME",
    help="Person who is to do the step. If the store has accounts, this must be one of them.",
)
@click.option("--nobody", is_flag=True, help="Remove the assignment.")
@records("Person who assigns it")
@store_option
@pass_context
def assign_cmd(context: Context, *, incident: str, step: str, person: str | None, nobody: bool) -> int:
    """Assign STEP of INCIDENT to a person. The step then appears in the person's `leakguard tasks`.

    The role that owns the step stays the same. A person who may do steps may take a step that nobody has. To assign
    a step to somebody else, you need the right `assign_steps`.
    """
    if (person is None) != nobody:
        raise UsageProblem(
            "say who is to do it, or --nobody", next_step=f'leakguard playbook assign {incident} {step} --to "NAME"'
        )
    wiring = context.wiring
    store, caller = wiring.existing_store, wiring.caller
    response = assign_step(
        store, incident, step, to=person or "", by=wiring.recorder.signatory, now=wiring.now,
        may_assign_others=caller is None or caller.may(Right.ASSIGN_STEPS),
    )  # fmt: skip
    assigned = response.assigned.get(step)
    whose = printable(assigned.to.name) + "'s" if assigned is not None else "nobody's"
    context.say(f"{incident}: {step} is {whose} now.")
    return ExitCode.CLEAN
