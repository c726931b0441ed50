"""Object stores: the right to list is proven with zero keys, sizes are summed without one, grants are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from leakguard.models.observations import Ending, Reply
from support.hostile import answers, http_answer, serving
from support.probing import Probing, Question, run

pytestmark = pytest.mark.enable_socket

CANARY = "canary-customer-file"
NS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
DENIED = "<Error><Code>AccessDenied</Code><Message>canary</Message></Error>"


def xml(text: str, status: str = "200 OK") -> bytes:
    page = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()
    return http_answer(page, status=status, headers="Server: VERSITYGW\r\nContent-Type: application/xml\r\n")


def listing(*sizes: int | str, token: str | None = None) -> bytes:
    contents = "".join(
        f"<Contents><Key>{CANARY}-{number}</Key><Size>{size}</Size><ETag>e</ETag></Contents>"
        for number, size in enumerate(sizes)
    )
    more = f"<NextContinuationToken>{token}</NextContinuationToken>" if token else ""
    truncated = "true" if token else "false"
    return xml(f"<ListBucketResult {NS}>{more}<IsTruncated>{truncated}</IsTruncated>{contents}</ListBucketResult>")


def ask(table: Mapping[bytes, bytes], *questions: Question, host: str | None = None) -> tuple[list[Reply], Probing]:
    async def work() -> tuple[list[Reply], Probing]:
        probing = Probing()
        async with serving(answers(table)) as server:
            endpoint = server.endpoint(buckets=("ours", "our private"), host=host)
            return await probing.ask(endpoint, "s3", *questions), probing

    return run(work())


def document(table: Mapping[bytes, bytes], question: Question) -> dict[str, Any]:
    [reply], _ = ask(table, question)

    assert reply.ended is Ending.COMPLETE
    assert CANARY not in repr(reply)
    assert reply.body == b""
    found: dict[str, Any] = dict(reply.document)
    assert found.pop("requests")
    return found


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (xml(DENIED, "403 Forbidden"), {"code": "AccessDenied", "lists_buckets": False, "buckets": 0}),
        (
            xml(
                f"<ListAllMyBucketsResult {NS}><Owner><ID>canary</ID></Owner><Buckets>"
                "<Bucket><Name>a</Name></Bucket><Bucket><Name>b</Name></Bucket></Buckets></ListAllMyBucketsResult>"
            ),
            {"code": None, "lists_buckets": True, "buckets": 2},
        ),
        (xml("<Error><Code>x y; z</Code></Error>"), {"code": "Unknown", "lists_buckets": False, "buckets": 0}),
    ],
)
def test_the_service_tells_whether_it_lists_its_buckets(answer: bytes, expected: dict[str, Any]) -> None:
    assert document({b"GET / ": answer}, Question("service")) == expected


@pytest.mark.parametrize(
    ("answer", "exists", "listable", "code"),
    [
        (listing(), True, True, None),
        (xml(DENIED, "403 Forbidden"), None, False, "AccessDenied"),
        (xml("<Error><Code>NoSuchBucket</Code></Error>", "404 Not Found"), False, False, "NoSuchBucket"),
        (xml("<Error><Code>PermanentRedirect</Code></Error>", "301 Moved"), True, None, "PermanentRedirect"),
        (xml("<Error><Code>UserDisable</Code></Error>", "403 Forbidden"), None, False, "UserDisable"),
        (xml("<Error><Code>SlowDown</Code></Error>", "503 Slow Down"), None, None, "SlowDown"),
        (xml("<Error><Code>InternalError</Code></Error>", "500 Internal Error"), None, None, "InternalError"),
        (xml("<Error><Code>MethodNotAllowed</Code></Error>", "405 No"), None, None, "MethodNotAllowed"),
    ],
)
def test_the_right_to_list_is_proven_without_one_key(
    answer: bytes,
    *,
    exists: bool | None,
    listable: bool | None,
    code: str | None,
) -> None:
    table = {b"GET /ours?list-type=2&max-keys=0 ": answer}

    expected = {"exists": exists, "listable": listable, "code": code, "key_count": 0}
    assert document(table, Question("list", "ours")) == expected


@pytest.mark.parametrize(
    ("answer", "listable"),
    [
        (listing(3), True),
        (xml(DENIED, "403 Forbidden"), False),
        (xml("<Error><Code>InvalidArgument</Code></Error>"), None),
    ],
)
def test_a_store_that_knows_no_listing_of_zero_keys_is_asked_for_one(answer: bytes, *, listable: bool | None) -> None:
    """RustFS says `max-keys must be between 1 and 1000`, and so do Alibaba's OSS and Ozone."""
    refused = xml("<Error><Code>InvalidArgument</Code></Error>", "400 Bad Request")

    found = document({b"max-keys=0 ": refused, b"max-keys=1 ": answer}, Question("list", "ours"))

    assert found["listable"] is listable


