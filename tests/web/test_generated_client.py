"""A client that a public generator makes from the OpenAPI document plays the main job."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from leakguard.web.openapi import document_text
from support.notices import CAC, settled
from support.web import COMMANDER, COUNSEL, DPO, Web

pytestmark = pytest.mark.long
NAME = "generated_leakguard_client"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    folder: Path = tmp_path_factory.mktemp("generated")
    (folder / "openapi.json").write_text(document_text(), encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "openapi_python_client", "generate", "--path", "openapi.json", "--meta", "none",
         "--output-path", NAME],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        yield importlib.import_module(NAME)


class Speaker:
    """Calls the generated functions as one of the people."""

    def __init__(self, generated: ModuleType, web: Web, name: str) -> None:
        self._client = generated.Client(base_url="http://localhost/api/v1", raise_on_unexpected_status=True)
        self._client.set_httpx_client(web.client(name))

    def __call__(self, noun: str, operation: str, *places: str, **given: Any) -> Any:  # noqa: ANN401  (as generated)
        module = importlib.import_module(f"{NAME}.api.{noun}.{operation}")
        answer = module.sync_detailed(*places, client=self._client, **given)
        assert answer.status_code < 300, answer.content
        return answer.parsed

    def model(self, name: str, **fields: Any) -> Any:  # noqa: ANN401  (as generated)
        return getattr(importlib.import_module(f"{NAME}.models"), name).from_dict(fields)


def test_the_generated_client_opens_approves_files_and_verifies(generated: ModuleType, web: Web) -> None:
    boss, dpo, counsel = (Speaker(generated, web, name) for name in (COMMANDER, DPO, COUNSEL))
    opened = boss("incidents", "open_incident", body=boss.model("OpenIncident", title="a search server"))
    incident = opened.id
    for kind in ("awareness", "discovery"):
        boss("events", "record_event", incident, body=boss.model("RecordEvent", kind=kind))
    response = boss("steps", "start_playbook", incident, body=boss.model("StartPlaybook"))
    web.client(DPO).put(f"/incidents/{incident}/facts", content=json.dumps({**settled(), "events": []}))
    version = dpo("letters", "show_version", incident, duty=CAC, stage="initial")
    for person in (dpo, counsel):
        body = person.model("ApproveLetter", duty=CAC, stage="initial", digest=version.digest)
        approved = person("letters", "approve_letter", incident, body=body)
    filed = dpo("letters", "file_notice", incident, body=dpo.model("FileNotice", duty=CAC, stage="initial"))
    clocks = boss("clocks", "list_clocks", incident).clocks
    verified = counsel("ledger", "verify_ledger", body=counsel.model("VerifyLedger"))

    assert "contain" in response.open_
    assert approved.approved
    assert filed.kind == "filed"
    assert next(one for one in clocks if one.id == f"{CAC}.initial").state == "met_on_time"
    assert verified.answer == "match"
