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
Evidence is an entry of the ledger about this incident, or a file that is recorded at the same time:
  --evidence config_after=@es.yml    the file es.yml, with its hash and custody, as `evidence add` takes it in
  --evidence config_after=EV-12      an item of `evidence list --items`
  --evidence config_after=E-14       an event of `incident timeline` that says what was seen, decided or done

The same item may be given for two names. An empty file, a note and an erased item prove nothing. Without --keep, the
file itself is not copied, and no bundle of `evidence export` contains it.

Exit codes: 0 recorded; 2 the step stays open, and everything that is missing is named.
"""


@click.command(epilog=_EPILOG)
@click.argument("incident")
@click.argument("step")
@records("Person who did it")
@second_option("Person who agreed, for steps that need a second person. This name is always typed.")
@click.option("--form", metavar="FILE", help="Answers to the questions of the step, as YAML. `-` is stdin.")
@click.option(
    "--evidence",
    multiple=True,
    metavar="NAME=@FILE|NAME=ID",
    help="Evidence: a file, or an item of the ledger. May be repeated.",
)
@click.option("--keep", is_flag=True, help="Keep copies of these files next to the store, named by their SHA-256.")
@click.option(
    "--at",
    metavar="T",
    help="When the step was done (default: now). A time without an offset is in the time zone of the incident.",
)
@click.option("--reason", default="", help="Why the step is recorded late, or is done despite what was seen.")
@click.option("--failed", default="", metavar="TEXT", help="Record that the step failed, and what was seen.")
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
    **options: str,
) -> int:
    """Record that STEP of INCIDENT is done, together with the event that belongs to the step.

    The command refuses while evidence, an answer or a second person is missing. In a store with accounts, a step
    that needs a second person waits until that person logs in and runs `playbook confirm`.
    """
    store = context.wiring.existing_store
    step = StepStatement(
        step=options["step"],
        by=context.by,
        second=options["second"],
        evidence=evidence,
        keep=keep,
        form=None if form is None else read_text(form),
        form_name=form or "",
        at=None if at is None else interval_in(at, zone=load_incident(store, incident).zone),
        reason=options["reason"],
        failure=options["failed"],
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
@records("Person who decided it")
@second_option(
    "Second person who agreed. This name is always typed. In a store with accounts, this person confirms it with "
    "`playbook confirm`."
)
@click.option("--reason", required=True, help="Why the step is not needed.")
@store_option
@pass_context
def skip_cmd(context: Context, *, incident: str, step: str, second: str, reason: str) -> int:
    """Record that STEP of INCIDENT is not needed. Two people must agree and give a reason.

    No event is recorded, so a clock that the step would have ended continues to run.
    """
    statement = StepStatement(step=step, by=context.by, second=second, reason=reason, is_waived=True)
    response = tell_step(context.wiring.existing_store, incident, statement, now=context.wiring.now)
    awaits = response.progress.steps[step].claim is not None
    _say_claim(context, response, step)
    context.say(f"{incident}: {step} {'awaits a second person' if awaits else 'is left out'}. Open now:")
    context.show(open_lines(response))
    return ExitCode.CLEAN


_CONFIRM_EPILOG = """\b
Examples:
  leakguard login "Anna Berg"
  leakguard playbook confirm IR-2026-0001 decide_awareness
  leakguard playbook confirm IR-2026-0001 decide_awareness --claim 14

Exit codes: 0 recorded, 2 refused.
"""


@click.command(epilog=_CONFIRM_EPILOG)
@click.argument("incident")
@click.argument("step")
@records("Person who confirms it")
@click.option(
    "--claim",
    type=click.IntRange(min=1),
    metavar="ENTRY",
    help="Entry that you read, as `playbook next` names it. Needed if the step was recorded more than once.",
)
@store_option
@pass_context
def confirm_cmd(context: Context, *, incident: str, step: str, claim: int | None) -> int:
    """Confirm STEP of INCIDENT as its second person, in a store with accounts. Only then does it count.

    First read what the first person recorded: leakguard playbook next INCIDENT. The person who did the step cannot
    confirm it. What was changed since you read it is refused.
    """
    store = context.wiring.existing_store
    caller = context.wiring.caller
    may_waive = caller is not None and caller.may(Right.WAIVE_STEPS)
    response = confirm_step(
        store, incident, step, by=context.by, now=context.wiring.now, may_waive=may_waive, claim=claim
    )
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
@records("Person who takes the record back")
@click.option("--reason", required=True, help="Why.")
@store_option
@pass_context
def take_back_cmd(context: Context, *, incident: str, step: str, reason: str) -> int:
    """Reopen STEP of INCIDENT, which was recorded by mistake as done or not needed.

    The old record stays readable. The event that was recorded with it no longer counts, so its clock continues to
    run.
    """
    store, now = context.wiring.existing_store, context.wiring.now
    taken = take_back_step(store, incident, step, by=context.by, reason=reason, now=now)
    event = f" {taken.event} no longer counts." if taken.event else ""
    context.say(f"{incident}: {step} is taken back.{event} Open now:")
    context.show(open_lines(taken.response))
    return ExitCode.CLEAN
