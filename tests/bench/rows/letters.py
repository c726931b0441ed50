"""Rows: letters to many people, each with own data, language and address; whole runs from facts to manifest."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.house import House
from bench.measured import NO_YARDSTICK, Row
from bench.processes import Ran, Series, in_turn, run, spread
from bench.scans import SOURCES, environment_of

FACTS = SOURCES.parent / "templates" / "examples" / "university-2019.yaml"
DUTY = "eu-gdpr-34-individuals"
PAPER, MAILS, FEW_MAILS = 10_000, 100_000, 10_000
_DATA = ("contact.email", "contact.email;location.ip_address", "profile.communication_metadata")
_PLACES = ("DE", "FR", "CN", "US-CA")
MOST_RUNS = 3
"""Each takes a minute or two, and differs less than short ones do."""
PDF, HTML, FEW = "PDF letters", "HTML mails", "fewer HTML mails"


def rows(house: House) -> Iterator[Row]:
    """The time for paper, the time for mails, and that ten times the people take no more memory."""
    counts = {PDF: house.many(PAPER), HTML: house.many(MAILS), FEW: house.many(FEW_MAILS)}
    contenders = {
        name: lambda name=name, count=count: _merge(house, "pdf" if name == PDF else "html", count)
        for name, count in counts.items()
    }
    series = in_turn(contenders, min(house.runs, MOST_RUNS))
    yield _timed(f"{counts[PDF]:,} letters as PDF/UA-1, two languages", series[PDF], 45)
    yield _timed(f"{counts[HTML]:,} letters as HTML, two languages", series[HTML], 60)
    yield _flat(counts[HTML], series[HTML], counts[FEW], series[FEW])


def write_people(file: Path, count: int, *, languages: Sequence[str] = ("en", "zh")) -> None:
    """So many people who differ in language, place and data."""
    with file.open("w", encoding="utf-8") as handle:
        handle.write("id,name,email,address,language,jurisdiction,data\n")
        for number in range(count):
            lang, place, data = languages[number % len(languages)], _PLACES[number % 4], _DATA[number % 3]
            told = f"Person {number},p{number}@home.example,{number} Main Street|10000 Town,{lang},{place},{data}"
            handle.write(f"p{number},{told}\n")


def _merge(house: House, form: str, count: int) -> Ran:
    """One merge in a fresh folder; the exit code is 0 only when every letter lies there and is named."""
    with tempfile.TemporaryDirectory(prefix="leakguard-bench-") as name:
        folder = Path(name)
        shutil.copy(FACTS, folder / "facts.yaml")
        write_people(folder / "people.csv", count)
        words = ["-q", "notice", "letters", "facts.yaml", "--duty", DUTY, "--recipients", "people.csv", "--as", form]
        return run(
            [str(house.tool.script), *words, "-o", "letters"], folder=folder, seconds=600, environment=environment_of()
        )


def _timed(work: str, series: Series, most: int) -> Row:
    cpu = spread([ran.cpu for ran in series.runs], "s")
    return Row(
        work=work, yardstick=NO_YARDSTICK, ours=f"{series.words}, {cpu} of CPU, {series.peak_mib:.0f} MiB a process",
        figure=f"{series.seconds:.1f} s", goal=f"<= {most} s",
        is_met=series.seconds <= most and _all_ended(series.runs),
    )  # fmt: skip


def _flat(many: int, larger: Series, few: int, smaller: Series) -> Row:
    ratio = larger.peak_mib / smaller.peak_mib
    return Row(
        work=f"memory for {many:,} letters, beside {few:,}", yardstick=f"{few:,} letters: {smaller.peak_mib:.0f} MiB",
        ours=f"{larger.peak_mib:.0f} MiB", figure=f"{ratio:.3g}", goal="<= 1.25 of it",
        is_met=ratio <= 1.25 and _all_ended((*larger.runs, *smaller.runs)),
    )  # fmt: skip


def _all_ended(runs: Sequence[Ran]) -> bool:
    return all(ran.code == 0 and not ran.is_late for ran in runs)
