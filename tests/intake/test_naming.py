"""What a report names: as careful people write it, in any order, and never more than is bounded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from leakguard.intake.naming import MOST_NAMED, named_in
from support.each import for_each


@for_each(
    "text, targets",
    [
        ("see http://192.0.2.7:9200/_cat/indices", ["192.0.2.7:9200"]),
        ("hxxps://192.0.2[.]7/ is open", ["192.0.2.7:443"]),
        ("192.0.2.7 on port 9200", ["192.0.2.7:9200"]),
        ("192.0.2.7:9200 and again 192.0.2.7", ["192.0.2.7:9200"]),
        ("地址 192.0.2.7，端口 9200，无需登录", ["192.0.2.7:9200"]),
        ("[2001:db8::7]:6379 and [2001:db8::8]", ["[2001:db8::7]:6379", "[2001:db8::8]"]),
        ("mongodb://admin:hunter2@db.example.edu:27017/x", ["db.example.edu:27017"]),
        ("http://[2001:db8::7]:9200/", ["[2001:db8::7]:9200"]),
        ("db.example.edu:27017, and DB.example.edu", ["db.example.edu:27017"]),
        ("write to me at f@example.org or see dump.sql and 1.2.3.4.5", []),
        ("999.1.1.1 and 192.0.2.7:99999", ["192.0.2.7"]),
        ("s3://campus-backups/2019/ and gs://other", ["s3://campus-backups", "gs://other"]),
        ("oss://cn-hangzhou/backups/a", ["oss://cn-hangzhou/backups"]),
        ("https://campus.s3.eu-west-1.amazonaws.com/x", ["s3://campus"]),
        ("https://s3.amazonaws.com/campus/x", ["s3://campus"]),
        ("https://storage.googleapis.com/campus/x", ["gs://campus"]),
        ("https://acct.blob.core.windows.net/files/x", ["az://acct/files"]),
        ("https://backups.oss-cn-hangzhou.aliyuncs.com/x", ["oss://cn-hangzhou/backups"]),
        ("https://backups.cos.ap-beijing.myqcloud.com", ["cos://ap-beijing/backups"]),
        ("https://backups.obs.cn-north-4.myhuaweicloud.com", ["obs://cn-north-4/backups"]),
        ("http://bad_host/ and http:///", []),
        ("[not:an:address]", []),
        ("", []),
    ],
)  # fmt: skip
def test_each_place_is_found_once_as_a_scan_takes_it(text: str, targets: list[str]) -> None:
    assert [one.target for one in named_in(text)] == targets


def test_a_place_is_host_and_port_and_never_holds_a_login() -> None:
    (one,) = named_in("https://user:secret@mail.example.edu:8443/path?token=secret")

    assert (one.place, one.kind) == ("mail.example.edu:8443", "url")
    assert "secret" not in repr(one)


def test_the_places_of_one_report_are_bounded() -> None:
    many = " ".join(f"10.{one // 250}.{one % 250}.1:9200" for one in range(MOST_NAMED + 50))

    assert len(named_in(many)) == MOST_NAMED


@given(st.text(max_size=300), st.sampled_from(["http://", "s3://", "192.0.2.7:", "[", "a.b"]))
def test_no_text_breaks_the_search(noise: str, beginning: str) -> None:
    for one in named_in(f"{beginning}{noise} {noise}{beginning}"):
        assert one.port is None or 0 < one.port <= 65_535
