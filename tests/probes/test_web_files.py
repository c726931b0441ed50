"""Files that a web server should not give away: proved by their first bytes, counted, and never told."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.observations import Ending, Reply
from leakguard.probes.protocols.webroot.file_reader import (
    git_entries,
    is_ds_store,
    is_git_head,
    is_hg_requires,
    is_page,
    is_private_key,
    is_svn_database,
    settings_in,
)
from support.hostile import Host, Script, http_answer, read_some, serving, silence
from support.probing import Probing, Question, run

pytestmark = pytest.mark.enable_socket

CANARY = "canary-of-a-secret"
ENV = f"# production\nAPP_ENV=production\nDB_PASSWORD={CANARY}\nexport API_KEY = {CANARY}\nEMPTY_TOKEN=\n".encode()
KEY = f"-----BEGIN OPENSSH PRIVATE KEY-----\n{CANARY}".encode()
INDEX = b"DIRC" + (2).to_bytes(4, "big") + (1234).to_bytes(4, "big")
READERS = (is_svn_database, is_hg_requires, is_ds_store, is_private_key, is_git_head)
ASKED = re.compile(rb"(GET|HEAD) (\S+) ")


def files(found: Mapping[str, bytes], *, ranges: bool = True, absent: str = "404 Not Found") -> Script:
    """A web server with these files and no others; without `ranges` it sends the whole file.

    `absent` is what it says to HEAD of any other path.
    """

    async def script(reader: object, writer: object, host: Host) -> None:
        while True:
            said = await read_some(reader, host)  # type: ignore[arg-type]  # the stream of a script
            for method, path in ASKED.findall(said):
                body = found.get(path.decode())
                status = "404 Not Found" if body is None else "206 Partial Content" if ranges else "200 OK"
                answer = http_answer(body or b"<html>nothing</html>", status=status if method == b"GET" else "200 OK")
                if method == b"HEAD" and body is None:
                    answer = http_answer(b"", status=absent, headers="Content-Type: text/html\r\n")
                writer.write(answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if method == b"HEAD" else answer)  # type: ignore[attr-defined]  # as above

    return script


def ask(script: Script, method: str) -> tuple[Reply, Probing]:
    async def work() -> tuple[Reply, Probing]:
        probing = Probing()
        async with serving(script) as server:
            (reply,) = await probing.ask(server.endpoint(), "webroot", Question(method))
            return reply, probing

    return run(work())


def told(script: Script, method: str) -> dict[str, object]:
    reply, _ = ask(script, method)

    assert reply.ended is Ending.COMPLETE
    assert CANARY not in repr(reply)
    assert reply.body == b""
    return {name: value for name, value in reply.document.items() if name != "requests"}


@pytest.mark.parametrize("ranges", [True, False])
def test_a_repository_is_proved_by_its_first_bytes_and_its_files_are_counted(*, ranges: bool) -> None:
    root = {"/.git/HEAD": b"ref: refs/heads/main\n", "/.git/index": INDEX + CANARY.encode(), "/.git/config": b"no"}

    found = told(files(root, ranges=ranges), "repositories")

    assert found == {"git": True, "svn": False, "hg": False, "ds_store": False, "tracked_files": 1234}


def test_other_repositories_are_known_by_their_own_marks() -> None:
    root = {
        "/.svn/wc.db": b"SQLite format 3\x00" + CANARY.encode(),
        "/.hg/requires": b"dotencode\nrevlogv1\nstore\n",
        "/.DS_Store": b"\x00\x00\x00\x01Bud1\x00\x00" + CANARY.encode(),
    }

    found = told(files(root), "repositories")

    assert found == {"git": False, "svn": True, "hg": True, "ds_store": True, "tracked_files": None}


@pytest.mark.parametrize("ranges", [True, False])
def test_settings_are_counted_by_their_names_and_their_values_go_by(*, ranges: bool) -> None:
    root = {
        "/.env": ENV,
        "/.aws/credentials": f"[default]\naws_secret_access_key = {CANARY}\n".encode(),
        "/id_rsa": KEY,
    }

    found = told(files(root, ranges=ranges), "secrets")

    assert found == {"files": 2, "keys": 5, "secrets": 3, "private_keys": 1}


def test_no_more_than_four_kibibytes_of_a_file_are_read() -> None:
    lines = b"".join(b"NAME_%06d=value\n" % number for number in range(10_000))

    reply, _ = ask(files({"/.env": lines}, ranges=False), "secrets")

    assert reply.document["keys"] <= 4096 // 18
    assert reply.size_bytes < 64 * 1024


def test_a_page_that_is_shown_for_every_path_is_not_fetched_for_each_of_them() -> None:
    """A single-page application shows its page for all that it does not know, and may still have a file too many."""
    reply, probing = ask(files({"/.env": ENV}, absent="200 OK"), "secrets")

    assert (reply.document["files"], reply.document["secrets"]) == (1, 2)
    assert [said for said in probing.said if said.startswith(b"GET")] == [probing.said[1]]


@pytest.mark.parametrize(
    ("page", "holds"),
    [
        (b"<!DOCTYPE html>\n<html>", True),
        (b"\xef\xbb\xbf <!-- a theme -->\n<HTML lang='en'>", True),
        (b"ref: refs/heads/main\n", False),
        (b"<?xml version='1.0'?><list/>", False),
        (b"A=1\n<html>", False),
        (b"", False),
    ],
)
def test_a_page_of_html_is_told_from_a_file(page: bytes, *, holds: bool) -> None:
    assert is_page(page) is holds


def test_no_more_of_a_file_is_asked_for_than_it_has() -> None:
    """A range that goes beyond the end is refused by webfs, with 400."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        while True:
            said = await read_some(reader, host)
            is_there = b" /.env " in said
            status = "206 Partial Content" if f"bytes=0-{len(ENV) - 1}\r".encode() in said else "400 Bad Request"
            answer = http_answer(ENV if is_there else b"no", status=status if is_there else "404 Not Found")
            head = http_answer(ENV if is_there else b"", status="200 OK" if is_there else "404 Not Found")
            writer.write(head.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if said.startswith(b"HEAD") else answer)

    assert told(script, "secrets")["secrets"] == 2


