"""Facts answered one by one over the API, the duties beside them, the book of duties, and the register in parts."""

from __future__ import annotations

from typing import Any

import pytest

from support.notices import CAC, complete, settled, to_text
from support.web import COUNSEL, DPO, Web

GDPR = "eu-gdpr-33-authority"


def incident_in(web: Web, title: str = "a search server") -> str:
    return str(web.client().post("/incidents", json={"title": title}).json()["id"])


def written(web: Web, **facts: object) -> str:
    """An incident with facts; its path."""
    at = f"/incidents/{incident_in(web)}"
    assert web.client(DPO).put(f"{at}/facts", json={**settled(**facts), "events": []}).status_code == 200
    return at


def answered(web: Web, at: str, **answers: object) -> Any:  # noqa: ANN401  (JSON holds anything)
    """Single answers named as `facts__access`, on top of the facts as they are."""
    api = web.client(DPO)
    named = {name.replace("__", "."): value for name, value in answers.items()}
    read = api.get(f"{at}/facts").headers.get("etag", "")
    return api.post(f"{at}/facts/answers", json={"answers": named}, headers={"If-Match": read})


def test_facts_begin_with_single_answers(web: Web) -> None:
    at = f"/incidents/{incident_in(web)}"
    api = web.client(DPO)
    assert api.get(f"{at}/interview").json()["questions"] == []

    made = answered(web, at, organisation__name="Example", organisation__country="DE", obligated_as=["controller"])
    assert made.status_code == 200, made.text
    assert made.json()["text"].startswith(f"incident: {at.rpartition('/')[2]}\n")
    asked = api.get(f"{at}/interview").json()
    assert asked["questions"][0]["fact"] == "subjects_by_jurisdiction"
    assert asked["questions"][0]["why"][0]["law"]["zh"]
    assert asked["duties"]["law_of"]["by"] == "today"


BEGIN = {"organisation.name": "Example", "organisation.country": "DE", "obligated_as": ["controller"]}


def test_the_first_answers_and_the_moment_of_awareness_are_kept_together_or_not_at_all(web: Web) -> None:
    at = f"/incidents/{incident_in(web)}"
    path, aware = f"{at}/facts/answers", {"at": "2026-05-23", "reason": "stated with the first facts"}
    late = web.client(DPO).post(path, json={"answers": BEGIN, "aware": {**aware, "at": "2099-01-01"}})
    barred = web.client(COUNSEL).post(path, json={"answers": BEGIN, "aware": aware})
    before = web.client(DPO).get(f"{at}/facts")
    made = web.client(DPO).post(path, json={"answers": BEGIN, "aware": aware})
    events = web.client(DPO).get(at).json()["events"]

    assert (late.status_code, barred.status_code, before.status_code) == (400, 403, 404)
    assert "record_events" in barred.json()["detail"]
    assert made.status_code == 200, made.text
    assert [(one["id"], one["kind"]) for one in events][1:] == [(made.json()["event"], "awareness")]
    assert web.client(COUNSEL).get(f"{at}/facts").json()["facts"]["organisation"]["name"] == "Example"


def test_an_answer_leaves_the_rest_of_the_file_as_it_was_written(web: Web) -> None:
    at, api = f"/incidents/{incident_in(web)}", web.client(DPO)
    text = "# ours\n" + to_text({**complete(), "events": []})
    api.put(f"{at}/facts", content=text.encode(), headers={"content-type": "application/yaml"})
    after = answered(web, at, facts__malicious={"value": False}, facts__trend=None).json()

    assert after["text"].startswith("# ours\n")
    assert after["facts"]["facts"]["malicious"] == {"value": False}
    assert "trend" not in after["facts"]["facts"]
    assert after["lost_comments"] == 0


def test_who_answers_on_older_facts_learns_what_changed(web: Web) -> None:
    at = written(web)
    read = web.client(DPO).get(f"{at}/facts").json()["sha256"]
    tag = {"If-Match": f'"{read}"'}
    body = {"answers": {"facts.malicious": {"value": True}}}
    first = web.client(COUNSEL).post(f"{at}/facts/answers", json=body, headers=tag)
    late = web.client(DPO).post(f"{at}/facts/answers", json=body, headers=tag)
    changes = web.client(DPO).get(f"{at}/facts/changes", params={"since": read}).json()

    assert (first.status_code, late.status_code) == (200, 409)
    assert changes["by"] == COUNSEL
    assert [(one["path"], one["before"], one["after"]) for one in changes["changed"]] == [
        ("facts.malicious", None, {"value": True})
    ]
    assert web.client(DPO).get(f"{at}/facts/changes", params={"since": "0" * 64}).status_code == 404


