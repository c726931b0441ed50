"""A legal hold protects all that belongs to what is held, also what came to it later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.errors import NotAllowed
from leakguard.ledger.custody import HOLD_RELEASED, PUT_ON_HOLD
from leakguard.ledger.verification_result import Answer
from leakguard.models.event_records import record_of_event
from leakguard.models.events import exactly
from leakguard.store.kept_files import KeptFiles
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.incidents.incident_findings import ADDS_FINDING
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.proofs.evidence import verify_store
from leakguard.use_cases.proofs.evidence_items import record_custody
from leakguard.use_cases.proofs.evidence_redact import Redaction, redact
from leakguard.use_cases.scans.following import FLEET_STARTED, RECORDED
from support.findings import make_finding
from support.ledgers import START, FakeClock, Tokens, make_record


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with closing(SqlStore.open(str(tmp_path / "leakguard.db"), now=FakeClock(), token=Tokens())) as opened:
        yield opened


def act(store: SqlStore, kind: str, name: str) -> None:
    record_custody(store, kind, [name], by="A. Counsel", text="court order 17", now=lambda: START)


def erase(store: SqlStore, folder: Path, name: str) -> None:
    redact(store, KeptFiles(folder / "evidence"), asked_for(name), now=lambda: START)


def asked_for(*names: str) -> Redaction:
    return Redaction(names=names, by="B. Example", reason="not needed any more")


def recorded(store: SqlStore, run: str) -> str:
    return f"E-{next(iter(store.of_kinds({RECORDED}, run))).sequence}"


@pytest.mark.parametrize("kind", sorted(ADDS_FINDING))
def test_a_hold_protects_what_a_watch_added_to_the_incident(store: SqlStore, tmp_path: Path, kind: str) -> None:
    first, later = make_finding("F-1"), make_finding("F-2", run="R-2", target="127.0.0.2:9200", address="127.0.0.2")
    store.save_findings("R-1", [first], {})
    incident = open_incident(store, [first], now=START).id
    store.save_findings("R-2", [later], {})
    met = record_of_event(kind=kind, occurred_at=exactly(START), source="scan run R-2", fields={"finding": "F-2"})
    store.append(incident, [met])
    act(store, PUT_ON_HOLD, incident)

    for name in ("F-1", "F-2", recorded(store, "R-1"), recorded(store, "R-2")):
        with pytest.raises(NotAllowed, match="under legal hold"):
            erase(store, tmp_path, name)

    act(store, HOLD_RELEASED, incident)
    erase(store, tmp_path, "F-2")


def test_a_hold_protects_what_was_added_to_the_incident_and_taken_back(store: SqlStore, tmp_path: Path) -> None:
    store.save_findings("R-1", [make_finding("F-1")], {})
    incident = open_incident(store, [], now=START, title="a dump is for sale").id
    for event in (
        record_of_event(kind="exposure_first_seen", occurred_at=exactly(START), fields={"finding": "F-1"}),
        record_of_event(kind="retracted", occurred_at=exactly(START), corrects=1, reason="of another team"),
    ):
        store.append(incident, [event])
    act(store, PUT_ON_HOLD, incident)

    with pytest.raises(NotAllowed, match="under legal hold"):
        erase(store, tmp_path, "F-1")
    assert [finding.id for finding in store.findings()] == ["F-1"]


def test_a_hold_on_a_fleet_scan_protects_the_runs_of_its_vantages(store: SqlStore, tmp_path: Path) -> None:
    runs = {"campus": "R-1-campus", "outside": "R-1-outside"}
    store.append("R-1", [make_record(FLEET_STARTED, {"runs": runs})])
    store.append("R-2", [make_record(FLEET_STARTED, {"runs": {"campus": "R-2-campus"}})])
    for number, run in enumerate((*runs.values(), "R-2-campus")):
        store.save_findings(run, [make_finding(f"F-{number}", run=run)], {})
    act(store, PUT_ON_HOLD, "R-1")

    for name in ("F-0", "F-1", *(recorded(store, run) for run in runs.values())):
        with pytest.raises(NotAllowed, match="under legal hold"):
            erase(store, tmp_path, name)
    erase(store, tmp_path, "F-2")

    act(store, HOLD_RELEASED, "R-1")
    erase(store, tmp_path, "F-1")
    assert [finding.id for finding in store.findings()] == ["F-0"]


def test_an_entry_that_lists_findings_is_not_erased_until_they_are_named(store: SqlStore, tmp_path: Path) -> None:
    store.save_findings("R-1", [make_finding("F-1"), make_finding("F-2")], {})
    entry, copies = recorded(store, "R-1"), KeptFiles(tmp_path / "evidence")

    for names in ((entry,), (entry, "F-1")):
        with pytest.raises(NotAllowed, match=r"would be erased with it: .*F-2") as raised:
            redact(store, copies, asked_for(*names), now=lambda: START)
        assert "leakguard scan show R-1" in raised.value.next_step
    assert len(list(store.findings())) == 2

    erase(store, tmp_path, "F-1")
    done = redact(store, copies, asked_for(entry, "F-2"), now=lambda: START)

    assert list(store.findings()) == []
    assert done.findings == ("F-2",)
    assert done.records[0].content["findings"] == ["F-2"]
    assert verify_store(store).answer is not Answer.MISMATCH
