"""The arithmetic of ENISA's score: published vectors, borders of the bands, and laws that hold for every input."""

from __future__ import annotations

import pytest
from hypothesis import given as of_all
from hypothesis import strategies as st

from leakguard.frozen import replace
from leakguard.notices.severity.enisa import Input, Inputs, band_of, rate, sensitivity
from support.severity import methods

METHOD = methods().enisa
SCALES: dict[str, tuple[float, ...]] = {
    "dpc": (1, 2, 3, 4),
    **{name: tuple(getattr(METHOD.scales, name).values()) for name in type(METHOD.scales).model_fields},
}
ORDER = [band.band for band in METHOD.bands]


def made(**values: float | tuple[float, ...]) -> Inputs:
    """Inputs by value; a circumstance that is not given is zero."""
    parts = {}
    for name, scale in SCALES.items():
        value = values.get(name, 0)
        possible = value if isinstance(value, tuple) else (value,)
        parts[name] = Input(name=name, scale=scale, possible=possible, because="")
    return Inputs(**parts)


@pytest.mark.parametrize(
    ("inputs", "score", "band"),
    [
        (made(dpc=1, ei=1), 1.0, "low"),
        (made(dpc=1, ei=1, confidentiality=0.5, malicious=0.5), 2.0, "medium"),
        (made(dpc=2, ei=1, confidentiality=0.5), 2.5, "medium"),
        (made(dpc=3, ei=1, confidentiality=0.5), 3.5, "high"),
        (made(dpc=4, ei=0.25), 1.0, "low"),
        (made(dpc=4, ei=1, confidentiality=0.5, integrity=0.5, availability=0.5, malicious=0.5), 6.0, "very high"),
        (made(dpc=1, ei=0.25), 0.25, "low"),
    ],
)
def test_the_published_vectors_come_out(inputs: Inputs, score: float, band: str) -> None:
    found = rate(inputs, METHOD)

    assert found.score == score
    assert found.band is not None
    assert found.band.band == band


@pytest.mark.parametrize(
    ("score", "band"),
    [(0.25, "low"), (1.75, "low"), (2, "medium"), (2.75, "medium"), (3, "high"), (3.75, "high"), (4, "very high"),
     (6, "very high")],
)  # fmt: skip
def test_a_border_belongs_to_the_upper_band(score: float, band: str) -> None:
    assert band_of(score, METHOD).band == band


VALUES = st.fixed_dictionaries({name: st.sampled_from(scale) for name, scale in SCALES.items()})


@of_all(VALUES)
def test_every_score_is_the_formula_and_within_its_range(values: dict[str, float]) -> None:
    circumstances = sum(value for name, value in values.items() if name not in {"dpc", "ei"})
    score = rate(made(**values), METHOD).score

    assert score == values["dpc"] * values["ei"] + circumstances
    assert 0.25 <= score <= 6


@of_all(VALUES, st.sampled_from(sorted(SCALES)))
def test_a_graver_input_never_lowers_the_score_or_the_band(values: dict[str, float], name: str) -> None:
    rated = [rate(made(**{**values, name: value}), METHOD) for value in SCALES[name]]
    scores = [one.score for one in rated if one.score is not None]
    bands = [ORDER.index(one.band.band) for one in rated if one.band is not None]

    assert scores == sorted(scores)
    assert bands == sorted(bands)
    assert len(scores) == len(bands) == len(SCALES[name])


@of_all(VALUES)
def test_sensitivity_is_one_step_either_way_in_every_input(values: dict[str, float]) -> None:
    here = rate(made(**values), METHOD)
    changes = sensitivity(made(**values), METHOD)

    for change in changes:
        scale = SCALES[change.input]
        assert change.before == values[change.input]
        assert abs(scale.index(change.after) - scale.index(values[change.input])) == 1
        assert change.rating == rate(made(**{**values, change.input: change.after}), METHOD)
        assert change.changes_band == (change.rating.band != here.band)
    ends = sum(values[name] in {scale[0], scale[-1]} for name, scale in SCALES.items())
    flags = sum(len(scale) for scale in SCALES.values() if len(scale) == 2)
    assert len(changes) == 2 * len(SCALES) - ends
    assert flags == 2


@of_all(VALUES, st.sampled_from(sorted(SCALES)))
def test_an_open_input_gives_the_range_that_its_values_span(values: dict[str, float], name: str) -> None:
    given: dict[str, float | tuple[float, ...]] = {**values, name: SCALES[name]}
    inputs = made(**given)
    open_rating = rate(inputs, METHOD)
    each = [rate(made(**{**values, name: value}), METHOD) for value in SCALES[name]]

    assert set(open_rating.scores) == {score for one in each for score in one.scores}
    assert {band.band for band in open_rating.bands} == {band.band for one in each for band in one.bands}
    assert [change.after for change in sensitivity(inputs, METHOD) if change.input == name] == list(SCALES[name])
    assert all(change.before is None for change in sensitivity(inputs, METHOD) if change.input == name)


def test_a_band_may_be_settled_while_the_score_is_not() -> None:
    found = rate(made(dpc=1, ei=(0.25, 0.5)), METHOD)

    assert found.score is None
    assert found.band is not None
    assert found.band.band == "low"
    assert rate(made(dpc=(1, 4), ei=1), METHOD).band is None


def test_inputs_are_told_in_their_order() -> None:
    inputs = made(dpc=1, ei=1)

    assert [part.name for part in inputs.all()] == list(SCALES)
    assert inputs.with_value("ei", 0.5) == replace(inputs, ei=replace(inputs.ei, possible=(0.5,)))
