"""`leakguard scan --aws` as a user types it: both looks, what is missing, what is refused, and nothing told in full."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from leakguard.cli.scan.printing import FORMATS, OWN_FORMATS
from leakguard.models.observations import Ending
from support.aws import ACCOUNT, OTHER, REGION, STRANGER, ScriptedAws
from support.bucket_hosts import bucket_host
from support.fake_prober import FakeProber, FakeServer, redis_server
from support.scan_commands import ScanCommands, scan_commands
from support.scans import SCOPE_TEXT

OPEN_SERVER = redis_server({"reply": "PONG"})
CANARY = "canary-value-8d1f"
HOST, PUBLIC = "db-1.example.rds.amazonaws.com", "93.184.216.34"
WORLD = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
ALLOWED = SCOPE_TEXT.replace('"s3://', f'{HOST}, "s3://')


def database(*, public: bool = True, port: int = 6379) -> dict[str, Any]:
    return {
        "DBInstances": [{
            "DBInstanceIdentifier": "db-1", "PubliclyAccessible": public, "Engine": "postgres",
            "Endpoint": {"Address": HOST, "Port": port}, "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}],
            "MasterUsername": CANARY,
        }]
    }  # fmt: skip


GROUPS = {"SecurityGroups": [{"GroupId": "sg-1", "IpPermissions": WORLD, "Description": CANARY}]}


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    return scan_commands(tmp_path, monkeypatch, capsys)


def meet(leakguard: ScanCommands, answers: Mapping[str, Any], **accounts: str) -> ScriptedAws:
    """Put an AWS where the commands meet it."""
    aws = ScriptedAws(answers=dict(answers), accounts=accounts or {"prod": ACCOUNT})
    leakguard.world.cloud = aws.cloud()
    return aws


def serve(leakguard: ScanCommands, server: FakeServer | Ending, port: int = 6379) -> None:
    """Put a server where the database's name leads to."""
    leakguard.world.names = {HOST: (PUBLIC,)}
    leakguard.world.network = FakeProber(servers={f"{PUBLIC}:{port}": server})
    (leakguard.folder / "scope.yaml").write_text(ALLOWED, encoding="utf-8")


OPEN_DATABASE = {"rds DescribeDBInstances": database(), "ec2 DescribeSecurityGroups": GROUPS}


S3_ALONE = ("scan", "--aws", "prod", "--aws-region", REGION, "--checks", "aws_s3_bucket_public")
RDS_ALONE = ("scan", "--aws", "prod", "--aws-region", REGION, "--checks", "aws_rds_public")
"""A look that asks few services: a client of each takes the library as long as all the rest."""


def findings(leakguard: ScanCommands, *words: str) -> dict[str, dict[str, Any]]:
    """By target."""
    ran = leakguard(*(words or RDS_ALONE), "--format", "jsonl")
    return {finding["target"]: finding for finding in map(json.loads, ran.out.splitlines())}


RDS = f"aws://{ACCOUNT}/{REGION}/rds/db-1"


def test_an_account_that_opens_nothing_is_clean(leakguard: ScanCommands) -> None:
    meet(leakguard, {})

    ran = leakguard("scan", "--aws", "prod")

    assert ran.code == 0, ran.err
    assert "protected" in ran.out
    assert "resources" in ran.err


def test_an_open_database_is_a_finding_like_every_other(leakguard: ScanCommands) -> None:
    meet(leakguard, OPEN_DATABASE)

    found = findings(leakguard)[RDS]

    assert (found["check_id"], found["vantage"], found["outcome"], found["severity"]) == (
        "aws_rds_public", "owner", "exposed", "medium"
    )  # fmt: skip
    assert (found["address"], found["host"], found["port"], found["transport"]) == ("", None, 0, "api")
    assert [request["what"] for request in found["proof"]["requests"]] == [
        "DescribeDBInstances", "DescribeSecurityGroups"
    ]  # fmt: skip
    assert found["remediation"]
    assert found["exposed_since"]["latest"] == found["observed_at"]


