"""Where the boxes and lines of a drawing stand, in pixels from its own upper left corner."""

from __future__ import annotations

from leakguard.frozen import Frozen
from leakguard.playbooks.drawing.layers import LayeredLayout, depths, place
from leakguard.playbooks.drawing.picture import Box, Drawing, Line, LineKind
from leakguard.playbooks.drawing.strokes import LOOP, BoxPlan, Stroke, Strokes, Text, loop_stroke
from leakguard.playbooks.drawing.text import broken

WIDTH = 286.0
_ROUND = 40.0
_LINE = 17.0
_BETWEEN = 50.0
"""From one layer to the next; the lines bend in it."""
_MOST, _MOST_BOLD = 33, 28
"""Letters in a line of a box, and in one of bold letters, in the widest of the usual faces."""


class Plan(Frozen):
    """Everything in its place."""

    width: float
    height: float
    boxes: tuple[BoxPlan, ...]
    strokes: tuple[Stroke, ...]


def plan_of(drawing: Drawing) -> Plan:
    """Place boxes and lines; raises `UsageProblem` when there are too many lines."""
    texts = {box.id: _texts(box) for box in drawing.boxes}
    sizes = {name: (WIDTH, 14 + _LINE * len(lines)) if lines else (_ROUND, _ROUND) for name, lines in texts.items()}
    loops = [line for line in drawing.lines if line.source == line.target]
    room = {name: width + 2 * LOOP * any(name == loop.source for loop in loops) for name, (width, _) in sizes.items()}
    lines = [line for line in drawing.lines if line not in loops]
    forward = [(line.source, line.target) for line in lines if line.kind is LineKind.NEXT]
    edges = [_downwards(line) for line in lines]
    placed = place(room, edges, depths(list(sizes), forward))
    boxes = _boxes(drawing, placed, sizes, texts)
    strokes = [*Strokes(placed, boxes, *_levels(placed, sizes)).all_of(lines, edges)]
    strokes += [loop_stroke(boxes[loop.source], loop.kind) for loop in loops]
    width = max(placed.centre[name] + room.get(name, 0.0) / 2 for name in placed.centre)
    height = max(box.top + box.height for box in boxes.values())
    return Plan(width=width, height=height, boxes=tuple(boxes.values()), strokes=tuple(strokes))


def _boxes(
    drawing: Drawing, placed: LayeredLayout, sizes: dict[str, tuple[float, float]], texts: dict[str, list[Text]]
) -> dict[str, BoxPlan]:
    tops, _ = _levels(placed, sizes)
    level = {name: number for number, layer in enumerate(placed.layers) for name in layer}
    boxes = {}
    for box in drawing.boxes:
        width, height = sizes[box.id]
        place_of = {"left": placed.centre[box.id] - width / 2, "top": tops[level[box.id]]}
        boxes[box.id] = BoxPlan(box=box, **place_of, width=width, height=height, texts=tuple(texts[box.id]))
    return boxes


def _texts(box: Box) -> list[Text]:
    if box.step is None:
        return []
    lines = [(f"{box.id}, {box.step.kind}", "small")]
    lines += [(line, "title") for line in broken(box.step.title, _MOST_BOLD, lines=4)]
    for note in box.notes:
        lines += [(line, "soft") for line in broken(note, _MOST)]
    if box.mark is not None:
        text = ": ".join(filter(None, (box.mark.state.value, box.mark.text)))
        lines += [(line, "state") for line in broken(text, _MOST_BOLD + 2)]
    return lines


def _downwards(line: Line) -> tuple[str, str]:
    """What leads back is placed like any other line; only its arrow is at the other end."""
    return (line.source, line.target) if line.kind is LineKind.NEXT else (line.target, line.source)


def _levels(placed: LayeredLayout, sizes: dict[str, tuple[float, float]]) -> tuple[list[float], list[float]]:
    """The upper and lower edges of the layers."""
    tops: list[float] = []
    bottoms: list[float] = []
    for layer in placed.layers:
        tops.append(bottoms[-1] + _BETWEEN if bottoms else 0.0)
        bottoms.append(tops[-1] + max((sizes[name][1] for name in layer if name in sizes), default=0.0))
    return tops, bottoms
