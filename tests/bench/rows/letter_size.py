"""Rows: how many bytes a page of a personal letter takes, beside what typst needs at least for the same words."""

from __future__ import annotations

import json
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

import typst
from pypdf import PdfReader

from bench.house import House
from bench.measured import NO_YARDSTICK, Row
from bench.processes import run
from bench.rows.letters import DUTY, FACTS, write_people
from bench.scans import environment_of

PEOPLE = 24
MOST_BYTES, MOST_RATIO = 20_000, 1.15
_BARE = """#set document(title: "Letter")
#set text(font: "Libertinus Serif", size: 10.5pt, lang: "en")
#for part in json(bytes(sys.inputs.parts)) {
  if part.heading { heading(level: 1, part.text) } else { par(part.text) }
}"""
"""The same words in the same font by the same standard, and nothing else: no place, no table, no list."""


def rows(house: House) -> Iterator[Row]:
    """Bytes a page of letters without an East Asian font, and their ratio to typst's own."""
    with tempfile.TemporaryDirectory(prefix="leakguard-bench-") as name:
        folder = Path(name)
        shutil.copy(FACTS, folder / "facts.yaml")
        write_people(folder / "people.csv", PEOPLE, languages=("en",))
        pdfs, texts = (_written(house, folder, form) for form in ("pdf", "txt"))
        pages = [(path.stat().st_size, len(PdfReader(path).pages)) for path in pdfs]
        bare = [_bare(path.read_text("utf-8")) for path in texts]
    sizes = [size / count for size, count in pages]
    ratio = statistics.median(size for size, _ in pages) / statistics.median(bare)
    told = f"{statistics.median(sizes):,.0f} bytes ({min(sizes):,.0f}-{max(sizes):,.0f}), {pages[0][1]} page a letter"
    yield Row(
        work=f"a page of {PEOPLE} personal letters as PDF/UA-1, without an East Asian font", yardstick=NO_YARDSTICK,
        ours=told, figure=f"{max(sizes):,.0f} bytes", goal=f"<= {MOST_BYTES:,} bytes", is_met=max(sizes) <= MOST_BYTES,
    )  # fmt: skip
    yield Row(
        work="the same letters, beside the same words in the same font by the same standard, and nothing else",
        yardstick=f"typst alone: {statistics.median(bare):,.0f} bytes ({min(bare):,}-{max(bare):,})", ours=told,
        figure=f"{ratio:.3g}", goal=f"<= {MOST_RATIO:g} of its bytes", is_met=ratio <= MOST_RATIO,
    )  # fmt: skip


def _written(house: House, folder: Path, form: str) -> list[Path]:
    """The letters of a merge, in the order of their rows."""
    words = ["-q", "notice", "letters", "facts.yaml", "--duty", DUTY, "--recipients", "people.csv", "--as", form]
    ran = run(
        [str(house.tool.script), *words, "-o", form], folder=folder, seconds=300, environment=environment_of()
    )  # fmt: skip
    found = sorted((folder / form).rglob(f"*.{form}"))
    assert ran.code == 0, ran.stderr
    assert len(found) == PEOPLE
    return found


def _bare(text: str) -> int:
    """Bytes of what typst alone makes of the words."""
    parts = [part.splitlines() for part in text.split("\n\n") if part.strip()]
    values = [
        {"heading": len(lines) > 1 and set(lines[1]) <= {"=", "-"}, "text": " ".join(_words(lines))} for lines in parts
    ]
    made = typst.compile(
        _BARE.encode(), format="pdf", pdf_standards=["ua-1"], sys_inputs={"parts": json.dumps(values)},
        font_paths=typst.Fonts(include_system_fonts=False), timestamp=0,
    )  # fmt: skip
    return len(made)


def _words(lines: list[str]) -> list[str]:
    return [line.strip() for line in lines if not set(line.strip()) <= {"=", "-"}]
