"""How many other targets a bundle of one incident names: a scan saves many targets in one entry.

The hash of the entry is over all of its content, so none of it can be left out of a bundle.
"""

from __future__ import annotations

from leakguard.fleet.vantages import place_of_key
from leakguard.ledger.stored_findings import FINDINGS_RECORDED
from leakguard.ports import ScanStore
from leakguard.use_cases.incidents.incidents import load_incident


def other_target_count(store: ScanStore, incident: str) -> int:
    """The targets that entries with findings of this incident name, without the targets of these findings.

    Raises `NotFound` for an unknown incident.
    """
    wanted = frozenset(load_incident(store, incident).findings)
    named: set[str] = set()
    for record in store.of_kinds({FINDINGS_RECORDED}) if wanted else ():
        if any(str(item.get("id")) in wanted for item in record.content.get("findings") or ()):
            named.update(map(place_of_key, record.content.get("done") or {}))
    own = {finding.target for finding in store.findings(ids=sorted(wanted))} if named else set()
    return len(named - own)
