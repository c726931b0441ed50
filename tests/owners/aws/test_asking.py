"""Asking: pages, caps, refusals that name the permission, services that are not used, throttling, and a stop."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import EndpointConnectionError
from botocore.parsers import ResponseParserError

from leakguard.models.clouds import Gap
from leakguard.owners.aws import asking
from leakguard.owners.aws.asking import BY_THOUSANDS, Asker, CallRefused, Draft, ServiceUnused
from leakguard.owners.aws.door import Door
from support.aws import REGION, ScriptedAws, unit


def asker_of(aws: ScriptedAws, *, stop: threading.Event | None = None) -> Asker:
    door = Door(aws.session)
    return Asker(
        unit=unit(), client=lambda service, region: door.client("prod", service, region),
        stop=stop or threading.Event(),
    )  # fmt: skip


def pages(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """Three pages of two."""
    page = int(asked.get("Marker", "0"))
    more = {"Marker": str(page + 1)} if page < 2 else {}
    return {"DBInstances": [{"DBInstanceIdentifier": f"db-{page}-{number}"} for number in (0, 1)], **more}


def test_all_pages_are_read() -> None:
    asker = asker_of(ScriptedAws(answers={"rds DescribeDBInstances": pages}))

    found = asker.listing("rds", "DescribeDBInstances", "DBInstances")

    assert [each["DBInstanceIdentifier"] for each in found][::5] == ["db-0-0", "db-2-1"]
    assert len(asker.asked) == 3
    assert asker.listed == asker.asked[-1]


def test_what_has_no_pages_is_read_at_once() -> None:
    asker = asker_of(ScriptedAws(answers={"opensearch ListDomainNames": {"DomainNames": [{"DomainName": "logs"}]}}))

    assert asker.listing("opensearch", "ListDomainNames", "DomainNames") == [{"DomainName": "logs"}]


def test_pages_that_the_library_cannot_turn_are_turned_by_their_tokens() -> None:
    def listed(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        page = int(asked.get("pageToken", "0"))
        more = {"nextPageToken": str(page + 1)} if page < 2 else {}
        return {"buckets": [{"name": f"web-{page}"}], **more}

    asker = asker_of(ScriptedAws(answers={"lightsail GetBuckets": listed}))

    assert [each["name"] for each in asker.listing("lightsail", "GetBuckets", "buckets")] == ["web-0", "web-1", "web-2"]


def test_a_list_that_leads_back_to_itself_is_a_gap() -> None:
    again = {"buckets": [], "nextPageToken": "x"}
    asker = asker_of(ScriptedAws(answers={"lightsail GetBuckets": again}))

    with pytest.raises(CallRefused) as refusal:
        asker.listing("lightsail", "GetBuckets", "buckets")

    assert refusal.value.gap.code == "endless list"
    assert len(asker.asked) == 2


@pytest.mark.parametrize(
    ("service", "operation", "key", "size"),
    [("sqs", "ListQueues", "QueueUrls", "MaxResults"), ("s3", "ListBuckets", "Buckets", "MaxBuckets")],
)
def test_lists_that_are_cut_off_without_a_size_are_asked_for_by_thousands(
    service: str, operation: str, key: str, size: str
) -> None:
    asked: list[object] = []

    def noted(words: Mapping[str, Any]) -> Mapping[str, Any]:
        asked.append(words[size])
        return {}

    asker_of(ScriptedAws(answers={f"{service} {operation}": noted})).listing(service, operation, key, BY_THOUSANDS)

    assert asked == [1000]


def test_a_list_without_an_end_is_cut_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_ITEMS", 3)
    asker = asker_of(ScriptedAws(answers={"rds DescribeDBInstances": pages}))

    with pytest.raises(CallRefused) as refusal:
        asker.listing("rds", "DescribeDBInstances", "DBInstances")

    assert refusal.value.gap == Gap(permission="rds:DescribeDBInstances", is_denied=False, code="too many items")


@pytest.mark.parametrize(
    ("code", "is_denied"),
    [
        ("AccessDenied", True),
        ("AccessDeniedException", True),
        ("UnauthorizedOperation", True),
        ("AuthorizationError", True),
        ("InvalidClientTokenId", False),
        ("InternalFailure", False),
    ],
)
def test_a_refusal_names_the_permission(code: str, *, is_denied: bool) -> None:
    asker = asker_of(ScriptedAws(answers={"s3 GetPublicAccessBlock": code}))

    with pytest.raises(CallRefused) as refusal:
        asker.one("s3", "GetPublicAccessBlock", {"Bucket": "campus"})

    assert refusal.value.gap == Gap(permission="s3:GetBucketPublicAccessBlock", is_denied=is_denied, code=code)
    assert asker.asked[0].status == 403


def test_what_is_not_there_is_nothing() -> None:
    asker = asker_of(ScriptedAws())

    assert asker.one("s3", "GetBucketPolicy", {"Bucket": "campus"}, absent=("NoSuchBucketPolicy",)) is None


def test_a_service_that_the_account_does_not_use_is_told_apart() -> None:
    asker = asker_of(ScriptedAws(answers={"glacier ListVaults": "SubscriptionRequiredException"}))

    with pytest.raises(ServiceUnused):
        asker.listing("glacier", "ListVaults", "VaultList", {"accountId": "-"})


def unreachable(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    raise EndpointConnectionError(endpoint_url=str(asked["region"]))


def test_an_interface_that_cannot_be_reached_is_a_gap() -> None:
    asker = asker_of(ScriptedAws(answers={"rds DescribeDBInstances": unreachable}))

    with pytest.raises(CallRefused) as refusal:
        asker.listing("rds", "DescribeDBInstances", "DBInstances")

    assert refusal.value.gap.code == "EndpointConnectionError"


def test_a_page_of_a_proxy_in_the_place_of_an_answer_is_a_gap() -> None:
    def page(_: Mapping[str, Any]) -> Mapping[str, Any]:
        raise ResponseParserError("invalid XML received: b'<html>canary</html>'")

    asker = asker_of(ScriptedAws(answers={"rds DescribeDBInstances": page}))

    with pytest.raises(CallRefused) as refusal:
        asker.listing("rds", "DescribeDBInstances", "DBInstances")

    assert refusal.value.gap.code == "ResponseParserError"


def test_a_region_that_cannot_be_reached_is_left_after_three_questions() -> None:
    aws = ScriptedAws(answers={"rds DescribeDBInstances": unreachable})
    asker = asker_of(aws)
    codes = []
    for _ in range(5):
        with pytest.raises(CallRefused) as refusal:
            asker.listing("rds", "DescribeDBInstances", "DBInstances")
        codes.append(refusal.value.gap.code)

    assert codes == ["EndpointConnectionError"] * 3 + ["region out of reach"] * 2
    assert len(aws.asked) == 3


def test_an_answer_between_shows_that_the_region_is_there() -> None:
    asker = asker_of(ScriptedAws(answers={"rds DescribeDBInstances": unreachable}))
    for _ in range(2):
        with pytest.raises(CallRefused):
            asker.listing("rds", "DescribeDBInstances", "DBInstances")

    asker.one("sts", "GetCallerIdentity")

    assert asker.out_of_reach == 0


def test_whoever_is_told_to_stop_asks_nothing_more() -> None:
    stop, aws = threading.Event(), ScriptedAws()
    stop.set()

    with pytest.raises(CallRefused) as refusal:
        asker_of(aws, stop=stop).one("sts", "GetCallerIdentity")

    assert refusal.value.gap.code == "stopped"
    assert aws.asked == []


def test_what_several_need_is_asked_once_and_refused_once() -> None:
    asker = asker_of(ScriptedAws(answers={"sts GetCallerIdentity": "AccessDenied"}))

    calls = 0

    def ask() -> object:
        nonlocal calls
        calls += 1
        return asker.one("sts", "GetCallerIdentity")

    for _ in range(2):
        with pytest.raises(CallRefused):
            asker.once("identity", ask)

    assert [request.what for request in asker.asked] == ["GetCallerIdentity"] * 2
    assert calls == 1
    assert asker.once("word", lambda: "x") == asker.once("word", lambda: "y") == "x"


def test_a_draft_rests_on_its_listing_and_its_own_questions() -> None:
    asker = asker_of(ScriptedAws(answers={"s3 GetBucketAcl": "AccessDenied"}))
    asker.listing("s3", "ListBuckets", "Buckets")
    asker.one("sts", "GetCallerIdentity")
    draft = Draft(asker, "s3_bucket", "s3", "campus")
    draft.learn("acl", asker.one, "s3", "GetBucketAcl", {"Bucket": "campus"})

    fact = draft.fact(product="amazon-s3")

    assert [request.what for request in fact.asked] == ["ListBuckets", "GetBucketAcl"]
    assert fact.gaps["acl"].permission == "s3:GetBucketAcl"
    assert fact.resource.target == "aws://123456789012/eu-west-1/s3/campus"


class Hurried:
    """Says that we ask too fast, and answers the second time."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, request: Any, **_: object) -> AWSResponse:  # noqa: ANN401  (the library's own)
        self.times += 1
        is_first = self.times == 1
        body = b"<ErrorResponse><Error><Code>Throttling</Code><Message>slow down</Message></Error></ErrorResponse>"
        whole = b"<DescribeDBInstancesResponse><DescribeDBInstancesResult/></DescribeDBInstancesResponse>"
        return Replied(request.url, 400 if is_first else 200, {}, body if is_first else whole)


class Replied(AWSResponse):  # type: ignore[misc]  # (the library has no types)
    """A response whose body is known."""

    def __init__(self, url: str, status: int, headers: dict[str, str], body: bytes) -> None:
        super().__init__(url, status, headers, None)
        self._content = body

    def stream(self) -> Iterator[bytes]:
        """The body."""
        yield self._content


def test_who_asks_too_fast_waits_and_asks_again() -> None:
    hurried, aws = Hurried(), ScriptedAws(has_moto=True)
    door = Door(aws.session)
    door.session("prod").events.register("before-send.rds.DescribeDBInstances", hurried)
    asker = Asker(
        unit=unit(), client=lambda service, region: door.client("prod", service, region), stop=threading.Event()
    )

    assert asker.listing("rds", "DescribeDBInstances", "DBInstances") == []
    assert hurried.times == 2
    assert REGION in aws.asked[0]
