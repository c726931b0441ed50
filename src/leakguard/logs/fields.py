"""The one register of what may be logged: the events, and the fields with the type or the pattern of each.

Whatever is not here is dropped, and the event `field_refused` has the name of the field. Patterns admit ids, codes,
and names that our own sources or the settings define, such as those of a check or a vantage: no text that a host, a
reporter or a mail server writes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_OUTCOMES = "exposed|partially_exposed|not_exposed|not_applicable|inconclusive"
_WORD = r"[a-z][a-z0-9_]{0,59}"
_MOST = 2**63
"""Whole numbers from here on are refused: they do not fit into 64 bits with a sign."""

EVENTS: Mapping[str, str] = {
    "command_started": "A command begins.",
    "command_ended": "It ended, with its exit code and how long it took.",
    "field_refused": (
        "A field was dropped, because the register lacks its name or does not admit its value; `field` is its name. "
        "`field=event` means that a whole event was dropped."
    ),
    "store_opened": "The store is open; `revision` is its schema.",
    "store_migrated": "A store of an earlier release was lifted, from one revision to another.",
    "store_failed": "The store could not be read or written; the watchman tries again.",
    "entry_recorded": "The ledger has a new entry.",
    "run_started": "A scan begins, or goes on where it was stopped.",
    "target_judged": "One check gave its verdict about one endpoint.",
    "run_finished": "A scan looked at everything that it planned.",
    "run_interrupted": "A scan stopped before that.",
    "report_received": "A report from outside was taken in.",
    "report_changed": "Somebody did something with a report; `kind` is what.",
    "report_answered": "A mail server took an answer to a report.",
    "incident_opened": "An incident was opened.",
    "incident_event_recorded": "An event of an incident was recorded.",
    "incident_closed": "An incident was closed.",
    "scorecard_not_written": "The scorecard of a drill could not be written into its folder.",
    "deadlines_evaluated": "The deadlines of an incident were evaluated.",
    "alert_raised": "A threshold of a deadline was passed.",
    "alert_sent": "A channel took an alert.",
    "alert_failed": "A channel did not take an alert.",
    "alert_acknowledged": "Somebody acknowledged alerts.",
    "watchman_started": "The watchman watches.",
    "watchman_cycled": "It looked at every open incident.",
    "watchman_took_over": "It took the place of one that fell silent.",
    "watchman_stood_by": "Another one watches.",
    "watchman_outage_found": "Nobody watched for a while.",
    "watchman_clock_stepped": "The time of the machine jumped.",
    "watchman_stopped": "The watchman was asked to end, and did.",
    "fleet_order_made": "A coordinator made the order for a shard of a run, which it sends next.",
    "fleet_order_taken": "A worker began with a shard.",
    "fleet_order_refused": "A worker refused a shard.",
    "fleet_result_taken": "A coordinator took the result of a shard.",
    "fleet_result_refused": "A coordinator did not believe the result of a shard.",
    "fleet_message_dropped": "A message of the fleet was from nobody who is trusted, or made no sense.",
    "letter_sent": "A mail server took a letter.",
    "letter_failed": "A mail server did not take a letter, or it could not be made.",
    "letter_in_doubt": "Nobody knows whether a mail server took a letter.",
    "evidence_added": "Files were taken in as evidence.",
    "evidence_verified": "The ledger and what it tells of was verified.",
    "clock_mended": "A person said by how much the time of a machine was wrong.",
    "web_started": "The web server takes requests.",
    "web_stopped": "The web server was asked to end, and did.",
    "form_started": "The public form takes reports.",
    "form_stopped": "The public form was asked to end, and did.",
    "form_answered": "The public form answered a request; `code` is the status.",
    "request_answered": "The web server answered a request; `part` is the operation, `code` the status.",
    "request_failed": "A request met a bug, or its client went away; `error` is the class alone.",
    "doctor_found": "One check of the installation gave its answer.",
}
"""Each event and what it says happened."""

FIELDS: Mapping[str, re.Pattern[str] | type] = {
    "event": re.compile("|".join(EVENTS)),
    "command": re.compile(r"leakguard(?: [a-z][a-z-]{0,30}){0,3}"),
    "request_id": re.compile(r"[0-9a-f]{8}"),
    "actor": re.compile(r"uid:[0-9]{1,10}"),
    "run": re.compile(r"R-[0-9]{8}-[0-9a-f]{4,16}(?:-[a-z0-9][a-z0-9-]{0,39})?"),
    "report": re.compile(r"RP-[0-9]{4}-[0-9]{4,9}"),
    "incident": re.compile(r"IR-[0-9]{4}-[0-9]{4,9}"),
    "finding": re.compile(r"F-[0-9a-f]{4,64}"),
    "evidence": re.compile(r"EV-[0-9]{1,15}"),
    "record": re.compile(r"E-[0-9]{1,15}"),  # the id of an event of an incident
    "message": re.compile(r"A-[0-9a-f]{4,64}"),  # the id of an alert
    "letter": re.compile(r"L-[0-9a-f]{12}"),
    "check_id": re.compile(_WORD),
    "kind": re.compile(_WORD),
    "field": re.compile(r"[a-z][a-z0-9_]{0,39}"),
    "clock": re.compile(r"[a-z0-9][a-z0-9_-]{0,69}(?:[.][a-z0-9][a-z0-9_-]{0,39})?"),
    "channel_kind": re.compile(r"smtp|webhook|chat|file"),
    "vantage": re.compile(r"[a-z0-9][a-z0-9-]{0,39}"),
    "outcome": re.compile(_OUTCOMES),
    "severity": re.compile(r"notice|warning|urgent|overdue"),
    "answer": re.compile(r"ok|problem|not_checked|match|mismatch|not_verifiable"),
    "database": re.compile(r"sqlite|postgresql"),
    "revision": re.compile(r"[0-9]{4}"),
    "from_revision": re.compile(r"[0-9]{4}"),
    "error": re.compile(r"[A-Z][A-Za-z]{0,59}"),
    "part": re.compile(_WORD),  # an operation of the web server
    "exit_code": int,
    "sequence": int,
    "chain_level": int,
    "shard": int,
    "attempt": int,
    "code": int,
    "count": int,
    "planned": int,
    "exposed_count": int,
    "not_checked_count": int,
    "incident_count": int,
    "overdue_count": int,
    "doubt_count": int,
    "seconds": float,
    "is_resumed": bool,
    "is_kept": bool,  # whether the files were kept beside their digests
}
"""Each field, with the pattern that its whole text matches or with its type."""


def admitted(name: str, value: object) -> str | int | float | bool | None:
    """The value as it is logged; nothing where the register does not admit it."""
    rule = FIELDS.get(name)
    if isinstance(rule, re.Pattern):
        text = str(value) if isinstance(value, str) else ""
        return text if rule.fullmatch(text) else None
    if rule is bool or isinstance(value, bool):
        return value if rule is bool and isinstance(value, bool) else None
    if rule is int:
        return int(value) if isinstance(value, int) and abs(value) < _MOST else None
    if rule is float and isinstance(value, int | float) and abs(value) < _MOST:
        return round(float(value), 3)
    return None


def shown_name(name: str) -> str:
    """The name of a field that was refused; one that is no plain name is not repeated."""
    rule = FIELDS["field"]
    return name if isinstance(rule, re.Pattern) and rule.fullmatch(name) else "unnamed"
