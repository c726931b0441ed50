"""Words that mean harm, wherever a person or a host can put them, are text on every page, in every answer and file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import lxml.html
import pytest
from openpyxl import load_workbook

from leakguard.accounts.rights import Role
from leakguard.web.console.screens import SCREENS
from leakguard.web.operations import OPERATIONS
from support.door import ANNA, BEN, SAME, served_in
from support.hostile_store import MARKUP, HostileCase, harm_in, hostile_case

pytestmark = pytest.mark.long

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
SHOWN = 25
"""Pages at least that show planted words, so that the test does not pass by an empty store."""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostileCase]:
    with pytest.MonkeyPatch.context() as patch:
        served = served_in(tmp_path_factory.mktemp("hostile"), patch)
        served.add(ANNA, Role.ADMIN, Role.COMMANDER)
        served.add(BEN, Role.DPO)
        yield hostile_case(served)
        served.door.jobs.close()


def get(case: HostileCase, path: str, **more: Any) -> Any:  # noqa: ANN401  (the client's answer)
    case.served.time.seconds += 60
    return case.client.get(path, headers=SAME, **more)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_they_stay_text_on_every_page(case: HostileCase, language: str) -> None:
    case.ask("PUT", "/account/preferences", {"language": language, "zone": "Asia/Shanghai"})
    wrong, shown = [], 0
    for screen in SCREENS:
        path = screen.path.format(**case.places)
        answer = get(case, path, params={"q": MARKUP[:100]} if screen.name in {"search", "incidents"} else {})
        if answer.status_code != 200:
            wrong.append(
                f"{screen.name}: {answer.status_code} {lxml.html.fromstring(answer.text).xpath('string(//main)')[:300]}"
            )
            continue
        wrong += [f"{screen.name}: {one}" for one in harm_in(answer.text)]
        shown += "<script>alert(1)" in lxml.html.fromstring(answer.text).text_content()

    assert not wrong, "\n".join(wrong)
    assert shown >= SHOWN


DATA = {"application/json", "application/jsonl", "application/yaml"}
PLACES = {"scan": "none", "digest": "0" * 64, "action": "A-1", "token": "none", "passkey": "none", "scorecard": "none"}


def test_the_api_gives_them_as_data_that_no_browser_renders(case: HostileCase) -> None:
    wrong, shown = [], 0
    for one in OPERATIONS:
        if one.method != "GET" or one.is_stream:
            continue
        path = one.path.format(**{**PLACES, **case.places})
        letter = {"duty": case.places["duty"], "stage": "initial", "lang": "zh"} if "/letters/" in path else {}
        more = {"q": "script"} if one.name == "search" else letter if "{letter}" not in one.path else {"lang": "zh"}
        answer = get(case, f"/api/v1{path}", params=more)
        kind = answer.headers["content-type"].partition(";")[0]
        if answer.status_code >= 500:
            wrong.append(f"{one.name}: {answer.status_code}")
        if answer.headers["x-content-type-options"] != "nosniff":
            wrong.append(f"{one.name}: a browser may guess what it is")
        if kind == "text/html":
            own = "attribute width:"  # the bars of a report
            wrong += [f"{one.name}: {each}" for each in harm_in(answer.text) if not each.startswith(own)]
        elif kind == "application/json":
            shown += "<script>alert(1)" in json.dumps(json.loads(answer.text), ensure_ascii=False)
        if kind not in {"text/html", "text/css"} and "sandbox" not in answer.headers["content-security-policy"]:
            wrong.append(f"{one.name}: no sandbox")

    assert not wrong, "\n".join(wrong)
    assert shown >= 15


LETTER = "duty={duty}&stage=initial&lang=zh"


@pytest.mark.parametrize("path", ["/report?lang=en", "/report?lang=zh", f"/letters/draft?as=html&{LETTER}"])
def test_a_document_as_html_holds_no_element_of_theirs(case: HostileCase, path: str) -> None:
    answer = get(case, f"/api/v1{case.at}{path.format(**case.places)}")

    assert answer.status_code == 200, answer.text
    assert "&lt;script&gt;" in answer.text
    page = lxml.html.fromstring(answer.text)
    assert page.xpath("//*[@id='planted'] | //img[@onerror] | //svg[@onload] | //script") == []
    assert page.xpath("//@*[starts-with(name(), 'on')]") == []
    assert [
        link for link in page.xpath("//@href") if link.strip().casefold().startswith(("javascript", "data", "vbs"))
    ] == []


def test_a_cell_of_the_register_is_never_a_formula(case: HostileCase) -> None:
    text = get(case, "/api/v1/register", params={"as": "csv"}).text
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    book = load_workbook(io.BytesIO(get(case, "/api/v1/register", params={"as": "xlsx"}).content))
    typed = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]

    assert any("<script>alert(1)" in cell for cell in cells)
    assert [cell for cell in cells if cell.startswith(FORMULAS)] == []
    assert any("<script>alert(1)" in str(cell.value) for cell in typed)
    assert [cell.value for cell in typed if cell.data_type == "f"] == []


def test_a_file_gets_a_name_that_no_header_and_no_folder_takes_apart(case: HostileCase) -> None:
    named = [
        get(case, f"/api/v1/evidence/{case.places['item']}/content"),
        get(case, f"/api/v1{case.at}/letters/draft?as=docx&{LETTER.format(**case.places)}"),
    ]
    for answer in named:
        said = answer.headers["content-disposition"]
        assert answer.status_code == 200
        assert said.startswith("attachment")
        assert not set("<>\r\n\u202e/\\") & set(said)
