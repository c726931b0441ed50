"""Looks again below a path where an earlier run found a data store open, and where no product is recognised now."""

from __future__ import annotations

from collections.abc import Sequence

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.without_product_test import without_product_test
from leakguard.engine.catch_all import nonexistent_path_request
from leakguard.engine.earlier_runs import checked_data_store
from leakguard.engine.examination import CheckResult, after_recheck, found_open
from leakguard.engine.round_state import RoundState
from leakguard.engine.round_types import Round
from leakguard.frozen import replace
from leakguard.models.findings import Outcome, Verdict

_OK = 200
_REFUSALS = frozenset({401, 403})
REFUSED = "every request of the check, also those by which it had been open, is refused or asks for a login"


def recheck_below(state: RoundState, checks: Sequence[CheckDefinition]) -> Round:
    """Run again the checks that found a data store open below this path in an earlier run; the results that count.

    A login in front of the whole path hides the product. So each check sends all its requests, also those by which the
    store had been open. Only if every one is refused is the store no longer exposed. If the store seems open and a
    nonexistent path is answered too, another server may be there by now.
    """
    found: list[CheckResult] = []
    for definition in checks:
        known = checked_data_store(state.endpoint, definition, state.below.removeprefix("/"))
        if known in state.open_before and not definition.fallback:
            before, state.results = state.results, []
            yield from state.run_check(without_product_test(definition))
            again, state.results = state.results, before
            is_open = any(map(found_open, again))
            if is_open:
                absent = yield from state.ask_once(nonexistent_path_request(state.random_word))
                is_open = absent.status != _OK
            found += after_recheck((), again, is_open=is_open)
            found += [_as_refused(item) for item in again if _refuses_all(item)]
    return found


def _refuses_all(item: CheckResult) -> bool:
    return all(reply.status in _REFUSALS for reply in item.observation.replies.values())


def _as_refused(item: CheckResult) -> CheckResult:
    return replace(item, verdict=Verdict(outcome=Outcome.NOT_EXPOSED, reason=REFUSED))
