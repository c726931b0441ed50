"""The door to AWS: reading questions alone, the policy made of them, profiles that do not exist."""

from __future__ import annotations

import re
from pathlib import Path

import boto3
import botocore.session
import pytest

from leakguard.errors import CloudRefused, NotAllowed
from leakguard.owners.aws.aws import Aws
from leakguard.owners.aws.door import Door, session_of
from leakguard.owners.aws.operations import ALLOWED, LOGIN, is_allowed, least_policy, permission_of
from support.aws import REGION, ScriptedAws

READING = re.compile(r"(Get|List|Describe)[A-Z]")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with a profile of its own, and nothing in its environment."""
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    config = tmp_path / "config"
    config.write_text("[profile prod]\nregion = eu-central-1\n", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    return tmp_path


@pytest.mark.parametrize(
    ("service", "method", "words"),
    [
        ("s3", "delete_bucket", {"Bucket": "campus"}),
        ("s3", "get_object", {"Bucket": "campus", "Key": "x"}),
        ("s3", "list_objects_v2", {"Bucket": "campus"}),
        ("secretsmanager", "get_secret_value", {"SecretId": "x"}),
        ("rds", "modify_db_instance", {"DBInstanceIdentifier": "x"}),
        ("iam", "list_users", {}),
    ],
)
def test_a_question_that_is_not_on_the_list_never_leaves(service: str, method: str, words: dict[str, str]) -> None:
    aws = ScriptedAws()
    client = Door(aws.session).client("prod", service, REGION)

    with pytest.raises(NotAllowed, match="none of the questions"):
        getattr(client, method)(**words)

    assert aws.asked == []


def test_a_question_on_the_list_leaves() -> None:
    aws = ScriptedAws()

    Door(aws.session).client("prod", "rds", REGION).describe_db_instances()

    assert aws.asked == ["123456789012 eu-west-1 rds DescribeDBInstances"]


def test_a_client_is_made_once_and_asks_again_more_slowly_when_told_to() -> None:
    door = Door(ScriptedAws().session)

    client = door.client("prod", "rds", REGION)

    assert door.client("prod", "rds", REGION) is client
    assert client.meta.config.retries == {"mode": "adaptive", "total_max_attempts": 8}


def test_every_question_exists_and_only_reads() -> None:
    session = botocore.session.Session()
    for service, operations in ALLOWED.items():
        model = session.get_service_model(service)
        for operation, permission in operations.items():
            assert operation in model.operation_names
            assert READING.match(operation)
            assert READING.match(permission.partition(":")[2])


def test_no_question_returns_data_or_secrets() -> None:
    known = {operation for operations in ALLOWED.values() for operation in operations}

    assert known.isdisjoint({"GetSecretValue", "GetObject", "ListObjectsV2", "GetTable", "ReceiveMessage"})


def test_a_role_may_be_taken_and_nothing_else_is_done_to_log_in() -> None:
    assert is_allowed("sts", "AssumeRole")
    assert not is_allowed("sts", "GetSessionToken")
    assert not is_allowed("iam", "CreateUser")
    assert set(LOGIN) == {"sts", "sso", "sso-oidc", "signin"}


def test_the_policy_of_a_role_is_the_list() -> None:
    (statement,) = least_policy()["Statement"]

    assert statement["Effect"] == "Allow"
    assert statement["Action"] == sorted(
        {permission_of(service, operation) for service, operations in ALLOWED.items() for operation in operations}
    )
    assert not any("*" in action for action in statement["Action"])


def test_a_profile_comes_from_the_files_of_the_machine(home: Path) -> None:
    assert home.is_dir()
    assert session_of("prod").region_name == "eu-central-1"


def test_without_a_profile_of_that_name_the_default_is_the_environment(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")

    assert home.is_dir()
    assert session_of("default").region_name == "eu-north-1"


def test_a_profile_that_does_not_exist_is_refused(home: Path) -> None:
    assert home.is_dir()
    with pytest.raises(CloudRefused, match="`nobody` cannot be used") as refusal:
        Door().session("nobody")

    assert "list-profiles" in refusal.value.next_step


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ("[profile prod]\nregion = nowhere-1\n", "names a region that the library does not know"),
        ("[profile prod]\nregion = us-east-1\ncredential_process = /bin/false\n", "leads to no account"),
    ],
)
def test_a_profile_that_leads_nowhere_is_told_as_that(home: Path, config: str, says: str) -> None:
    """Both were bugs of ours: the library raises them before anything is asked."""
    (home / "config").write_text(config, encoding="utf-8")

    with pytest.raises(CloudRefused, match=says):
        Aws(Door()).account("prod")


def test_an_address_of_the_interface_that_is_none_is_told_as_that(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "gopher")

    assert home.is_dir()
    with pytest.raises(CloudRefused, match="leads to no account"):
        Aws(Door()).account("prod")


def test_a_session_is_guarded_once() -> None:
    door = Door(ScriptedAws().session)

    assert isinstance(door.session("prod"), boto3.Session)
    assert door.session("prod") is door.session("prod")