@pytest.mark.parametrize("name", ["events", "facts", "obligated_as.0", "settled.x", ""])
def test_what_is_no_single_entry_is_refused(web: Web, name: str) -> None:
    at = written(web)
    refused = web.client(DPO).post(f"{at}/facts/answers", json={"answers": {name: 1}})
    assert refused.status_code in {400, 409}
    read = web.client(DPO).get(f"{at}/facts").headers["etag"]
    refused = web.client(DPO).post(f"{at}/facts/answers", json={"answers": {name: 1}}, headers={"If-Match": read})
    assert refused.status_code == 400
    assert "no entry that can be answered" in refused.json()["detail"]


def test_a_wrong_answer_keeps_nothing_and_names_the_fact(web: Web) -> None:
    at = written(web)
    refused = answered(web, at, facts__exposure={"value": "perhaps"})
    assert refused.status_code == 400
    assert "facts.exposure.value: must be true or false" in refused.json()["detail"]
    assert refused.json()["next_step"] == "Correct the answer, and send it again."


def test_a_preview_says_how_duties_would_stand_and_records_nothing(web: Web) -> None:
    at, api = written(web), web.client(DPO)
    before = api.get("/ledger/head").json()
    shown = api.post(
        f"{at}/facts/preview", json={"answers": {"facts.subjects_by_jurisdiction": {"value": {"US-CA": 9}}}}
    )
    now = api.get(f"{at}/interview").json()["duties"]

    assert api.get("/ledger/head").json() == before
    assert GDPR in {one["duty"] for one in now["applies"]}
    assert GDPR not in {one["duty"] for one in shown.json()["applies"]}


def test_what_the_letters_lack_is_asked_behind_what_the_law_asks(web: Web) -> None:
    at = written(web, consequences=None)
    asked = web.client(DPO).get(f"{at}/interview").json()
    kinds = [one["for"] for one in asked["questions"]]

    assert "consequences" in [one["fact"] for one in asked["questions"] if one["for"] == "letter"]
    assert kinds == sorted(kinds, key=["law", "letter"].index)


def test_a_reason_why_it_is_not_known_puts_a_question_off(web: Web) -> None:
    at = written(web, risk={"unknown": "we are still weighing it"})
    asked = web.client(DPO).get(f"{at}/interview").json()
    assert "risk" not in [one["fact"] for one in asked["questions"]]
    assert [one["stated"] for one in asked["put_off"] if one["fact"] == "risk"] == [
        {"state": "unknown", "reason": "we are still weighing it"}
    ]


def test_a_later_incident_is_offered_what_the_organisation_said_of_itself(web: Web) -> None:
    other = f"/incidents/{incident_in(web)}/organisation"
    assert web.client(DPO).get(other).json()["incident"] is None
    at = written(web)
    told = web.client(DPO).get(other).json()
    assert told["incident"] == at.rpartition("/")[2]
    assert told["organisation"]["country"] == "CN"
    assert told["obligated_as"]


def test_a_place_without_a_rule_stands_beside_the_duties(web: Web) -> None:
    at = written(web, subjects_by_jurisdiction={"value": {"KG": 12}})
    place = web.client(DPO).get(f"{at}/interview").json()["duties"]["places"][0]
    assert (place["name"]["en"], place["people"], place["is_open"]) == ("Kyrgyzstan", {"low": 12, "high": 12}, True)


def test_why_a_duty_applies_is_told_condition_by_condition(web: Web) -> None:
    told = web.client(DPO).get(f"{written(web)}/duties/{GDPR}").json()
    leaves = list(_leaves(told["conditions"]))

    assert told["row"]["applies"] == "yes"
    assert {"exposure", "risk", "subjects_by_jurisdiction", "organisation.country"} <= {one["fact"] for one in leaves}
    assert [one["answer"] for one in leaves if one["fact"] == "organisation.country"] == ["no"]
    assert [one["detail_zh"] for one in leaves if one["fact"] == "exposure"] == ["已填：是"]


def _leaves(condition: dict[str, Any]) -> Any:  # noqa: ANN401  (a generator of plain values)
    if condition["kind"] == "leaf":
        yield condition
    for part in condition["parts"]:
        yield from _leaves(part)


