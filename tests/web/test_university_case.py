"""The script of the documentation: the API alone plays the university case from the notice to the closure."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from leakguard.cli.main import run
from leakguard.demolab.lab import DemoLab
from leakguard.settings import read_settings
from leakguard.web.door import Door, application
from leakguard.web.hosts import ServeOptions, site_of
from support.web import COMMANDER, COUNSEL, DPO, RESPONDER, TestClient, Web, people, web_in
from support.web_shapes import misfits, watch

pytestmark = [pytest.mark.enable_socket, pytest.mark.long]
SCRIPT = Path(__file__).parents[2] / "docs" / "how-to" / "university_case.py"
SETTINGS = 'laws = "cn"\nstore = "leakguard.db"\nscope = "scope.yaml"\nzone = "Asia/Shanghai"\n'
SCOPE = (
    "scope", "init", "--organisation", "Example University", "--contact", "security@example.edu",
    "--approved-by", "CISO", "--include", "127.0.0.0/24", "--days", "30",
)  # fmt: skip


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("university_case", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def campus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Web:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "leakguard.toml").write_text(SETTINGS, encoding="utf-8")
    assert run([*SCOPE]) == 0
    return people(web_in(tmp_path, settings=read_settings()), with_tokens=True)


def through_the_door(campus: Web, name: str) -> TestClient:
    """A client as the script makes one: with a token, at the server that a user starts."""
    door = Door(site=site_of(ServeOptions()), shared=campus.shared, jobs=campus.jobs)
    client = TestClient(
        application(door), base_url="http://localhost/api/v1", client=("127.0.0.1", 50_000),
        headers={"Authorization": f"Bearer {campus.tokens[name]}"},
    )  # fmt: skip
    watch(client, campus.seen)
    return client


def test_the_api_alone_plays_the_case_from_the_notice_to_the_closure(
    campus: Web, capsys: pytest.CaptureFixture[str]
) -> None:
    case = script()
    team = case.Team(*(through_the_door(campus, name) for name in (RESPONDER, COMMANDER, DPO, COUNSEL)))
    with DemoLab() as lab:
        address, port = lab.endpoints["open"]
        incident = case.play(team, f"{address}:{port}", lab.close_door)
    campus.jobs.close()
    said = capsys.readouterr().out
    shown = team.commander.get(f"/incidents/{incident}").json()
    kinds = [one["kind"] for one in shown["events"]]

    assert shown["state"] == "closed"
    assert {"awareness", "contained", "remediation_verified", "filed", "closed"} <= set(kinds)
    assert "\n  cn-cac-incident-general\n" in said.partition("Duties that apply:")[2].partition("Find out next")[0]
    assert "Approved by Cora Counsel and Dora Officer" in said
    assert "The ledger: match" in said
    assert len({operation.name for operation, _, _ in campus.seen}) > 20
    assert "\n".join(misfits(campus.seen)) == ""