def test_what_the_scope_does_not_name_is_not_probed(leakguard: ScanCommands) -> None:
    meet(leakguard, OPEN_DATABASE)

    found = findings(leakguard)[RDS]

    assert found["reach"] == [{"target": f"{HOST}:6379", "verdict": "out_of_scope", "vantage": "local", "run": None}]
    assert found["reason"].endswith(f"outside the scope, so not probed: {HOST}:6379")
    assert leakguard.world.network.asked == []


@pytest.mark.parametrize(
    ("server", "verdict", "words", "severity"),
    [
        (OPEN_SERVER, "open", "proved open without a login from local", "high"),
        (FakeServer(), "reached", "proved reachable from local", "medium"),
        (Ending.REFUSED, "not_reached", "not reachable from local", "medium"),
        (FakeServer(otherwise=Ending.SILENT), "not_clear", "no clear answer from local", "medium"),
    ],
)
def test_what_the_scope_names_is_looked_at_from_outside(
    leakguard: ScanCommands, server: FakeServer | Ending, verdict: str, words: str, severity: str
) -> None:
    meet(leakguard, OPEN_DATABASE)
    serve(leakguard, server)

    found = findings(leakguard)[RDS]

    assert (found["reach"][0]["verdict"], found["severity"]) == (verdict, severity)
    assert f"{words}: {HOST}:6379" in found["reason"]
    assert found["reach"][0]["run"].startswith("R-")


def test_the_findings_of_both_looks_are_printed_together(leakguard: ScanCommands) -> None:
    meet(leakguard, OPEN_DATABASE)
    serve(leakguard, OPEN_SERVER)

    ran = leakguard(*RDS_ALONE, "--format", "json")

    vantages = {finding["vantage"] for finding in ran.document["findings"]}
    assert vantages == {"owner", "local"}
    assert "From outside, run R-" in ran.err
    assert ran.code == 1


def test_a_name_without_an_address_is_told(leakguard: ScanCommands) -> None:
    meet(leakguard, OPEN_DATABASE)
    serve(leakguard, OPEN_SERVER)
    leakguard.world.names = {}

    assert findings(leakguard)[RDS]["reach"][0]["verdict"] == "no_address"


