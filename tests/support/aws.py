"""An AWS to be asked in tests: answers that are written down and held to the library's own shapes, or moto behind them.

Nothing is sent: the library hands every question to `ScriptedAws` before it would open a connection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import boto3
import botocore.session
from botocore.loaders import create_loader
from botocore.validate import ParamValidator

from leakguard.models.clouds import Unit
from leakguard.owners.aws.aws import Aws
from leakguard.owners.aws.door import Door

ACCOUNT, OTHER, STRANGER = "123456789012", "210987654321", "999988887777"
REGION = "eu-west-1"
Answer = Mapping[str, Any] | str | Callable[[Mapping[str, Any]], "Mapping[str, Any] | str"]
"""What comes back; a text is the code of an error; a function is given what was asked."""
LOADER = create_loader()
"""Keeps what it read: the shapes of all services are tens of megabytes."""
NONE_THERE = {
    "GetPublicAccessBlock": "NoSuchPublicAccessBlockConfiguration", "GetBucketPolicy": "NoSuchBucketPolicy",
    "GetBucketPolicyStatus": "NoSuchBucketPolicy", "GetBucketWebsite": "NoSuchWebsiteConfiguration",
    "GetBucketOwnershipControls": "OwnershipControlsNotFoundError",
    "GetAccessPointPolicy": "NoSuchAccessPointPolicy", "GetAccessPointPolicyStatus": "NoSuchAccessPointPolicy",
    "DescribeFileSystemPolicy": "PolicyNotFound", "GetRepositoryPolicy": "RepositoryPolicyNotFoundException",
    "GetVaultAccessPolicy": "ResourceNotFoundException",
}  # fmt: skip
"""What the interface says where there is nothing; a catalogue without a policy just answers that it has none."""


@dataclass(slots=True, kw_only=True)
class ScriptedAws:
    """Answers by service and operation, such as `rds DescribeDBInstances`; what is not written down is empty."""

    answers: dict[str, Answer] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=lambda: {"prod": ACCOUNT})
    """The account of each profile."""
    has_moto: bool = False
    """Whether moto answers what is not written down."""
    asked: list[str] = field(default_factory=list)
    """`ACCOUNT REGION SERVICE OPERATION` of every question."""

    def cloud(self) -> Aws:
        """The adapter, on this AWS."""
        return Aws(Door(self.session))

    def session(self, profile: str) -> boto3.Session:
        """A session as the library makes it from files; raises as it does where there is no such profile."""
        account = self.accounts.get(profile)
        if account is None:
            return boto3.Session(profile_name=profile)
        core = botocore.session.Session()
        core.register_component("data_loader", LOADER)
        made = boto3.Session("AKIAEXAMPLE", "x", region_name=REGION, botocore_session=core)

        def before_build(params: Any, context: Any, **_: object) -> None:  # noqa: ANN401  (the library's own)
            context["leakguard"] = params

        def before_call(model: Any, params: Any, context: Any, **_: object) -> object:  # noqa: ANN401  (as above)
            return self._answer(account, model, params, context)

        made.events.register("before-parameter-build", before_build)
        made.events.register("before-call", before_call)
        return made

    def _answer(self, account: str, model: Any, params: Any, context: Any) -> object:  # noqa: ANN401  (as above)
        service, region = str(model.service_model.service_name), str(context["client_region"])
        self.asked.append(f"{account} {region} {service} {model.name}")
        known = self.answers.get(f"{service} {model.name}")
        if known is None and self.has_moto:
            params["headers"]["x-moto-account-id"] = account
            return None
        if known is None:
            known = self._usual(account, model)
        answer = known({**context["leakguard"], "region": region, "account": account}) if callable(known) else known
        return _failed(answer) if isinstance(answer, str) else _succeeded(answer, model)

    def _usual(self, account: str, model: Any) -> Mapping[str, Any] | str:  # noqa: ANN401  (as above)
        if model.name == "GetCallerIdentity":
            return {"Account": account}
        if model.name == "DescribeRegions":
            return {"Regions": [{"RegionName": REGION}, {"RegionName": "us-east-1"}]}
        return NONE_THERE.get(model.name) or _empty(model)


def unit(region: str = REGION, *, account: str = ACCOUNT, profile: str = "prod") -> Unit:
    """A region of an account."""
    return Unit(profile=profile, account=account, region=region)


def _succeeded(answer: Mapping[str, Any], model: Any) -> tuple[object, dict[str, Any]]:  # noqa: ANN401  (as above)
    if model.output_shape is not None:
        problems = ParamValidator().validate(dict(answer), model.output_shape)
        assert not problems.has_errors(), f"{model.name}: {problems.generate_report()}"
    meta = {"HTTPStatusCode": 200, "HTTPHeaders": {"content-length": "321"}}
    return SimpleNamespace(status_code=200, raw=None), {**answer, "ResponseMetadata": meta}


def _empty(model: Any) -> dict[str, Any]:  # noqa: ANN401  (as above)
    """What the shape requires, with nothing in it."""
    shape = model.output_shape
    kinds: dict[str, Any] = {"list": [], "structure": {}, "string": ""}
    names = shape.required_members if shape is not None else ()
    return {name: kinds[shape.members[name].type_name] for name in names}


def _failed(code: str) -> tuple[object, dict[str, Any]]:
    meta = {"HTTPStatusCode": 403, "HTTPHeaders": {}}
    return SimpleNamespace(status_code=403, raw=None), {
        "Error": {"Code": code, "Message": "no"},
        "ResponseMetadata": meta,
    }
