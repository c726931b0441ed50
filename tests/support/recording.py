"""The recording of the demo: `make recording` plays it in a terminal and draws an SVG in which the lines scroll by.

The picture moves by CSS alone; it has no script, no font and nothing from elsewhere. Who prefers less motion, and who
prints it, sees its end.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import re
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from rich.console import Console
from rich.segment import Segment
from rich.terminal_theme import MONOKAI as THEME
from rich.text import Text

WIDTH, HEIGHT = 100, 26
"""Of the terminal, in signs and lines."""
SIGN, LINE, EDGE = 8.43, 18, 14
"""Of the picture, in pixels: the width of a sign, the height of a line, and the margin."""
PAUSE, BREATH, END = 0.16, 1.6, 6.0
"""Seconds for a line, before a command, and at the end."""
PROMPT = re.compile(r"^\$ leakguard ")


def play(folder: Path) -> list[str]:
    """What `leakguard demo` writes on a terminal, line by line, with its colours."""
    outer, inner = os.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
    command = [str(Path(sys.executable).parent / "leakguard"), "demo", "--keep", str(folder / "demo")]
    env = {
        "PATH": os.defpath,
        "HOME": str(folder),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
    }
    with subprocess.Popen(command, stdout=inner, stderr=inner, env=env, cwd=folder) as demo:
        os.close(inner)
        told = b"".join(_pieces(outer))
    os.close(outer)
    assert demo.returncode == 0, told.decode()
    text = told.decode().replace(str(folder), "/tmp").replace("\r\n", "\n")  # noqa: S108  (what the picture shows)
    return text.rstrip().split("\n")


def _pieces(outer: int) -> Iterator[bytes]:
    """What comes until the other end is closed, which a terminal tells by an error."""
    while True:
        try:
            piece = os.read(outer, 65536)
        except OSError:
            return
        if not piece:
            return
        yield piece


def drawn(told: list[str]) -> str:
    """The picture of these lines."""
    console = Console(width=WIDTH, force_terminal=True, color_system="truecolor", file=open(os.devnull, "w"))  # noqa: SIM115, PTH123  (draws nothing)
    lines = [row for line in told for row in Text.from_ansi(line).wrap(console, WIDTH, overflow="fold") or [Text()]]
    width, height = round(WIDTH * SIGN) + 2 * EDGE, HEIGHT * LINE + 2 * EDGE
    rows = "\n".join(
        f'<text y="{(number + 1) * LINE}">{"".join(_spans(console, line))}</text>' for number, line in enumerate(lines)
    )
    last = f"translateY({(HEIGHT - len(lines)) * LINE}px)"
    frames, seconds = _frames(lines)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">
<title>leakguard demo: an open store is found, clocks start, it is closed and proved, letters are written</title>
<style>
text {{ font: 14px/1 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre; fill: #d9d9d9; }}
.lines {{ transform: {last}; animation: scroll {seconds:.1f}s step-end infinite; }}
@keyframes scroll {{ {frames} }}
@media (prefers-reduced-motion: reduce), print {{ .lines {{ animation: none; }} }}
</style>
<rect width="100%" height="100%" rx="8" fill="#0c0c0c"/>
<svg x="{EDGE}" y="{EDGE}" width="{width - 2 * EDGE}" height="{height - 2 * EDGE}"><g class="lines">
{rows}
</g></svg>
</svg>
"""


def _spans(console: Console, line: Text) -> Iterator[str]:
    at = 0
    for segment in Segment.filter_control(line.render(console)):
        text, style = segment.text.rstrip("\n"), segment.style
        look = ""
        if style is not None and style.color is not None:
            look += f' fill="{style.color.get_truecolor(THEME).hex}"'
        if style is not None and style.bold:
            look += ' font-weight="bold"'
        if text:
            yield f'<tspan x="{at * SIGN:.1f}"{look}>{escape(text)}</tspan>'
        at += len(text)


def _frames(lines: list[Text]) -> tuple[str, float]:
    """The places of the lines over time, in per cent, and how many seconds all takes."""
    times, now = [], 0.0
    for line in lines:
        now += BREATH if PROMPT.match(line.plain) else PAUSE
        times.append(now)
    whole = now + END
    frames = [
        f"{100 * at / whole:.2f}% {{ transform: translateY({(HEIGHT - number) * LINE}px) }}"
        for number, at in enumerate([0.0, *times])
    ]
    return " ".join(frames), whole


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    to = parser.parse_args().file
    with tempfile.TemporaryDirectory() as place:
        to.write_text(drawn(play(Path(place))), encoding="utf-8")
