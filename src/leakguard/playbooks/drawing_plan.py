"""Where the boxes and lines of a drawing stand, in pixels from its own upper left corner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from leakguard.playbooks.drawing import Box, Drawing, Line, LineKind
from leakguard.playbooks.drawing_layers import Placed, depths, place
from leakguard.playbooks.drawing_text import broken

WIDTH = 286.0
_ROUND = 40.0
_LINE = 17.0
_BETWEEN = 50.0
"""From one layer to the next; the lines bend in it."""
_PORTS = 20.0
"""Between two lines that leave one box."""
_MOST, _MOST_BOLD = 33, 28
"""Letters in a line of a box, and in one of bold letters, in the widest of the usual faces."""
Text = tuple[str, str]
"""A line and its style."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxPlan:
    """One box in its place."""

    box: Box
    left: float
    top: float
    width: float
    height: float
    texts: tuple[Text, ...] = ()

    @property
    def inset(self) -> float:
        """How far its content stands from its edge: the sides of a decision are pointed, those of a machine double."""
        return 14.0 if self.box.step is not None and self.box.step.kind in {"decision", "automated"} else 9.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """One line in its place, as the `d` of an SVG path."""

    kind: LineKind
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything in its place."""

    width: float
    height: float
    boxes: tuple[BoxPlan, ...]
    strokes: tuple[Stroke, ...]


def plan_of(drawing: Drawing) -> Plan:
    """Place boxes and lines; raises `UsageProblem` when there are too many lines."""
    texts = {box.id: _texts(box) for box in drawing.boxes}
    sizes = {name: (WIDTH, 14 + _LINE * len(lines)) if lines else (_ROUND, _ROUND) for name, lines in texts.items()}
    lines = [line for line in drawing.lines if line.source != line.target]
    forward = [(line.source, line.target) for line in lines if line.kind is LineKind.NEXT]
    edges = [_downwards(line) for line in lines]
    placed = place({name: size[0] for name, size in sizes.items()}, edges, depths(list(sizes), forward))
    tops, bottoms = _levels(placed, sizes)
    boxes = {}
    for box in drawing.boxes:
        width, height = sizes[box.id]
        level = next(number for number, layer in enumerate(placed.layers) if box.id in layer)
        left = placed.centre[box.id] - width / 2
        boxes[box.id] = BoxPlan(
            box=box, left=left, top=tops[level], width=width, height=height, texts=tuple(texts[box.id])
        )
    strokes = _Strokes(placed, boxes, tops, bottoms).all_of(lines, edges)
    loops = [_loop(boxes[line.source], line) for line in drawing.lines if line.source == line.target]
    width = max(one.left + one.width for one in boxes.values())
    width = max(width, *placed.centre.values()) + 40 * bool(loops)
    return Plan(width=width, height=bottoms[-1], boxes=tuple(boxes.values()), strokes=(*strokes, *loops))


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


def _levels(placed: Placed, sizes: dict[str, tuple[float, float]]) -> tuple[list[float], list[float]]:
    """The upper and lower edges of the layers."""
    tops: list[float] = []
    bottoms: list[float] = []
    for layer in placed.layers:
        tops.append(bottoms[-1] + _BETWEEN if bottoms else 0.0)
        bottoms.append(tops[-1] + max((sizes[name][1] for name in layer if name in sizes), default=0.0))
    return tops, bottoms


def _loop(box: BoxPlan, line: Line) -> Stroke:
    """From the right side of a box back to it."""
    right, middle = box.left + box.width, box.top + box.height / 2
    path = f"M{right:.1f} {middle + 12:.1f}c34 0 34 -24 2 -24"
    return Stroke(kind=line.kind, path=path)


class _Strokes:
    """Draws the lines between placed boxes."""

    def __init__(
        self, placed: Placed, boxes: dict[str, BoxPlan], tops: Sequence[float], bottoms: Sequence[float]
    ) -> None:
        self._placed = placed
        self._boxes = boxes
        self._tops = tops
        self._bottoms = bottoms
        self._level = {name: number for number, layer in enumerate(placed.layers) for name in layer}

    def all_of(self, lines: Sequence[Line], edges: Sequence[tuple[str, str]]) -> list[Stroke]:
        ports = self._ports(edges)
        strokes = []
        for index, line in enumerate(lines):
            corners = self._corners(index, edges[index], ports[index])
            if line.kind is not LineKind.NEXT:
                corners.reverse()
            strokes.append(Stroke(kind=line.kind, path=_path(corners)))
        return strokes

    def _ports(self, edges: Sequence[tuple[str, str]]) -> list[tuple[float, float]]:
        """Where each line leaves its upper and meets its lower box: side by side, in the order of the other ends."""
        starts, ends = [0.0] * len(edges), [0.0] * len(edges)
        for name in self._boxes:
            leaving = [index for index, edge in enumerate(edges) if edge[0] == name]
            meeting = [index for index, edge in enumerate(edges) if edge[1] == name]
            leaving.sort(key=lambda index: self._centre_below(index, edges[index]))
            meeting.sort(key=lambda index: self._centre_above(index, edges[index]))
            for indexes, found in ((leaving, starts), (meeting, ends)):
                step = min(_PORTS, 0.7 * self._boxes[name].width / max(len(indexes), 1))
                for number, index in enumerate(indexes):
                    found[index] = self._placed.centre[name] + (number - (len(indexes) - 1) / 2) * step
        return list(zip(starts, ends, strict=True))

    def _centre_below(self, index: int, edge: tuple[str, str]) -> float:
        return self._placed.centre[self._placed.bends.get((index, self._level[edge[0]] + 1), edge[1])]

    def _centre_above(self, index: int, edge: tuple[str, str]) -> float:
        return self._placed.centre[self._placed.bends.get((index, self._level[edge[1]] - 1), edge[0])]

    def _corners(self, index: int, edge: tuple[str, str], ports: tuple[float, float]) -> list[tuple[float, float]]:
        """From the upper to the lower box: down beside the boxes of a layer, and across between the layers."""
        upper, lower = self._level[edge[0]], self._level[edge[1]]
        box = self._boxes[edge[0]]
        corners = [(ports[0], box.top + box.height), (ports[0], self._bottoms[upper])]
        for level in range(upper + 1, lower):
            x = self._placed.centre[self._placed.bends[index, level]]
            corners += [(x, self._tops[level]), (x, self._bottoms[level])]
        return [*corners, (ports[1], self._tops[lower])]


def _path(corners: Sequence[tuple[float, float]]) -> str:
    """Straight down beside a box, and a soft bend where a line changes its place."""
    x, y = corners[0]
    path = f"M{x:.1f} {y:.1f}"
    for across, down in corners[1:]:
        if (across, down) == (x, y):
            continue  # a tip at the end of nothing would point anywhere
        if abs(across - x) < 1:
            path += f"L{across:.1f} {down:.1f}"
        else:
            middle = (y + down) / 2
            path += f"C{x:.1f} {middle:.1f} {across:.1f} {middle:.1f} {across:.1f} {down:.1f}"
        x, y = across, down
    return path
