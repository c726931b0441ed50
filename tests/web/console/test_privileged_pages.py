"""Privileged comments are read by counsel alone: on no page, in no answer, file, stream and search of anybody else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from leakguard.accounts.rights import RIGHTS, Right, Role
from leakguard.web import streams
from leakguard.web.console.screens import SCREENS
from leakguard.web.operations import OPERATIONS
from leakguard.web.sessions import TOKEN_HEADER
from support.door import ANNA, SAME, Served, served_in
from support.hostile_store import HostileCase, hostile_case, texts_in

pytestmark = pytest.mark.long

CANARY = "CANARY7421 we may be liable"
COUNSEL = "Only counsel"
OTHERS = [role for role in Role if role not in RIGHTS[Right.READ_PRIVILEGED]]
PLACES = {"scan": "none", "digest": "0" * 64, "action": "A-1", "token": "none", "passkey": "none", "scorecard": "none"}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostileCase]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "LASTS", 0.0)
        served = served_in(tmp_path_factory.mktemp("privileged"), patch)
        served.add(ANNA, Role.ADMIN, Role.COMMANDER)
        for role in Role:
            served.add(f"Only {role.value}", role)
        made = hostile_case(served)
        client, token = served.browser(COUNSEL)
        for step in ("", "take_command"):
            body = {"text": f"{CANARY} {step}", "privileged": True, **({"step": step} if step else {})}
            path = f"/api/v1{made.at}/comments"
            assert client.post(path, json=body, headers={**SAME, TOKEN_HEADER: token}).status_code == 201
        yield made
        served.door.jobs.close()


def reader(served: Served, role: Role) -> Any:  # noqa: ANN401  (the client)
    served.time.seconds += 60
    return served.browser(f"Only {role.value}")


def asked(case: HostileCase, client: Any, path: str, **query: str) -> tuple[int, str]:  # noqa: ANN401  (as above)
    case.served.time.seconds += 60
    answer = client.get(path, params=query, headers=SAME)
    return answer.status_code, texts_in(answer.content)


@pytest.mark.parametrize("role", OTHERS)
def test_no_page_and_no_answer_of_the_api_has_a_word_of_one(case: HostileCase, role: Role) -> None:
    client, _ = reader(case.served, role)
    found, read = [], 0
    for screen in SCREENS:
        query = {"q": "CANARY7421"} if screen.name in {"search", "incidents"} else {}
        status, text = asked(case, client, screen.path.format(**case.places), **query)
        read += status == 200
        found += [screen.name] if "we may be liable" in text else []
    for one in OPERATIONS:
        if one.method != "GET":
            continue
        letter = {"duty": case.places["duty"], "stage": "initial", "lang": "zh"} if "/letters/" in one.path else {}
        more = {"stream_changes": {"after": "0"}, "search": {"q": "CANARY7421"}, "list_entries": {"limit": "1000"}}
        query = more.get(one.name, letter if "{letter}" not in one.path else {"lang": "zh"})
        status, text = asked(case, client, f"/api/v1{one.path.format(**{**PLACES, **case.places})}", **query)
        read += status == 200
        found += [one.name] if "we may be liable" in text else []

    assert found == []
    assert read > (20 if role is Role.ADMIN else 60)


@pytest.mark.parametrize("role", [one for one in OTHERS if one in RIGHTS[Right.READ_INCIDENTS]])
def test_others_read_how_many_there_are(case: HostileCase, role: Role) -> None:
    client, _ = reader(case.served, role)
    _, text = asked(case, client, f"/api/v1{case.at}/comments")
    _, page = asked(case, client, f"/incidents/{case.places['incident']}/comments")

    assert '"withheld":2' in text.replace(" ", "")
    assert "2 privileged comments are for counsel alone." in page


def test_counsel_reads_them_where_they_were_written(case: HostileCase) -> None:
    client, _ = reader(case.served, Role.COUNSEL)
    incident = f"/incidents/{case.places['incident']}"
    pages = [asked(case, client, path)[1] for path in (f"{incident}/comments", f"{incident}/steps/take_command")]
    _, told = asked(case, client, f"/api/v1{case.at}/comments")

    assert [CANARY in one for one in pages] == [True, True]
    assert '"withheld":0' in told.replace(" ", "")


@pytest.mark.parametrize("role", [one for one in Role if one in RIGHTS[Right.EXPORT_EVIDENCE]])
def test_no_bundle_has_one_that_nobody_let_go(case: HostileCase, role: Role) -> None:
    client, token = reader(case.served, role)
    answer = client.post(
        "/api/v1/evidence/export", json={"to": "the auditor"}, headers={**SAME, TOKEN_HEADER: token}
    )  # fmt: skip

    assert answer.status_code == 200, answer.text
    assert "we may be liable" not in texts_in(answer.content)


@pytest.mark.parametrize("form", ["html", "json", "csv", "xlsx"])
def test_no_report_and_no_register_has_one_even_of_counsel(case: HostileCase, form: str) -> None:
    client, _ = reader(case.served, Role.COUNSEL)
    path = f"/api/v1{case.at}/report" if form in {"html", "json"} else "/api/v1/register"
    status, text = asked(case, client, path, **{"as": form})

    assert status == 200
    assert "we may be liable" not in text
