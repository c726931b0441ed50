"""`leakguard playbook done`, `skip` and `take-back`: record that a step is settled, or open it again."""

from __future__ import annotations

import click

from leakguard.accounts.rights import Right
from leakguard.cli.moments import interval_in
from leakguard.cli.options import Context, pass_context, read_text, store_option
from leakguard.cli.recording import records, second_option
from leakguard.errors import ExitCode
from leakguard.outputs.playbook import open_lines
from leakguard.outputs.words import printable
from leakguard.playbooks.engine import StepProgress
from leakguard.playbooks.states import SETTLED, StepState
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.incidents.playbooks import Response
from leakguard.use_cases.responses.playbook_confirming import confirm_step
from leakguard.use_cases.responses.playbook_steps import StepStatement, tell_step
from leakguard.use_cases.responses.playbook_taking_back import take_back_step
from leakguard.use_cases.responses.step_evidence import paths_in

_EPILOG = """\b
Examples:
  leakguard playbook done IR-2026-0001 contain --by "Li Wei" \\
      --evidence config_before=EV-12 --evidence config_after=@/srv/evidence/es-closed.yml
  leakguard playbook done IR-2026-0001 decide_awareness --by "Zhang Min" --second "Anna Berg" \\
      --form awareness.yaml --at 2026-05-24T08:40+08:00 --reason "written down after the call"
  leakguard playbook done IR-2026-0001 verify --failed "port 9200 still answers over IPv6"

\b
Evidence is what the ledger has of this incident, or a file that is taken in at once:
  --evidence config_after=@es.yml    the file es.yml, with its hash and custody, as `evidence add` takes it in
  --evidence config_after=EV-12      an item of `evidence list --items`
  --evidence config_after=E-14       an event of `incident timeline` that says what was seen, decided or done
An item may stand for two names where it is given for both. An empty file, a note and what was erased prove nothing.
A file itself is not copied, and is in no bundle of `evidence export`, unless --keep stores a copy.

\b
Exit codes: 0 recorded, 2 the step stays open, and everything that is missing is named.
"""


@click.command(epilog=_EPILOG)
@click.argument("incident")
@click.argument("step")
@records("Who did it")
@second_option("Who agreed, for steps that need a second person; always typed.")
@click.option("--form", metavar="FILE", help="The answers to the step's questions, as YAML; `-` is stdin.")
@click.option(
    "--evidence", multiple=True, metavar="NAME=@FILE|NAME=ID", help="A file, or an item of the ledger; repeatable."
)
@click.option("--keep", is_flag=True, help="Keep copies of these files beside the store, under their SHA-256.")
@click.option("--at", metavar="T", help="When it was done (default: now); local times in the incident's zone.")
@click.option("--reason", default="", help="Why it is recorded late, or holds against what was seen.")
@click.option("--failed", default="", metavar="TEXT", help="The step failed: what was seen.")
@store_option
@pass_context
def done_cmd(
    context: Context,
    /,
    *,
    incident: str,
    at: str | None,
    form: str | None,
    evidence: tuple[str, ...],
    keep: bool,
    **told: str,
) -> int:
    """Record that STEP of INCIDENT is done; the event that it stands for is recorded with it.

    Refused while evidence, an answer or a second person is missing. In a store with accounts, a step that needs a
    second person awaits them: they log in and run `playbook confirm`.
    """
    store = context.wiring.existing_store
    step = StepStatement(
        step=told["step"],
        by=context.by,
        second=told["second"],
        evidence=evidence,
        keep=keep,
        form=None if form is None else read_text(form),
        form_name=form or "",
        at=None if at is None else interval_in(at, zone=load_incident(store, incident).zone),
        reason=told["reason"],
        failure=told["failed"],
    )
    response = tell_step(store, incident, step, now=context.wiring.now, intake=context.wiring.kept_files())
    became = "failed" if step.failure else _became(response.progress.steps[step.step])
    _say_claim(context, response, step.step)
    context.say(f"{incident}: {step.step} {became}. Open now:")
    context.show(open_lines(response))
    for path in () if keep else paths_in(evidence):
        context.remark(f"{printable(path)}: hash and custody are recorded, the file stays there; --keep stores a copy")
    return ExitCode.CLEAN


