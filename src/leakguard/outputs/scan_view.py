"""What an output of a run is made from: the run, its findings, the words of their checks, what the owner muted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from leakguard.frozen import Frozen, field
from leakguard.models.findings import Outcome
from leakguard.models.mutes import Mute
from leakguard.models.scope import OwnerPermission
from leakguard.scanning.left_out import LeftOut
from leakguard.scanning.run_findings import FindingSource

OPEN = frozenset({Outcome.EXPOSED, Outcome.PARTIALLY_EXPOSED})


class RuleText(Frozen):
    """A check in words."""

    title: str
    why: str
    remediation: str = ""
    """For any finding of the check: it names no port."""


class ScanView(Frozen):
    """One run, to be shown; nothing of it is held in memory."""

    run: str
    counts: Mapping[str, int]
    """How the endpoints stand, each in exactly one."""
    findings: FindingSource
    is_interrupted: bool
    exit_code: int
    made_at: datetime
    """When this is written, UTC."""
    rules: Mapping[str, RuleText] = field(default_factory=dict)
    unsettled: Mapping[str, int] = field(default_factory=dict)
    """By reason code: how many of the protected endpoints may be open all the same."""
    unresolved: tuple[str, ...] = ()
    """Names that have no address, so that nothing of them was looked at."""
    left_out: tuple[LeftOut, ...] = ()
    """Names of which some addresses were not looked at."""
    leave: OwnerPermission | None = None
    """By whose leave products' own administrative accounts were asked once; nothing where nobody gave one."""
    industrial: OwnerPermission | None = None
    """By whose leave industrial devices were asked; nothing where nobody gave one."""
    is_drill: bool = False
    muted: Mapping[str, Mute] = field(default_factory=dict)
    """By the finding's id."""

    @property
    def mark(self) -> str:
        """What a text that leaves a drill begins with, so that nobody takes it for real."""
        return "DRILL: " if self.is_drill else ""

    def title_of(self, check_id: str) -> str:
        """The check's title, or its id where the check is gone."""
        rule = self.rules.get(check_id)
        return rule.title if rule else check_id
