"""Hosts that hang up behind every answer: a redirect costs no more connections than a page."""

from __future__ import annotations

from asyncio import StreamReader, StreamWriter

import pytest

from leakguard.checks.definitions import CheckDefinition
from leakguard.engine.examination import EndpointStatus, Examination
from leakguard.models.findings import Outcome
from leakguard.models.targets import Endpoint
from leakguard.probes.timeouts import Timeouts
from support.examining import examiner_with
from support.hostile import Host, Script, http_answer, read_some, serving
from support.matrix_scan import shipped
from support.probing import Probing, run

pytestmark = [pytest.mark.enable_socket, pytest.mark.untraced]

CHECKS = shipped()
BRISK = Timeouts(connect=2, handshake=1, request=1.5, target=20, endpoint=20, guess=0.5, greeting=0.05)
PAGE = http_answer(b"<html>hello</html>", headers="Content-Type: text/html\r\n")


def redirect(status: str, location: str, *, headers: str = "") -> bytes:
    return f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\n{headers}\r\n".encode()


def hangs_up_behind(said: bytes, **pages: bytes) -> Script:
    """Whatever is asked, but for `pages`, which are by their first words."""

    async def script(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
        asked = await read_some(reader, host)
        path = asked.partition(b" /")[2].split(b"/")[0].split(b"?")[0].split(b" ")[0].decode("latin-1")
        writer.write(pages.get(path, said))
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    return script


def examined(script: Script) -> tuple[Examination, int, list[bytes]]:
    """What came of the host, how many connections it took, and the first lines of what it was asked."""

    async def work() -> tuple[Examination, int, list[bytes]]:
        async with serving(script) as host:
            endpoint = Endpoint(address="127.0.0.1", port=host.port, named=True)
            found = await examiner_with(Probing(timeouts=BRISK), CHECKS).examine(endpoint)
            return found, host.connections, [asked.partition(b"\r\n")[0] for asked in host.received]

    return run(work())


@pytest.mark.parametrize("status", ["301", "302", "303", "307", "308"])
@pytest.mark.parametrize("location", ["/login", "https://www.example.org/", "http://example.org/app/"])
@pytest.mark.parametrize("headers", ["", "Content-Length: 0\r\nConnection: close\r\n"])
def test_a_redirecting_host_costs_no_more_connections_than_a_plain_one(
    status: str, location: str, headers: str
) -> None:
    plain, plain_connections, _ = examined(hangs_up_behind(PAGE))
    found, connections, asked = examined(hangs_up_behind(redirect(status, location, headers=headers)))

    assert (plain.status, found.status) == (EndpointStatus.OTHER, EndpointStatus.OTHER)
    assert connections <= plain_connections
    assert connections == len(asked) == len(set(asked))


@pytest.mark.parametrize("status", ["301", "302", "303", "307", "308"])
def test_a_redirect_without_an_end_on_a_line_that_is_kept_costs_no_connection_for_each_question(status: str) -> None:
    """As QuestDB sends it: neither a length nor a close; its body, if it has one, is of no use."""

    def keeps(said: bytes) -> Script:
        async def script(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
            while await read_some(reader, host):
                writer.write(said)
                await writer.drain()

        return script

    stated, stated_connections, _ = examined(keeps(redirect(status, "/index.html", headers="Content-Length: 0\r\n")))
    found, connections, asked = examined(keeps(redirect(status, "/index.html")))

    assert (stated.status, found.status) == (EndpointStatus.OTHER, EndpointStatus.OTHER)
    assert connections == stated_connections
    assert len(asked) == len(set(asked))


def test_a_body_behind_a_redirect_without_an_end_is_no_answer_to_the_next_question() -> None:
    """It may look like an answer of an open store."""
    forged = redirect("302", "/index.html") + http_answer(b'{"cluster_name": "c", "tagline": "You Know, for Search"}')

    found, connections, asked = examined(hangs_up_behind(forged))

    assert found.status is EndpointStatus.OTHER
    assert connections == len(asked) == len(set(asked))


def test_no_question_is_put_twice_to_a_host_that_hangs_up() -> None:
    _, connections, asked = examined(hangs_up_behind(PAGE))

    assert connections == len(asked) == len(set(asked))


def test_a_store_behind_a_redirect_is_found_all_the_same() -> None:
    """The few questions that prove a product are asked whatever the front page says."""
    grafana = {
        "api": http_answer(
            b'{"database": "ok", "version": "9.5.2", "commit": "cfcea75916", "name": "Main Org.", "id": 1}'
        )
    }

    found, _, _ = examined(hangs_up_behind(redirect("302", "/login"), **grafana))

    assert found.status is EndpointStatus.EXPOSED
    assert [each.check_id for each in found.findings if each.verdict.outcome is Outcome.EXPOSED] == ["grafana_open"]


def test_a_secret_behind_a_redirect_is_found_all_the_same() -> None:
    secret = {".env": http_answer(b"DB_PASSWORD=x\nAPP_KEY=y\nDB_HOST=z\n", headers="Content-Type: text/plain\r\n")}

    found, _, _ = examined(hangs_up_behind(redirect("302", "/login"), **secret))

    assert [each.check_id for each in found.findings if each.verdict.outcome is Outcome.EXPOSED] == [
        "http_secrets_open"
    ]


FRONTS = {
    "nothing": b"HTTP/1.1 204 No Content\r\n\r\n",
    "an error": b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
    "away": b"HTTP/1.1 503 Later\r\nContent-Length: 2\r\n\r\nno",
    "a page": http_answer(b"<html><h1>It works</h1></html>", headers="Content-Type: text/html\r\n"),
    "an empty document": http_answer(b"{}"),
    "a redirect elsewhere": redirect("302", "/dashboard", headers="Content-Length: 0\r\n"),
}
INDICES = b'[{"index":"mail-2019.05","docs.count":"41000","pri.store.size":"8400","store.size":"8400"}]'


@pytest.mark.parametrize("front", FRONTS)
def test_the_products_of_a_port_are_asked_whatever_its_front_page_says(front: str) -> None:
    """An open Elasticsearch on a port of its own was other behind every one of these."""
    check = next(one for one in CHECKS if one.id == "elasticsearch_open")

    async def script(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
        while asked := await read_some(reader, host):
            path = asked.split(b" ")[1]
            said = FRONTS[front] if path == b"/" else b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"
            if path.startswith(b"/_cat/indices"):
                said = http_answer(INDICES)
            if path.startswith(b"/_count"):
                said = http_answer(b'{"count":41000,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}}')
            writer.write(said)
            await writer.drain()

    async def work() -> Examination:
        async with serving(script) as host:
            own = CheckDefinition({**check.stated, "probe": {**check.stated["probe"], "ports": [host.port]}})
            endpoint = Endpoint(address="127.0.0.1", port=host.port, named=True)
            return await examiner_with(Probing(timeouts=BRISK), [own]).examine(endpoint)

    assert run(work()).status is EndpointStatus.EXPOSED
