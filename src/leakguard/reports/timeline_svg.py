"""Draws the story in two lanes: when it happened, and when we recorded it.

A level line was recorded at once, a falling one late; a bar is a time known only roughly; what was superseded stays,
struck through, and an arc leads to what took its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from leakguard.reports import svg
from leakguard.reports.svg import WIDTH, Figure
from leakguard.reports.timeline_layout import AT_ONCE, Layout, PlacedHappening, lay_out
from leakguard.reports.values import Happening
from leakguard.reports.words import Words

LEFT, RIGHT = 338.0, 470.0
"""Where the two lanes stand."""
HEAD = 34.0
PART = 800.0
"""Units of a stretch: together with its heading it fits on a page of A4."""
LATE = timedelta(minutes=15)
"""The ledger asks for a reason from this delay on."""
MOST_DRAWN = 300
"""More dots than anybody follows; the table below has everything."""
_LONGEST_KIND = 32


def timeline_figures(story: Sequence[Happening], zone: ZoneInfo, words: Words) -> tuple[Figure, ...]:
    """The drawing, in as many stretches as it needs pages; none for an empty story."""
    drawn = [happening for happening in story if happening.is_drawn][:MOST_DRAWN]
    if not drawn:
        return ()
    layout = lay_out(drawn)
    shapes = tuple(_shapes(layout, zone, words))
    stretches = layout.cuts(PART)
    return tuple(
        _figure(number, len(stretches), stretch, shapes, words, len(drawn))
        for number, stretch in enumerate(stretches, start=1)
    )


Shape = tuple[float, float, str]
"""The heights between which a shape lies, and its SVG."""


def _figure(
    number: int, count: int, stretch: tuple[float, float], shapes: Sequence[Shape], words: Words, drawn: int
) -> Figure:
    start, end = stretch
    height = end - start
    inside = [body for top, bottom, body in shapes if bottom >= start and top <= end]
    lanes = [svg.line((x, HEAD - 10), (x, HEAD + height), "rule", width=1.4) for x in (LEFT, RIGHT)]
    title = words("figure.timeline", number=number, count=count) if count > 1 else words("figure.timeline.only")
    body = "".join([*_heads(words), *lanes, svg.window(HEAD, WIDTH, start, height, inside)])
    return Figure(
        name=f"timeline-{number}", title=title, description=words("figure.timeline.means", count=drawn), width=WIDTH,
        height=round(HEAD + height), body=body,
    )  # fmt: skip


def _heads(words: Words) -> Iterator[str]:
    bold = 'font-weight="bold" font-size="12"'
    yield svg.text(LEFT + 5, 14, words("timeline.happened"), anchor="end", style=bold)
    yield svg.text(RIGHT - 5, 14, words("timeline.recorded"), style=bold)


def _shapes(layout: Layout, zone: ZoneInfo, words: Words) -> Iterator[Shape]:
    """Lines first, so that dots and labels lie above them."""
    for gap in layout.breaks:
        yield gap.y, gap.y, svg.line((8, gap.y), (WIDTH - 8, gap.y), "rule", dash="1 4")
        label = words("timeline.gap", time=words.duration(gap.lasts.total_seconds()))
        style = f'font-style="italic" {svg.HALO}'
        yield gap.y - 8, gap.y + 8, svg.text(16, gap.y + 3, label, "soft", style=style)
    for placed in layout.placed:
        yield from _slope(placed)
    by_id = {placed_happening.happening.id: placed_happening for placed_happening in layout.placed}
    for placed in layout.placed:
        yield from _arc(placed, by_id)
        yield from _dots(placed)
        yield from _labels(placed, zone, words)


def _slope(placed: PlacedHappening) -> Iterator[Shape]:
    is_late = placed.happening.recorded_at - placed.happening.at.earliest > LATE
    dash = "3 3" if placed.happening.superseded_by else ""
    middle = (placed.earliest + placed.latest) / 2
    body = svg.line((LEFT, middle), (RIGHT, placed.recorded), "risk" if is_late else "rule", width=1.2, dash=dash)
    yield min(middle, placed.recorded), max(middle, placed.recorded), body


def _arc(placed: PlacedHappening, by_id: Mapping[str, PlacedHappening]) -> Iterator[Shape]:
    """From what was superseded to what took its place."""
    old = by_id.get(placed.happening.corrects or "")
    if old is None:
        return
    first, last = (old.earliest + old.latest) / 2, (placed.earliest + placed.latest) / 2
    # A correction may stand at the very height of what it corrects; the arc then still has to be seen.
    far = LEFT + 34
    steps = f"M{svg.number(LEFT)} {svg.number(first)} C{svg.number(far)} {svg.number(first)} "
    steps += f"{svg.number(far)} {svg.number(last)} {svg.number(LEFT + 4)} {svg.number(last)}"
    yield min(first, last), max(first, last), svg.path(steps, "link", dash="5 2")


def _dots(placed: PlacedHappening) -> Iterator[Shape]:
    is_gone = placed.happening.superseded_by is not None
    colour = "soft" if is_gone else "run"
    if placed.happening.at.is_exact:
        yield placed.earliest - 4, placed.earliest + 4, svg.dot(LEFT, placed.earliest, colour, is_hollow=is_gone)
    else:
        height = max(placed.latest - placed.earliest, 7.0)
        style = 'rx="3" fill-opacity="0.35"' if is_gone else 'rx="3"'
        yield (
            placed.earliest,
            placed.earliest + height,
            svg.bar(LEFT - 3.5, placed.earliest, 7, height, colour, style=style),
        )
    yield placed.recorded - 4, placed.recorded + 4, svg.dot(RIGHT, placed.recorded, colour, is_hollow=is_gone)


def _labels(placed: PlacedHappening, zone: ZoneInfo, words: Words) -> Iterator[Shape]:
    it = placed.happening
    gone = 'text-decoration="line-through"' if it.superseded_by else ""
    colour = "soft" if it.superseded_by else "ink"
    named = words.named("kind", it.kind)
    kind = words("timeline.field", name=named, text=words.said(it.about)) if it.about else named
    kind = svg.cut(kind, _LONGEST_KIND)
    when = words.minute(it.at.earliest, zone)
    if not it.at.is_exact:
        when = words("timeline.until", start=when, end=words.minute(it.at.latest, zone))
        kind = svg.cut(kind, _LONGEST_KIND - 12)
    y = placed.earliest + 4
    label = f"{kind}  ·  {when}"
    yield y - 10, y + 3, svg.text(LEFT - 11, y, label, colour, anchor="end", style=gone)
    y = placed.recorded + 4
    yield y - 10, y + 3, svg.text(RIGHT + 11, y, _recorded(it, zone, words), "soft")


def _recorded(it: Happening, zone: ZoneInfo, words: Words) -> str:
    parts = [it.id, words.minute(it.recorded_at, zone)]
    delay = it.recorded_at - it.at.earliest
    if delay >= AT_ONCE:
        parts.append(words("timeline.later", time=words.duration(delay.total_seconds())))
    if it.superseded_by:
        parts = [it.id, words("timeline.superseded", by=it.superseded_by)]
    return "  ·  ".join(parts)
