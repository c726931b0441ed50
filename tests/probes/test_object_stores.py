"""Google's, Microsoft's and OpenStack's object stores: who may list is told, sizes are summed, and no name is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.observations import Ending, Reply
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.formats.store_xml import MOST_EXTENSIONS, extension_of
from leakguard.probes.protocols.azblob.reader import AzureAnswer
from leakguard.probes.protocols.gcs.reader import GcsAnswer, read_answer
from leakguard.probes.protocols.s3.reader import S3Answer
from support.hostile import answers, http_answer, serving
from support.probing import Probing, Question, run

pytestmark = [pytest.mark.enable_socket, pytest.mark.untraced]

CANARY = "canary-customer-file"
FIELDS = "fields=kind,nextPageToken,items(size)"


def ask(
    kind: str, table: Mapping[bytes, bytes], question: Question, *, bucket: str, host: str | None = None
) -> tuple[Reply, Probing]:
    async def work() -> tuple[Reply, Probing]:
        probing = Probing()
        async with serving(answers(table)) as server:
            endpoint = server.endpoint(buckets=(bucket,), host=host)
            (reply,) = await probing.ask(endpoint, kind, question)
            return reply, probing

    return run(work())


def known(reply: Reply) -> dict[str, Any]:
    """The document without the list of inner requests; nothing of the host's own words may be in the reply."""
    assert reply.ended is Ending.COMPLETE
    assert CANARY not in repr(reply)
    assert reply.body == b""
    found: dict[str, Any] = dict(reply.document)
    assert found.pop("requests")
    return found


def page(*sizes: object, token: str | None = None, **more: object) -> bytes:
    items = [{"size": size, "name": CANARY} for size in sizes]
    found = {
        "kind": "storage#objects",
        **({"items": items} if items else {}),
        **({"nextPageToken": token} if token else {}),
        **more,
    }
    return http_answer(json.dumps(found).encode(), headers="Content-Type: application/json\r\n")


def refusal(reason: object, status: str) -> bytes:
    text = json.dumps({"error": {"code": 401, "message": CANARY, "errors": [{"reason": reason, "message": CANARY}]}})
    return http_answer(text.encode(), status=status)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (page("14"), {"exists": True, "listable": True, "code": None}),
        (page(), {"exists": True, "listable": True, "code": None}),
        (refusal("required", "401 Unauthorized"), {"exists": None, "listable": False, "code": "required"}),
        (refusal("notFound", "404 Not Found"), {"exists": False, "listable": False, "code": "notFound"}),
        (refusal("x y; z", "403 Forbidden"), {"exists": None, "listable": False, "code": "Unknown"}),
        (refusal(["list"], "403 Forbidden"), {"exists": None, "listable": False, "code": "Unknown"}),
        (
            http_answer(b'{"error": "canary-customer-file"}', status="500 No"),
            {"exists": None, "listable": False, "code": "Unknown"},
        ),
        (
            http_answer(b'{"kind": "storage#objects"}', status="302 Found"),
            {"exists": None, "listable": False, "code": None},
        ),
    ],
)
def test_google_tells_who_may_list_without_one_name(answer: bytes, expected: dict[str, Any]) -> None:
    """An empty bucket that is open answers with an empty object."""
    question = f"GET /storage/v1/b/our_bucket/o?maxResults=1&{FIELDS} ".encode()

    reply, probing = ask("gcs", {question: answer}, Question("list", "our_bucket"), bucket="our_bucket")

    assert known(reply) == expected
    assert len(probing.said) == 1


def test_sizes_of_google_are_summed_over_pages() -> None:
    table = {
        b"pageToken=a%2Fb": page("1", "odd", -5, None),
        b"maxResults=1000": page("9000000000", 500, token="a/b"),
    }

    reply, _ = ask("gcs", table, Question("size", "ours"), bucket="ours")

    assert [inner["what"] for inner in reply.document["requests"]] == [
        f"/storage/v1/b/ours/o?maxResults=1000&{FIELDS}",
        f"/storage/v1/b/ours/o?maxResults=1000&{FIELDS}&pageToken=<page 2>",
    ]
    assert known(reply) == {"objects": 6, "bytes": 9_000_000_501, "pages": 2, "complete": True, "code": None}


