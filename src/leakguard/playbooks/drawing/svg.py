"""A drawing as SVG: one file without scripts or fonts of its own, readable on a light and on a dark page."""

from __future__ import annotations

from collections.abc import Iterator

from leakguard.playbooks.drawing.mermaid import STATE_CLASSES
from leakguard.playbooks.drawing.picture import END, START, Box, Drawing, LineKind
from leakguard.playbooks.drawing.plan import Plan, plan_of
from leakguard.playbooks.drawing.strokes import BoxPlan, Stroke
from leakguard.playbooks.drawing.text import broken, width_of, xml

_ROLES = ("#2f6fd0", "#c2571a", "#2c8a57", "#8a4fc4", "#b8336a", "#8a7400", "#0f8b8d", "#6b6f76")
COLOURS = len(_ROLES)
"""Roles beyond these begin again with the first colour; each box names its role."""
_LIGHT = {
    "page": "fill:#ffffff",
    "head": "fill:#14181f",
    "ink": "fill:#14181f",
    "soft": "fill:#515a67",
    "box": "fill:#f5f7fa;stroke:#8a94a3",
    "round": "fill:#e3e8ef;stroke:#8a94a3",
    "rule": "stroke:#c9d0d9",
    "next": "#5a6472",
    "failed": "#b3261e",
    "again": "#7a4fb5",
    "done": "fill:#dff3e5;stroke:#1f7a3a",
    "current": "fill:#fff1cc;stroke:#b36b00",
    "trouble": "fill:#fbdcdc;stroke:#b3261e",
    "skipped": "fill:#f0f0f0;stroke:#9a9a9a",
}
_DARK = {
    "page": "fill:#12161c",
    "head": "fill:#f2f5f9",
    "ink": "fill:#f2f5f9",
    "soft": "fill:#aab4c2",
    "box": "fill:#1f2630;stroke:#6d7887",
    "round": "fill:#2b3440;stroke:#6d7887",
    "rule": "stroke:#3a4452",
    "next": "#9aa6b5",
    "failed": "#ff8a80",
    "again": "#c5a3f5",
    "done": "fill:#17402a;stroke:#5fc488",
    "current": "fill:#4d3900;stroke:#ffc04d",
    "trouble": "fill:#551d1a;stroke:#ff8a80",
    "skipped": "fill:#232830;stroke:#6d7887",
}


def _themed(theme: dict[str, str]) -> str:
    lines = "".join(
        f".line.{kind}{{stroke:{theme[kind]}}}.tip-{kind}{{fill:{theme[kind]}}}" for kind in ("next", "failed", "again")
    )
    return (
        f".page{{{theme['page']}}}.head,.title{{{theme['ink']}}}.soft,.small,.clock{{{theme['soft']}}}"
        f".box{{{theme['box']}}}.round{{{theme['round']}}}.rule{{{theme['rule']}}}{lines}"
        f".done .box{{{theme['done']}}}.current .box{{{theme['current']}}}"
        f".step.failed .box{{{theme['trouble']}}}.skipped .box{{{theme['skipped']}}}"
    )


STYLE = (
    "text{font-family:system-ui,'Segoe UI','Noto Sans','Noto Sans CJK SC','DejaVu Sans',sans-serif;font-size:12px}"
    ".head{font-size:20px;font-weight:600}.title{font-size:13px;font-weight:600}.middle{text-anchor:middle}"
    ".state{font-size:12px;font-weight:600}"
    ".box{stroke-width:1.4}.round{stroke-width:1.4}.rule{stroke-width:1;fill:none}.line{fill:none;stroke-width:1.6}"
    ".failed.line{stroke-dasharray:7 4}.again.line{stroke-dasharray:2 4}"
    ".current .box,.step.failed .box{stroke-width:3.2}.skipped .box{stroke-dasharray:5 4}"
    + "".join(f".r{number}{{fill:{colour}}}" for number, colour in enumerate(_ROLES))
    + ".state{fill:#14181f}"
    + _themed(_LIGHT)
    + "@media (prefers-color-scheme:dark){.state{fill:#f2f5f9}"
    + _themed(_DARK)
    + "}"
)


_MARGIN = 32.0
_LINE = 17.0
"""From one line of small text to the next."""
_KINDS = ((LineKind.NEXT, "then"), (LineKind.FAILED, "back after a failure"), (LineKind.AGAIN, "once more"))


def render_svg(drawing: Drawing) -> str:
    """The whole drawing; raises `UsageProblem` when it has too many lines to be read."""
    plan = plan_of(drawing)
    width = max(plan.width, 760.0) + 2 * _MARGIN
    head = list(_head(drawing, width))
    top = 76.0 + _LINE * len(list(_clock_lines(drawing, width)))
    legend_top = top + plan.height + 44
    legend = list(_legend(drawing, legend_top, width))
    height = legend_top + _LINE * (len(drawing.roles) + 3) + _MARGIN
    shift = (width - plan.width) / 2
    body = [f'<g transform="translate({shift:.1f} {top:.1f})">', *_body(plan, drawing), "</g>"]
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" aria-labelledby="title">'
    )
    parts = [opening, f'<title id="title">{xml(drawing.title)}</title>', f"<style>{STYLE}</style>", _MARKERS]
    parts += [f'<rect class="page" width="{width:.0f}" height="{height:.0f}"/>', *head, *body, *legend, "</svg>"]
    return "\n".join(parts) + "\n"