def _say_claim(context: Context, response: Response, step: str) -> None:
    """Say who has to confirm it, where somebody has to."""
    if response.progress.steps[step].claim is not None:
        context.remark(f"Next: another person logs in, and: leakguard playbook confirm {response.incident.id} {step}")


def _became(step: StepProgress) -> str:
    """An answer may ask for another round, and then nothing is done yet."""
    if step.claim is not None:
        return "awaits a second person"
    if step.state in SETTLED or step.step.repeat is None:
        return "is done"
    if step.state is StepState.FAILED:
        return "was answered as often as planned, and not as it must be: the commander decides how to go on"
    return f"was answered, and its answer asks for another round ({step.rounds + 1} of {step.step.repeat.at_most})"


_SKIP_EPILOG = """\b
Examples:
  leakguard playbook skip IR-2026-0001 tell_people --by "Zhang Min" --second "Anna Berg" \\
      --reason "the data were encrypted and the key is safe"
"""


@click.command(epilog=_SKIP_EPILOG)
@click.argument("incident")
@click.argument("step")
@records("Who decided it")
@second_option("Who agreed: another person, always typed; in a store with accounts they confirm it themselves.")
@click.option("--reason", required=True, help="Why it is not needed.")
@store_option
@pass_context
def skip_cmd(context: Context, *, incident: str, step: str, second: str, reason: str) -> int:
    """Record that STEP of INCIDENT is not needed: two people say so, and why.

    No event is recorded, so a clock that the step would have ended runs on.
    """
    told = StepStatement(step=step, by=context.by, second=second, reason=reason, is_waived=True)
    response = tell_step(context.wiring.existing_store, incident, told, now=context.wiring.now)
    awaits = response.progress.steps[step].claim is not None
    _say_claim(context, response, step)
    context.say(f"{incident}: {step} {'awaits a second person' if awaits else 'is left out'}. Open now:")
    context.show(open_lines(response))
    return ExitCode.CLEAN


_CONFIRM_EPILOG = """\b
Examples:
  leakguard login "Anna Berg"
  leakguard playbook confirm IR-2026-0001 decide_awareness

\b
Exit codes: 0 recorded, 2 refused.
"""


@click.command(epilog=_CONFIRM_EPILOG)
@click.argument("incident")
@click.argument("step")
@records("Who confirms it")
@store_option
@pass_context
def confirm_cmd(context: Context, *, incident: str, step: str) -> int:
    """Confirm STEP of INCIDENT as its second person, in a store with accounts: only then does it count.

    Read with `playbook next` what the first person said. The person who did the step cannot confirm it.
    """
    store = context.wiring.existing_store
    caller = context.wiring.caller
    may_waive = caller is not None and caller.may(Right.WAIVE_STEPS)
    response = confirm_step(store, incident, step, by=context.by, now=context.wiring.now, may_waive=may_waive)
    context.say(f"{incident}: {step} is confirmed. Open now:")
    context.show(open_lines(response))
    return ExitCode.CLEAN


_TAKE_BACK_EPILOG = """\b
Examples:
  leakguard playbook take-back IR-2026-0001 contain --by "Li Wei" --reason "that was the other server"
"""


@click.command(epilog=_TAKE_BACK_EPILOG)
@click.argument("incident")
@click.argument("step")
@records("Who takes it back")
@click.option("--reason", required=True, help="Why.")
@store_option
@pass_context
def take_back_cmd(context: Context, *, incident: str, step: str, reason: str) -> int:
    """Open STEP of INCIDENT again, which was recorded as done or not needed by mistake.

    The old record stays readable; the event that it recorded no longer counts, so its clock runs on.
    """
    store, now = context.wiring.existing_store, context.wiring.now
    taken = take_back_step(store, incident, step, by=context.by, reason=reason, now=now)
    event = f" {taken.event} no longer counts." if taken.event else ""
    context.say(f"{incident}: {step} is taken back.{event} Open now:")
    context.show(open_lines(taken.response))
    return ExitCode.CLEAN
