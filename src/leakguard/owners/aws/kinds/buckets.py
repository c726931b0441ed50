"""S3: buckets, access points in one region and in many, and the block of a whole account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from leakguard.models.clouds import CloudFact, Gap
from leakguard.owners.aws.asking import BY_THOUSANDS, Asker, CallRefused, Draft

FIRST = "us-east-1"
AT_ONCE = 4
MANY_REGIONS = "us-west-2"
"""The one region whose interface knows access points of many regions."""
NO_BLOCK = ("NoSuchPublicAccessBlockConfiguration",)
NO_POLICY, NO_CONTROLS = "NoSuchBucketPolicy", "OwnershipControlsNotFoundError"
NO_POINT_POLICY = ("NoSuchAccessPointPolicy",)
_ANYBODY = {
    "http://acs.amazonaws.com/groups/global/AllUsers": "everyone",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers": "any_authenticated",
}
_REGIONS = {"": FIRST, "EU": "eu-west-1"}
"""The oldest regions have names of their own here."""


def account_blocks(asker: Asker) -> Iterator[CloudFact]:
    """The one block of the account."""
    draft = Draft(asker, "s3_account", "s3", "public-access-block")
    draft.learn("block", lambda: _account_block(asker))
    yield draft.fact()


def buckets(asker: Asker) -> Iterator[CloudFact]:
    """Every bucket of the account, wherever it lies; some side by side, for each takes eight questions."""
    listed = asker.listing("s3", "ListBuckets", "Buckets", BY_THOUSANDS, region=asker.first)
    with suppress(CallRefused):
        _account_block(asker)
    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="buckets") as pool:
        yield from pool.map(lambda each: _bucket(asker.twin(), each["Name"], each.get("BucketRegion")), listed)


def access_points(asker: Asker) -> Iterator[CloudFact]:
    """The access points of one region."""
    account = {"AccountId": asker.unit.account}
    for each in asker.listing("s3control", "ListAccessPoints", "AccessPointList", account):
        words = {**account, "Name": each["Name"]}
        draft = Draft(asker, "s3_access_point", "s3", f"accesspoint/{each['Name']}")
        draft.values["from_internet"] = each.get("NetworkOrigin") == "Internet"
        draft.learn("block", _point_block, asker, words)
        draft.learn("account_block", _account_block, asker)
        draft.learn("status_public", _status, asker, words)
        draft.learn("policy", _point_policy, asker, words)
        yield draft.fact()


def access_points_of_many_regions(asker: Asker) -> Iterator[CloudFact]:
    """Those that answer for buckets in several regions."""
    account = {"AccountId": asker.unit.account}
    for each in asker.listing("s3control", "ListMultiRegionAccessPoints", "AccessPoints", account, region=MANY_REGIONS):
        words = {**account, "Name": each["Name"]}
        draft = Draft(asker, "s3_access_point", "s3", f"accesspoint/{each.get('Alias') or each['Name']}")
        draft.values |= {"from_internet": True, "block": _block(each), "policy": None}
        draft.learn("account_block", _account_block, asker)
        draft.learn("status_public", _status_in_many_regions, asker, words)
        yield draft.fact()


def _bucket(asker: Asker, name: str, region: str | None) -> CloudFact:
    try:
        region = region or _region_of(asker, name)
    except CallRefused as refused:
        return _unknown(asker, name, refused.gap)
    draft = Draft(asker, "s3_bucket", "s3", name, region=region)

    def ask(operation: str, *absent: str) -> Mapping[str, Any]:
        return asker.one("s3", operation, {"Bucket": name}, absent=absent, region=region) or {}

    draft.learn("block", lambda: _block(ask("GetPublicAccessBlock", *NO_BLOCK)))
    draft.learn("account_block", lambda: _account_block(asker))
    draft.learn("acl", lambda: _grants(ask("GetBucketAcl")))
    draft.learn("owner_enforced", lambda: _is_owner_enforced(ask("GetBucketOwnershipControls", NO_CONTROLS)))
    draft.learn("status_public", lambda: _is_public(ask("GetBucketPolicyStatus", NO_POLICY), "PolicyStatus"))
    draft.learn("policy", lambda: ask("GetBucketPolicy", NO_POLICY).get("Policy"))
    draft.learn("website", lambda: _has_site(ask("GetBucketWebsite", "NoSuchWebsiteConfiguration")))
    return draft.fact(endpoints=(f"s3://{name}",), product="amazon-s3")


def _region_of(asker: Asker, name: str) -> str:
    answer = asker.one("s3", "GetBucketLocation", {"Bucket": name}, region=asker.first) or {}
    found = str(answer.get("LocationConstraint") or "")
    return _REGIONS.get(found, found)


def _unknown(asker: Asker, name: str, gap: Gap) -> CloudFact:
    """A bucket whose region nobody may know cannot be asked anything."""
    draft = Draft(asker, "s3_bucket", "s3", name)

    def refuse() -> None:
        raise CallRefused(gap)

    draft.learn("listing", refuse)
    return draft.fact()


def _account_block(asker: Asker) -> Mapping[str, bool]:
    def ask() -> Mapping[str, bool]:
        words = {"AccountId": asker.unit.account}
        return _block(asker.one("s3control", "GetPublicAccessBlock", words, absent=NO_BLOCK, region=asker.first))

    found: Mapping[str, bool] = asker.once("account_block", ask)
    return found


def _block(answer: Mapping[str, Any] | None) -> dict[str, bool]:
    """The four switches; where there is no block, all are off."""
    given = answer or {}
    found = given.get("PublicAccessBlockConfiguration") or given.get("PublicAccessBlock") or {}
    return {
        "new_acls": bool(found.get("BlockPublicAcls")), "acls": bool(found.get("IgnorePublicAcls")),
        "new_policies": bool(found.get("BlockPublicPolicy")), "policies": bool(found.get("RestrictPublicBuckets")),
    }  # fmt: skip


def _grants(answer: Mapping[str, Any]) -> dict[str, list[str]]:
    """What is granted to groups that anybody belongs to."""
    found: dict[str, list[str]] = {name: [] for name in _ANYBODY.values()}
    for grant in answer.get("Grants", ()):
        group = _ANYBODY.get(str(grant.get("Grantee", {}).get("URI", "")))
        if group:
            found[group].append(str(grant.get("Permission", "")))
    return found


def _is_owner_enforced(answer: Mapping[str, Any]) -> bool:
    """Whether access lists count for nothing."""
    rules = answer.get("OwnershipControls", {}).get("Rules", ())
    return any(rule.get("ObjectOwnership") == "BucketOwnerEnforced" for rule in rules)


def _has_site(answer: Mapping[str, Any]) -> bool:
    return bool(set(answer) - {"ResponseMetadata"})


def _status(asker: Asker, words: Mapping[str, str]) -> bool:
    answer = asker.one("s3control", "GetAccessPointPolicyStatus", words, absent=NO_POINT_POLICY)
    return _is_public(answer, "PolicyStatus")


def _status_in_many_regions(asker: Asker, words: Mapping[str, str]) -> bool:
    answer = asker.one("s3control", "GetMultiRegionAccessPointPolicyStatus", words, region=MANY_REGIONS)
    return _is_public(answer, "Established")


def _point_block(asker: Asker, words: Mapping[str, str]) -> Mapping[str, bool]:
    return _block(asker.one("s3control", "GetAccessPoint", words))


def _point_policy(asker: Asker, words: Mapping[str, str]) -> Any:  # noqa: ANN401  (a text, or nothing)
    answer = asker.one("s3control", "GetAccessPointPolicy", words, absent=NO_POINT_POLICY)
    return (answer or {}).get("Policy")


def _is_public(answer: Mapping[str, Any] | None, key: str) -> bool:
    return bool(((answer or {}).get(key) or {}).get("IsPublic"))