def test_an_open_bucket_is_looked_at_by_its_name(leakguard: ScanCommands) -> None:
    grant = {
        "Grantee": {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"},
        "Permission": "READ",
    }
    meet(
        leakguard, {"s3 ListBuckets": {"Buckets": [{"Name": "campus-backups"}]}, "s3 GetBucketAcl": {"Grants": [grant]}}
    )
    host = bucket_host("campus-backups")
    leakguard.world.names = {host: (PUBLIC,)}
    server = FakeServer(answers={"s3": {"list campus-backups": (200, {"listable": True})}, "http": {"/": (404, "")}})
    leakguard.world.network = FakeProber(servers={f"{PUBLIC}:443": server})

    found = findings(leakguard, *S3_ALONE)[f"aws://{ACCOUNT}/us-east-1/s3/campus-backups"]

    assert found["reach"][0] | {"run": ""} == {
        "target": "s3://campus-backups", "verdict": "open", "vantage": "local", "run": ""
    }  # fmt: skip


def test_a_missing_permission_is_unclear_and_named_and_never_clean(leakguard: ScanCommands) -> None:
    answers = {"s3 ListBuckets": {"Buckets": [{"Name": "campus-backups"}]}, "s3 GetBucketPolicyStatus": "AccessDenied"}
    meet(leakguard, answers)

    ran = leakguard(*S3_ALONE, "--format", "jsonl")

    found = [json.loads(line) for line in ran.out.splitlines()]
    (unclear,) = [finding for finding in found if finding["outcome"] == "inconclusive"]
    assert ran.code == 3
    assert "s3:GetBucketPolicyStatus" in unclear["reason"]
    assert "Missing permission s3:GetBucketPolicyStatus: 1 answer not known" in ran.err
    assert "--aws-policy" in ran.err


def test_a_region_that_fails_leaves_a_gap_and_stops_no_other(leakguard: ScanCommands) -> None:
    def listed(asked: Mapping[str, Any]) -> Mapping[str, Any] | str:
        return "InternalFailure" if asked["region"] == "us-east-1" else database()

    meet(leakguard, {**OPEN_DATABASE, "rds DescribeDBInstances": listed})

    ran = leakguard(*RDS_ALONE[:3], *RDS_ALONE[5:], "--format", "jsonl")

    by_target = {finding["target"]: finding["outcome"] for finding in map(json.loads, ran.out.splitlines())}
    assert by_target[RDS] == "exposed"
    assert by_target[f"aws://{ACCOUNT}/us-east-1/rds/DescribeDBInstances"] == "inconclusive"
    assert ran.code == 1


def test_regions_that_nobody_may_list_are_unclear_and_the_profiles_own_is_asked(leakguard: ScanCommands) -> None:
    aws = meet(leakguard, {"ec2 DescribeRegions": "UnauthorizedOperation"})

    ran = leakguard("scan", "--aws", "prod", "--checks", "aws_rds_public,aws_regions_known")

    assert ran.code == 3
    assert "ec2:DescribeRegions" in ran.err
    assert f"{ACCOUNT} {REGION} rds DescribeDBInstances" in aws.asked


def test_several_accounts_are_looked_at_and_each_region_of_each(leakguard: ScanCommands) -> None:
    (leakguard.folder / "scope.yaml").write_text(
        SCOPE_TEXT.replace('"aws://123456789012"', f'"aws://{ACCOUNT}", "aws://{OTHER}"'), encoding="utf-8"
    )
    aws = meet(leakguard, {}, prod=ACCOUNT, backup=OTHER, again=ACCOUNT)

    assert leakguard("scan", "--aws", "prod, backup,again", *RDS_ALONE[5:]).code == 0
    listings = [asked for asked in aws.asked if asked.endswith("rds DescribeDBInstances")]
    assert sorted(listings) == [
        f"{account} {region} rds DescribeDBInstances"
        for account in (ACCOUNT, OTHER) for region in (REGION, "us-east-1")
    ]  # fmt: skip


def test_an_account_out_of_scope_is_asked_nothing_but_its_number(leakguard: ScanCommands) -> None:
    aws = meet(leakguard, {}, prod=ACCOUNT, theirs=STRANGER)

    ran = leakguard("scan", "--aws", "prod,theirs")

    assert ran.code == 2
    assert f"aws://{STRANGER}" in ran.err
    assert {asked.split()[-1] for asked in aws.asked} == {"GetCallerIdentity"}


def test_an_excluded_account_and_an_excluded_bucket_stay_alone(leakguard: ScanCommands) -> None:
    meet(leakguard, {"s3 ListBuckets": {"Buckets": [{"Name": "theirs"}, {"Name": "ours"}]}})
    scope = leakguard.folder / "scope.yaml"
    scope.write_text(SCOPE_TEXT.replace("[127.0.0.7]", '[127.0.0.7, "s3://theirs"]'), encoding="utf-8")

    assert {target.rpartition("/")[2] for target in findings(leakguard, *S3_ALONE)} == {"ours"}
    scope.write_text(SCOPE_TEXT.replace("[127.0.0.7]", f'["aws://{ACCOUNT}"]'), encoding="utf-8")
    assert leakguard("scan", "--aws", "prod").code == 2


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--aws", "nobody"], "cannot be used"),
        (["--aws", " , "], "names nothing"),
        (["--aws-region", REGION], "names no profile"),
        (["--aws", "prod", "127.0.0.1"], "does not go with TARGET"),
        (["--aws", "prod", "--aws-region", "eu-wset-1"], "Did you mean `eu-west-1`?"),
        (["--aws", "prod", "--aws-region", "moon"], "It uses: eu-west-1, us-east-1"),
        (["--aws", "prod", "--vantage", "campus,outside"], "looks from one place"),
        (["--aws", "prod", "--from-nmap", "scan.xml"], "--from-..."),
        (["--aws", "prod", "--dry-run", "--resume", "R-1"], "--resume, --dry-run"),
        (["--aws", "prod", "--checks", "aws_nothing"], "there is no check"),
        (["--aws", "prod", "--checks", "redis_open"], "none of these checks"),
        (["aws://123456789012"], "--aws PROFILE"),
    ],
)
def test_what_makes_no_sense_is_refused(leakguard: ScanCommands, words: list[str], problem: str) -> None:
    meet(leakguard, {})

    ran = leakguard("scan", *words)

    assert (ran.code, ran.out) == (2, "")
    assert problem in ran.err


