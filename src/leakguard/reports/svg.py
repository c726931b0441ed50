"""The few shapes that drawings are made of, as SVG that a browser, a printer and a PDF show alike.

Each shape carries its colour for light paper and a class, by which a page's style gives it another one in the dark.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import accumulate
from unicodedata import category, east_asian_width

from leakguard.frozen import Frozen

WIDTH = 720
"""Units of a drawing's width: at 170 mm on A4 a text of 11 units is 7.4 points high."""
INK, SOFT, RULE = "#1b1f24", "#4f5863", "#c3cad2"
COLOURS = {
    "ink": INK, "soft": SOFT, "rule": RULE, "pale": "#dfe6ee", "run": "#0b5cad", "good": "#18703a", "risk": "#8f5b00",
    "bad": "#b3261e", "link": "#7a3ea8", "paper": "#ffffff",
}  # fmt: skip
"""By class; on white each text colour has a contrast of at least 5 to 1 (WCAG 2.2 asks for 4.5)."""
FONT = "Helvetica Neue, Arial, Liberation Sans, DejaVu Sans, Noto Sans CJK SC, Libertinus Serif, sans-serif"


_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode classes that end a line, turn the reading direction or show nothing; XML forbids some of them."""
HALO = f'data-line="paper" stroke="{COLOURS["paper"]}" stroke-width="3.5" paint-order="stroke" stroke-linejoin="round"'
"""Attributes of a text that lines would run through."""


class Figure(Frozen):
    """A finished drawing with what stands for it where nobody can see it."""

    name: str
    """Unique within a document: `timeline-1`."""
    title: str
    description: str
    width: int
    height: int
    body: str

    @property
    def svg(self) -> str:
        """The drawing as one element, which a page can hold as it is."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
            f'width="{self.width}" height="{self.height}" role="img" '
            f'aria-labelledby="{self.name}-title {self.name}-desc" font-family="{FONT}" font-size="11">'
            f'<title id="{self.name}-title">{safe(self.title)}</title>'
            f'<desc id="{self.name}-desc">{safe(self.description)}</desc>{self.body}</svg>'
        )


def safe(text: str) -> str:
    """`text` for an element or an attribute; signs that XML forbids become a mark."""
    return escape("".join("\N{REPLACEMENT CHARACTER}" if category(sign) in _UNSAFE else sign for sign in text))


def cut(text: str, most: int) -> str:
    """`text` in at most so many signs; a Chinese one is as wide as two."""
    widths = [2 if east_asian_width(sign) in "WF" else 1 for sign in text]
    if sum(widths) <= most:
        return text
    kept = sum(1 for so_far in accumulate(widths) if so_far < most)
    return f"{text[:kept].rstrip()}…"


def number(value: float) -> str:
    """A length with one digit behind the point, which is finer than any printer."""
    return f"{value:.1f}".removesuffix(".0")


def text(x: float, y: float, words: str, colour: str = "ink", *, anchor: str = "start", style: str = "") -> str:
    """Words whose base line begins, lies centred or ends at a point; `style` is further attributes."""
    place = f'x="{number(x)}" y="{number(y)}"' + (f' text-anchor="{anchor}"' if anchor != "start" else "")
    return f"<text {place} {fill(colour)}{' ' + style if style else ''}>{safe(words)}</text>"


def titled(x: float, y: float, title: str, words: str) -> str:
    """A name in bold and, behind it, more about it."""
    rest = f'<tspan dx="7" {fill("soft")} font-weight="normal">{safe(words)}</tspan>' if words else ""
    place = f'x="{number(x)}" y="{number(y)}"'
    return f'<text {place} {fill("ink")} {HALO} font-weight="bold">{safe(title)}{rest}</text>'


def bar(x: float, y: float, width: float, height: float, colour: str, *, style: str = "") -> str:
    """A filled bar, never thinner than can be seen."""
    size = f'width="{number(max(width, 0.8))}" height="{number(height)}"'
    return f'<rect x="{number(x)}" y="{number(y)}" {size} {fill(colour)}{" " + style if style else ""}/>'


def frame(x: float, y: float, width: float, height: float, colour: str) -> str:
    """A bar that is only outlined, dashed: nothing runs here."""
    size = f'width="{number(max(width, 0.8))}" height="{number(height)}"'
    return f'<rect x="{number(x)}" y="{number(y)}" {size} {stroke(colour)} fill="none" stroke-dasharray="3 2"/>'


def line(start: tuple[float, float], end: tuple[float, float], colour: str, *, width: float = 1, dash: str = "") -> str:
    """A straight line."""
    ends = f'x1="{number(start[0])}" y1="{number(start[1])}" x2="{number(end[0])}" y2="{number(end[1])}"'
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line {ends} {stroke(colour)} stroke-width="{number(width)}"{dashes}/>'


def path(steps: str, colour: str, *, width: float = 1.6, dash: str = "") -> str:
    """A line along the steps of SVG's own path language."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{steps}" {stroke(colour)} fill="none" stroke-width="{number(width)}"{dashes}/>'


def dot(x: float, y: float, colour: str, *, is_hollow: bool = False) -> str:
    """A point in time."""
    filled = f"{fill('paper')} {stroke(colour)}" if is_hollow else fill(colour)
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="3.6" {filled}/>'


def tick(x: float, y: float, colour: str) -> str:
    """A mark for what was met: a ring with a tick, so that no meaning hangs on a colour."""
    steps = f"M{number(x - 3)} {number(y)} l2.2 2.4 l4 -4.8"
    return ring(x, y, colour) + path(steps, colour, width=1.8)


def cross(x: float, y: float, colour: str) -> str:
    """A mark for what was missed."""
    steps = f"M{number(x - 2.6)} {number(y - 2.6)} l5.2 5.2 m0 -5.2 l-5.2 5.2"
    return ring(x, y, colour) + path(steps, colour, width=1.8)


def ring(x: float, y: float, colour: str) -> str:
    """The ground of a mark, so that it stands out of its bar."""
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="6" {fill("paper")} {stroke(colour)} stroke-width="1.4"/>'


def fill(colour: str) -> str:
    """The attributes of a filled shape."""
    return f'class="f-{colour}" fill="{COLOURS[colour]}"'


def stroke(colour: str) -> str:
    """The attributes of a line; a shape that is filled and outlined takes its class from the filling."""
    return f'data-line="{colour}" stroke="{COLOURS[colour]}"'


def window(top: float, width: int, start: float, height: float, shapes: Iterable[str]) -> str:
    """A stretch of a tall drawing, cut off above and below."""
    view = f'viewBox="0 {number(start)} {width} {number(height)}"'
    size = f'x="0" y="{number(top)}" width="{width}" height="{number(height)}"'
    return f'<svg {size} {view} overflow="hidden">{"".join(shapes)}</svg>'
