"""The store of which the documentation shows pictures: one bad morning. People, machines and numbers are invented."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from leakguard.frozen import replace
from leakguard.models.events import exactly
from leakguard.models.findings import Decoy, DecoyVerdict, ExposedSince, Finding, RansomSigns, Severity, Size
from leakguard.models.records import Record
from support.console_world import COUNSEL, LEAD, OFFICER, RESPONDER, World, team_in
from support.findings import make_finding
from support.notices import complete, to_text

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    import pytest

SETTINGS = """store = "leakguard.db"
zone = "Asia/Shanghai"
laws = "cn, eu"

[[channel]]
name = "team"
kind = "file"
path = "alerts.txt"

[escalation]
levels = [{role = "commander"}]
roles = {commander = ["team"]}
"""
RUN = "R-20260601-5eed01"
MAIL, CACHE = "F-3a11c0de01", "F-3a11c0de02"
_DAYS = {"2026-06-10": 0, "2026-06-09": 1, "2026-06-01": 9}
"""Days in the facts that tests use, and how many days ago the pictures show them."""


def bad_morning(folder: Path, patch: pytest.MonkeyPatch) -> World:
    """Two places open to the internet, an incident about one of them, and a team that works on it."""
    world = team_in(folder, patch, with_demo=False)
    (folder / "leakguard.toml").write_text(SETTINGS, encoding="utf-8")
    now = world.desk(LEAD).now
    _scanned(world, now - timedelta(hours=11))
    opened = world.ask(
        RESPONDER, "open_incident", path={}, body={"title": "Mail log open to the internet", "findings": [MAIL]}
    )
    world.places["incident"] = opened["id"]
    for kind, hours, who in (("notice_received", 9, RESPONDER), ("discovery", 1, RESPONDER), ("awareness", 1, OFFICER)):
        at = (now - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
        world.ask(who, "record_event", body={"kind": kind, "at": at, "reason": "read in the morning"})
    world.ask(OFFICER, "write_facts", body=_facts(now, opened["id"]))
    world.ask(LEAD, "start_playbook", body={"playbook": "exposed-datastore-24h"})
    world.ask(
        LEAD, "assign_step", path={**world.places, "step": "contain"}, body={"to": world.callers[RESPONDER].actor}
    )
    world.ask(COUNSEL, "add_comment", body={"text": "Counsel is informed."})
    world.places["letter"] = "eu-gdpr-33-authority"
    return world


def _facts(now: datetime, incident: str) -> str:
    """The facts that tests use, as of today; when it was discovered stands in the ledger."""
    found = {**complete(), "incident": incident}
    found["facts"] = {
        name: value for name, value in found["facts"].items() if name not in {"ransomware", "discovery_date"}
    }
    found.pop("events")
    text = to_text(found)
    for day, before in _DAYS.items():
        text = text.replace(day, f"{now - timedelta(days=before):%Y-%m-%d}")
    return text


def _scanned(world: World, at: datetime) -> None:
    wiring = world.shared.for_caller(None)
    content = {"targets": ["mail-log-01.example.edu:9200", "cache-03.example.edu:6379"], "planned": 2, "resolved": {}}
    wiring.store.append(RUN, (Record(kind="run_started", occurred_at=exactly(at), content=content),))
    wiring.store.save_findings(RUN, [_mail_log(at), _cache(at)], {})
    wiring.store.append(RUN, (Record(kind="run_finished", occurred_at=exactly(at), content={"counts": {}}),))
    wiring.close()


def _mail_log(at: datetime) -> Finding:
    found = make_finding(
        MAIL, run=RUN, host="mail-log-01.example.edu", target="mail-log-01.example.edu:9200", observed_at=at,
        exposed_since=ExposedSince(latest=at),
    )  # fmt: skip
    return replace(found, verdict=replace(found.verdict, **_PLAIN))


def _cache(at: datetime) -> Finding:
    found = make_finding(
        CACHE, run=RUN, check_id="redis_open", host="cache-03.example.edu", target="cache-03.example.edu:6379",
        port=6379, datastore="redis", transport="tcp", tls=None, observed_at=at, exposed_since=ExposedSince(latest=at),
    )  # fmt: skip
    size = Size(records=18_204, bytes=74_764_288, collections=1, exact=True, method="DBSIZE")
    verdict = replace(
        found.verdict, **_PLAIN, product="redis", version="5.0.5", size=size, severity=Severity.HIGH, cluster_id=None,
        reason="the server told an anonymous caller its number of keys",
    )  # fmt: skip
    return replace(found, verdict=verdict)


_PLAIN: Mapping[str, Any] = {
    "decoy": Decoy(verdict=DecoyVerdict.NO, signals=()), "ransomed": RansomSigns(verdict="no", markers=()),
}  # fmt: skip
