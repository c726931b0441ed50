"""How closely open data stores are inspected, and whether the owner of the assets permits it."""

from __future__ import annotations

from leakguard.errors import ScopeRefused
from leakguard.frozen import Frozen
from leakguard.models.scope import Scope


class InspectionOptions(Frozen):
    """How closely a person asks to inspect open data stores."""

    fields: bool = False
    """Whether names of fields and numbers of people are asked for."""
    sample: int = 0
    """How many records are read from each open data store."""

    def __bool__(self) -> bool:
        return self.fields or self.sample > 0


def refuse_unpermitted(options: InspectionOptions, scope: Scope) -> None:
    """Raise `ScopeRefused` if records would be read and the scope does not permit that."""
    if options.sample and not scope.sampling:
        raise ScopeRefused(
            f"the scope `{scope.name}` permits probes, but not the reading of records",
            next_step="Have its owner write `sampling: allowed` into the scope, or leave --sample out.",
        )


NO_INSPECTION = InspectionOptions()
