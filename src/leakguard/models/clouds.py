"""Clouds: what an account's own interface told its owner about one resource, before anybody judges it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leakguard.frozen import Frozen, field
from leakguard.models.findings import ProofRequest

OWNER = "owner"
"""The vantage of those who read the settings of their own account."""
LISTING = "listing"
"""The name of a gap where the resources themselves could not be listed."""
EVERYWHERE = "global"
"""The region of what belongs to no region."""


class Gap(Frozen):
    """Something that could not be learnt, so that nobody may call the resource closed."""

    permission: str
    """As a policy names it: `s3:GetBucketPolicyStatus`."""
    is_denied: bool = True
    """Whether the permission is missing; else the interface failed."""
    code: str = ""
    """The interface's own word for it: `AccessDenied`, `ThrottlingException`."""

    def __str__(self) -> str:
        """For a person."""
        if self.is_denied:
            return f"the permission {self.permission} is missing"
        return f"{self.permission} got no answer ({self.code})"


class Resource(Frozen):
    """Where something is in a cloud."""

    account: str
    region: str
    service: str
    name: str = ""
    """Empty for all that the service has there."""

    @property
    def target(self) -> str:
        """`aws://123456789012/eu-west-1/rds/db-1`."""
        place = f"aws://{self.account}/{self.region}/{self.service}"
        return f"{place}/{self.name}" if self.name else place


class CloudFact(Frozen, hidden=("values",)):
    """What is known of one resource. Its values hold policies in full, so they live only in memory."""

    kind: str
    """`rds_instance`: which checks judge it."""
    resource: Resource
    values: Mapping[str, Any] = field(default_factory=dict)
    gaps: Mapping[str, Gap] = field(default_factory=dict)
    """By the name of the value that is missing."""
    asked: tuple[ProofRequest, ...] = ()
    endpoints: tuple[str, ...] = ()
    """Where strangers would knock, as targets: `name:port`, `s3://bucket`."""
    product: str | None = None
    version: str | None = None


ANYWHERE = "*"
"""The region of a list that tells of the resources of every region."""
Listed = tuple[str, str, str]
"""Account, region (or `ANYWHERE`) and kind of resource."""


class CloudLook(Frozen):
    """What one unit told."""

    facts: tuple[CloudFact, ...] = ()
    whole: frozenset[Listed] = frozenset()
    """What was listed to the end, so that a resource that is missing there is gone."""

    def tells_of_all(self, account: str, region: str, kind: str) -> bool:
        """Whether every resource of this kind in this region is among the facts."""
        return not self.whole.isdisjoint({(account, region, kind), (account, ANYWHERE, kind)})


class Unit(Frozen):
    """One region of one account, which is asked at a time."""

    profile: str
    account: str
    region: str
