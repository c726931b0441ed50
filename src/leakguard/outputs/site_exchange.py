"""Checks of our own sites for other programs and for a manager: JSON lines, CSV, OCSF and a page."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from leakguard import __version__
from leakguard.intake.sites import CheckedSite
from leakguard.models.moments import to_z
from leakguard.models.texts import may_compute
from leakguard.outputs.words import printable
from leakguard.reports.paper import Block, Cell, Facts, Paper, Paragraph, Section, Table, line

TITLE = "How strangers can report to us"
COLUMNS = ("site", "level", "code", "text", "fix", "detail", "expires", "unanswered")
NOT_CHECKED = "not_checked"
_MARK = "\ufeff"
"""As for the CSV of a scan: a well-known spreadsheet needs it."""
_SEVERITIES = {"error": (4, "High"), "advice": (2, "Low")}
_TONES = {"error": "bad", "advice": "soft"}


def rows_of(sites: Sequence[CheckedSite]) -> Iterator[dict[str, Any]]:
    """One row for each result, and one for each site that was not checked."""
    for site in sites:
        expires = to_z(site.expires) if site.expires else None
        for result in site.results:
            yield {
                "site": site.site, "level": result.level, "code": result.code, "text": result.text, "fix": result.fix,
                "detail": result.detail or None, "expires": expires, "unanswered": None,
            }  # fmt: skip
        if site.unanswered:
            yield {
                **dict.fromkeys(COLUMNS), "site": site.site, "level": NOT_CHECKED, "code": NOT_CHECKED,
                "unanswered": site.unanswered,
            }  # fmt: skip


def sites_jsonl(sites: Sequence[CheckedSite]) -> Iterator[str]:
    """One object a line."""
    yield from (json.dumps(row) + "\n" for row in rows_of(sites))


def sites_csv(sites: Sequence[CheckedSite]) -> Iterator[str]:
    """The head line, then one line a result; no cell is a formula in a spreadsheet."""
    yield _MARK + _csv_line(COLUMNS)
    yield from (_csv_line([row[name] for name in COLUMNS]) for row in rows_of(sites))


def _csv_line(cells: Sequence[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([_cell(cell) for cell in cells])
    return text.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else printable(str(value))
    return f"'{text}" if may_compute(text) else text


def sites_ocsf(sites: Sequence[CheckedSite], now: datetime) -> Iterator[str]:
    """One JSON array with a Compliance Finding (class 2003 of OCSF 1.5.0) for each result, and each site without one.

    A site that was not checked has the status "Not checked" and says why.
    """
    events = [json.dumps(event) for site in sites for event in _events(site, now)]
    yield "[\n" + ",\n".join(events) + "\n]\n"


def _events(site: CheckedSite, now: datetime) -> Iterator[dict[str, Any]]:
    for result in site.results:
        severity_id, severity = _SEVERITIES[result.level]
        yield {
            **_event(result.site, result.text, now), "severity_id": severity_id, "severity": severity,
            "finding_info": _finding_info(result.site, result.code, result.text, result.detail or result.text),
            "compliance": {
                "standards": ["RFC 9116"], "control": f"site_{result.code}", "status_id": 3, "status": "Fail",
            },
            "remediation": {"desc": result.fix},
        }  # fmt: skip
    if site.unanswered:
        why = f"not checked: {printable(site.unanswered)}"
        yield {
            **_event(site.site, why, now), "severity_id": 0, "severity": "Unknown",
            "finding_info": _finding_info(site.site, NOT_CHECKED, why, why),
            "compliance": {
                "standards": ["RFC 9116"], "control": f"site_{NOT_CHECKED}", "status_id": 99, "status": "Not checked",
                "status_detail": why,
            },
        }  # fmt: skip


def _event(site: str, message: str, now: datetime) -> dict[str, Any]:
    return {
        "activity_id": 1, "activity_name": "Create", "category_uid": 2, "category_name": "Findings",
        "class_uid": 2003, "class_name": "Compliance Finding", "type_uid": 200301, "time": int(now.timestamp() * 1000),
        "status_id": 1, "status": "New", "message": message,
        "metadata": {
            "version": "1.5.0",
            "product": {"name": "LeakGuard", "uid": "leakguard", "vendor_name": "LeakGuard", "version": __version__},
        },
        "resources": [{"type": "web site", "name": printable(site), "uid": printable(site)}],
    }  # fmt: skip


def _finding_info(site: str, code: str, title: str, detail: str) -> dict[str, Any]:
    return {"uid": f"{printable(site)}/{code}", "title": title, "desc": detail, "types": [f"site_{code}"]}


def sites_paper(sites: Sequence[CheckedSite], now: datetime, *, is_drill: bool) -> Paper:
    """A section for all, and one for each site."""
    return Paper(
        language="en-GB", title=f"DRILL: {TITLE}" if is_drill else TITLE, heading=TITLE,
        under=(f"Checked on {now:%Y-%m-%d %H:%M} UTC by LeakGuard {__version__}.",),
        drill="DRILL" if is_drill else "", contents="Contents", known_at=to_z(now), footer="LeakGuard",
        sections=(_all(sites, now), *(_site(number, site, now) for number, site in enumerate(sites, start=1))),
    )  # fmt: skip


def _all(sites: Sequence[CheckedSite], now: datetime) -> Section:
    rows = tuple(
        (line(printable(site.site)), _count(site, "error"), _count(site, "advice"), line(_left(site, now)))
        for site in sites
    )  # fmt: skip
    columns = ("Site", "Errors", "Advice", "security.txt")
    table = Table(caption="What was found of each site", columns=columns, widths=(40, 15, 15, 30), rows=rows)
    return Section(name="all", title="At a glance", blocks=(table,))


def _count(site: CheckedSite, level: str) -> Cell:
    if site.unanswered:
        return line("not checked", "risk")
    count = sum(result.level == level for result in site.results)
    return line(str(count), _TONES[level] if count else "good")


def _left(site: CheckedSite, now: datetime) -> str:
    return f"expires in {(site.expires - now).days} days" if site.expires else "no expiry known"


def _site(number: int, site: CheckedSite, now: datetime) -> Section:
    blocks: list[Block] = []
    if site.unanswered:
        blocks.append(Paragraph(text=f"Not checked: {printable(site.unanswered)}.", tone="risk"))
    else:
        facts = (("File", line(printable(site.url) or "none")), ("Expiry", line(_left(site, now))))
        blocks.append(Facts(caption="The file", rows=facts))
    rows = tuple(
        (
            line(result.level, _TONES[result.level]), Cell((result.text, printable(result.detail))), line(result.fix),
            line(result.code),
        )
        for result in site.results
    )  # fmt: skip
    if rows:
        columns = ("Level", "What is wrong", "What to do", "Rule")
        blocks.append(Table(caption="What is wrong, errors first", columns=columns, widths=(10, 36, 36, 18), rows=rows))
    elif not site.unanswered:
        blocks.append(Paragraph(text="Nothing is wrong.", tone="good"))
    return Section(name=f"site-{number}", title=printable(site.site), blocks=tuple(blocks))
