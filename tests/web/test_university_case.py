"""The script of the documentation: the API alone plays the university case from the notice to the closure."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from starlette.testclient import TestClient

from leakguard.cli.main import run
from leakguard.demolab.lab import DemoLab
from leakguard.settings import read_settings
from leakguard.web.door import Door
from leakguard.web.door import application as door_application
from leakguard.web.hosts import Asked, site_of
from leakguard.web.operation import PREFIX
from support.web import COMMANDER, COUNSEL, DPO, RESPONDER, Web, people, web_in
from support.web_shapes import misfits

pytestmark = [pytest.mark.enable_socket, pytest.mark.untraced]
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


def test_the_api_alone_plays_the_case_from_the_notice_to_the_closure(
    campus: Web, capsys: pytest.CaptureFixture[str]
) -> None:
    case = script()
    team = case.Team(*(campus.client(name) for name in (RESPONDER, COMMANDER, DPO, COUNSEL)))
    with DemoLab() as lab:
        address, port = lab.endpoints["open"]
        incident = case.play(team, f"{address}:{port}", lab.close_door)
    campus.jobs.close()
    said = capsys.readouterr().out
    shown = campus.client().get(f"/incidents/{incident}").json()
    kinds = [one["kind"] for one in shown["events"]]

    assert shown["state"] == "closed"
    assert {"awareness", "contained", "remediation_verified", "filed", "closed"} <= set(kinds)
    assert "Approved by Cora Counsel and Dora Officer" in said
    assert "The ledger: match" in said
    assert "\n".join(misfits(campus.seen)) == ""


def test_the_door_of_a_real_server_lets_the_script_through_with_tokens_alone(campus: Web) -> None:
    app = door_application(Door(site=site_of(Asked()), shared=campus.shared, jobs=campus.jobs))

    def client(name: str) -> TestClient:
        headers = {"authorization": f"Bearer {campus.tokens[name]}"}
        return TestClient(app, base_url=f"http://localhost{PREFIX}", headers=headers)

    case = script()
    team = case.Team(*map(client, (RESPONDER, COMMANDER, DPO, COUNSEL)))
    with DemoLab() as lab:
        address, port = lab.endpoints["open"]
        incident = case.play(team, f"{address}:{port}", lab.close_door)
    campus.jobs.close()

    assert client(COMMANDER).get(f"/incidents/{incident}").json()["state"] == "closed"