def test_a_profile_without_a_login_says_how_to_try(leakguard: ScanCommands) -> None:
    meet(leakguard, {"sts GetCallerIdentity": "ExpiredToken"})

    ran = leakguard("scan", "--aws", "prod")

    assert ran.code == 2
    assert "leads to no account (ExpiredToken)" in ran.err


def test_only_the_checks_that_were_named_are_asked_for(leakguard: ScanCommands) -> None:
    aws = meet(leakguard, OPEN_DATABASE)

    found = findings(leakguard, *RDS_ALONE[:5], "--checks", "aws_rds_public,redis_open")

    assert list(found) == [RDS]
    assert {asked.split()[-2] for asked in aws.asked} == {"sts", "rds", "ec2"}


def test_the_policy_of_the_role_is_printed_and_nothing_is_asked(leakguard: ScanCommands) -> None:
    ran = leakguard("scan", "--aws-policy")

    assert ran.code == 0
    assert "s3:GetBucketPolicyStatus" in ran.document["Statement"][0]["Action"]


def test_no_policy_and_no_name_of_a_person_gets_out(leakguard: ScanCommands) -> None:
    policy = json.dumps(
        {
            "Statement": [
                {"Sid": CANARY, "Effect": "Allow", "Principal": "*", "Action": "sns:Subscribe", "Resource": CANARY}
            ]
        }
    )
    topic = {"Topics": [{"TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts"}]}
    meet(
        leakguard,
        {**OPEN_DATABASE, "sns ListTopics": topic, "sns GetTopicAttributes": {"Attributes": {"Policy": policy}}},
    )

    ran = leakguard(*RDS_ALONE[:5], "--checks", "aws_rds_public,aws_sns_topic_open", "--format", "json")

    stored = b"".join(path.read_bytes() for path in leakguard.folder.iterdir())
    assert "sns:Subscribe" in ran.out
    assert CANARY not in ran.out + ran.err
    assert CANARY.encode() not in stored


def test_a_stored_look_is_shown_again_and_listed(leakguard: ScanCommands) -> None:
    meet(leakguard, OPEN_DATABASE)
    run = leakguard(*RDS_ALONE, "--format", "json").document["run"]

    shown = leakguard("scan", "show", run)

    assert shown.code == 1
    assert "1 exposed = 1 resource\n" in shown.err
    assert "rds/db-1" in shown.out.replace("\n", "")
    assert f"finished  aws://{ACCOUNT}" in leakguard("scan", "show").out


@pytest.mark.parametrize("output_format", [name for name in FORMATS if name not in OWN_FORMATS])
def test_every_other_format_tells_of_it_in_the_words_of_its_check(leakguard: ScanCommands, output_format: str) -> None:
    meet(leakguard, OPEN_DATABASE)

    ran = leakguard(*RDS_ALONE, "--format", output_format)

    assert ran.code == 1
    assert "rds/db-1" in ran.out.replace("\\/", "/")
    assert "A managed database can be reached from the whole internet" in ran.out
    assert CANARY not in ran.out


def test_a_muted_resource_is_accepted_for_a_while(leakguard: ScanCommands) -> None:
    meet(leakguard, OPEN_DATABASE)
    entry = f"{{target: '{RDS}', reason: moved soon, owner: the shop, expires: 2026-12-24}}"
    (leakguard.folder / "mutes.yaml").write_text(f"mutes:\n  - {entry}\n", encoding="utf-8")

    ran = leakguard(*RDS_ALONE)

    assert ran.code == 0
    assert "muted by the owner" in ran.err


def test_two_looks_are_compared(leakguard: ScanCommands) -> None:
    meet(leakguard, OPEN_DATABASE)
    first = leakguard(*RDS_ALONE, "--format", "json").document["run"]
    meet(leakguard, {**OPEN_DATABASE, "rds DescribeDBInstances": database(public=False)})
    second = leakguard(*RDS_ALONE, "--format", "json").document["run"]

    ran = leakguard("scan", "diff", first, second)

    assert f"closed      {RDS}  aws_rds_public  the owner's own settings no longer open it" in ran.out
    assert ran.code == 0