def test_a_page_that_nobody_can_ask_for_is_the_last_one_of_a_list_that_goes_on() -> None:
    """JSON may hold half of a surrogate pair, which no URL can."""
    table = {b"maxResults=1000": page(7, token="\ud800")}

    reply, probing = ask("gcs", table, Question("size", "ours"), bucket="ours")

    assert known(reply) == {"objects": 1, "bytes": 7, "pages": 1, "complete": False, "code": None}
    assert len(probing.said) == 1


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            page(permissions=["storage.objects.get", CANARY, 7, "storage.objects.create"]),
            {"answered": True, "held": ["storage.objects.get", "storage.objects.create"]},
        ),
        (page(permissions=CANARY), {"answered": True, "held": []}),
        (page(), {"answered": True, "held": []}),
        (refusal("required", "401 Unauthorized"), {"answered": False, "held": []}),
    ],
)
def test_google_is_asked_what_a_stranger_may_do_and_only_known_words_count(
    answer: bytes, expected: dict[str, Any]
) -> None:
    reply, _ = ask("gcs", {b"testPermissions": answer}, Question("permissions", "ours"), bucket="ours")

    assert known(reply) == expected


@pytest.mark.parametrize("body", [b"{}", b'{"status": "ok"}', b'{"kind": "storage#buckets"}'])
def test_json_that_names_no_list_of_objects_is_none(body: bytes) -> None:
    """A server that answers everything with an empty object was told as an open bucket."""
    reply, _ = ask("gcs", {b"GET": http_answer(body)}, Question("list", "ours"), bucket="ours")

    assert (reply.ended, reply.document) == (Ending.GARBLED, None)


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"[]", b"7", b"[" * 20_000, b"\xff\xfe"])
@pytest.mark.parametrize("method", ["list", "permissions", "size"])
def test_what_is_not_googles_json_is_garbled(body: bytes, method: str) -> None:
    reply, _ = ask("gcs", {b"GET": http_answer(body)}, Question(method, "ours"), bucket="ours")

    assert (reply.ended, reply.document) == (Ending.GARBLED, None)


def blobs(*sizes: object, marker: str = "") -> bytes:
    entries = "".join(
        f"<Blob><Name>{CANARY}</Name><Properties><Content-Length>{size}</Content-Length>"
        f"<Content-Type>{CANARY}</Content-Type></Properties></Blob>"
        for size in sizes
    )
    text = f'<EnumerationResults ContainerName="mail"><Blobs>{entries}</Blobs><NextMarker>{marker}</NextMarker>'
    return http_answer(f'<?xml version="1.0" encoding="utf-8"?>{text}</EnumerationResults>'.encode())


def azure_error(code: str, status: str) -> bytes:
    return http_answer(f"<Error><Code>{code}</Code><Message>{CANARY}</Message></Error>".encode(), status=status)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (blobs(54), {"exists": True, "listable": True, "code": None}),
        (blobs(), {"exists": True, "listable": True, "code": None}),
        (
            azure_error("PublicAccessNotPermitted", "409 Conflict"),
            {"exists": None, "listable": False, "code": "PublicAccessNotPermitted"},
        ),
        (
            azure_error("ResourceNotFound", "404 Not Found"),
            {"exists": None, "listable": False, "code": "ResourceNotFound"},
        ),
        (
            azure_error("ContainerNotFound", "404 Not Found"),
            {"exists": False, "listable": False, "code": "ContainerNotFound"},
        ),
    ],
)
def test_azure_tells_who_may_list(answer: bytes, expected: dict[str, Any]) -> None:
    question = b"GET /campusdata/mail?restype=container&comp=list&maxresults=1 "

    reply, _ = ask("azblob", {question: answer}, Question("list", "campusdata/mail"), bucket="campusdata/mail")

    assert known(reply) == expected


def test_the_account_stands_in_microsofts_host_or_in_the_path() -> None:
    table = {b"GET /mail?restype=container": blobs(54)}
    host = "campusdata.blob.core.windows.net"

    reply, _ = ask("azblob", table, Question("list", "campusdata/mail"), bucket="campusdata/mail", host=host)

    assert known(reply)["listable"] is True


def test_sizes_of_azure_are_summed_over_pages() -> None:
    table = {b"marker=m%21": blobs(1), b"maxresults=1000": blobs(10**12, "odd", marker="m!")}

    reply, _ = ask("azblob", table, Question("size", "campusdata/mail"), bucket="campusdata/mail")

    assert known(reply) == {"objects": 3, "bytes": 10**12 + 1, "pages": 2, "complete": True, "code": None}


