"""The generated parts of the page about webhooks: the fields of the document, an example of it, and a receiver."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from leakguard.channels.wording import to_json
from leakguard.models.alerts import AlertMessage, Severity

RECEIVER = Path(__file__).parents[1] / "support" / "webhook_receiver.py"
EXAMPLE = AlertMessage(
    id="alarm/IR-2026-0001/remediate/1/-PT1H/2026-05-24T02:00:00Z",
    incident="IR-2026-0001",
    clock="remediate",
    threshold="-PT1H",
    severity=Severity.URGENT,
    title="remediate: 1 h left",
    lines=("Close the exposure and verify it.",),
    due_at=datetime(2026, 5, 24, 2, 0, tzinfo=UTC),
    link="leakguard clock list --incident IR-2026-0001",
    incident_title="Mail log open to the internet",
    clock_title="Close the exposure and verify it",
    next_action="leakguard playbook next IR-2026-0001",
    acknowledge='leakguard clock ack --incident IR-2026-0001 remediate --by "Ada Lovelace"',
    due_local="2026-05-24 10:00 CST (Asia/Shanghai)",
    zone="Asia/Shanghai",
    remaining_seconds=3600,
)
MEANINGS: Mapping[str, str] = {
    "schema": "the name of this form of document",
    "id": "the same however often the alert is sent, so that you can drop a repetition",
    "incident": "the incident's id",
    "subject": "what the alert is about: `kind` (`incident`, `report`, `transfers` or `sites`) and `id`",
    "incident_title": "what the organisation calls it",
    "clock": "the clock's id",
    "clock_title": "what has to be done",
    "threshold": "the threshold that passed: `50%`, `-PT1H`, `PT0S`; `+PT3H` for a repetition; `forecast`; `moved`",
    "severity": "`notice`, `warning`, `urgent` or `overdue`",
    "title": "how the clock stands, in one line",
    "lines": "what else there is to say, in lines of text",
    "due_at": "the deadline in UTC",
    "due_local": "the deadline on the wall clock of the incident",
    "due_from_memory": "whether nobody read the deadline in a source",
    "zone": "the time zone of the incident",
    "remaining_seconds": "until the deadline, when the message was made; negative once it is over",
    "next_action": "the command that does what has to be done",
    "acknowledge": "the command that acknowledges the alert",
    "link": "the command, or the address of the page, that shows more",
    "drill": "whether it belongs to a drill",
    "test": "whether somebody tried the channel out and nothing has happened",
}
"""Of each field of the document; a test compares the names."""


def webhook_fields() -> str:
    """One row a field, in the order of the document."""
    rows = [f"| `{name}` | {MEANINGS[name]} |" for name in to_json(EXAMPLE)]
    return "\n".join(["| field | holds |", "| --- | --- |", *rows])


def webhook_body() -> str:
    """The example, as the channel sends it but for the spaces."""
    return f"```json\n{json.dumps(to_json(EXAMPLE), indent=2, ensure_ascii=False)}\n```"


def webhook_receiver() -> str:
    """The program that a test holds against what the channel sends."""
    return f"```python\n{RECEIVER.read_text(encoding='utf-8').rstrip()}\n```"
