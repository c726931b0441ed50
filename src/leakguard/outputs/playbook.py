"""Playbooks and where a response stands: short lines for a tired person, and plain values."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from leakguard.models.advice import with_ports
from leakguard.outputs.claims import claimant
from leakguard.outputs.tasks import owner_words
from leakguard.outputs.terminal import Column, Table
from leakguard.outputs.words import printable
from leakguard.playbooks.engine import StepProgress
from leakguard.playbooks.shapes import Playbook, Step
from leakguard.playbooks.states import StepState
from leakguard.translations.catalogue import ENGLISH, Catalogue, catalogue
from leakguard.use_cases.incidents.playbooks import Response
from leakguard.use_cases.responses.playbook_migration import Migration

_ENGLISH = catalogue(ENGLISH)


def filled(
    line: str, incident: str, findings: Collection[str] = (), ports: Collection[int] = (),
    say: Callable[[str], str] = str,
) -> str:  # fmt: skip
    """The line with the incident's id, its findings in its commands, and the ports that were found open."""
    command = line.replace("{incident}", incident).replace("{findings}", shlex.join(findings) or "FINDING...")
    return with_ports(command, ports, say)


def open_lines(response: Response) -> Iterable[str]:
    """One line for each open step: what, who, until when."""
    for step in response.progress.open:
        awaits = f", awaits a second person after {printable(claimant(step))}" if step.claim is not None else ""
        who = owner_words(step, response.assigned.get(step.id))
        yield f"  {step.id}: {step.step.title} ({who}{_due_words(response, step)}{awaits})"
    if response.progress.is_finished:
        yield f"  nothing: every step is settled; next: leakguard incident close {response.incident.id}"


def ports_in(products: Mapping[str, Collection[int]]) -> frozenset[int]:
    """The ports of all products."""
    return frozenset(port for ports in products.values() for port in ports)


def by_machine(response: Response, step: StepProgress) -> list[str]:
    """A machine does what has failed or was stopped only when it is named."""
    return ["leakguard", "playbook", "run", response.incident.id, "--step", step.id]


def closing_command(response: Response, progress: StepProgress) -> str:
    """What a person types when the step is done."""
    step, incident = progress.step, response.incident
    if progress.claim is not None:
        words = ["leakguard", "playbook", "confirm", incident.id, progress.id]
        return shlex.join([*words, "--claim", str(progress.claim.sequence)])
    words = ["leakguard", "playbook", "done", incident.id, progress.id]
    words += [] if response.has_accounts else ["--by", "NAME"]
    if progress.state is StepState.UNSURE:
        return shlex.join([*words, "--reason", "WHAT-YOU-SAW"])
    if step.action is not None and progress.state is StepState.FAILED:
        return shlex.join(by_machine(response, progress))
    if step.action is not None:
        return f"leakguard playbook run {incident.id}"
    if step.kind == "automated":
        return filled(step.run or "", incident.id, incident.findings)
    words += ["--second", "NAME"] if step.second_person and not response.has_accounts else []
    words += ["--form", "FILE"] if step.form else []
    for name in step.evidence:
        words += ["--evidence", f"{name}=@FILE"]
    return shlex.join(words)


def _due_words(response: Response, step: StepProgress) -> str:
    due = response.due_at.get(step.id)
    return f", {distance(response.now, due)}" if due else ""


