"""The public form: what it takes, what it refuses, and what stays when the store is in trouble."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import anyio
import anyio.to_thread
import pytest

from leakguard.errors import StoreUnusable, UsageProblem
from leakguard.frozen import replace
from leakguard.intake.public_form import MOST_BODY, MOST_LONG
from leakguard.models.report_settings import FormSettings, ReportSettings
from leakguard.settings import Settings
from leakguard.use_cases.intake.reports import reports_in
from leakguard.web.hosts import ServeOptions, site_of
from leakguard.web.report_form import app as app_module
from leakguard.web.report_form.app import FormApp, FormLimiters, counted_as
from leakguard.web.report_form.inbox import Inbox
from leakguard.web.report_form.server import form_app, options_of
from leakguard.wiring import Wiring
from support.full_disk import no_room
from support.web_client import TestClient

pytestmark = pytest.mark.untraced

HERE = ("127.0.0.1", 50_000)
CANARY = "canary-9f3a"
FORM = FormSettings(each_hour=1000, all_each_hour=1000)
KIND = {"content-type": "application/x-www-form-urlencoded"}


class Watch:
    """Seconds that a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def settings_in(folder: Path, **form: Any) -> Settings:  # noqa: ANN401  (the fields of the table)
    own = ReportSettings(organisation="Example University", contact="security@example.edu", form=replace(FORM, **form))
    return Settings(store=str(folder / "leakguard.db"), scope=str(folder / "scope.yaml"), stated_reports=own)


def app_in(folder: Path, *, proxy: str = "", watch: Watch | None = None, **form: Any) -> FormApp:  # noqa: ANN401  (as above)
    settings = settings_in(folder, **form)
    hosts = ("report.example.edu",) if proxy else ()
    made = form_app(settings, site_of(ServeOptions(hosts=hosts, proxy=proxy)))
    return replace(made, limiters=FormLimiters.of(settings.reports.form, watch or Watch()))


def client_of(app: FormApp, *, base: str = "http://localhost", come_from: tuple[str, int] = HERE) -> TestClient:
    return TestClient(app, base_url=base, client=come_from, follow_redirects=False)


def sent(client: TestClient, text: str = "http://127.0.0.1:9200/ is open", **fields: str) -> Any:  # noqa: ANN401  (httpx)
    return client.post("/", content=urlencode({"text": text, **fields}), headers=KIND)


def inbox(folder: Path) -> list[Any]:
    wiring = Wiring(settings_in(folder))
    try:
        return list(reports_in(wiring.store))
    finally:
        wiring.close()


def test_the_page_is_plain_html_in_both_languages_with_the_privacy_notice_and_sets_no_cookie(tmp_path: Path) -> None:
    client = client_of(app_in(tmp_path))
    for asked, words in (("/", "What we keep about you"), ("/?lang=zh", "个人信息处理告知")):
        answer = client.get(asked)
        assert answer.status_code == 200
        assert words in answer.text
        assert "<script" not in answer.text
        assert "set-cookie" not in answer.headers
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "Example University" in answer.text
    assert client.get("/", headers={"accept-language": "zh-CN,zh"}).headers["content-language"] == "zh"


def test_a_report_of_the_form_stands_in_the_inbox_and_the_answer_names_its_number(tmp_path: Path) -> None:
    answer = sent(client_of(app_in(tmp_path)), subject="open", name="Zo", email="zo@example.org")
    (report,) = inbox(tmp_path)

    assert answer.status_code == 201
    assert report.id in answer.text
    assert "We answer to the address that you gave." in answer.text
    assert (report.channel, report.subject, report.address) == ("form", "open", "zo@example.org")
    assert [one.place for one in report.named] == ["127.0.0.1:9200"]


def test_the_same_report_sent_twice_has_one_number(tmp_path: Path) -> None:
    client = client_of(app_in(tmp_path))
    first, second = sent(client), sent(client)

    assert len(inbox(tmp_path)) == 1
    assert re.findall(r"RP-\d+-\d+", first.text) == re.findall(r"RP-\d+-\d+", second.text)


