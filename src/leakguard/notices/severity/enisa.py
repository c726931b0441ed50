"""ENISA's score of 2013: SE = DPC x EI + CB, its band, and how the band answers to each input."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from leakguard.frozen import Frozen, replace
from leakguard.notices.severity.methods import Band, EnisaMethod


class Input(Frozen):
    """One input of the score: the values that the facts leave possible."""

    name: str
    scale: tuple[float, ...]
    """Every value that the method knows, rising."""
    possible: tuple[float, ...]
    """Rising; a single one when the facts settle the input."""
    because: str
    missing: tuple[str, ...] = ()

    @property
    def settled(self) -> float | None:
        """The value, or nothing while facts are missing."""
        return self.possible[0] if len(self.possible) == 1 else None


class Inputs(Frozen):
    """All inputs of one score."""

    dpc: Input
    ei: Input
    confidentiality: Input
    integrity: Input
    availability: Input
    malicious: Input

    def all(self) -> tuple[Input, ...]:
        """In the order in which they are told."""
        return (self.dpc, self.ei, *self.circumstances())

    def circumstances(self) -> tuple[Input, ...]:
        """The parts of CB."""
        return (self.confidentiality, self.integrity, self.availability, self.malicious)

    def with_value(self, name: str, value: float) -> Inputs:
        """The same inputs with one of them settled."""
        changed: Input = replace(getattr(self, name), possible=(value,))
        return replace(self, **{name: changed})


class Rating(Frozen):
    """The scores that the inputs leave possible, and their bands."""

    scores: tuple[float, ...]
    bands: tuple[Band, ...]

    @property
    def score(self) -> float | None:
        """The one score, or nothing while inputs are open."""
        return self.scores[0] if len(self.scores) == 1 else None

    @property
    def band(self) -> Band | None:
        """The one band; it may be settled while the score is not."""
        return self.bands[0] if len(self.bands) == 1 else None


class ScoreChange(Frozen):
    """What the rating would be if one input had another value."""

    input: str
    before: float | None
    """Nothing when the input is open: then `after` is one of its possible values."""
    after: float
    rating: Rating
    changes_band: bool


def rate(inputs: Inputs, method: EnisaMethod) -> Rating:
    """Compute every score that the inputs leave possible; all values are quarters, so floats are exact."""
    sums = {sum(parts) for parts in itertools.product(*(part.possible for part in inputs.circumstances()))}
    products = {dpc * ei for dpc, ei in itertools.product(inputs.dpc.possible, inputs.ei.possible)}
    scores = tuple(sorted({product + cb for product in products for cb in sums}))
    found = {band_of(score, method).band for score in scores}
    return Rating(scores=scores, bands=tuple(band for band in method.bands if band.band in found))


def band_of(score: float, method: EnisaMethod) -> Band:
    """The band of one score; a score on a border belongs to the upper band."""
    return next(band for band in reversed(method.bands) if score >= band.start)


def sensitivity(inputs: Inputs, method: EnisaMethod) -> tuple[ScoreChange, ...]:
    """One step up and down in each settled input, and every possible value of each open one."""
    now = rate(inputs, method)
    return tuple(change for part in inputs.all() for change in _changes(part, inputs, method, now))


def _changes(part: Input, inputs: Inputs, method: EnisaMethod, now: Rating) -> Iterator[ScoreChange]:
    for value in _neighbours(part):
        rating = rate(inputs.with_value(part.name, value), method)
        yield ScoreChange(
            input=part.name,
            before=part.settled,
            after=value,
            rating=rating,
            changes_band=rating.bands != now.bands,
        )


def _neighbours(part: Input) -> tuple[float, ...]:
    if part.settled is None:
        return part.possible
    here = part.scale.index(part.settled)
    return (*part.scale[max(here - 1, 0) : here], *part.scale[here + 1 : here + 2])
