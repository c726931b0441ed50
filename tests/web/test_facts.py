"""Facts over the API: the ledger keeps each writing, and nobody overwrites what they have not read."""

from __future__ import annotations

import pytest
import yaml

from leakguard.use_cases.proofs.evidence_redact import Redaction, redact
from support.notices import complete, to_text
from support.web import COUNSEL, DPO, Web


def incident_in(web: Web) -> str:
    return str(web.client().post("/incidents", json={"title": "a search server"}).json()["id"])


def facts(**changed: object) -> dict[str, object]:
    """Without events of its own: those of the incident count."""
    return {**complete(**changed), "events": []}


def test_facts_are_written_as_yaml_and_read_as_both(web: Web) -> None:
    at, api = f"/incidents/{incident_in(web)}/facts", web.client(DPO)
    text = to_text(facts())
    written = api.put(at, content=text.encode(), headers={"content-type": "application/yaml"})
    plain = api.get(at, params={"as": "yaml"})

    assert written.status_code == 200, written.text
    assert api.get(at).json()["facts"]["facts"]["record_count"] == {"value": 9_500_000_000}
    assert plain.text == text
    assert plain.headers["etag"] == written.headers["etag"]
    assert plain.headers["content-disposition"].startswith("attachment")
    assert yaml.safe_load(plain.text)["incident"] == "IR-2026-0007"


def test_whoever_has_not_read_the_facts_overwrites_nothing(web: Web) -> None:
    at = f"/incidents/{incident_in(web)}/facts"
    first = web.client(DPO).put(at, json=facts())
    blind = web.client(COUNSEL).put(at, json=facts(trend=None))
    tag = {"If-Match": first.headers["etag"]}
    second = web.client(COUNSEL).put(at, json=facts(trend=None), headers=tag)
    late = web.client(DPO).put(at, json=facts(cause=None), headers=tag)

    assert (blind.status_code, second.status_code, late.status_code) == (409, 200, 409)
    assert f"written by {COUNSEL} since" in late.json()["detail"]
    assert first.json()["sha256"] in blind.json()["next_step"]


def test_the_same_facts_again_are_no_second_record(web: Web) -> None:
    at, api = f"/incidents/{incident_in(web)}/facts", web.client(DPO)
    first = api.put(at, json=facts())
    again = api.put(at, json=facts(), headers={"If-Match": first.headers["etag"]})

    assert again.json()["sequence"] == first.json()["sequence"]


def test_every_problem_of_the_facts_is_named_and_nothing_is_kept(web: Web) -> None:
    at, api = f"/incidents/{incident_in(web)}/facts", web.client(DPO)
    wrong = api.put(at, json={**facts(), "organisatoin": {}, "zone": "Mars/Olympus"})
    none = api.get(at)

    assert wrong.status_code == 400
    assert "organisatoin" in wrong.json()["detail"]
    assert none.status_code == 404
    assert "PUT /api/v1/incidents" in none.json()["next_step"]


def test_the_register_tells_what_the_kept_facts_tell(web: Web) -> None:
    incident, api = incident_in(web), web.client(DPO)
    api.put(f"/incidents/{incident}/facts", json=facts())
    (row,) = api.get("/register").json()["register"]
    sheet = api.get("/register", params={"as": "csv"})

    assert row["what_happened"].startswith("A search server was open to the internet;")
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    assert "A search server was open to the internet;" in sheet.text


def test_a_place_that_nothing_names_is_settled_only_on_purpose(web: Web) -> None:
    incident, api = incident_in(web), web.client(COUNSEL)
    settled = {"place": "KG", "role": "controller", "reason": "local counsel: the law asks for no notice"}
    slip = api.post(f"/incidents/{incident}/places", json=settled)
    meant = api.post(f"/incidents/{incident}/places", json={**settled, "anyway": True})

    assert slip.status_code == 400
    assert "does not name KG" in slip.json()["detail"]
    assert meant.json()["fields"]["place"] == "KG"


def test_facts_whose_content_was_erased_tell_nothing_any_more(web: Web) -> None:
    incident, api = incident_in(web), web.client(DPO)
    written = api.put(f"/incidents/{incident}/facts", json=facts()).json()
    wiring = web.shared.for_caller(web.callers[DPO])
    asked = Redaction(names=(f"E-{written['sequence']}",), by=DPO, reason="erasure request 2026-17")
    redact(wiring.store, wiring.kept_files(), asked, now=wiring.now)
    wiring.close()

    assert api.get(f"/incidents/{incident}/facts").status_code == 404
    assert api.put(f"/incidents/{incident}/facts", json=facts(trend=None)).status_code == 200


def test_facts_may_be_only_so_long(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leakguard.use_cases.incidents.kept_facts.MOST_CHARACTERS", 100)
    answer = web.client(DPO).put(f"/incidents/{incident_in(web)}/facts", json=facts())

    assert answer.status_code == 400
    assert "facts may have 100 characters" in answer.json()["detail"]
