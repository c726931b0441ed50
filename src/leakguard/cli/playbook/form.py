"""`leakguard playbook form`: the questions of a step, to be filled in."""

from __future__ import annotations

import json

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.errors import ExitCode, NotFound
from leakguard.files.names import nearest_name
from leakguard.playbooks.forms import form_schema, form_template
from leakguard.use_cases.incidents.playbooks import load_response

_EPILOG = """\b
Examples:
  leakguard playbook form IR-2026-0001 decide_risk > risk.yaml
  leakguard playbook form IR-2026-0001 decide_risk --format json  # as a JSON Schema
"""


@click.command(epilog=_EPILOG)
@click.argument("incident")
@click.argument("step")
@format_option("yaml", "json")
@store_option
@pass_context
def form_cmd(context: Context, *, incident: str, step: str, output_format: str) -> int:
    """Print the questions of STEP of INCIDENT as a form. Fill it in for `playbook done --form`."""
    steps = load_response(context.wiring.existing_store, incident, now=context.wiring.now).progress.steps
    if step not in steps:
        near = nearest_name(step, list(steps))
        hint = f" (did you mean `{near}`?)" if near else ""
        raise NotFound(
            f"the playbook has no step `{step[:60]}`{hint}", next_step=f"See: leakguard playbook next {incident}"
        )
    form = steps[step].step.form
    if output_format == "json":
        click.echo(json.dumps(form_schema(form)))
    else:
        click.echo(form_template(form) or "# this step asks no questions")
    return ExitCode.CLEAN