_MARKERS = (
    "<defs>"
    + "".join(
        f'<marker id="{kind}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto">'
        f'<path class="tip-{kind}" d="M0 0.8 L10 5 L0 9.2 Z"/></marker>'
        for kind in LineKind
    )
    + "</defs>"
)


def _head(drawing: Drawing, width: float) -> Iterator[str]:
    yield _text(_MARGIN, 38, drawing.title, "head")
    yield _text(_MARGIN, 58, drawing.subtitle, "soft")
    for number, line in enumerate(_clock_lines(drawing, width)):
        yield _text(_MARGIN, 80 + _LINE * number, line, "clock")


def _clock_lines(drawing: Drawing, width: float) -> Iterator[str]:
    most = int((width - 2 * _MARGIN) / width_of("x", 12))
    for clock in drawing.clocks:
        yield from broken(f"Clock {clock}", most)


def _body(plan: Plan, drawing: Drawing) -> Iterator[str]:
    colours = dict(zip(drawing.roles, _cycle(len(drawing.roles)), strict=True))
    for stroke in plan.strokes:
        yield _stroke(stroke)
    for box in plan.boxes:
        yield from _box(box, colours)


def _stroke(stroke: Stroke) -> str:
    return f'<path class="line {stroke.kind}" d="{stroke.path}" marker-end="url(#{stroke.kind})"/>'


def _box(plan: BoxPlan, colours: dict[str, int]) -> Iterator[str]:
    box, left, top = plan.box, plan.left, plan.top
    if box.step is None:
        middle = top + plan.height / 2
        yield f'<circle class="round" cx="{left + plan.width / 2:.1f}" cy="{middle:.1f}" r="{plan.height / 2:.1f}"/>'
        word = {START: "start", END: "end"}[box.id]
        yield _text(left + plan.width / 2, middle + 4, word, "small middle")
        return
    yield f'<g class="step {_state_class(box)}"><title>{xml(box.step.title)}</title>'
    yield f'<path class="box {box.step.kind}" d="{_outline(plan)}"/>'
    colour = colours.get(box.step.owner or "", 0)
    yield _role(colour, left + plan.inset, top + 9, plan.height - 18)
    for number, (line, style) in enumerate(plan.texts):
        yield _text(left + plan.inset + 14, top + 21 + _LINE * number, line, style)
    yield "</g>"


def _state_class(box: Box) -> str:
    return STATE_CLASSES.get(box.mark.state, "waiting") if box.mark is not None else "plain"


def _outline(plan: BoxPlan) -> str:
    """A decision has pointed sides, a machine's step square corners and a double edge, a notice a folded corner."""
    left, top, right, bottom = plan.left, plan.top, plan.left + plan.width, plan.top + plan.height
    kind = plan.box.step.kind if plan.box.step is not None else ""
    if kind == "decision":
        middle, tip = (top + bottom) / 2, 14
        return (
            f"M{left:.1f} {middle:.1f}L{left + tip:.1f} {top:.1f}H{right - tip:.1f}L{right:.1f} {middle:.1f}"
            f"L{right - tip:.1f} {bottom:.1f}H{left + tip:.1f}Z"
        )
    if kind == "automated":
        return (
            f"M{left:.1f} {top:.1f}H{right:.1f}V{bottom:.1f}H{left:.1f}Z"
            f"M{right - 5:.1f} {top:.1f}V{bottom:.1f}M{left + 5:.1f} {top:.1f}V{bottom:.1f}"
        )
    if kind == "notice":
        return (
            f"M{left:.1f} {top:.1f}H{right - 16:.1f}L{right:.1f} {top + 16:.1f}V{bottom:.1f}H{left:.1f}Z"
            f"M{right - 16:.1f} {top:.1f}V{top + 16:.1f}H{right:.1f}"
        )
    across, down = plan.width - 16, plan.height - 16
    upper = f"M{left + 8:.1f} {top:.1f}h{across:.1f}q8 0 8 8v{down:.1f}"
    return f"{upper}q0 8 -8 8h{-across:.1f}q-8 0 -8 -8v{-down:.1f}q0 -8 8 -8Z"


def _legend(drawing: Drawing, top: float, width: float) -> Iterator[str]:
    yield f'<path class="rule" d="M{_MARGIN} {top - 24:.1f}H{width - _MARGIN:.1f}"/>'
    most = int((width - 2 * _MARGIN - 20) / width_of("x", 12))
    for number, (role, duty) in enumerate(drawing.roles.items()):
        y = top + _LINE * number
        yield _role(number % COLOURS, _MARGIN, y - 10, 13)
        yield _text(_MARGIN + 14, y, broken(f"{role}: {duty}", most, lines=1)[0], "soft")
    y, x = top + _LINE * (len(drawing.roles) + 1), _MARGIN
    for kind, words in _KINDS:
        yield f'<path class="line {kind}" d="M{x:.1f} {y - 4:.1f}h34" marker-end="url(#{kind})"/>'
        yield _text(x + 44, y, words, "soft")
        x += 74 + width_of(words, 12)


def _role(colour: int, x: float, y: float, height: float) -> str:
    return f'<rect class="r{colour}" x="{x:.1f}" y="{y:.1f}" width="5" height="{height:.1f}"/>'


def _text(x: float, y: float, text: str, style: str) -> str:
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}">{xml(text)}</text>'


def _cycle(count: int) -> list[int]:
    return [number % COLOURS for number in range(count)]
