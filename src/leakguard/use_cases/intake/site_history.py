"""What a check of sites found the last time, in the ledger, and what changed since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from leakguard.intake.sites import CheckedSite
from leakguard.models.events import Interval
from leakguard.models.moments import to_z
from leakguard.models.records import Record
from leakguard.ports import Journal, Now

SUBJECT, KIND = "sites", "sites_checked"
Changes = dict[str, dict[str, list[str]]]


def changes_since(store: Journal, sites: Sequence[CheckedSite]) -> Changes:
    """By site, which results are `new` and which are `closed` since its last check; unanswered sites have none."""
    before: dict[str, list[str]] = {}
    for record in store.of_kinds((KIND,), SUBJECT):
        before.update(_told(record.content))
    found: Changes = {}
    for one in sites:
        if one.unanswered:
            continue
        now, then = [each.code for each in one.results], before.get(one.site, [])
        found[one.site] = {
            "new": [code for code in now if code not in then], "closed": [code for code in then if code not in now],
        }  # fmt: skip
    return {site: change for site, change in found.items() if change["new"] or change["closed"]}


def keep_check(store: Journal, sites: Sequence[CheckedSite], *, now: Now) -> None:
    """Keep what was found of the sites that answered; names and codes alone."""
    moment = now()
    rows = [
        {"site": one.site, "codes": [each.code for each in one.results], "expires": one.expires and to_z(one.expires)}
        for one in sites if not one.unanswered
    ]  # fmt: skip
    record = Record(kind=KIND, occurred_at=Interval(earliest=moment, latest=moment), content={"sites": rows})
    store.append(SUBJECT, (record,))


def _told(content: Mapping[str, Any]) -> dict[str, list[str]]:
    rows = content.get("sites")
    found = [one for one in rows if isinstance(one, Mapping)] if isinstance(rows, list) else []
    return {str(one.get("site")): [str(code) for code in one.get("codes") or ()] for one in found}
