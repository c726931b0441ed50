"""Rows: what is asked often about the law, with 600 duties: compiled, and beside it read as YAML each time."""

from __future__ import annotations

import re
import statistics
import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from bench.house import House
from bench.measured import NO_YARDSTICK, Row
from bench.processes import Ran, Series, in_turn, run, spread
from bench.scans import SOURCES

DUTIES = 600
MOST = 0.25
"""Seconds of CPU."""
MORE_RUNS = 2
"""Times the usual number: each takes a blink."""
_ID = re.compile(r"^(  - id: )([a-z0-9-]+)$", re.MULTILINE)
_NO_CACHE = "/dev/null"
SETTINGS = """
country = "DE"
zone = "Europe/Berlin"
duties = "own"
[[channel]]
name = "log"
kind = "file"
path = "alerts.jsonl"
[escalation]
levels = [{role = "commander"}]
roles = {commander = ["log"]}
"""
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "`clock list --incident`": ("clock", "list", "--incident", "IR-{year}-0001"),
    "`notice assess`": ("notice", "assess", "facts.yaml"),
    "`watchman once`": ("watchman", "once"),
}


def rows(house: House) -> Iterator[Row]:
    """Seconds of CPU of each command, from its fork to its end."""
    with tempfile.TemporaryDirectory(prefix="leakguard-bench-") as name:
        folder = Path(name)
        count, year = _prepare(house, folder)
        for work, command in COMMANDS.items():
            words = [word.format(year=year) for word in command]
            contenders = {
                place: partial(_command, house, folder, words, cache=place)
                for place in (str(folder / "cache"), _NO_CACHE)
            }
            compiled, as_yaml = in_turn(contenders, house.runs * MORE_RUNS).values()
            yield _row(f"{work} with {count} duties", compiled, as_yaml)


def write_duties(folder: Path, most: int) -> int:
    """Copies of the duties that ship, under other ids, until there are so many of both; returns how many there are."""
    folder.mkdir()
    files = [file for file in sorted((SOURCES.parent / "duties").glob("*.yaml")) if file.name != "vocabulary.yaml"]
    texts = {file.stem: file.read_text("utf-8") for file in files}
    count = sum(len(_ID.findall(text)) for text in texts.values())
    copy = 0
    while count < most:
        copy += 1
        for name, text in texts.items():
            here = len(_ID.findall(text))
            if here and count + here <= most + here - 1:
                copied = _ID.sub(rf"\1x{copy}-\2", text)
                (folder / f"{name}-{copy}.yaml").write_text(copied, encoding="utf-8")
                count += here
    return count


def _prepare(house: House, folder: Path) -> tuple[int, str]:
    """Settings, facts and an incident whose legal clocks run; returns how many duties there are, and the year."""
    (folder / "leakguard.toml").write_text(SETTINGS, encoding="utf-8")
    count = write_duties(folder / "own", DUTIES)
    cache = str(folder / "cache")
    facts = _command(house, folder, ["notice", "example"], cache=cache).stdout
    (folder / "facts.yaml").write_text(facts, encoding="utf-8")
    opened = _command(house, folder, ["incident", "open", "--title", "bench"], cache=cache).stdout
    named = re.search(r"IR-(\d{4})-0001", opened)
    year = named[1] if named else ""
    for kind in ("awareness", "discovery"):
        words = ["incident", "event", f"IR-{year}-0001", kind, "--field", "jurisdiction=US-CA"]
        _command(house, folder, words, cache=cache)
    return count, year


def _command(house: House, folder: Path, words: list[str], *, cache: str) -> Ran:
    """As cron runs it: with no terminal and no width, its modules compiled once."""
    environment = {
        "PYTHONPATH": str(SOURCES), "XDG_CACHE_HOME": cache, "COLUMNS": "", "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(folder / "modules"),
    }  # fmt: skip
    return run([str(house.tool.script), *words], folder=folder, seconds=120, environment=environment)


def _row(work: str, compiled: Series, as_yaml: Series) -> Row:
    ours, theirs = ([ran.cpu for ran in series.runs] for series in (compiled, as_yaml))
    middle = statistics.median(ours)
    has_ended = all(ran.code in {0, 3, 4} and not ran.is_late for ran in (*compiled.runs, *as_yaml.runs))
    return Row(
        work=f"{work}: seconds of CPU",
        yardstick=f"the same, duties read as YAML: {spread(theirs, 's')}" if has_ended else NO_YARDSTICK,
        ours=f"{spread(ours, 's')}, {compiled.peak_mib:.0f} MiB", figure=f"{middle:.3f} s", goal=f"<= {MOST:g} s",
        is_met=has_ended and middle <= MOST,
    )  # fmt: skip
