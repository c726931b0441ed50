"""What one stage of a duty asks for, in plain words; made here alone, and shown wherever its clock is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from leakguard.frozen import Frozen

if TYPE_CHECKING:
    from leakguard.notices.duties import Duty
    from leakguard.notices.notice_content import RecipientKind

WHOM: Mapping[RecipientKind, str] = {
    "regulator": "Notify the authority",
    "individuals": "Notify the people affected",
    "controller": "Notify the controller of the data",
    "media": "Notify the media",
    "cert": "Report to the cybersecurity authority",
    "public": "Publish a notice",
    "consumer_agencies": "Notify the consumer reporting agencies",
    "investors": "Publish it for the investors",
    "other": "Report to the police or the prosecutor",
    "register": "Enter the breach in the register",
    "processor": "Notify the processor",
    "finder": "Answer the finder",
    "staff": "Notify the staff",
}
"""By the kind of recipient."""
SUPERVISORY, GUARDIANS = "Notify the supervisory authority", "Notify the guardians of the children affected"
WHICH: Mapping[str, str] = {
    "action_plan": "action plan",
    "amendment": "amendment",
    "assessment": "assessment of the suspicion",
    "attempt": "attempt to compromise",
    "complete": "complete report",
    "core_function_disrupted": "a core function is disrupted",
    "cybersecurity_breach": "serious cybersecurity breach",
    "damage_control": "damage control",
    "damage_control_grave": "damage control, grave incident",
    "death": "death or grave harm",
    "detailed": "detailed report",
    "early_warning": "early warning",
    "end_of_impact": "end of the impact",
    "expected": "first notification",
    "final": "final report",
    "final_improper_purpose": "final report, improper purpose",
    "full_report": "full report",
    "incident_notification": "incident notification",
    "initial": "first notification",
    "intermediate": "status report on request",
    "notice": "notification",
    "notification": "notification",
    "other": "other incident",
    "preliminary": "preliminary report",
    "proof_of_individual_notice": "proof that people were notified",
    "report": "written report",
    "second": "second notification",
    "serious_threat": "serious threat to health",
    "statement": "statement",
    "steps_report": "report on the steps taken",
    "supplement": "supplement",
    "supplemental": "supplement",
    "widespread": "widespread disruption",
}
"""By the stage of a duty that has several; one that is not here, as of an organisation's own file, has its name."""
_SUPERVISORY = "supervisory authority"


class DutyTask(Frozen):
    """What has to be done."""

    whom: str
    """`Notify the authority`."""
    which: str
    """`first notification`; empty where the duty has one stage."""

    @property
    def words(self) -> str:
        """In one line."""
        return f"{self.whom} · {self.which}" if self.which else self.whom


def task_of(duty: Duty, stage: str) -> DutyTask:
    """The task of one stage of a duty."""
    recipient = duty.recipient
    whom = GUARDIANS if recipient.guardians else WHOM[recipient.type]
    if _SUPERVISORY in recipient.name.lower():
        whom = SUPERVISORY
    which = WHICH.get(stage, stage.replace("_", " ")) if len(duty.phases) > 1 else ""
    return DutyTask(whom=whom, which=which)


def task_texts() -> tuple[str, ...]:
    """Every text of a task, for the catalogues."""
    return tuple(dict.fromkeys((*WHOM.values(), SUPERVISORY, GUARDIANS, *WHICH.values())))