def test_sizes_are_summed_over_pages_and_no_key_is_kept() -> None:
    table = {
        b"continuation-token=c%2Fustomer%3D": listing(1, "odd", -5),
        b"max-keys=1000 ": listing(9_000_000_000, 500, token="c/ustomer="),
    }

    [reply], probing = ask(table, Question("size", "ours"))

    document = reply.document
    assert [document[name] for name in ("objects", "bytes", "pages", "complete")] == [5, 9_000_000_501, 2, True]
    assert [inner["what"] for inner in document["requests"]] == [
        "/ours?list-type=2&max-keys=1000",
        "/ours?list-type=2&max-keys=1000&continuation-token=<page 2>",
    ]
    assert CANARY not in repr(reply)
    assert "ustomer" not in repr(reply)
    assert len(probing.said) == 2


def test_ten_pages_are_enough_and_the_sum_says_that_it_is_not_whole() -> None:
    [reply], probing = ask({b"list-type": listing(1, token="next")}, Question("size", "ours"))

    assert [reply.document[name] for name in ("objects", "pages", "complete")] == [10, 10, False]
    assert len(probing.said) == 10


def test_a_page_that_fails_leaves_the_sum_of_those_before() -> None:
    table = {b"continuation-token": xml(DENIED, "403 Forbidden"), b"max-keys=1000": listing(7, token="next")}

    [reply], _ = ask(table, Question("size", "ours"))

    assert [reply.document[name] for name in ("bytes", "pages", "complete", "code")] == [7, 1, False, "AccessDenied"]


def test_the_size_of_a_private_bucket_is_unknown() -> None:
    found = document({b"GET": xml(DENIED, "403 Forbidden")}, Question("size", "ours"))

    assert found == {"objects": None, "bytes": None, "pages": 0, "complete": False, "code": "AccessDenied"}


def grant(group: str, right: str) -> str:
    uri = f"<URI>http://acs.amazonaws.com/groups/{group}</URI>" if group else "<ID>canary</ID>"
    return f"<Grant><Grantee>{uri}</Grantee><Permission>{right}</Permission></Grant>"


def test_grants_to_strangers_are_read_and_others_are_not() -> None:
    grants = [("global/AllUsers", "READ"), ("global/AuthenticatedUsers", "WRITE"), ("", "FULL_CONTROL")]
    grants += [("s3/LogDelivery", "WRITE"), ("global/AllUsers", "READ_ACP"), ("global/AllUsers", "canary")]
    listed = "".join(grant(*each) for each in grants)
    inner = f"<Owner><ID>canary</ID></Owner><AccessControlList>{listed}</AccessControlList>"
    page = f"<AccessControlPolicy {NS}>{inner}</AccessControlPolicy>"

    found = document({b"GET /ours?acl ": xml(page)}, Question("acl", "ours"))

    assert found == {"readable": True, "everyone": ["READ", "READ_ACP"], "any_authenticated": ["WRITE"], "code": None}


def test_an_access_list_that_may_not_be_read_says_so() -> None:
    found = document({b"GET": xml(DENIED, "403 Forbidden")}, Question("acl", "ours"))

    assert found == {"readable": False, "everyone": [], "any_authenticated": [], "code": "AccessDenied"}


