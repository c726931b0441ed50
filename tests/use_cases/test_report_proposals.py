"""Which findings a report from outside is about."""

from __future__ import annotations

from leakguard.frozen import replace
from leakguard.intake.naming import named_in
from leakguard.intake.reading import read_mail
from leakguard.intake.view import Report, received_records, report_of
from leakguard.models.findings import Finding
from leakguard.models.records import KeptRecord
from leakguard.use_cases.intake.proposals import ReadScope, proposals_for
from support.each import for_each
from support.findings import make_finding
from support.scans import NOW, scope_of

ID = "RP-2026-0001"
SCOPE = ReadScope(scope=scope_of("s3://backups", "az://account1/backups"))


def found(target: str, host: str | None) -> Finding:
    return replace(make_finding("F-1"), address="203.0.113.9", port=443, target=target, host=host)


def about(text: str) -> Report:
    message = read_mail(f"Subject: x\n\n{text}".encode(), name="m")
    (record, *_) = received_records(message, named_in(message.text), at=NOW, duplicate_of="")
    kept = KeptRecord(
        sequence=1, subject=ID, kind=record.kind, occurred_at=record.occurred_at, recorded_at=NOW,
        content=record.content, hash="0" * 64,
    )  # fmt: skip
    return report_of(ID, [kept])


@for_each(
    "target, host, named",
    [
        ("203.0.113.9:443/backups", "backups.s3.amazonaws.com", "s3://backups"),
        ("aws://123456789012/global/s3/backups", None, "s3://backups"),
        ("203.0.113.9:443/account1/backups", "account1.blob.core.windows.net", "az://account1/backups"),
        ("203.0.113.9:443/otheraccount/backups", "otheraccount.blob.core.windows.net", ""),
        ("203.0.113.9:443/backups", "backups.oss-cn-hangzhou.aliyuncs.com", ""),
        ("203.0.113.9:443/old-backups", "old-backups.s3.amazonaws.com", ""),
        ("aws://123456789012/global/s3/old-backups", None, ""),
        ("aws://123456789012/cn-north-1/rds/backups", None, ""),
    ],
)
def test_a_report_about_a_bucket_is_about_that_bucket_and_no_other_of_its_name(
    target: str, host: str | None, named: str
) -> None:
    finding = found(target, host)
    report = about("s3://backups and az://account1/backups are open")
    matched = [one.named.target for one in proposals_for(report, SCOPE, [finding]) if one.findings]

    assert matched == ([named] if named else [])
