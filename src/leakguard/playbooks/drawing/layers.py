"""Places boxes in layers, one below the other, so that lines are short and cross seldom; knows nothing of playbooks.

After Sugiyama, Tagawa and Toda (1981): layers by the longest way, bends in the layers that a long line passes,
order by barycentres, and places by least squares.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from itertools import pairwise

from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen

MAX_BENDS = 5000
"""A drawing with more lines than this is black, and takes minutes."""
_SWEEPS = 8
"""Orders seldom become better after so many."""
_BEND_WIDTH = 16.0
_GAP = 28.0
Edge = tuple[str, str]
"""From the upper to the lower box."""


class LayeredLayout(Frozen):
    """Where everything is: centres from left to right, and the layers."""

    layers: tuple[tuple[str, ...], ...]
    centre: Mapping[str, float]
    bends: Mapping[tuple[int, int], str]
    """For the edge of this index, in this layer: the id of its bend, which stands in `layers` and `centre`."""


def place(widths: Mapping[str, float], edges: Sequence[Edge], depth: Mapping[str, int]) -> LayeredLayout:
    """Place boxes of these `widths`; every edge must lead to a deeper layer. Raises `UsageProblem` when too many."""
    layers: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for name in widths:
        layers[depth[name]].append(name)
    bends: dict[tuple[int, int], str] = {}
    links: list[Edge] = []
    for index, (upper, lower) in enumerate(edges):
        last = upper
        for layer in range(depth[upper] + 1, depth[lower]):
            bend = f"/{index}/{layer}"
            bends[index, layer] = bend
            layers[layer].append(bend)
            links.append((last, bend))
            last = bend
        links.append((last, lower))
        if len(bends) > MAX_BENDS:
            raise UsageProblem("this playbook has too many lines to be drawn", next_step="Take --as mermaid instead.")
    above, below = _neighbours(links)
    ordered = _ordered(layers, above, below)
    sizes = {name: widths.get(name, _BEND_WIDTH) for layer in layers for name in layer}
    centre = _centres(ordered, sizes, above, below)
    return LayeredLayout(layers=tuple(tuple(layer) for layer in ordered), centre=centre, bends=bends)


def depths(names: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """How many edges the longest way to each box has; `edges` must have no cycle."""
    depth = dict.fromkeys(names, 0)
    above, below = _neighbours(edges)
    waits = {name: len(above.get(name, ())) for name in names}
    order = [name for name in names if not waits[name]]
    for name in order:
        for lower in below.get(name, ()):
            depth[lower] = max(depth[lower], depth[name] + 1)
            waits[lower] -= 1
            if not waits[lower]:
                order.append(lower)
    return depth


def _neighbours(links: Sequence[Edge]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for upper, lower in links:
        above.setdefault(lower, []).append(upper)
        below.setdefault(upper, []).append(lower)
    return above, below


def _ordered(
    layers: list[list[str]], above: Mapping[str, Sequence[str]], below: Mapping[str, Sequence[str]]
) -> list[list[str]]:
    """The order with the fewest crossings of those that the sweeps went through."""
    now = [list(layer) for layer in layers]
    best, fewest = now, _crossings(now, below)
    for sweep in range(_SWEEPS):
        is_down = sweep % 2 == 0
        now = [list(layer) for layer in now]
        numbers = range(1, len(now)) if is_down else range(len(now) - 2, -1, -1)
        for number in numbers:
            beside = now[number - 1] if is_down else now[number + 1]
            place_of = {name: float(place) for place, name in enumerate(beside)}
            linked = above if is_down else below
            here = {name: float(place) for place, name in enumerate(now[number])}
            now[number].sort(
                key=lambda name: _mean([place_of[neighbour] for neighbour in linked.get(name, ())], here[name])
            )
        count = _crossings(now, below)
        if count < fewest:
            best, fewest = now, count
    return best


def _crossings(layers: Sequence[Sequence[str]], below: Mapping[str, Sequence[str]]) -> int:
    count = 0
    for upper, lower in pairwise(layers):
        place_of = {name: place for place, name in enumerate(lower)}
        seen: list[int] = []
        for name in upper:
            ends = sorted(place_of[neighbour] for neighbour in below.get(name, ()))
            count += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return count


def _centres(
    layers: Sequence[Sequence[str]],
    sizes: Mapping[str, float],
    above: Mapping[str, Sequence[str]],
    below: Mapping[str, Sequence[str]],
) -> dict[str, float]:
    """Each as near to the mean of its neighbours as the others in its layer allow."""
    centre: dict[str, float] = {}
    for layer in layers:
        centre.update(zip(layer, _spread([0.0] * len(layer), [sizes[name] for name in layer]), strict=True))
    for sweep in range(2 * _SWEEPS):
        linked = (above, below)[sweep % 2]
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            wanted = [_mean([centre[neighbour] for neighbour in linked.get(name, ())], centre[name]) for name in layer]
            centre.update(zip(layer, _spread(wanted, [sizes[name] for name in layer]), strict=True))
    left = min(centre[name] - sizes[name] / 2 for name in centre)
    return {name: found - left for name, found in centre.items()}


def _spread(wanted: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """The nearest places without an overlap, by pooling those that push one another (isotonic regression)."""
    offsets = [0.0]
    for left, right in pairwise(sizes):
        offsets.append(offsets[-1] + (left + right) / 2 + _GAP)
    pools: list[tuple[float, int]] = []
    for goal, offset in zip(wanted, offsets, strict=True):
        pools.append((goal - offset, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (centre, count), (other, more) = pools[-2:]
            pools[-2:] = [((centre * count + other * more) / (count + more), count + more)]
    flat = [value for value, count in pools for _ in range(count)]
    return [value + offset for value, offset in zip(flat, offsets, strict=True)]


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
