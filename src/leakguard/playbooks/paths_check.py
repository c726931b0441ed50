"""Static checks of the way through a playbook: unknown targets, unreachable steps, dead ends, loops without an end."""

from __future__ import annotations

from collections.abc import Iterator

from leakguard.errors import Problem
from leakguard.files.names import nearest_name
from leakguard.files.yaml_text import Path
from leakguard.playbooks.sketch import Sketch

Found = tuple[Path, Problem]
"""The place and the problem; the line is added from the place."""


def found(path: Path, text: str, *, nearest: str | None = None) -> Found:
    """One problem at one place."""
    return path, Problem(where="", text=text, nearest=nearest)


def path_problems(sketch: Sketch) -> Iterator[Found]:
    """Everything that is wrong with the way from step to step."""
    yield from _unknown_targets(sketch)
    yield from _unreachable(sketch)
    yield from _dead_ends(sketch)
    yield from _loops(sketch)
    yield from _failures(sketch)
    yield from _rounds(sketch)


def ancestors(sketch: Sketch, step: str) -> frozenset[str]:
    """Every step that comes before `step` by way of `next`."""
    seen: set[str] = set()
    waiting = list(sketch.leading_to(step))
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(sketch.leading_to(name))
    return frozenset(seen)


def _unknown_targets(sketch: Sketch) -> Iterator[Found]:
    targets: list[tuple[Path, str]] = [(("start",), name) for name in sketch.start]
    targets += [(("end",), name) for name in sketch.end]
    for step in sketch.steps.values():
        targets += [(("steps", step.id, "next"), name) for name in step.next]
        if step.on_fail is not None:
            targets.append((("steps", step.id, "on_fail"), step.on_fail))
        if isinstance(step.repeat.get("from"), str):
            targets.append((("steps", step.id, "repeat", "from"), step.repeat["from"]))
    for path, name in targets:
        if name not in sketch.steps:
            yield found(path, f"there is no step `{name}`", nearest=nearest_name(name, list(sketch.steps)))


def _unreachable(sketch: Sketch) -> Iterator[Found]:
    reached: set[str] = set()
    waiting = list(sketch.start)
    while waiting:
        name = waiting.pop()
        if name in sketch.steps and name not in reached:
            reached.add(name)
            waiting += sketch.steps[name].next
    for name in sketch.steps:
        if name not in reached:
            yield found(("steps", name), "no way leads to this step: name it in `start` or in a `next`")


def _dead_ends(sketch: Sketch) -> Iterator[Found]:
    """Whoever forgets a `next` makes a branch that nobody waits for; so the ends are counted, or named."""
    last = [name for name, step in sketch.steps.items() if "next" not in step.given or not step.next]
    for name in sketch.end:
        if name in sketch.steps and name not in last:
            yield found(("steps", name, "next"), "`end` names this step, so nothing can come after it")
    if sketch.end or len(last) > 1:
        for name in last:
            if name not in sketch.end:
                yield found(("steps", name), "a dead end: say what follows in `next`, or name the step in `end`")


def _loops(sketch: Sketch) -> Iterator[Found]:
    """`next` never leads back: a step waits for all that lead to it, so such a loop would wait for itself."""
    for name in sketch.steps:
        if name in ancestors(sketch, name):
            text = "`next` leads back to this step; only `on_fail` may lead back, with `attempts`"
            yield found(("steps", name, "next"), text)


def _failures(sketch: Sketch) -> Iterator[Found]:
    """`on_fail` leads back and never ahead: a step that only a failure reaches would hold up whatever joins it."""
    for name, step in sketch.steps.items():
        place: Path = ("steps", name)
        if step.on_fail is None:
            if step.has_attempts:
                yield found((*place, "attempts"), "counts failures, but there is no `on_fail`")
            continue
        if not step.has_attempts:
            yield found((*place, "on_fail"), "leads back without a bound: say how often in `attempts`")
        if step.on_fail in sketch.steps and step.on_fail not in {name, *ancestors(sketch, name)}:
            yield found((*place, "on_fail"), "must lead back to a step before this one, or to this one")


def _rounds(sketch: Sketch) -> Iterator[Found]:
    """A round begins with a step before this one, for the same reason."""
    for name, step in sketch.steps.items():
        first = step.repeat.get("from")
        if isinstance(first, str) and first in sketch.steps and first not in {name, *ancestors(sketch, name)}:
            yield found(("steps", name, "repeat", "from"), "must be a step before this one, or this one")