def test_a_look_at_an_account_is_not_gone_on_with(leakguard: ScanCommands) -> None:
    meet(leakguard, {})
    run = leakguard(*RDS_ALONE, "--format", "json").document["run"]

    ran = leakguard("scan", "--resume", run)

    assert ran.code == 2
    assert "is not gone on with" in ran.err


def opened_incident(leakguard: ScanCommands) -> str:
    """The finding of an open database, in an incident of its own."""
    meet(leakguard, OPEN_DATABASE)
    identifier: str = findings(leakguard)[RDS]["id"]
    assert leakguard("incident", "open", "--finding", identifier).code == 0
    return identifier


def test_an_incident_about_a_resource_is_closed_by_asking_again(leakguard: ScanCommands) -> None:
    identifier = opened_incident(leakguard)

    still = leakguard("scan", "verify", identifier)
    meet(leakguard, {**OPEN_DATABASE, "rds DescribeDBInstances": database(public=False)})
    closed = leakguard("scan", "verify", identifier, "--format", "json")

    assert (still.code, closed.code) == (1, 0)
    assert still.out.startswith("still_open")
    assert closed.document["findings"][0]["reason"] == "it has no public address"
    assert len(closed.document["closed_incidents"]) == 1


def test_a_resource_that_is_gone_is_closed(leakguard: ScanCommands) -> None:
    identifier = opened_incident(leakguard)
    meet(leakguard, {})

    ran = leakguard("scan", "verify", identifier, "--aws", "prod")

    assert ran.code == 0
    assert "lists it no more" in ran.out


@pytest.mark.parametrize("answer", ["AccessDenied", "OptInRequired"])
def test_a_list_that_is_refused_proves_no_closure(leakguard: ScanCommands, answer: str) -> None:
    identifier = opened_incident(leakguard)
    meet(leakguard, {"rds DescribeDBInstances": answer})

    ran = leakguard("scan", "verify", identifier)

    assert ran.code == 3
    assert "unknown" in ran.out


def test_findings_of_both_sides_are_verified_together(leakguard: ScanCommands) -> None:
    meet(leakguard, OPEN_DATABASE)
    serve(leakguard, OPEN_SERVER)
    ran = leakguard(*RDS_ALONE, "--format", "json")
    ids = [one["id"] for one in ran.document["findings"] if one["outcome"] == "exposed"]

    again = leakguard("scan", "verify", *ids, "--format", "json")

    assert len(ids) == 2
    assert {item["closure"] for item in again.document["findings"]} == {"still_open"}


def test_a_finding_of_an_account_that_no_profile_leads_to_is_refused(leakguard: ScanCommands) -> None:
    identifier = opened_incident(leakguard)
    (leakguard.folder / "scope.yaml").write_text(
        SCOPE_TEXT.replace('"aws://123456789012"', f'"aws://{OTHER}"'), encoding="utf-8"
    )
    meet(leakguard, {}, other=OTHER)

    ran = leakguard("scan", "verify", identifier, "--aws", "other")

    assert ran.code == 2
    assert f"no profile leads to the account {ACCOUNT}" in ran.err


def test_workers_elsewhere_have_no_credentials_of_ours(leakguard: ScanCommands) -> None:
    meet(leakguard, {})
    (leakguard.folder / "leakguard.toml").write_text('[fleet]\nbroker = "redis://127.0.0.1:1/0"\n', encoding="utf-8")

    ran = leakguard("scan", "--aws", "prod", "--vantage", "campus")

    assert ran.code == 2
    assert "from this machine alone" in ran.err


def test_an_interrupted_look_keeps_what_it_knows(leakguard: ScanCommands) -> None:
    def stopped(_: Mapping[str, Any]) -> Mapping[str, Any]:
        raise KeyboardInterrupt

    meet(leakguard, {**OPEN_DATABASE, "s3control ListAccessPoints": stopped})
    words = (
        "scan",
        "--aws",
        "prod",
        "--aws-region",
        REGION,
        "--checks",
        "aws_s3_account_block,aws_s3_access_point_public",
    )

    ran = leakguard(*words, "--format", "json")

    assert ran.code == 3
    assert "Interrupted" in ran.err
    assert "stopped" in leakguard("scan", "show").out
