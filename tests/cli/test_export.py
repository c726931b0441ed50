"""`leakguard export elasticsearch`, as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.bulk_server import Trouble, bulk_server
from support.fake_prober import FakeProber, store_server
from support.scan_commands import ScanCommands, scan_commands

CANARY = "canary-secret-90ab"
SECRETS = ("LEAKGUARD_ES_API_KEY", "LEAKGUARD_ES_USER", "LEAKGUARD_ES_PASSWORD")
pytestmark = pytest.mark.enable_socket


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    commands = scan_commands(tmp_path, monkeypatch, capsys)
    commands.world.network = FakeProber(servers={"127.0.0.1:9200": store_server()})
    return commands


def filled(leakguard: ScanCommands) -> tuple[str, str]:
    """A store with a run and an incident; their ids."""
    run = str(leakguard("scan", "127.0.0.1:9200", "--format", "json").document["run"])
    (finding,) = leakguard("scan", "show", run, "--format", "json").document["findings"]
    leakguard("incident", "open", "--finding", finding["id"])
    leakguard("scan", "127.0.0.1:9200")
    return run, "IR-2026-0001"


def test_everything_is_sent_once_and_there_once(leakguard: ScanCommands) -> None:
    filled(leakguard)
    trouble = Trouble()
    with bulk_server(trouble) as url:
        first = leakguard("export", "elasticsearch", "--url", url, "--format", "json")
        again = leakguard("export", "elasticsearch", "--url", url)

    assert first.code == again.code == 0
    assert first.document["new"] == len(trouble.kept) >= 3
    assert again.out == f"0 new, {len(trouble.kept)} there before, 0 refused\n"


def test_a_pick_is_a_run_or_an_incident_with_its_findings(leakguard: ScanCommands) -> None:
    run, incident = filled(leakguard)
    by_run, by_incident, late = Trouble(), Trouble(), Trouble()
    for trouble, words in (
        (by_run, ("--run", run)),
        (by_incident, ("--incident", incident)),
        (late, ("--run", run, "--incident", incident, "--since", "2099-01-01T00:00Z")),
    ):
        with bulk_server(trouble) as url:
            assert leakguard("export", "elasticsearch", "--url", url, *words).code == 0

    assert [body["event"]["dataset"] for body in by_run.kept.values()] == ["leakguard.findings"]
    assert {body["event"]["dataset"] for body in by_incident.kept.values()} == {
        "leakguard.findings",
        "leakguard.events",
    }
    assert late.kept == {}


def test_a_refused_document_is_named_and_the_export_is_unfinished(leakguard: ScanCommands) -> None:
    filled(leakguard)
    everything, trouble = Trouble(), Trouble()
    with bulk_server(everything) as url:
        leakguard("export", "elasticsearch", "--url", url)
    trouble.unfit = set(list(everything.kept)[:1])
    with bulk_server(trouble) as url:
        ran = leakguard("export", "elasticsearch", "--url", url)

    assert ran.code == 3
    assert "1 refused" in ran.out
    assert f"{next(iter(trouble.unfit))}: 400 mapper_parsing_exception" in ran.err


def test_the_login_comes_from_the_environment_and_is_never_shown(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(leakguard)
    monkeypatch.setenv("LEAKGUARD_ES_USER", "exporter")
    monkeypatch.setenv("LEAKGUARD_ES_PASSWORD", CANARY)
    trouble = Trouble(info_status=401)
    with bulk_server(trouble) as url:
        ran = leakguard("export", "elasticsearch", "--url", url)

    assert ran.code == 3
    assert trouble.headers[0]["authorization"].startswith("Basic ")
    assert CANARY not in ran.out + ran.err
    assert CANARY.encode() not in b"".join(path.read_bytes() for path in leakguard.folder.iterdir())


def test_documents_can_be_written_for_somebody_to_carry(leakguard: ScanCommands) -> None:
    filled(leakguard)
    ran = leakguard("export", "elasticsearch", "--to-file", "bulk.ndjson", "--index-prefix", "own")
    lines = [json.loads(line) for line in (leakguard.folder / "bulk.ndjson").read_text("utf-8").splitlines()]

    assert ran.code == 0
    assert {line["create"]["_index"] for line in lines[::2]} == {"own-findings", "own-events"}
    assert all(line["ecs"]["version"] for line in lines[1::2])


def test_a_script_is_told_how_many_documents_were_written(leakguard: ScanCommands) -> None:
    filled(leakguard)
    ran = leakguard("export", "elasticsearch", "--to-file", "bulk.ndjson", "--format", "json")
    lines = (leakguard.folder / "bulk.ndjson").read_text("utf-8").splitlines()

    assert ran.document == {"file": "bulk.ndjson", "documents": len(lines) // 2}


def test_a_dash_is_stdout_for_documents_too(leakguard: ScanCommands) -> None:
    filled(leakguard)
    leakguard("export", "elasticsearch", "--to-file", "bulk.ndjson")
    ran = leakguard("export", "elasticsearch", "--to-file", "-")

    assert ran.code == 0
    assert ran.out == (leakguard.folder / "bulk.ndjson").read_text("utf-8")
    assert not (leakguard.folder / "-").exists()


def test_nothing_leaves_a_drill_but_a_file_that_says_so(leakguard: ScanCommands) -> None:
    filled(leakguard)
    (leakguard.folder / "leakguard.toml").write_text("drill = true\n", encoding="utf-8")
    refused = leakguard("export", "elasticsearch", "--url", "http://127.0.0.1:9")
    leakguard("export", "elasticsearch", "--to-file", "bulk.ndjson")

    assert refused.code == 2
    assert "nothing leaves a drill" in refused.err
    assert '"drill": "DRILL"' in (leakguard.folder / "bulk.ndjson").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "name the cluster, or a file"),
        (("--url", "http://x:1", "--to-file", "y"), "name the cluster, or a file"),
        (("--url", "ftp://x"), "must begin with https://"),
        (("--url", "https://[x"), "cannot be read"),
        (("--url", "https://me:canary-secret-90ab@x"), "does not belong into a URL"),
        (("--url", "http://search.example.edu"), "in the clear"),
        (("--url", "https://x", "--fingerprint", "12:34"), "64 hex digits"),
        (("--url", "https://x", "--fingerprint", "é" * 64), "64 hex digits"),
        (("--url", "https://x", "--ca", "gone.pem"), "gone.pem: 1 problem\n  No such file"),
        (("--url", "https://x", "--index-prefix", "Own*"), "small letters"),
        (("--url", "https://x", "--all", "--run", "R-1"), "exclude each other"),
        (("--to-file", "-", "--format", "json"), "stdout cannot hold"),
        (("--to-file", "y", "--run", "R-1"), "there is no run `R-1`"),
        (("--to-file", "y", "--incident", "IR-9"), "IR-9"),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_leaves(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], says: str
) -> None:
    filled(leakguard)
    monkeypatch.setenv("LEAKGUARD_ES_API_KEY", CANARY)
    ran = leakguard("export", "elasticsearch", *words)

    assert ran.code == 2
    assert says in ran.err
    assert CANARY not in ran.err


def test_a_url_without_a_port_means_that_of_its_scheme(leakguard: ScanCommands) -> None:
    filled(leakguard)
    ran = leakguard("export", "elasticsearch", "--url", "https://[::1]/logs", "--fingerprint", ":".join(["aB"] * 32))

    assert ran.code == 3
    assert "https://[::1]:443/logs cannot be reached" in ran.err
