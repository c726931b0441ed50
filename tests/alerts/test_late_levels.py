"""A chain whose only level comes too late reaches nobody."""

from __future__ import annotations

from datetime import timedelta

from leakguard.alerts.readiness import settings_problems
from leakguard.models.alerts import ChannelSettings, Escalation, EscalationLevel, WatchSettings


def test_a_chain_of_nothing_but_late_levels_reaches_nobody() -> None:
    late = EscalationLevel(role="soc", after=timedelta(hours=9999))
    settings = WatchSettings(
        channels=(ChannelSettings(name="mail", kind="file"),),
        escalation=Escalation(levels=(late,), roles={"soc": ("mail",)}),
    )

    assert any("no alert reaches anybody" in one.text for one in settings_problems(settings, {}))
