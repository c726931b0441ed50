"""Buckets are named as their provider names them, and asked for at its own host."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import OutOfScope, UsageProblem
from leakguard.models.targets import Endpoint
from leakguard.scanning.buckets import PROVIDERS, Bucket, bucket_text, is_bucket, parse_bucket
from leakguard.scanning.gate import Gate
from leakguard.scanning.plan import Plan, scope_targets
from leakguard.scanning.target_refusals import refuse_out_of_scope
from leakguard.scanning.targets import parse_target
from support.scans import scope_of

PUBLIC = "8.8.8.8"


@pytest.mark.parametrize(
    ("text", "name", "host"),
    [
        ("s3://campus-backups", "campus-backups", "campus-backups.s3.amazonaws.com"),
        ("gs://campus_backups", "campus_backups", "storage.googleapis.com"),
        ("az://campusdata/mail", "campusdata/mail", "campusdata.blob.core.windows.net"),
        ("oss://cn-hangzhou/mail", "mail", "mail.oss-cn-hangzhou.aliyuncs.com"),
        ("cos://ap-shanghai/mail-1250000000", "mail-1250000000", "mail-1250000000.cos.ap-shanghai.myqcloud.com"),
        ("obs://cn-north-4/mail", "mail", "mail.obs.cn-north-4.myhuaweicloud.com"),
        ("spaces://fra1/mail", "mail", "mail.fra1.digitaloceanspaces.com"),
        ("wasabi://eu-central-1/mail", "mail", "mail.s3.eu-central-1.wasabisys.com"),
        ("linode://eu-central-1/mail", "mail", "mail.eu-central-1.linodeobjects.com"),
        ("scaleway://fr-par/mail", "mail", "mail.s3.fr-par.scw.cloud"),
        ("vultr://ewr1/mail", "mail", "mail.ewr1.vultrobjects.com"),
        ("dreamhost://us-east-005/mail", "mail", "mail.s3.us-east-005.dream.io"),
        ("b2://us-west-004/mail", "mail", "mail.s3.us-west-004.backblazeb2.com"),
        ("ibm://us-south/mail", "mail", "mail.s3.us-south.cloud-object-storage.appdomain.cloud"),
        ("swift://AUTH_campus/mail", "AUTH_campus/mail", None),
    ],
)
def test_every_provider_has_its_own_host(text: str, name: str, host: str | None) -> None:
    scheme = text.partition(":")[0]

    assert parse_bucket(text) == parse_bucket(f" {text}/ ") == Bucket(scheme=scheme, name=name, host=host)
    assert is_bucket(text)


def test_every_provider_is_shown_by_an_example() -> None:
    """A provider without an example above would be untested."""
    marks = test_every_provider_has_its_own_host.pytestmark  # type: ignore[attr-defined]

    assert {text.partition(":")[0] for text, _, _ in marks[0].args[1]} == set(PROVIDERS)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("oss://mail", "`oss://REGION/BUCKET`"),
        ("oss://cn-hangzhou/mail/2019", "`oss://REGION/BUCKET`"),
        ("oss://evil.example/mail", "`oss://REGION/BUCKET`"),
        ("az://campusdata", "`az://ACCOUNT/CONTAINER`"),
        ("az://evil.example/mail", "`az://ACCOUNT/CONTAINER`"),
        ("s3://mail?acl", "`s3://BUCKET`"),
        ("s3://127.0.0.1:9000/mail", "`s3://BUCKET`; so is one of a store of your own, beside the store's address"),
        ("gs://", "`gs://BUCKET`"),
        ("ftp://mail", "no provider of buckets is called `ftp`"),
    ],
)
def test_a_bucket_that_is_written_wrongly_is_told_how(text: str, says: str) -> None:
    """Nothing of a name may change the host that is asked: a dot in a region would."""
    with pytest.raises(ValueError, match=r".") as caught:
        parse_bucket(text)

    assert says in str(caught.value)


@given(st.text(max_size=60))
def test_no_text_leads_to_a_host_that_no_provider_owns(text: str) -> None:
    endings = tuple((provider.host or "").rpartition("}")[2] for provider in PROVIDERS.values() if provider.host)
    for scheme in PROVIDERS:
        try:
            host = parse_bucket(f"{scheme}://{text}").host
        except ValueError:
            continue
        assert host is None or host.endswith(endings)


def test_a_target_without_a_host_is_asked_at_its_provider() -> None:
    target = parse_target("az://campusdata/mail/2019/")

    assert (target.bucket, target.scheme, target.host) == ("campusdata/mail", "az", None)
    assert target.provider_host == "campusdata.blob.core.windows.net"


@pytest.mark.parametrize(
    ("text", "bucket"),
    [
        ("gs://127.0.0.1:9100/mail/a", "mail"),
        ("az://127.0.0.1:9100/campusdata/mail", "campusdata/mail"),
        ("az://127.0.0.1:9100/campusdata", None),
        ("swift://store.example.edu:8080/AUTH_campus/mail", "AUTH_campus/mail"),
    ],
)
def test_a_host_of_our_own_is_asked_for_the_bucket_in_the_path(text: str, bucket: str | None) -> None:
    target = parse_target(text)

    assert (target.bucket, target.provider_host) == (bucket, None)


def test_a_store_without_a_common_host_needs_one() -> None:
    with pytest.raises(UsageProblem, match="HOST:PORT"):
        parse_target("swift://AUTH_campus/mail")


def test_only_the_bucket_of_the_scope_is_asked_for_and_only_at_its_provider() -> None:
    """Another customer's bucket lies at the same host."""
    gate = Gate(scope=scope_of("gs://campus", "oss://cn-hangzhou/mail", exclude=("gs://gone",)))

    def at(host: str, bucket: str, scheme: str) -> Endpoint:
        return Endpoint(address=PUBLIC, port=443, host=host, buckets=(bucket,), scheme=scheme)

    gate.check(at("storage.googleapis.com", "campus", "gs"))
    gate.check(at("mail.oss-cn-hangzhou.aliyuncs.com", "mail", "oss"))
    for refused in (
        at("storage.googleapis.com", "stranger", "gs"),
        at("storage.googleapis.com", "mail", "gs"),
        at("mail.oss-cn-beijing.aliyuncs.com", "mail", "oss"),
    ):
        with pytest.raises(OutOfScope):
            gate.check(refused)