def test_who_gives_no_address_is_told_that_nobody_can_answer(tmp_path: Path) -> None:
    assert "You gave no address, so we cannot answer." in sent(client_of(app_in(tmp_path))).text


def test_there_is_no_other_route_and_no_other_method(tmp_path: Path) -> None:
    client = client_of(app_in(tmp_path))
    for path in ("/login", "/api/v1/reports", "/static/x", "/?../", "/reports"):
        assert client.get(path).status_code == (200 if path.startswith("/?") else 404), path
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        answer = client.request(method, "/")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST"), method
    assert [client.head(path).status_code for path in ("/", "/login")] == [200, 404]
    assert inbox(tmp_path) == []


def test_files_and_other_kinds_are_refused_in_words(tmp_path: Path) -> None:
    client = client_of(app_in(tmp_path))
    answers = [
        client.post("/", files={"file": ("people.csv", CANARY)}, data={"text": "x"}),
        client.post("/", json={"text": "x"}),
        client.post("/", content="text=x"),
        client.post("/", content="text=x", headers={"content-type": f"{KIND['content-type']}; charset=utf-7"}),
    ]

    assert {one.status_code for one in answers} == {415}
    assert all("no files" in one.text for one in answers)
    assert inbox(tmp_path) == []


def test_a_body_one_byte_beyond_the_cap_is_refused_whether_or_not_it_says_how_long_it_is(tmp_path: Path) -> None:
    client = client_of(app_in(tmp_path))
    body = b"text=" + b"a" * (MOST_BODY - 4)
    said = client.post("/", content=body, headers=KIND)
    unsaid = client.post("/", content=iter([body[:1000], body[1000:]]), headers=KIND)
    lying = client.post("/", content=b"text=x", headers={**KIND, "content-length": "9" * 400})

    assert [said.status_code, unsaid.status_code, lying.status_code] == [413, 413, 413]
    assert inbox(tmp_path) == []


def test_a_text_beyond_its_cap_comes_back_in_the_form_with_what_is_wrong(tmp_path: Path) -> None:
    answer = sent(client_of(app_in(tmp_path)), "a" * (MOST_LONG + 1), email="nobody")

    assert answer.status_code == 422
    assert f"it is longer than {MOST_LONG} characters" in answer.text
    assert "that is no e-mail address" in answer.text
    assert 'value="nobody"' in answer.text


def test_what_was_typed_comes_back_as_text_and_never_as_markup(tmp_path: Path) -> None:
    answer = sent(
        client_of(app_in(tmp_path)), "</textarea><script>alert(1)</script>", subject='"><img src=x>', email="x"
    )

    assert "<script" not in answer.text
    assert "<img" not in answer.text


def test_the_field_that_only_programs_fill_in_refuses_the_report(tmp_path: Path) -> None:
    assert sent(client_of(app_in(tmp_path)), website="http://spam.example").status_code == 422
    assert inbox(tmp_path) == []


def test_a_page_of_another_site_cannot_send_a_report(tmp_path: Path) -> None:
    client = client_of(app_in(tmp_path))
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}, {"origin": "null"}):
        answer = client.post("/", content="text=x", headers={**KIND, **headers})
        assert answer.status_code == 403, headers
    assert inbox(tmp_path) == []
    assert client.post("/", content="text=x", headers={**KIND, "origin": "http://localhost"}).status_code == 201


def test_another_host_name_and_long_headers_are_refused(tmp_path: Path) -> None:
    app = app_in(tmp_path)
    assert client_of(app, base="http://evil.example").get("/").status_code == 421
    assert client_of(app).get("/", headers={"x-long": "a" * 40_000}).status_code == 431


