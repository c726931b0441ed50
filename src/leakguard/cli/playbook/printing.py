"""How the playbook commands print: short lines for a tired person, plain JSON for a script."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from leakguard.cli.incident.printing import moment_text
from leakguard.clocks.times import local_text, zone_of
from leakguard.models.advice import with_ports
from leakguard.models.moments import to_z
from leakguard.outputs.words import printable
from leakguard.playbooks.engine import StepProgress
from leakguard.playbooks.shapes import Step
from leakguard.playbooks.states import StepState
from leakguard.use_cases.incidents.playbooks import Response

WIDTH = 80
"""The width of a terminal at 03:00."""


def wrapped(text: str, *, indent: str = "") -> str:
    """Lines of at most 80 columns; commands in them are not broken at hyphens."""
    hang = indent + ("  " if text.startswith("- ") else "")
    return textwrap.fill(
        text, WIDTH, initial_indent=indent, subsequent_indent=hang, break_on_hyphens=False, break_long_words=False
    )


def filled(line: str, incident: str, findings: Collection[str] = (), ports: Collection[int] = ()) -> str:
    """The line with the incident's id, its findings in its commands, and the ports that were found open."""
    told = line.replace("{incident}", incident).replace("{findings}", shlex.join(findings) or "FINDING...")
    return with_ports(told, ports)


def open_lines(response: Response) -> Iterable[str]:
    """One line for each open step: what, who, until when."""
    for one in response.progress.open:
        yield f"  {one.id}: {one.step.title} ({one.step.owner}{_due_words(response, one)})"
    if response.progress.is_finished:
        yield f"  nothing: every step is settled; next: leakguard incident close {response.incident.id}"


def step_text(
    response: Response, one: StepProgress, products: Mapping[str, Collection[int]], told: Callable[[str], str] = str
) -> str:
    """One open step in full; `products` are the datastores of the incident with the ports of their findings.

    `told` says how a line that may hold a command is told here.
    """
    step, incident = one.step, response.incident.id
    lines = [f"{one.id}: {step.title}"]
    lines.append(_hanging("who     ", f"{step.owner}: {response.progress.playbook.roles[step.owner or '']}"))
    lines += [f"  due     {due}" for due in _due_long(response, one)]
    lines += _story(one)
    lines += _block("why", [step.why] if step.why else [])
    every = ports_in(products)
    lines += _block("do", (told(filled(line, incident, ports=every)) for line in step.do))
    shown = [name for name in step.how if name in products] or list(step.how)
    for name in shown:
        ports = products.get(name, every)
        lines += _block(name, (told(filled(line, incident, ports=ports)) for line in step.how[name]))
    lines += _block("do not", (filled(line, incident, ports=every) for line in step.do_not))
    lines += _block("say in the form", (_question(name, step) for name in step.form))
    lines.append(f"  finish this step with\n    {told(closing_command(response, one))}")
    if one.state is StepState.UNSURE and step.action is not None:
        again = shlex.join([*_by_machine(response, one), "--again", "--by", "NAME", "--reason", "WHAT-YOU-SAW"])
        lines.append(f"  it did not happen? once more, with\n    {told(again)}")
    return "\n".join(lines)


def ports_in(products: Mapping[str, Collection[int]]) -> frozenset[int]:
    """The ports of all products."""
    return frozenset(port for ports in products.values() for port in ports)


def _by_machine(response: Response, one: StepProgress) -> list[str]:
    """A machine does what has failed or was stopped only when it is named."""
    return ["leakguard", "playbook", "run", response.incident.id, "--step", one.id]


def _story(one: StepProgress) -> list[str]:
    """What went otherwise than planned so far."""
    end = ", more often than planned: the commander decides how to go on" if one.is_worn_out else ""
    lines = [f"  failed  {'once' if one.failures == 1 else f'{one.failures} times'}{end}"] if one.failures else []
    if one.step.repeat is not None and one.rounds:
        most = one.step.repeat.at_most
        lines.append(f"  round   {min(one.rounds + 1, most)} of {most}{'' if one.failures else end}")
    if one.state is StepState.UNSURE:
        lines.append(wrapped("stopped in the middle: look whether it happened, then say so", indent="  "))
    if one.state is StepState.RUNNING:
        lines.append("  begun by a machine that has not said how it ended")
    if one.run is not None and one.run.text:
        lines.append(_hanging("machine ", printable(one.run.text)))
    return lines