def test_the_duties_that_do_not_apply_have_their_reasons(web: Web) -> None:
    page = web.client(DPO).get(f"{written(web)}/duties", params={"applies": "no", "limit": 5}).json()
    assert page["next"] == 5
    assert all(one["because"] for one in page["duties"])


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "cac incident"}, CAC),
        ({"q": "通用数据保护"}, GDPR),
        ({"place": "DE", "to": "regulator"}, GDPR),
        ({"sector": "health", "place": "US"}, "us-hipaa-404-individuals"),
        ({"role": "controller", "place": "EU"}, GDPR),
    ],
)
def test_the_book_of_duties_is_searched(web: Web, asked: dict[str, str], found: str) -> None:
    page = web.client().get("/duties", params={**asked, "limit": 1000}).json()
    names = [one["id"] for one in page["duties"]]
    assert found in names
    assert page["all"] == len(names) < 708


def test_a_place_that_is_none_is_refused(web: Web) -> None:
    assert web.client().get("/duties", params={"place": "Narnia"}).status_code == 400


def test_the_edpb_form_says_which_fact_would_answer_a_field(web: Web) -> None:
    at = written(web)
    web.client(DPO).post(f"{at}/events", json={"kind": "awareness"})
    fields = {one["number"]: one for one in web.client(DPO).get(f"{at}/edpb").json()["fields"]}
    assert (fields[21]["state"], fields[21]["answered_by"]) == ("lacking", "`reporter`")
    assert web.client(DPO).get(f"{at}/edpb/export").status_code == 400
    answered(web, at, facts__reporter={"value": "Dora"}, edpb__field_23="DPO")
    notice = web.client(DPO).get(f"{at}/edpb/export")
    assert notice.status_code == 200, notice.text
    assert notice.json()["field_21"] == "Dora"
    assert "edpb-incomplete.json" in notice.headers["content-disposition"]


def test_small_incidents_are_recorded_together_or_not_at_all(web: Web) -> None:
    api = web.client(DPO)
    one = {"title": "a letter to a wrong address", "noticed": "2026-06-01"}
    assert "who reports" in api.post("/register", json={"incidents": [one]}).json()["detail"]
    written(web)
    wrong = api.post(
        "/register", json={"incidents": [one, {**one, "categories": ["nonsense"], "noticed": "2099-01-01"}]}
    )
    told = wrong.json()["detail"]
    assert "incidents[2].noticed: is in the future" in told
    assert "incidents[2].facts.data_categories.value: names a kind" in told
    assert len(api.get("/register/rows").json()["rows"]) == 1

    full = {
        **one,
        "people": 3,
        "place": "DE",
        "categories": ["contact.address"],
        "measures": "sent back",
        "risk": "unlikely",
        "why": "unread",
    }
    made = api.post("/register", json={"incidents": [one, full]}).json()["incidents"]
    rows = {row["incident"]: row for row in api.get("/register/rows").json()["rows"]}
    assert [rows[name]["aware_at"] is not None for name in made] == [True, True]
    assert (rows[made[1]]["people"], rows[made[1]]["risk"], rows[made[1]]["why"]) == (
        {"low": 3, "high": 3, "estimated": False},
        "unlikely",
        "unread",
    )


def test_small_incidents_may_name_the_organisation_themselves(web: Web) -> None:
    body = {
        "incidents": [{"title": "a lost key", "noticed": "2026-06-01"}],
        "organisation": {"name": "Example", "country": "DE"}, "obligated_as": ["controller"],
    }  # fmt: skip
    made = web.client(DPO).post("/register", json=body)
    facts = web.client(DPO).get(f"/incidents/{made.json()['incidents'][0]}/facts").json()["facts"]
    assert (facts["organisation"]["name"], facts["obligated_as"]) == ("Example", ["controller"])


def test_the_register_is_found_by_words_state_and_whether_anybody_was_notified(web: Web) -> None:
    api = web.client()
    names = [incident_in(web, title) for title in ("a lost laptop", "an open server", "another server")]
    filed = {"kind": "filed", "fields": {"obligation": CAC, "stage": "initial", "reference": "A-7"}}
    assert api.post(f"/incidents/{names[1]}/events", json=filed).status_code == 201

    def found(**asked: object) -> list[str]:
        return [row["incident"] for row in api.get("/register/rows", params=asked).json()["rows"]]

    assert found() == names[::-1]
    assert found(q="server") == names[:0:-1]
    assert found(told="yes") == [names[1]]
    assert found(told="no", q="server") == [names[2]]
    assert found(state="closed") == []
    assert found(state="open", limit=1) == [names[2]]
    assert found(year=1999) == []
    row = api.get("/register/rows", params={"told": "yes"}).json()["rows"][0]
    assert (row["told"][0]["reference"], row["has_facts"]) == ("A-7", False)
