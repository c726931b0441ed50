"""Which right each command needs of somebody who logged in, or uses a token: one register, checked in one place.

Somebody who did not log in works with the rights that the operating system gives them on the store.
A command that works on plain files needs no right, and stands here only if it can open a store.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from leakguard.use_cases.accounts.callers import Caller

OWN = ""
"""Of a command that anybody may use for themselves, or that looks at rights by itself."""
COMMANDS: Mapping[str, str] = {
    "login": OWN, "logout": OWN, "whoami": OWN,
    "account add": OWN, "account list": "read_accounts", "account rights": OWN, "account role": OWN,
    "account disable": OWN, "account enable": OWN, "account recover": OWN, "account erase": OWN,
    "account link": OWN, "account password": OWN, "account totp": OWN,
    "token add": OWN, "token list": OWN, "token revoke": OWN,
    "app check": OWN, "app letter": OWN, "app list": "read_findings", "app show": "read_findings",
    "app incident": "open_incidents", "scope suggest": "read_findings",
    "scan run": "start_scans", "scan show": "read_findings", "scan diff": "read_findings",
    "scan note": "start_scans", "scan mute": "change_scope",
    "scan unmute": "change_scope", "scan verify": "start_scans", "watch": "start_scans",
    "fleet status": "read_health", "fleet reports": "read_findings", "fleet withdraw": "start_scans",
    "cluster show": "read_findings", "export elasticsearch": "export_evidence",
    "incident open": "open_incidents", "incident list": "read_incidents", "incident show": "read_incidents",
    "incident event": "record_events", "incident kinds": "read_incidents", "incident close": "close_incidents",
    "incident reopen": "close_incidents", "incident metrics": "read_incidents", "incident report": "read_incidents",
    "incident timeline": "read_incidents", "incident comment": "comment", "incident comments": "read_incidents",
    "incident action add": "assign_steps", "incident action list": "read_incidents",
    "incident action change": "assign_steps", "incident action done": "do_steps",
    "incident action drop": "assign_steps",
    "sites check": "start_scans", "sites watch": "start_scans", "sites history": "read_findings",
    "sites diff": "read_findings",
    "report import": "add_evidence", "report list": "read_incidents", "report show": "read_incidents",
    "report rules": "read_incidents", "report form": "add_evidence",
    "report acknowledge": "record_events", "report thank": "record_events", "report triage": "record_events",
    "report incident": "open_incidents", "report fix": "record_events", "report verify": "record_events",
    "report disclose": "record_events", "report close": "record_events", "report reopen": "record_events",
    "report erase": "redact_evidence",
    "tasks": "read_incidents", "oncall set": "manage_oncall", "oncall list": "read_accounts",
    "playbook draw": "read_incidents", "playbook start": "do_steps", "playbook next": "read_incidents",
    "playbook form": "read_incidents", "playbook run": "do_steps", "playbook done": "do_steps",
    "playbook skip": "waive_steps", "playbook confirm": "do_steps", "playbook take-back": "do_steps",
    "playbook migrate": "do_steps", "playbook assign": "do_steps",
    "clock list": "read_incidents", "clock why": "read_incidents", "clock ack": "acknowledge_alerts",
    "clock watch": "read_incidents", "clock ics": "read_incidents",
    "watchman run": "acknowledge_alerts", "watchman once": "acknowledge_alerts", "watchman chain": "acknowledge_alerts",
    "watchman check": "read_health", "channel test": "acknowledge_alerts",
    "notice assess": "read_incidents", "notice check": "read_incidents", "notice next-fact": "read_incidents",
    "notice severity": "read_incidents", "notice settle": "settle_places", "notice override": "settle_places",
    "notice draft": "draft_letters", "notice import": "write_facts", "notice package": "draft_letters",
    "notice pack": "draft_letters", "notice lint": "draft_letters", "notice letters": "draft_letters",
    "notice approve": "approve_letters", "notice send": "send_letters", "notice deliveries": "read_incidents",
    "notice bounces": "send_letters", "notice file": "send_letters", "notice open-items": "read_incidents",
    "notice register": "read_register", "notice export": "draft_letters",
    "duties changes": "read_incidents",
    "outbound add": "write_facts", "outbound list": "read_register", "outbound end": "write_facts",
    "outbound incident": "read_register",
    "drill run": OWN, "demo": OWN,
    "evidence add": "add_evidence", "evidence list": "read_evidence", "evidence seal": "add_evidence",
    "evidence hand-over": "add_evidence", "evidence hold": "add_evidence", "evidence release": "redact_evidence",
    "evidence redact": "redact_evidence", "evidence scrub": "redact_evidence", "evidence verify": "verify_ledger",
    "evidence clock": "manage_keys", "evidence head": "verify_ledger", "evidence key init": "manage_keys",
    "evidence stamp import": "verify_ledger", "evidence stamp request": "verify_ledger",
    "evidence export": "export_evidence",
    "store backup": "manage_keys", "store restore": OWN, "store check": "verify_ledger", "store move": "manage_keys",
    "web": OWN, "doctor": "read_health",
}  # fmt: skip
"""By command, the name of a `Right`; a test walks all commands, and holds the names against the table of rights."""


def command_named(path: str) -> str:
    """`leakguard incident open` as this register calls it."""
    return " ".join(path.split()[1:])


def refuse_command(caller: Caller) -> None:
    """Raise `RightMissing` unless the caller has the right that the present command needs."""
    from leakguard.accounts.rights import Right  # noqa: PLC0415  (only who logged in needs it)
    from leakguard.errors import RightMissing  # noqa: PLC0415  (as above)
    from leakguard.use_cases.accounts.callers import refuse_without  # noqa: PLC0415  (as above)

    context = click.get_current_context(silent=True)
    if context is None:
        return
    path = command_named(context.command_path)
    needed = COMMANDS.get(path)
    if needed is None:
        raise RightMissing(f"no right is known for `{path}`", next_step="Use it without a session: leakguard logout")
    if needed != OWN:
        refuse_without(caller, Right(needed))
