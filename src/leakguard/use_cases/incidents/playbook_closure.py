"""What speaks against closing an incident: steps that are not settled, exposures that nobody saw closed."""

from __future__ import annotations

from collections.abc import Sequence

from leakguard.errors import NotAllowed
from leakguard.models.event_records import event_of, is_event_record
from leakguard.models.records import KeptRecord
from leakguard.playbooks.engine import advance
from leakguard.playbooks.machines_check import CLOSURE
from leakguard.playbooks.missing import missing_steps
from leakguard.use_cases.incidents.incident_closures import REMEDIATED, VERIFIED, Standing, findings_of, standings
from leakguard.use_cases.incidents.incident_findings import is_seen_open
from leakguard.use_cases.incidents.incidents import CLOSED, REOPENED, incident_of, superseded
from leakguard.use_cases.incidents.playbooks import running_playbook

CLAIMS = CLOSURE | {CLOSED}
"""Events that claim that something is done, which the records have to show."""
_TURNS = frozenset({REOPENED, REMEDIATED})
MOST_LINES = 30
_NEXT = {
    True: 'See all of it and what may be overridden: leakguard incident close {incident}; or say why: --reason "..."',
    False: 'Do what is missing, or say why it is closed nevertheless: --reason "..."',
}
_DOUBTS = {
    "one_witness": "closed, one witness: one worker of the fleet alone saw it closed",
    "withdrawn": "the worker of the fleet that saw it closed is not believed any more",
    "rows_hidden": "it answers strangers and shows them no row, which is no refusal: it may be empty",
    "nothing_listed": "it shows strangers no list, which closes nothing: a caller who knows a name may be let in",
    "key_not_found": "the page does not ship the key any more with which it was open",
    "key_not_accepted": "the server refused the page's key, which says nothing of its tables",
}
"""Looks that prove no closure, by their reason codes."""
_VOID = {
    Standing.SEEN_AGAIN: "seen open again since the last probe",
    Standing.RETRACTED: "the proof that it is closed was retracted",
}
"""Looks that proved a closure, and prove it no more."""


def missing_to_close(incident_id: str, records: Sequence[KeptRecord]) -> tuple[str, ...]:
    """A sentence for everything that is not done or not proved; empty when the incident may be closed."""
    playbook = running_playbook(incident_id, records)
    steps = missing_steps(advance(playbook, records)) if playbook is not None else ()
    found = unproved_unless_vouched_for(incident_id, records)
    return (*steps, *(f"finding {finding}: {text}" for finding, text in found))


def unproved(records: Sequence[KeptRecord]) -> tuple[str, ...]:
    """The findings of an incident that were not seen closed from every vantage that saw them open."""
    return tuple(f"finding {finding}: {text}" for finding, text in _unproved(records))


def unproved_unless_vouched_for(incident_id: str, records: Sequence[KeptRecord]) -> tuple[tuple[str, str], ...]:
    """As `unproved`, each finding with its text; nothing where a person said since how they know that it is closed."""
    return () if _is_vouched_for(incident_id, records) else _unproved(records)


def _unproved(records: Sequence[KeptRecord]) -> tuple[tuple[str, str], ...]:
    known = standings(records)
    open_ones = sorted(finding for finding in findings_of(records) if known.get(finding) is not Standing.CLOSED)
    void = {finding: _VOID[standing] for finding, standing in known.items() if standing in _VOID}
    return tuple((finding, void.get(finding) or _look(records, finding)) for finding in open_ones)


def refuse_unproved(incident_id: str, kind: str, records: Sequence[KeptRecord]) -> None:
    """Raise `NotAllowed`, with everything that is missing, for an event that claims more than the records show."""
    if kind == CLOSED:
        missing = missing_to_close(incident_id, records)
    elif kind in CLOSURE:
        missing = unproved(records)
    else:
        return
    if not missing:
        return
    raise NotAllowed(
        _claims_too_much(incident_id, kind, missing), next_step=_NEXT[kind == CLOSED].format(incident=incident_id)
    )


def refuse_open_exposures(incident_id: str, records: Sequence[KeptRecord]) -> None:
    """Raise `NotAllowed` for closing an incident while a finding of it is not closed; no reason overrides that."""
    found = unproved_unless_vouched_for(incident_id, records)
    if found:
        missing = [f"finding {finding}: {text}" for finding, text in found]
        raise NotAllowed(
            _claims_too_much(incident_id, CLOSED, missing),
            next_step="Prove them closed: leakguard scan verify FINDING..., or record what you know: "
            f"leakguard incident event {incident_id} {REMEDIATED} --reason TEXT",
        )


def _claims_too_much(incident_id: str, kind: str, missing: Sequence[str]) -> str:
    more = [f"  and {len(missing) - MOST_LINES} more"] if len(missing) > MOST_LINES else []
    lines = "\n".join([*(f"  {line}" for line in missing[:MOST_LINES]), *more])
    return f"{incident_id}: `{kind}` claims more than the records show:\n{lines}"


def _look(records: Sequence[KeptRecord], finding: str) -> str:
    """What the latest look at a finding said."""
    looks = [record for record in records if record.kind == VERIFIED and record.content.get("finding") == finding]
    if not looks:
        return "nobody has looked again"
    last = looks[-1].content
    missing = ", ".join(str(item) for item in last.get("missing") or ())
    if (words := _DOUBTS.get(str(last.get("reason_code")))) is not None:
        return words
    return f"not seen closed yet from {missing}" if missing else f"the last probe said {last.get('closure')}"


def _is_vouched_for(incident_id: str, records: Sequence[KeptRecord]) -> bool:
    """Whether closure was recorded since it was last seen open: by the looks, or by a person with a reason."""
    gone = superseded(incident_of(incident_id, records).events)
    last = next(
        (record for record in reversed(records) if is_event_record(record) and f"E-{record.sequence}" not in gone
         and (record.kind in _TURNS or is_seen_open(event_of(record)))),
        None,
    )  # fmt: skip
    return last is not None and last.kind == REMEDIATED
