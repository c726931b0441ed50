"""Runs every check against every real server, direct and behind fronts: `python -m accuracy [NAME...]`.

The lab is started group by group, so that all of it fits into 8 GB; a NAME is a group or a server, and without one
each group is measured. What was measured of a group is kept in `docs/reference/accuracy.json` at once, so that a
measurement that was stopped goes on with `--resume`. Prints the tables, and ends with 1 where a wrong verdict is not
explained.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from accuracy.kept import compared, keep_again, keep_group, read_kept, said_of
from accuracy.measured import DIRECT, Measured, Repeated, reason_of
from accuracy.peers import nmap_words
from accuracy.scanning import LEAVE, measure, measure_fronts, scan
from accuracy.tables import accuracy_sentence, accuracy_table, coverage_sentence
from lab.catalogue import GROUPS, chosen, unknown
from lab.conftest import lab_command, write_scope
from lab.model import Lab, Server
from leakguard.bundled import BundledFiles
from leakguard.checks.library import load_library

RUNS = 10
"""As often the core set is scanned for the same answer."""


def main() -> int:
    """Measure, keep, print."""
    asked = _asked()
    rows: list[Measured] = []
    for group, names in _groups(asked.names):
        day = datetime.now(UTC).date().isoformat()  # noqa: TID251  (the day of a measurement)
        if asked.resume and _is_measured(group, day, is_again=asked.again, has_fronts=not asked.direct):
            sys.stderr.write(f"{group}: measured today\n")
            continue
        began = time.monotonic()
        found, often = _measure_group(group, names, has_fronts=not asked.direct, is_first=not asked.again)
        rows += found
        again = compared(read_kept().rows, found)
        sys.stderr.writelines(f"OTHER {each}\n" for each in again.differing)
        is_whole = len(names) == len(_all_of(group))
        if asked.again and is_whole and not asked.dry:
            keep_again(group, found, day=day)
        elif not asked.again and not asked.dry:
            keep_group(group, found, day=day, repeated=often, is_whole=is_whole)
        told = f"{len(found)} verdicts, {sum(not row.is_right for row in found)} wrong, "
        told += f"{len(again.differing)} of {again.compared} other than kept"
        sys.stderr.write(f"{group}: {told}, {time.monotonic() - began:.0f} s\n")
    for row in rows:
        if not row.is_right:
            sys.stderr.write(f"WRONG {row.server} [{row.state}] should be {row.form}: {said_of(row)}\n")
    return _told(rows)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="accuracy", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"servers or groups ({', '.join(GROUPS)}); all groups without one")
    parser.add_argument("--direct", action="store_true", help="leave out the fronts")
    parser.add_argument(
        "--again", action="store_true", help="leave what is kept, and keep beside it how whole groups differ from it"
    )
    parser.add_argument("--resume", action="store_true", help="leave out the groups that were measured today")
    parser.add_argument("--dry", action="store_true", help="print, and keep nothing")
    asked = parser.parse_args()
    if strange := unknown(tuple(asked.names)):
        parser.error(f"unknown: {', '.join(strange)}; groups: {', '.join(GROUPS)}")
    return asked


def _is_measured(group: str, day: str, *, is_again: bool, has_fronts: bool) -> bool:
    kept = read_kept()
    if not is_again:
        return kept.days.get(group) == day
    again = kept.again.get(group)
    is_fronted = any(row.group == group and row.state != DIRECT for row in kept.rows)
    return again is not None and again.measured_on == day and bool(again.fronts or not (has_fronts and is_fronted))


def _told(rows: Sequence[Measured]) -> int:
    bundled = BundledFiles()
    library = load_library({name: bundled.text("checks", name) for name in bundled.names("checks")})
    kept = read_kept()
    print(coverage_sentence(library, kept.rows))  # noqa: T201  (a command line prints)
    print(accuracy_sentence(kept.day, kept.rows, kept.repeated))  # noqa: T201  (as above)
    print(accuracy_table(library, kept.rows))  # noqa: T201  (as above)
    is_right = all(row.is_right or reason_of(row) for row in rows)
    return int(not (is_right and kept.repeated.is_same))


def _groups(names: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each group with those of its servers that are wanted."""
    wanted = {each for recipe in chosen(tuple(names) or tuple(GROUPS)) for each in recipe.names}
    for group, recipes in GROUPS.items():
        found = tuple(each for recipe in recipes for each in recipe.names if each in wanted)
        if found:
            yield group, found


def _measure_group(
    group: str, names: tuple[str, ...], *, has_fronts: bool, is_first: bool
) -> tuple[list[Measured], Repeated | None]:
    """Start the servers, all that can be had, scan them directly and behind fronts, and end them."""
    with tempfile.TemporaryDirectory(prefix="leakguard-accuracy-") as made:
        folder = Path(made)
        # The lab's user serves from folders of its own, and a front's may lie here.
        folder.chmod(0o755)
        try:
            said = lab_command("start", str(folder / "lab"), *names)
            lab = Lab.read(folder / "lab")
            if lab is None:
                sys.exit(said.stdout + said.stderr)
            write_scope(folder, lab, default_accounts=LEAVE)
            findings = scan(folder, lab.running)
            nmap = nmap_words(lab.running, folder) if is_first else {}
            rows = list(measure(lab, findings, group=group, nmap=nmap))
            if has_fronts:
                rows += measure_fronts(folder, lab, findings, group=group)
            core = [server for server in lab.running if server.core and is_first]
            return rows, _repeat(folder, core) if core and len(names) == len(_all_of(group)) else None
        finally:
            lab_command("stop", str(folder / "lab"))


def _all_of(group: str) -> list[str]:
    return [each for recipe in GROUPS[group] for each in recipe.names]


def _repeat(folder: Path, servers: Sequence[Server]) -> Repeated:
    """The same servers again: the same verdicts, however the answers happen to fall."""
    seconds, said = [], []
    for _ in range(RUNS):
        began = time.monotonic()
        findings = scan(folder, servers)
        seconds.append(time.monotonic() - began)
        said.append(sorted((each["target"], each["check_id"], each["outcome"]) for each in findings))
    for number, verdicts in enumerate(said):
        sys.stderr.writelines(f"run {number} differs: {each}\n" for each in set(verdicts) ^ set(said[0]))
    return Repeated(
        endpoints=len(servers),
        runs=RUNS,
        is_same=all(verdicts == said[0] for verdicts in said),
        seconds=round(statistics.median(seconds), 1),
    )


if __name__ == "__main__":
    sys.exit(main())
