"""Rights: the one table that says which role may do what. There is no right to delete a record, and none can be added.

The documentation's table is made from this one, and a test walks every action with every role.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum


class Role(StrEnum):
    """What somebody is to the team."""

    VIEWER = "viewer"
    RESPONDER = "responder"
    COMMANDER = "commander"
    DPO = "dpo"
    COUNSEL = "counsel"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Right(StrEnum):
    """One kind of action."""

    READ_INCIDENTS = "read_incidents"
    READ_PRIVILEGED = "read_privileged"
    READ_REPORTERS = "read_reporters"
    OPEN_INCIDENTS = "open_incidents"
    RECORD_EVENTS = "record_events"
    CLOSE_INCIDENTS = "close_incidents"
    DO_STEPS = "do_steps"
    ASSIGN_STEPS = "assign_steps"
    WAIVE_STEPS = "waive_steps"
    ACKNOWLEDGE_ALERTS = "acknowledge_alerts"
    WRITE_FACTS = "write_facts"
    SETTLE_PLACES = "settle_places"
    DRAFT_LETTERS = "draft_letters"
    APPROVE_LETTERS = "approve_letters"
    SEND_LETTERS = "send_letters"
    READ_REGISTER = "read_register"
    READ_FINDINGS = "read_findings"
    START_SCANS = "start_scans"
    CHANGE_SCOPE = "change_scope"
    READ_EVIDENCE = "read_evidence"
    ADD_EVIDENCE = "add_evidence"
    EXPORT_EVIDENCE = "export_evidence"
    REDACT_EVIDENCE = "redact_evidence"
    VERIFY_LEDGER = "verify_ledger"
    MANAGE_KEYS = "manage_keys"
    COMMENT = "comment"
    COMMENT_PRIVILEGED = "comment_privileged"
    RELEASE_PRIVILEGED = "release_privileged"
    READ_ACCOUNTS = "read_accounts"
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_ONCALL = "manage_oncall"
    MANAGE_OWN_TOKENS = "manage_own_tokens"
    MANAGE_OWN_ACCOUNT = "manage_own_account"
    READ_HEALTH = "read_health"


_EVERYBODY = frozenset(Role)
_TEAM = frozenset({Role.RESPONDER, Role.COMMANDER, Role.DPO})
"""Who works on the incident itself."""
_COUNSELLED = _TEAM | {Role.COUNSEL}
_LEAD = frozenset({Role.COMMANDER})
_LAW = frozenset({Role.DPO, Role.COUNSEL})
_ADMIN = frozenset({Role.ADMIN})

RIGHTS: Mapping[Right, frozenset[Role]] = {
    Right.READ_INCIDENTS: _EVERYBODY,
    Right.READ_PRIVILEGED: frozenset({Role.COUNSEL}),
    Right.READ_REPORTERS: _TEAM,
    Right.OPEN_INCIDENTS: _TEAM,
    Right.RECORD_EVENTS: _TEAM,
    Right.CLOSE_INCIDENTS: _LEAD | {Role.DPO},
    Right.DO_STEPS: _COUNSELLED,
    Right.ASSIGN_STEPS: _LEAD | {Role.DPO},
    Right.WAIVE_STEPS: _LEAD | _LAW,
    Right.ACKNOWLEDGE_ALERTS: _TEAM,
    Right.WRITE_FACTS: _COUNSELLED,
    Right.SETTLE_PLACES: _LAW,
    Right.DRAFT_LETTERS: _LAW | _LEAD,
    Right.APPROVE_LETTERS: _LAW | _LEAD,
    Right.SEND_LETTERS: _LEAD | {Role.DPO},
    Right.READ_REGISTER: _LAW | _LEAD | {Role.AUDITOR},
    Right.READ_FINDINGS: _COUNSELLED | {Role.VIEWER, Role.AUDITOR},
    Right.START_SCANS: frozenset({Role.RESPONDER, Role.COMMANDER}),
    Right.CHANGE_SCOPE: _LEAD,
    Right.READ_EVIDENCE: _COUNSELLED | {Role.AUDITOR},
    Right.ADD_EVIDENCE: _COUNSELLED,
    Right.EXPORT_EVIDENCE: _LAW | _LEAD | {Role.AUDITOR},
    Right.REDACT_EVIDENCE: frozenset({Role.DPO}),
    Right.VERIFY_LEDGER: _EVERYBODY,
    Right.MANAGE_KEYS: _ADMIN,
    Right.COMMENT: _COUNSELLED,
    Right.COMMENT_PRIVILEGED: frozenset({Role.COUNSEL}),
    Right.RELEASE_PRIVILEGED: frozenset({Role.COUNSEL}),
    Right.READ_ACCOUNTS: _EVERYBODY,
    Right.MANAGE_ACCOUNTS: _ADMIN,
    Right.MANAGE_ONCALL: _ADMIN | _LEAD,
    Right.MANAGE_OWN_TOKENS: _EVERYBODY,
    Right.MANAGE_OWN_ACCOUNT: _EVERYBODY,
    Right.READ_HEALTH: _EVERYBODY,
}

WORDS: Mapping[Right, str] = {
    Right.READ_INCIDENTS: "read incidents, their events, clocks, steps and letters",
    Right.READ_PRIVILEGED: "read privileged comments",
    Right.READ_REPORTERS: "read who sent a report from outside",
    Right.OPEN_INCIDENTS: "open an incident",
    Right.RECORD_EVENTS: "record events of an incident",
    Right.CLOSE_INCIDENTS: "close and reopen an incident",
    Right.DO_STEPS: "do steps of a playbook, and confirm those of others",
    Right.ASSIGN_STEPS: "assign steps to people",
    Right.WAIVE_STEPS: "waive steps, clocks and duties with a reason",
    Right.ACKNOWLEDGE_ALERTS: "acknowledge alerts",
    Right.WRITE_FACTS: "state the facts of an incident",
    Right.SETTLE_PLACES: "decide what applies in a jurisdiction without a rule",
    Right.DRAFT_LETTERS: "draft letters",
    Right.APPROVE_LETTERS: "approve letters, and take an approval back",
    Right.SEND_LETTERS: "send approved letters, and record what was filed",
    Right.READ_REGISTER: "read the register of breaches",
    Right.READ_FINDINGS: "read runs and findings",
    Right.START_SCANS: "start scans",
    Right.CHANGE_SCOPE: "change the scope, and what the owner accepts",
    Right.READ_EVIDENCE: "read evidence",
    Right.ADD_EVIDENCE: "add evidence, and hand it over",
    Right.EXPORT_EVIDENCE: "export evidence and reports",
    Right.REDACT_EVIDENCE: "redact contents that a law wants erased; the record stays",
    Right.VERIFY_LEDGER: "verify the ledger, and read its heads",
    Right.MANAGE_KEYS: "manage the key of the ledger and the workers of the fleet",
    Right.COMMENT: "comment on incidents and steps",
    Right.COMMENT_PRIVILEGED: "write privileged comments",
    Right.RELEASE_PRIVILEGED: "let privileged comments into a report or an export",
    Right.READ_ACCOUNTS: "list accounts and their roles",
    Right.MANAGE_ACCOUNTS: "manage accounts, roles, and the tokens of others",
    Right.MANAGE_ONCALL: "say who is on call",
    Right.MANAGE_OWN_TOKENS: "manage one's own tokens",
    Right.MANAGE_OWN_ACCOUNT: "change one's own password, second factor, sessions, language and zone",
    Right.READ_HEALTH: "read how the installation is",
}
"""What each right lets somebody do, as a person reads it."""

EVENT_RIGHTS: Mapping[str, Right] = {
    "closed": Right.CLOSE_INCIDENTS,
    "reopened": Right.CLOSE_INCIDENTS,
    "place_settled": Right.SETTLE_PLACES,
    "not_applicable": Right.SETTLE_PLACES,
    "applicable": Right.SETTLE_PLACES,
    "paused": Right.WAIVE_STEPS,
    "resumed": Right.WAIVE_STEPS,
    "extension_granted": Right.WAIVE_STEPS,
    "delay_notice_sent": Right.WAIVE_STEPS,
    "cancelled": Right.WAIVE_STEPS,
    "filed": Right.SEND_LETTERS,
    "previous_submission": Right.SEND_LETTERS,
    "acknowledged_by_authority": Right.SEND_LETTERS,
    "subjects_notified": Right.SEND_LETTERS,
    "individual_notice_sent": Right.SEND_LETTERS,
}
"""By kind, the right that a person needs for an event of it besides the one to record events or to open incidents.

An event of these kinds has the effect of an act that needs this right.
"""

ACTION_RIGHTS: Mapping[str, Right] = {"scan": Right.START_SCANS, "verify": Right.START_SCANS}
"""By action of an automated step, the right that it needs besides the one to do steps."""


def allowed(roles: Collection[Role], right: Right) -> bool:
    """Whether any of these roles has the right."""
    return not RIGHTS[right].isdisjoint(roles)


def rights_of(roles: Collection[Role]) -> frozenset[Right]:
    """All rights that these roles have together."""
    return frozenset(right for right in Right if allowed(roles, right))