@pytest.mark.parametrize("status", ["405 Method Not Allowed", "501 Unsupported method"])
def test_a_server_that_knows_no_head_is_asked_without_it(status: str) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        while True:
            said = await read_some(reader, host)
            is_there = said.startswith(b"GET /.env ")
            answer = http_answer(ENV if is_there else b"no", status="200 OK" if is_there else "404 Not Found")
            head = f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()
            writer.write(head if said.startswith(b"HEAD") else answer)

    assert told(script, "secrets")["secrets"] == 2


@pytest.mark.parametrize("method", ["repositories", "secrets", "known_dumps"])
def test_what_is_sent_behind_the_answer_to_head_is_no_answer_to_the_next_question(method: str) -> None:
    """WsgiDAV sends its page of refusal to HEAD as well, a moment later; it was taken for garbage."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        while await read_some(reader, host):
            head, _, page = http_answer(b"<html>no</html>", status="401 Unauthorized").partition(b"\r\n\r\n")
            writer.write(head + b"\r\n\r\n")
            await asyncio.sleep(0.02)
            writer.write(page)

    reply, _ = ask(script, method)

    assert (reply.ended, reply.status) == (Ending.COMPLETE, 401)


def test_a_dump_under_a_usual_name_is_proved_by_its_magic() -> None:
    root = {"/backup.sql.gz": b"\x1f\x8b" + CANARY.encode(), "/dump.sql": b"<html>a page</html>"}

    found = told(files(root), "known_dumps")

    assert [dump["kind"] for dump in found["dumps"]] == ["gzip"]  # type: ignore[attr-defined]  # a list


@pytest.mark.parametrize("method", ["repositories", "secrets", "known_dumps"])
def test_a_web_server_without_such_files_is_told_as_one(method: str) -> None:
    found = told(files({}), method)

    assert not any(found.values())


@pytest.mark.parametrize("method", ["repositories", "secrets", "known_dumps"])
def test_a_silent_host_tells_nothing(method: str) -> None:
    reply, _ = ask(silence(), method)

    assert reply.ended is Ending.SILENT
    assert reply.document is None


@pytest.mark.parametrize(
    ("first", "holds"),
    [
        (b"ref: refs/heads/main\n", True),
        (b"3b18e512dba79e4c8300dd08aeb37f8e728b8dad\n", True),
        (b"ref: refs/heads/main\nand more", False),
        (b"<html>ref: refs/heads/main", False),
        (b"", False),
    ],
)
def test_a_page_is_no_head_of_a_repository(first: bytes, *, holds: bool) -> None:
    assert is_git_head(first) is holds


@pytest.mark.parametrize(
    ("text", "keys", "secrets"),
    [
        (b"A=1\nB_PASSWORD=x\n", 2, 1),
        (b"A=1", 1, 0),
        (b"B_PASSWORD=\nC=2\n", 2, 0),
        (b"[section]\n; comment\nsecret = x\n", 1, 1),
        (b"A=1\nhalf a li", 1, 0),
        (b"A_PASSWORD=\"\"\nB_PASSWORD='x y'\n", 2, 1),
        (b'KEY_PASS="-----BEGIN PRIVATE KEY-----\nMIIEow+/=\n-----END PRIVATE KEY-----"\nB=2\n', 2, 1),
        (b'B=2\nPRIVATE_KEY="-----BEGIN PRIVATE KEY-----\nMIIE', 1, 0),
    ],
)
def test_settings_count_only_with_a_value(text: bytes, keys: int, secrets: int) -> None:
    found = settings_in(text)

    assert found is not None
    assert (found.keys, found.secrets) == (keys, secrets)


@pytest.mark.parametrize("text", [b"", b"<html>\nA=1\n", b"# only a comment\n", b"{'a': 1}\n", b"\x00\x01\n"])
def test_what_is_not_settings_is_not_counted(text: bytes) -> None:
    assert settings_in(text) is None


@pytest.mark.parametrize("first", [b"", b"DIRC", b"DIRC\x00\x00\x00\x02\x00", b"XIRC\x00\x00\x00\x02\x00\x00\x00\x01"])
def test_what_is_no_index_counts_nothing(first: bytes) -> None:
    assert git_entries(first) is None


@pytest.mark.parametrize(
    ("first", "holds"),
    [
        (KEY, True),
        (b"\n-----BEGIN PRIVATE KEY-----\n", True),
        (b"-----BEGIN PGP PRIVATE KEY BLOCK-----", True),
        (b"-----BEGIN CERTIFICATE-----", False),
        (b"", False),
    ],
)
def test_a_certificate_is_no_private_key(first: bytes, *, holds: bool) -> None:
    assert is_private_key(first) is holds


@given(st.binary(max_size=200))
def test_no_bytes_break_the_readers(data: bytes) -> None:
    assert all(isinstance(reader(data), bool) for reader in READERS)
    found = settings_in(data)
    assert found is None or 0 <= found.secrets <= found.keys