@pytest.mark.parametrize(
    ("header", "status", "setting"),
    [
        ("x-ms-blob-public-access: container\r\n", "200 OK", "container"),
        ("x-ms-blob-public-access: blob\r\n", "200 OK", "blob"),
        (f"x-ms-blob-public-access: {CANARY}\r\n", "200 OK", None),
        ("", "200 OK", None),
        ("x-ms-blob-public-access: container\r\n", "403 No", None),
    ],
)
def test_azure_is_asked_for_the_setting_of_the_container(header: str, status: str, setting: str | None) -> None:
    answer = f"HTTP/1.1 {status}\r\n{header}content-length: 0\r\n\r\n".encode()

    reply, _ = ask("azblob", {b"HEAD ": answer}, Question("access", "campusdata/mail"), bucket="campusdata/mail")

    assert reply.document["setting"] == setting
    assert [inner["method"] for inner in reply.document["requests"]] == ["HEAD"]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (
            "204 No Content\r\nx-container-object-count: 3\r\nx-container-bytes-used: 600\r\nx-trans-id: tx1",
            {"is_swift": True, "listable": True, "exists": None, "objects": 3, "bytes": 600},
        ),
        (
            "401 Unauthorized\r\nx-trans-id: tx1",
            {"is_swift": True, "listable": False, "exists": None, "objects": None, "bytes": None},
        ),
        (
            "404 Not Found\r\nx-trans-id: tx1",
            {"is_swift": True, "listable": None, "exists": False, "objects": None, "bytes": None},
        ),
        ("200 OK", {"is_swift": False, "listable": None, "exists": None, "objects": None, "bytes": None}),
    ],
)
def test_one_head_tells_all_about_a_container_of_swift(head: str, expected: dict[str, Any]) -> None:
    answer = f"HTTP/1.1 {head}\r\ncontent-length: 0\r\n\r\n".encode()

    reply, _ = ask(
        "swift", {b"HEAD /v1/AUTH_c/mail ": answer}, Question("container", "AUTH_c/mail"), bucket="AUTH_c/mail"
    )

    assert known(reply) == expected


@pytest.mark.parametrize(("kind", "method"), [("gcs", "list"), ("azblob", "list"), ("swift", "container")])
def test_a_bucket_that_the_owner_did_not_name_is_not_asked_for(kind: str, method: str) -> None:
    reply, probing = ask(kind, {}, Question(method, "stranger/s"), bucket="ours")

    assert reply.ended is Ending.BLOCKED
    assert probing.said == []


@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode) | st.just(blobs(1)[60:]))
def test_no_bytes_break_the_readers(body: bytes) -> None:
    for read in (read_answer, AzureAnswer.read):
        try:
            found: GcsAnswer | AzureAnswer = read(body)
        except Garbled:
            continue
        assert found.objects >= 0
        assert found.bytes >= 0


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)


@given(st.dictionaries(st.sampled_from(["items", "error", "permissions", "nextPageToken"]), json_values))
def test_no_json_breaks_the_reader_of_google(document: dict[str, Any]) -> None:
    found = read_answer(json.dumps(document).encode())

    assert found.is_listing is ("error" not in document)


def test_a_page_of_google_that_is_made_to_be_costly_is_left_unread() -> None:
    page = json.dumps({"items": [{"size": "5"}] * 1000}).encode()

    assert read_answer(page).objects == 1000
    with pytest.raises(Garbled, match="more than a page holds"):
        read_answer(b'{"items": [' + b"[]," * 30_000 + b"[]]}")


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("scans/2019/a.DCM", "dcm"),
        ("dump.sql.gz", "gz"),
        (f"{CANARY}", ""),
        (f"a.{CANARY}", ""),
        ("wang.13812345678", ""),
        ("a.", ""),
        ("", ""),
        ("photo.jp g", ""),
    ],
)
def test_of_a_name_only_a_usual_ending_is_kept(name: str, end: str) -> None:
    assert extension_of(name) == end


def test_no_more_endings_are_told_apart_than_the_cap() -> None:
    keys = "".join(f"<Contents><Key>a.e{number}</Key></Contents>" for number in range(MOST_EXTENSIONS + 5))

    answer = S3Answer.read(f"<ListBucketResult>{keys}</ListBucketResult>".encode())

    assert len(answer.extensions) == MOST_EXTENSIONS
    assert answer.extensions["e0"] == 1
