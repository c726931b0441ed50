"""What goes into a bundle is chosen from the very state that it shows, however long its verification takes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.models.comments import COMMENTED, privileged_subject
from leakguard.store.kept_files import KeptFiles
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.proofs.bundled_targets import other_target_count
from leakguard.use_cases.proofs.evidence_export import BundleOptions, Programs, export_bundle
from support.findings import make_finding
from support.ledgers import START, FakeClock, Tokens, make_record

INCIDENT = "IR-2026-0001"
ADVICE = "advice-canary-7f3a"
PROGRAMS = Programs(verifier="pass\n", made_by="tests")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with closing(SqlStore.open(str(tmp_path / "leakguard.db"), now=FakeClock(), token=Tokens())) as opened:
        opened.append(INCIDENT, [make_record("note", {"text": "plain"})])
        yield opened


class Copies(KeptFiles):
    """Kept copies that are looked through while the store is verified; then somebody writes."""

    meanwhile: Callable[[], object] = staticmethod(lambda: None)

    def names(self) -> tuple[str, ...]:
        self.meanwhile()
        return super().names()


def exported(store: SqlStore, copies: KeptFiles, options: BundleOptions) -> dict[str, str]:
    body = b"".join(export_bundle(store, copies, options, PROGRAMS, key=None, now=lambda: START))
    with zipfile.ZipFile(io.BytesIO(body)) as bundle:
        return {name: bundle.read(name).decode() for name in bundle.namelist()}


@pytest.mark.parametrize("is_let_go", [False, True])
def test_a_privileged_comment_that_comes_during_the_verification_stays_here(
    store: SqlStore, tmp_path: Path, *, is_let_go: bool
) -> None:
    subject, written = privileged_subject(INCIDENT), list[int]()

    def write() -> None:
        if not written:
            written.append(store.append(subject, [make_record(COMMENTED, {"text": ADVICE})])[0].sequence)

    copies = Copies(tmp_path / "copies")
    copies.meanwhile = write
    options = BundleOptions(privileged=(subject,) if is_let_go else ())

    files = exported(store, copies, options)

    assert written
    assert f'"sequence":{written[0]}' in files["entries.jsonl"]
    assert any(ADVICE in text for text in files.values()) is is_let_go
    assert ("everything but privileged comments" in files["README.txt"]) is not is_let_go
    assert "plain" in files["contents.jsonl"]


def test_the_other_targets_that_a_bundle_of_one_incident_names_are_counted(store: SqlStore, tmp_path: Path) -> None:
    """A scan saves many targets in one entry, and its hash covers them all: whoever hands it over has to know."""
    own = make_finding("F-1")
    others = {"hr.client.example:3306": "not_exposed", "192.0.2.7:9200 (payroll.client.example)": "exposed"}
    store.save_findings("R-1", [own, make_finding("F-2")], {own.target: "exposed", **others})
    store.save_findings("R-2", [make_finding("F-3")], {"unrelated.example:80": "exposed"})
    incident, bare = (open_incident(store, findings, now=START, title="open").id for findings in ([own], []))

    files = exported(store, KeptFiles(tmp_path / "copies"), BundleOptions(incident=incident))

    assert [name in files["contents.jsonl"] for name in ("hr.client.example", "unrelated.example")] == [True, False]
    assert "names all targets that the scan" in files["README.txt"]
    assert other_target_count(store, incident) == len(others)
    assert other_target_count(store, bare) == 0