def distance(now: datetime, due: datetime, words: Catalogue = _ENGLISH) -> str:
    """How long until then, or since, in a language."""
    hours, minutes = divmod(abs(due - now) // timedelta(minutes=1), 60)
    return words.filled("LATE by {} h {} min" if now > due else "{} h {} min left", hours, f"{minutes:02}")


def playbook_lines(found: Playbook) -> Iterator[str]:
    """A playbook from its first step to its last."""
    yield found.title
    yield f"{found.playbook}, version {found.version}, {_tested(found)}"
    yield ""
    yield from found.about
    yield from ("", "Roles")
    yield from (f"  {role}: {duty}" for role, duty in found.roles.items())
    yield from ("", "Clocks")
    yield from (f"  {clock.id}: {clock.title}. {clock.text}" for clock in found.clocks.values())
    for name, step in found.steps.items():
        yield ""
        yield from _written_step(name, step)


def _written_step(name: str, step: Step) -> Iterator[str]:
    due = f", at {step.due.at} of {step.due.of}" if step.due else ""
    takes = f", takes about {step.takes}" if step.takes else ""
    yield f"{name}: {step.title}"
    yield f"  {step.owner}{due}{takes}"
    yield from (f"  only if, in {each.step}, {each.field} {each.words}" for each in step.when)
    yield from (f"  - {filled(line, 'INCIDENT')}" for line in step.do)
    if step.evidence:
        yield f"  proved by {', '.join(step.evidence)}"
    if step.repeat is not None:
        until = f"{step.repeat.until.field} {step.repeat.until.words}"
        yield f"  again until {until}, {step.repeat.at_most} times at most"
    if step.action is not None:
        yield f"  a machine does it: {step.action}"
    if step.on_fail is not None:
        yield f"  if it fails, back to {step.on_fail}, {step.attempts} times at most"
    if step.next:
        yield f"  then {', '.join(step.next)}"


_COLUMNS = (
    Column(heading="PLAYBOOK", is_whole=True), Column(heading="VERSION", is_number=True, gives_way=2),
    Column(heading="STEPS", is_number=True, gives_way=1), Column(heading="WALKED ON", gives_way=3),
    Column(heading="TITLE", gives_way=4),
)  # fmt: skip


def playbooks_table(found: Sequence[Playbook]) -> Table:
    """Every playbook there is."""
    rows = [
        (
            playbook.playbook,
            str(playbook.version),
            str(len(playbook.steps)),
            str(playbook.tested_on or "never"),
            playbook.title,
        )
        for playbook in found
    ]
    return Table(columns=_COLUMNS, rows=tuple(rows))


def playbook_row_json(playbook: Playbook) -> dict[str, Any]:
    """One playbook of a list as plain values."""
    return {
        "name": playbook.playbook, "title": playbook.title, "version": playbook.version,
        "tested_on": playbook.tested_on,
        "steps": len(playbook.steps),
    }  # fmt: skip


def _tested(found: Playbook) -> str:
    return f"walked on {found.tested_on}" if found.tested_on else "never walked"


def migration_lines(found: Migration) -> Iterator[str]:
    """What another version of a playbook changes, and whether the response has moved."""
    old, new = found.before.progress.playbook, found.after.progress.playbook
    incident = found.before.incident.id
    yield f"{incident}: {old.playbook}, version {old.version} -> {new.playbook}, version {new.version}"
    yield from (f"  {printable(line)}" for line in found.lines)
    yield from (f"  step {line}" for line in found.moved_steps)
    if not found.lines:
        yield "  nothing: it is the same playbook"
    elif found.is_made:
        yield "Moved, and recorded."
    else:
        yield 'Nothing was changed. To go on with it: --by NAME --reason "..."'


def migration_json(found: Migration) -> dict[str, object]:
    """The same as plain values."""
    old, new = found.before.progress.playbook, found.after.progress.playbook
    return {
        "incident": found.before.incident.id,
        "moved": found.is_made,
        "from": {"playbook": old.playbook, "version": old.version},
        "to": {"playbook": new.playbook, "version": new.version},
        "changes": list(found.lines),
        "steps": list(found.moved_steps),
        "stands": [_stand_json(found, line.partition(":")[0]) for line in found.moved_steps],
    }


def _stand_json(found: Migration, name: str) -> dict[str, object]:
    """How one step stands before and behind the move; `None` where it is not there."""
    old, new = found.before.progress.steps.get(name), found.after.progress.steps.get(name)
    step = new or old
    return {
        "id": name, "title": step.step.title if step is not None else name,
        "before": old.state.value if old is not None else None, "after": new.state.value if new is not None else None,
    }  # fmt: skip
