"""The lines of a drawing: beside the boxes straight down, between the layers in soft bends."""

from __future__ import annotations

from collections.abc import Sequence

from leakguard.frozen import Frozen
from leakguard.playbooks.drawing.layers import LayeredLayout
from leakguard.playbooks.drawing.picture import Box, Line, LineKind

LOOP = 30.0
"""The room on each side of a box that leads to itself."""
_PORTS = 20.0
"""Between two lines that leave one box."""
Text = tuple[str, str]
"""A line of text and its style."""


class BoxPlan(Frozen):
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


class Stroke(Frozen):
    """One line in its place, as the `d` of an SVG path."""

    kind: LineKind
    path: str


def loop_stroke(box: BoxPlan, kind: LineKind) -> Stroke:
    """From the right side of a box back to it, once more above, after a failure below."""
    right, middle = box.left + box.width, box.top + box.height * (0.36 if kind is LineKind.AGAIN else 0.7)
    return Stroke(kind=kind, path=f"M{right:.1f} {middle + 12:.1f}c34 0 34 -24 2 -24")


class Strokes:
    """Draws the lines between placed boxes."""

    def __init__(
        self, placed: LayeredLayout, boxes: dict[str, BoxPlan], tops: Sequence[float], bottoms: Sequence[float]
    ) -> None:
        """`tops` and `bottoms` are the edges of the layers."""
        self._placed = placed
        self._boxes = boxes
        self._tops = tops
        self._bottoms = bottoms
        self._level = {name: number for number, layer in enumerate(placed.layers) for name in layer}

    def all_of(self, lines: Sequence[Line], edges: Sequence[tuple[str, str]]) -> list[Stroke]:
        """`edges` has each of `lines` from its upper to its lower box."""
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
