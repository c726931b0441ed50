"""Silent fronts: what stands behind a front page that never ends, where another path is answered. No socket.

A redirect without a length and without an end is a whole answer to who asks the server itself. A proxy that keeps its
connections waits for the rest of it, so that a caller hears nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from leakguard.checks.anyway import behind_silence
from leakguard.checks.definitions import CheckDefinition
from leakguard.engine.catch_all import nothing
from leakguard.engine.round_state import Round, RoundState
from leakguard.models.findings import Outcome

_OK = 200
_KNOWN = frozenset({Outcome.EXPOSED, Outcome.PARTIALLY_EXPOSED, Outcome.NOT_EXPOSED})


def asked_behind_silence(state: RoundState, checks: Sequence[CheckDefinition]) -> Round:
    """The verdicts that know what is there; of a host that is silent to one more question as well nothing is asked.

    That question is for a path that cannot exist: who answers it as if it were there proves nothing by another answer.
    """
    absent = yield from state.remembered(nothing(state.nonsense))
    if absent.status is None or absent.status == _OK:
        return []
    before, state.found = state.found, []
    for definition in checks:
        if definition.asks_anyway and not state.is_found_open:
            yield from state.ask(CheckDefinition(behind_silence(definition.stated)))
    heard, state.found = state.found, before
    return [item for item in heard if item.verdict.outcome in _KNOWN]