@pytest.mark.parametrize("method", ["list", "size", "acl"])
def test_a_bucket_that_the_owner_did_not_name_is_not_asked_for(method: str) -> None:
    [reply], probing = ask({b"GET": listing()}, Question(method, "theirs"))

    assert (reply.ended, probing.sent) == (Ending.BLOCKED, [])


def test_a_bucket_in_the_host_name_is_not_repeated_in_the_path() -> None:
    _, probing = ask({b"GET": listing()}, Question("list", "ours"), host="ours.s3.example.org")

    assert probing.said[0].startswith(b"GET /?list-type=2&max-keys=0 HTTP/1.1\r\nhost: ours.s3.example.org")


def test_the_name_of_a_bucket_travels_quoted() -> None:
    _, probing = ask({b"GET": listing()}, Question("list", "our private"))

    assert probing.said[0].startswith(b"GET /our%20private?list-type=2")


@pytest.mark.parametrize("page", [b"", b"{}", b"<html></html>", b"<ListBucketResult>", b"\xff\xfe<"])
def test_what_is_not_s3_is_garbled_with_its_status(page: bytes) -> None:
    [reply], _ = ask({b"GET": http_answer(page, status="404 Not Found")}, Question("list", "ours"))

    assert (reply.ended, reply.status, reply.document) == (Ending.GARBLED, 404, None)


def test_a_listing_beyond_the_cap_is_no_proof() -> None:
    [reply], _ = ask({b"GET": listing(*range(5000))}, Question("list", "ours", cap_bytes=4096))

    assert (reply.ended, reply.document) == (Ending.CAPPED, None)


def test_a_long_page_of_a_web_server_is_no_answer_of_a_store() -> None:
    """It was taken for a listing that did not end, and the server for a store of which nothing can be said."""
    page = http_answer(b"<!DOCTYPE html>\n<html>" + b"<p>x</p>" * 20_000)

    [reply], _ = ask({b"GET": page}, Question("service", cap_bytes=65_536))

    assert (reply.ended, reply.status) == (Ending.GARBLED, 200)


@pytest.mark.parametrize("head", ["", "<?xml version='1.0'?>\n", "\ufeff<?xml version='1.0'?>"])
def test_a_long_listing_of_a_store_is_cut_off(head: str) -> None:
    page = http_answer(f"{head}<ListBucketResult {NS}>{'<Contents></Contents>' * 4000}".encode())

    [reply], _ = ask({b"GET": page}, Question("service", cap_bytes=65_536))

    assert reply.ended is Ending.CAPPED


@pytest.mark.parametrize(
    ("answer", "ended"),
    [
        (listing(3), Ending.COMPLETE),
        (xml(DENIED, "403 Forbidden"), Ending.COMPLETE),
        (xml("<Error><Code>NoSuchBucket</Code></Error>", "404 Not Found"), Ending.COMPLETE),
        (http_answer(b"<html>no</html>", status="404 Not Found"), Ending.GARBLED),
        (http_answer(b"<html>log in</html>", status="401 Unauthorized"), Ending.GARBLED),
    ],
)
def test_a_store_behind_the_front_page_of_a_proxy_is_known_by_a_bucket_of_ours(answer: bytes, ended: Ending) -> None:
    """A proxy sends people from `/` to the console of the store, or guards it alone, and passes the rest on."""
    front = http_answer(b"<html>moved</html>", status="302 Found")

    [service], probing = ask({b"GET / ": front, b"GET /ours?": answer}, Question("service"))

    assert (service.ended, service.status) == (ended, 302)
    assert len(probing.said) == 2


def test_a_front_page_is_all_that_is_asked_where_no_bucket_is_ours() -> None:
    async def work() -> tuple[list[Reply], Probing]:
        probing = Probing()
        async with serving(answers({b"GET / ": http_answer(b"<html></html>")})) as server:
            return await probing.ask(server.endpoint(), "s3", Question("service")), probing

    [service], probing = run(work())

    assert (service.ended, len(probing.said)) == (Ending.GARBLED, 1)