def test_one_address_sends_so_many_reports_in_an_hour_and_a_network_of_ipv6_counts_as_one(tmp_path: Path) -> None:
    watch = Watch()
    app = app_in(tmp_path, proxy="127.0.0.1", watch=watch, each_hour=2)
    client = client_of(app, base="http://report.example.edu")

    def by(address: str, number: int) -> int:
        body = urlencode({"text": f"number {number}"})
        return int(client.post("/", content=body, headers={**KIND, "x-forwarded-for": address}).status_code)

    assert [by("2001:db8::1", 1), by("2001:db8::2", 2), by("2001:db8::ffff:3", 3)] == [201, 201, 429]
    assert by("2001:db8:0:1::1", 4) == 201
    assert [by("192.0.2.7", 5), by("192.0.2.7", 6), by("::ffff:192.0.2.7", 7)] == [201, 201, 429]
    watch.seconds += 1800
    assert [by("192.0.2.7", 8), by("192.0.2.7", 9)] == [201, 429]


def test_all_addresses_together_send_so_many_reports_in_an_hour(tmp_path: Path) -> None:
    client = client_of(app_in(tmp_path, all_each_hour=2))
    answers = [sent(client, f"number {number}") for number in range(3)]

    assert [one.status_code for one in answers] == [201, 201, 429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert len(inbox(tmp_path)) == 2


def test_what_is_refused_for_its_content_does_not_use_up_what_all_may_send(tmp_path: Path) -> None:
    client = client_of(app_in(tmp_path, all_each_hour=1))
    assert [sent(client, "").status_code for _ in range(3)] == [422, 422, 422]
    assert sent(client).status_code == 201


def test_reading_the_page_is_limited_too(tmp_path: Path) -> None:
    client = client_of(app_in(tmp_path))
    codes = [client.get("/").status_code for _ in range(app_module.READING.burst + 1)]

    assert codes == [200] * app_module.READING.burst + [429]


def test_the_named_proxy_alone_may_connect_and_says_who_asks(tmp_path: Path) -> None:
    app = app_in(tmp_path, proxy="192.0.2.1", each_hour=1)
    assert client_of(app, base="http://report.example.edu").get("/").status_code == 403
    proxy = client_of(app, base="http://report.example.edu", come_from=("192.0.2.1", 1))
    assert proxy.get("/").headers["strict-transport-security"]
    heads = [{**KIND, "x-forwarded-for": f"10.0.0.{number}, 198.51.100.1"} for number in range(2)]
    codes = [proxy.post("/", content=f"text={head['x-forwarded-for']}", headers=head).status_code for head in heads]

    assert codes == [201, 429]


def test_more_reports_than_somebody_reads_are_not_taken_and_nothing_of_them_is_kept(tmp_path: Path) -> None:
    client = client_of(app_in(tmp_path, most_waiting=2))
    codes = [sent(client, f"{CANARY} {number}").status_code for number in range(3)]

    assert codes == [201, 201, 503]
    assert len(inbox(tmp_path)) == 2
    assert len(kept(tmp_path)) == 2


def kept(folder: Path) -> list[Path]:
    """The kept copies of evidence."""
    return [path for path in folder.rglob("*") if re.fullmatch(r"[0-9a-f]{64}", path.name)]


def test_a_full_disk_is_said_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    client = client_of(app_in(tmp_path))
    assert sent(client, "the first").status_code == 201
    before = kept(tmp_path)
    with no_room():
        answer = sent(client, CANARY)

    assert answer.status_code == 503
    assert "Nothing of yours was kept." in answer.text
    assert len(inbox(tmp_path)) == 1
    assert kept(tmp_path) == before
    assert sent(client, CANARY).status_code == 201


def test_a_store_that_fails_behind_the_copy_leaves_no_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise StoreUnusable("the database is locked", next_step="Try again.")

    client = client_of(app_in(tmp_path))
    assert sent(client, "the first").status_code == 201
    before = kept(tmp_path)
    monkeypatch.setattr("leakguard.store.sql_store.SqlStore.append", fails)

    assert sent(client, CANARY).status_code == 503
    assert kept(tmp_path) == before


async def asked(app: FormApp, *parts: bytes, pause: float = 0.0) -> int:
    """The status of a report whose parts arrive one after another."""
    waiting, status = list(parts), list[int]()

    async def receive() -> dict[str, Any]:
        if len(waiting) < len(parts):
            await anyio.sleep(pause)
        body = waiting.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(waiting)}

    async def send(message: Any) -> None:  # noqa: ANN401  (of the server)
        status.extend([message["status"]] if message["type"] == "http.response.start" else [])

    scope = {
        "type": "http", "method": "POST", "path": "/", "raw_path": b"/", "query_string": b"", "client": HERE,
        "headers": [(b"host", b"localhost"), (b"content-type", KIND["content-type"].encode())], "scheme": "http",
    }  # fmt: skip
    await app(scope, receive, send)
    return status[0]


