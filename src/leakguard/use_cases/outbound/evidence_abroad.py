"""The doubt before evidence leaves China."""

from __future__ import annotations

from collections.abc import Collection

from leakguard.errors import UsageProblem
from leakguard.outbound.countries import HOME, is_country
from leakguard.outbound.leaving import evidence_doubt
from leakguard.outbound.rule_files import load_rules
from leakguard.ports import DataFolders

_ASK = "say where it goes: --to-country CODE. Evidence that leaves China is a transfer itself"


def evidence_abroad(folders: DataFolders, seats: Collection[str], country: str | None) -> str:
    """What to ask counsel before evidence goes to somebody in a country; empty where nothing leaves China.

    `seats` are the codes of where the organisation sits. Raises `UsageProblem` for what is no country.
    """
    if country is not None and not is_country(country):
        raise UsageProblem(f"`{country[:20]}` is no country", next_step="Write an ISO code, such as CN, SG or DE.")
    if HOME not in {code.partition("-")[0] for code in seats} or country == HOME:
        return ""
    return evidence_doubt(load_rules(folders)) if country is not None else _ASK