def closing_command(response: Response, one: StepProgress) -> str:
    """What a person types when the step is done."""
    step, incident = one.step, response.incident
    words = ["leakguard", "playbook", "done", incident.id, one.id, "--by", "NAME"]
    if one.state is StepState.UNSURE:
        return shlex.join([*words, "--reason", "WHAT-YOU-SAW"])
    if step.action is not None and one.state is StepState.FAILED:
        return shlex.join(_by_machine(response, one))
    if step.action is not None:
        return f"leakguard playbook run {incident.id}"
    if step.kind == "automated":
        return filled(step.run or "", incident.id, incident.findings)
    words += ["--second", "NAME"] if step.second_person else []
    words += ["--form", "FILE"] if step.form else []
    for name in step.evidence:
        words += ["--evidence", f"{name}=@FILE"]
    return shlex.join(words)


def response_json(response: Response, ports: Collection[int] = ()) -> dict[str, Any]:
    """Everything that `playbook next` knows; `ports` are those of the incident's findings."""
    progress = response.progress
    return {
        "incident": response.incident.id,
        "playbook": progress.playbook.playbook,
        "version": progress.playbook.version,
        "started_at": to_z(progress.started_at),
        "finished": progress.is_finished,
        "open": [one.id for one in progress.open],
        "steps": [_step_json(response, one, ports) for one in progress.steps.values()],
    }


def _step_json(response: Response, one: StepProgress, ports: Collection[int]) -> dict[str, Any]:
    step, due = one.step, response.due_at.get(one.id)
    return {
        "id": one.id,
        "title": step.title,
        "kind": step.kind,
        "phase": step.phase,
        "owner": step.owner,
        "second_person": step.second_person,
        "state": one.state.value,
        "since": to_z(one.since) if one.since else None,
        "due_at": to_z(due) if due else None,
        "due_at_local": local_text(due, zone_of(response.incident.zone)) if due else None,
        "late": response.is_late(one),
        "failures": one.failures,
        "rounds": one.rounds,
        "action": step.action,
        "machine": _machine_json(one),
        "by": one.by or None,
        "by_source": one.by_source or None,
        "second": one.second or None,
        "proof": one.proof or None,
        "evidence": list(step.evidence),
        "form": {name: field.model_dump(mode="json") for name, field in step.form.items()},
        "do": [filled(line, response.incident.id, ports=ports) for line in step.do],
        "do_not": [filled(line, response.incident.id, ports=ports) for line in step.do_not],
        "emits": step.emits,
        "close_with": closing_command(response, one),
    }


def _machine_json(one: StepProgress) -> dict[str, Any] | None:
    run = one.run
    if run is None:
        return None
    outcome = run.outcome.value if run.outcome is not None else None
    return {"key": run.key, "tries": run.tries, "by": run.by, "outcome": outcome, "text": run.text}


def _hanging(title: str, text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent=f"  {title}", subsequent_indent=" " * (len(title) + 2))


def _block(title: str, lines: Iterable[str]) -> list[str]:
    shown = [wrapped(f"- {line}", indent="    ") for line in lines]
    return [f"  {title}", *shown] if shown else []


def _question(name: str, step: Step) -> str:
    field = step.form[name]
    kind = " or ".join(field.options) or field.type.replace("_", " or ")
    kind += f" from {field.at_least}" if field.at_least is not None else ""
    kind += f" up to {field.at_most}" if field.at_most is not None else ""
    return f"{name} ({kind}{'' if field.required else ', may be left out'}): {field.label}"


def _due_words(response: Response, one: StepProgress) -> str:
    due = response.due_at.get(one.id)
    return f", {_distance(response.now, due)}" if due else ""


def _due_long(response: Response, one: StepProgress) -> list[str]:
    due = response.due_at.get(one.id)
    if due is None:
        return [f"not known yet: the clock {one.step.due.of} has not begun"] if one.step.due else []
    return [f"{moment_text(due, response.incident.zone)}, {_distance(response.now, due)}"]


def _distance(now: datetime, due: datetime) -> str:
    minutes = abs(due - now) // timedelta(minutes=1)
    text = f"{minutes // 60} h {minutes % 60:02} min"
    return printable(f"LATE by {text}" if now > due else f"{text} left")
