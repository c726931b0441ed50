"""How closely a person wants open stores to be looked at, and whether the owner of the assets permits it."""

from __future__ import annotations

from leakguard.errors import ScopeRefused
from leakguard.frozen import Frozen
from leakguard.models.scope import Scope


class InspectionOptions(Frozen):
    """How closely a person wants open stores to be looked at."""

    fields: bool = False
    sample: int = 0
    """Records that are read of each open store; none by default."""

    def __bool__(self) -> bool:
        return self.fields or self.sample > 0


def refuse_unpermitted(wish: InspectionOptions, scope: Scope) -> None:
    """Raise `ScopeRefused` where records would be read and the owner of the assets did not permit that."""
    if wish.sample and not scope.sampling:
        raise ScopeRefused(
            f"the scope `{scope.name}` permits looking, but no reading of records",
            next_step="Have its owner write `sampling: allowed` into the scope, or leave --sample out.",
        )


NO_CLOSER = InspectionOptions()