def test_reports_are_kept_one_after_another_and_who_waits_too_long_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one is kept until the second has given up, so that no time is measured.

    The wait is short for the second one alone: on a busy machine the first would give up before it began.
    """
    begun, go_on = threading.Event(), threading.Event()

    def slow(_: bytes) -> str:
        begun.set()
        assert go_on.wait(60)
        return "RP-2026-0001"

    async def both() -> tuple[int, int]:
        app, first = replace(app_in(tmp_path), keep=slow), list[int]()

        async def one() -> None:
            first.append(await asked(app, b"text=one"))

        async with anyio.create_task_group() as group:
            group.start_soon(one)
            assert await anyio.to_thread.run_sync(begun.wait, 60)
            monkeypatch.setattr(app_module, "MOST_WAIT", 0.01)
            second = await asked(app, b"text=two")
            go_on.set()
        return first[0], second

    assert anyio.run(both) == (201, 503)


def test_a_report_that_does_not_arrive_in_time_is_refused_and_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second part would arrive in an hour."""
    monkeypatch.setattr(app_module, "MOST_SECONDS", 0.01)
    app = app_in(tmp_path)

    async def slow() -> int:
        return await asked(app, b"text=a", b"b", pause=3600)

    assert anyio.run(slow) == 408
    assert inbox(tmp_path) == []


def test_the_report_is_recorded_by_a_program_and_not_by_whoever_runs_it(tmp_path: Path) -> None:
    sent(client_of(app_in(tmp_path)))
    wiring = Wiring(settings_in(tmp_path))
    try:
        (entry,) = wiring.store.of_kinds(["report_received"])
    finally:
        wiring.close()

    assert entry.content["recorded_by"]["name"] == "the public form"


def test_an_address_that_others_reach_needs_a_proxy_with_tls(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="speaks no TLS"):
        options_of(settings_in(tmp_path), {"bind": "0.0.0.0"})
    found = options_of(settings_in(tmp_path, bind="127.0.0.2", port=8099), {})
    assert (found.asked.bind, found.port) == ("127.0.0.2", 8099)


def test_nobody_serves_it_where_nothing_says_who_receives_reports(tmp_path: Path) -> None:
    nobody = Settings(store=str(tmp_path / "leakguard.db"), scope=str(tmp_path / "scope.yaml"))
    with pytest.raises(UsageProblem, match="nothing says who answers"):
        form_app(nobody, site_of(ServeOptions()))


def test_an_address_that_is_none_is_counted_as_it_stands() -> None:
    assert counted_as("testclient") == "testclient"
    assert counted_as("2001:db8::1") == "2001:db8::/64"


def test_the_inbox_refuses_nothing_that_is_known_already(tmp_path: Path) -> None:
    box = Inbox(settings_in(tmp_path, most_waiting=1))
    first = box.keep(b'{"text": "one"}')
    assert box.keep(b'{"text": "one"}') == first
