"""Every page about incidents, and every act, in one place for the register."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leakguard.web.console.pages import (
    clocks,
    closing,
    comments,
    incident_findings,
    incident_list,
    recording,
    summary,
    timeline,
)

if TYPE_CHECKING:
    from leakguard.web.console.screen import Act, Screen

SCREENS: tuple[Screen, ...] = (
    *incident_list.SCREENS, *summary.SCREENS, *timeline.SCREENS, *clocks.SCREENS, *recording.SCREENS,
    *incident_findings.SCREENS, *comments.SCREENS, *closing.SCREENS,
)  # fmt: skip
ACTS: tuple[Act, ...] = (*incident_list.ACTS, *recording.ACTS, *comments.ACTS, *closing.ACTS)
