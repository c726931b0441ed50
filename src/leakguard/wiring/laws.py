"""Whose laws are watched: what the settings state, else where the organisation sits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from leakguard.models.places import code_problem, codes_of
from leakguard.settings import AUTO, FILE, Settings, words_of

if TYPE_CHECKING:
    from leakguard.use_cases.incidents.incident_rules import Reach
    from leakguard.use_cases.incidents.watched_laws import Seat


class LawsWiringBase(Protocol):
    """What this part needs of the others."""

    settings: Settings

    @property
    def seat(self) -> Seat | None:
        """Where the organisation sits."""

    @property
    def reach(self) -> Reach:
        """The laws by the settings or the seat."""

    def reach_from(self, seat: Seat) -> Reach:
        """The laws of a seat."""


class LawWiring:
    """The part of `Wiring` that knows whose laws to watch."""

    @property
    def reach(self: LawsWiringBase) -> Reach:
        """Whose law the settings say may reach the organisation, else that of its seat; raises `LawsUnknown`."""
        from leakguard.errors import LawsUnknown  # noqa: PLC0415  (`--help` must not load it)
        from leakguard.use_cases.incidents.incident_rules import Reach  # noqa: PLC0415  (as above)

        if self.settings.laws.strip() != AUTO:
            laws = words_of(self.settings.laws) - {"all"}
            return Reach(laws=laws, obligated_as=words_of(self.settings.obligated_as), laws_by=self.settings.laws_by)
        if self.seat is not None:
            return self.reach_from(self.seat)
        raise LawsUnknown(
            "nothing says in which country the organisation sits, so nobody can say whose laws to watch",
            next_step=f'Put country = "DE" into {FILE}, or the laws themselves: laws = "eu, cn", or "all".'
            " For one command: --laws eu,cn.",
        )

    def reach_by_facts(self: LawsWiringBase, country: str | None) -> Reach:
        """As `reach`; where nothing else says it, by the country that the facts name."""
        from leakguard.errors import LawsUnknown  # noqa: PLC0415  (`--help` must not load it)
        from leakguard.use_cases.incidents.watched_laws import Seat  # noqa: PLC0415  (as above)

        try:
            return self.reach
        except LawsUnknown:
            if not country:
                raise
            return self.reach_from(Seat(codes=(country,), by="the facts: organisation.country"))

    def reach_from(self: LawsWiringBase, seat: Seat) -> Reach:
        """The laws of a seat, and of what an incident's records name."""
        from leakguard.use_cases.incidents.incident_rules import Reach  # noqa: PLC0415  (`--help` must not load it)

        return Reach(obligated_as=words_of(self.settings.obligated_as), seat=seat)

    @property
    def seat(self: LawsWiringBase) -> Seat | None:
        """Where the organisation sits, by the settings, else by the owner of the scope."""
        from leakguard.use_cases.incidents.watched_laws import Seat  # noqa: PLC0415  (`--help` must not load it)

        if self.settings.country:
            return Seat(codes=codes_of(self.settings.country), by=self.settings.country_by)
        codes = codes_of(_country_of(Path(self.settings.scope)))
        return Seat(codes=codes, by=f"{self.settings.scope}: owner.country") if codes else None


def _country_of(path: Path) -> str:
    """What a scope file says of its owner's country; a file that cannot be read is refused where it is needed.

    Raises `BadFile` for what is no country: no law would be considered.
    """
    from leakguard.errors import BadFile, Problem  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.files.opening import read_text  # noqa: PLC0415  (as above)
    from leakguard.files.yaml_text import read_yaml  # noqa: PLC0415  (as above)

    try:
        read = read_yaml(read_text(path), name=str(path))
    except BadFile:
        return ""
    owner = read.value.get("owner") if isinstance(read.value, dict) else None
    code = owner.get("country", "") if isinstance(owner, dict) else ""
    wrong = code_problem(code) if isinstance(code, str) else ("must be text; put it in quotes", None)
    if code != "" and wrong:
        line = read.line_of(("owner", "country"))
        raise BadFile(str(path), (Problem(where="owner.country", text=wrong[0], line=line, nearest=wrong[1]),))
    return code
