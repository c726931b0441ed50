"""What several vantages see, side by side: as a table, and as more fields of a scan's JSON document."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from rich.text import Text

from leakguard.fleet.vantages import Difference
from leakguard.models.findings import Finding
from leakguard.outputs.json_text import scan_json_parts
from leakguard.outputs.table import findings_table
from leakguard.outputs.terminal import Column, Table
from leakguard.outputs.words import printable

_STYLES = {"exposed": "red", "protected": "green", "not_checked": "yellow"}


def findings_tables(
    findings: Iterable[Finding], vantages: Sequence[str], repeat: Callable[[str], str] = str
) -> list[Table]:
    """A table a vantage that found anything, under its name where there are several: one place is seen by each.

    A finding is looked at again from where it was seen, so nobody may have to guess which that was.
    """
    seen = {vantage: [finding for finding in findings if finding.vantage == vantage] for vantage in vantages}
    titles = {vantage: f"FROM {printable(vantage)}" if len(vantages) > 1 else "" for vantage in vantages}
    return [findings_table(found, repeat=repeat, title=titles[vantage]) for vantage, found in seen.items() if found]


def differences_table(differences: Sequence[Difference], vantages: Sequence[str]) -> Table:
    """A row a place that does not stand in the same way from everywhere, a column a vantage."""
    columns = [Column(heading="PLACE", is_whole=True)]
    columns += [
        Column(heading=f"FROM {printable(vantage)}", gives_way=number + 1) for number, vantage in enumerate(vantages)
    ]
    rows = []
    for difference in differences:
        standings = [difference.standings[vantage] for vantage in vantages]
        cells = [Text(standing.replace("_", " "), style=_STYLES.get(standing, "")) for standing in standings]
        rows.append((Text(printable(difference.place)), *cells))
    return Table(columns=tuple(columns), rows=tuple(rows))


def vantages_json(
    scan: str, vantages: Iterable[Mapping[str, Any]], differences: Iterable[Difference], findings: Iterable[Finding],
    *, counts: Mapping[str, int], interrupted: bool, reopened: Sequence[Mapping[str, object]] = (),
    unsettled: Mapping[str, int] | None = None,
) -> str:  # fmt: skip
    """The document of a scan (`leakguard.scan/1`) with two fields more: `vantages`, `differences`.

    `run` is the id of the whole scan, and each vantage names its own run. Counts are of all vantages together, so is
    what was not looked at from one vantage at least.
    """
    views = [dict(vantage) for vantage in vantages]
    ports = sorted({port for view in views for port in view.get("ports_left_out", ())})
    parts = scan_json_parts(
        scan, counts, findings, interrupted=interrupted, reopened=reopened, unsettled=unsettled, ports_left_out=ports
    )  # fmt: skip
    document = json.loads("".join(parts))
    document["vantages"] = views
    for of_all in ("unresolved", "left_out"):
        named = [each for view in views for each in view.get(of_all, ())]
        document[of_all] = [each for place, each in enumerate(named) if each not in named[:place]]
    document["differences"] = [
        {"place": difference.place, "standings": dict(difference.standings)} for difference in differences
    ]
    return json.dumps(document) + "\n"
