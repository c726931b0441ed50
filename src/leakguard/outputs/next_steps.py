"""What to do now, in a language: the open steps of a response, each with its orders and how it is closed."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from leakguard.outputs.claims import claim_lines
from leakguard.outputs.incident import moment_text
from leakguard.outputs.playbook import by_machine, closing_command, distance, filled, ports_in
from leakguard.outputs.tasks import assigned_lines
from leakguard.outputs.words import printable
from leakguard.playbooks.states import StepState

if TYPE_CHECKING:
    from leakguard.playbooks.engine import StepProgress
    from leakguard.playbooks.shapes import Step
    from leakguard.translations.catalogue import Catalogue
    from leakguard.use_cases.incidents.playbooks import Response


def next_lines(response: Response, products: Mapping[str, Collection[int]], words: Catalogue) -> Iterator[str]:
    """What is open, the step that is due first at the head, in a language; `products` as for `step_lines`."""
    progress = response.progress
    settled = len(progress.steps) - len(progress.waiting) - len(progress.open)
    yield f"{response.incident.id}  {words.said(progress.playbook.title)}"
    counts = (len(progress.open), len(progress.waiting), settled, len(progress.steps))
    yield words.filled("{} open, {} waiting, {} of {} settled", *counts)
    for step in progress.open:
        yield ""
        yield from step_lines(response, step, products, words)


def step_lines(
    response: Response, progress: StepProgress, products: Mapping[str, Collection[int]], words: Catalogue
) -> Iterator[str]:  # fmt: skip
    """One open step in full; `products` are the datastores of the incident with the ports of their findings."""
    step, incident, text = progress.step, response.incident.id, words.gettext
    yield words.filled("{}: {}", progress.id, text(step.title))
    role = response.progress.playbook.roles[step.owner or ""]
    yield words.filled("  who     {}: {}", text(step.owner or ""), text(role))
    yield from map(words.said, assigned_lines(response.assigned.get(progress.id)))
    yield from _due_long(response, progress, words)
    yield from map(words.said, _story(progress))
    yield from map(words.said, claim_lines(progress))
    yield from _block(text("why"), [text(step.why)] if step.why else [])
    every = ports_in(products)
    yield from _block(text("do"), (filled(text(line), incident, ports=every, say=text) for line in step.do))
    shown = [name for name in step.how if name in products] or list(step.how)
    for name in shown:
        ports = products.get(name, every)
        yield from _block(name, (filled(text(line), incident, ports=ports, say=text) for line in step.how[name]))
    yield from _block(text("do not"), (filled(text(line), incident, ports=every, say=text) for line in step.do_not))
    yield from _block(text("say in the form"), (_question(name, step, words) for name in step.form))
    yield text("  finish this step with")
    yield f"    {closing_command(response, progress)}"
    if progress.state is StepState.UNSURE and step.action is not None:
        again = shlex.join([*by_machine(response, progress), "--again", "--by", "NAME", "--reason", "WHAT-YOU-SAW"])
        yield text("  it did not happen? once more, with")
        yield f"    {again}"


def _story(step: StepProgress) -> list[str]:
    """What went otherwise than planned so far."""
    end = ", more often than planned: the commander decides how to go on" if step.is_worn_out else ""
    lines = [f"  failed  {'once' if step.failures == 1 else f'{step.failures} times'}{end}"] if step.failures else []
    if step.step.repeat is not None and step.rounds:
        most = step.step.repeat.at_most
        lines.append(f"  round   {min(step.rounds + 1, most)} of {most}{'' if step.failures else end}")
    if step.state is StepState.UNSURE:
        lines.append("  stopped in the middle: look whether it happened, then say so")
    if step.state is StepState.RUNNING:
        lines.append("  begun by a machine that has not said how it ended")
    if step.run is not None and step.run.text:
        lines.append(f"  machine {printable(step.run.text)}")
    return lines


def _block(title: str, lines: Iterable[str]) -> list[str]:
    shown = [f"    - {line}" for line in lines]
    return [f"  {title}", *shown] if shown else []


def _question(name: str, step: Step, words: Catalogue) -> str:
    """A name and an option are typed into the form, so they stay as they are."""
    field, text = step.form[name], words.gettext
    options = (
        option if text(option) == option else words.filled("{} ({})", option, text(option)) for option in field.options
    )
    kind = text(" or ").join(options) or (
        text(field.type) if text(field.type) != field.type else field.type.replace("_", " or ")
    )
    kind += words.filled(" from {}", field.at_least) if field.at_least is not None else ""
    kind += words.filled(" up to {}", field.at_most) if field.at_most is not None else ""
    return words.filled(
        "{} ({}): {}" if field.required else "{} ({}, may be left out): {}", name, kind, text(field.label)
    )


def _due_long(response: Response, step: StepProgress, words: Catalogue) -> list[str]:
    due = response.due_at.get(step.id)
    if due is None:
        unknown = "  due     not known yet: the clock {} has not begun"
        return [words.filled(unknown, step.step.due.of)] if step.step.due else []
    at = moment_text(due, response.incident.zone)
    return [words.filled("  due     {}, {}", at, distance(response.now, due, words))]
