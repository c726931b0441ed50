"""Static checks of a playbook's clocks and of the times at which steps are due."""

from __future__ import annotations

from collections.abc import Iterator

from leakguard.files.names import nearest_name
from leakguard.playbooks.paths_check import Found, ancestors, found
from leakguard.playbooks.sketch import Sketch, SketchStep, offset_of


def clock_problems(sketch: Sketch) -> Iterator[Found]:
    """Clocks that never end, and clocks that outlast the one that they are a part of."""
    for name, clock in sketch.clocks.items():
        place = ("clocks", name)
        if clock.ends_by is None:
            yield found(place, "a clock without an `end` would run for ever")
        elif clock.ends_by and not _is_ended(sketch, clock.ends_by):
            kinds = ", ".join(f"`{kind}`" for kind in sorted(clock.ends_by))
            yield found((*place, "end"), f"no step emits {kinds} or says how to record it: the clock would never end")
        yield from _within(sketch, name)


def _is_ended(sketch: Sketch, kinds: frozenset[str]) -> bool:
    """Whether a step records one of the events, or tells a person to: `leakguard incident event ID KIND`."""
    for step in sketch.steps.values():
        if step.emits in kinds:
            return True
        words = step.text.replace(":", " ").split()
        if any(
            word == "event" and kind in words[place : place + 3] for place, word in enumerate(words) for kind in kinds
        ):
            return True
    return False


def _within(sketch: Sketch, name: str) -> Iterator[Found]:
    clock = sketch.clocks[name]
    place = ("clocks", name, "within")
    if clock.within is None:
        return
    if clock.within not in sketch.clocks:
        near = nearest_name(clock.within, list(sketch.clocks))
        yield found(place, f"there is no clock `{clock.within[:60]}`", nearest=near)
        return
    if name in _around(sketch, clock.within):
        yield found(place, "the clocks are within one another")
        return
    parent = sketch.clocks[clock.within]
    if not (clock.is_readable and parent.is_readable):
        return
    if clock.anchor != parent.anchor:
        yield found(place, f"only clocks with one anchor can be compared: `{clock.within}` counts from another event")
    elif clock.budget is None or parent.budget is None:
        yield found(place, "only clocks of exact time can be compared, such as PT24H")
    elif clock.budget > parent.budget:
        yield found(("clocks", name), f"longer than `{clock.within}`, of which it is a part")


def _around(sketch: Sketch, first: str) -> list[str]:
    """A clock and all that it is within, however deep; a ring is followed once."""
    around = [first]
    while (outer := sketch.clocks[around[-1]].within) in sketch.clocks and outer is not None and outer not in around:
        around.append(outer)
    return around


def due_problems(sketch: Sketch, step: SketchStep) -> Iterator[Found]:
    """Due times that cannot be reckoned, lie after their clock's end, or before an earlier step's."""
    place = ("steps", step.id, "due")
    of = step.due.get("of")
    if not isinstance(of, str):
        return
    if of not in sketch.clocks:
        yield found(place, f"there is no clock `{of}`", nearest=nearest_name(of, list(sketch.clocks)))
        return
    clock = sketch.clocks[of]
    offset = offset_of(step.due, clock)
    if offset is None:
        if clock.is_readable and "at" in step.due:
            yield found(place, "`at` must be a share of a clock of exact time, such as 25%, or a time such as PT2H")
        return
    if clock.budget is not None and offset > clock.budget:
        yield found(place, f"due after `{of}` itself ends")
    for before in sorted(ancestors(sketch, step.id)):
        other = sketch.steps[before].due
        earlier = offset_of(other, clock) if other.get("of") == of else None
        if earlier is not None and earlier > offset:
            yield found(place, f"due before `{before}`, which comes first")