def test_a_bucket_outside_the_scope_is_refused_before_the_first_packet() -> None:
    gate = Gate(scope=scope_of("gs://campus", "10.0.0.1", "az://campusdata/mail"))
    wrong = [parse_target(text) for text in ("gs://stranger", "az://10.0.0.1:9100/campusdata/secret", "oss://x/campus")]

    with pytest.raises(OutOfScope, match="3 of 3"):
        refuse_out_of_scope(wrong, gate, {})
    refuse_out_of_scope([parse_target("gs://campus"), parse_target("az://10.0.0.1:9100/campusdata/mail")], gate, {})


def test_the_buckets_of_a_scope_are_targets_where_a_provider_keeps_them() -> None:
    scope = scope_of("gs://campus", "swift://AUTH_campus/mail", "10.0.0.1")

    assert [target.text for target in scope_targets(scope)] == ["10.0.0.1", "gs://campus"]


def test_a_store_of_our_own_is_asked_for_the_buckets_of_its_own_kind() -> None:
    scope = scope_of("10.0.0.0/24", "gs://one", "s3://two", "swift://AUTH_c/three")
    targets = tuple(
        parse_target(f"{scheme}://10.0.0.1:{port}") for scheme, port in (("gs", 1), ("s3", 2), ("swift", 3))
    )
    plan = Plan(gate=Gate(scope=scope), targets=targets, resolved={}, ports=(80,))

    assert {each.port: each.buckets for each in plan.endpoints()} == {1: ("one",), 2: ("two",), 3: ("AUTH_c/three",)}


def test_the_provider_of_a_bucket_is_never_an_inside_address() -> None:
    """Somebody who controls a name server must not point a provider's host at the inside of our network."""
    gate = Gate(scope=scope_of("gs://campus"))
    inside = Endpoint(address=str(ipaddress.ip_address("10.0.0.1")), port=443, host="storage.googleapis.com",
                      buckets=("campus",), scheme="gs")  # fmt: skip

    assert gate.endpoint_refusal(inside) is not None


@pytest.mark.parametrize(
    "text",
    [
        "s3://campus-backups",
        "s3://with.dots.in.it",
        "gs://campus_backups",
        "az://campusdata/mail",
        "oss://cn-hangzhou/mail",
        "cos://ap-shanghai/mail-1250000000",
        "ibm://us-south/mail",
    ],
)
def test_a_bucket_that_was_found_can_be_named_again(text: str) -> None:
    """A finding keeps the host and the bucket's name; verifying it starts from these."""
    bucket = parse_bucket(text)
    kind = PROVIDERS[bucket.scheme].kind

    assert bucket_text(bucket.name, kind=kind, host=bucket.host, place="h:443") == text


@pytest.mark.parametrize(
    ("name", "kind", "host", "text"),
    [
        ("mail", "s3", "minio.lab", "s3://minio.lab:9000/mail"),
        ("mail", "s3", "other.s3.amazonaws.com", "s3://minio.lab:9000/mail"),
        ("mail", "gcs", None, "gs://minio.lab:9000/mail"),
        ("campusdata/mail", "azblob", "other.blob.core.windows.net", "az://minio.lab:9000/campusdata/mail"),
        ("AUTH_c/mail", "swift", "minio.lab", "swift://minio.lab:9000/AUTH_c/mail"),
        ("mail", "unheard-of", "minio.lab", "s3://minio.lab:9000/mail"),
    ],
)
def test_a_bucket_on_a_host_of_ours_is_named_with_that_host(name: str, kind: str, host: str | None, text: str) -> None:
    assert bucket_text(name, kind=kind, host=host, place="minio.lab:9000") == text
