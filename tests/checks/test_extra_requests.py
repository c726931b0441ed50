"""What a check asks only behind a front page that tells nothing."""

from __future__ import annotations

import re

import pytest

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.library import parse_check
from leakguard.checks.sizes import measure
from leakguard.checks.views import view_of
from leakguard.errors import BadFile
from leakguard.models.observations import Ending
from support.check_files import WHOLE, check, reply
from support.shipped import LIBRARY

ANYWAY = WHOLE.replace(
    "only_if: {request: root, status: [200]}",
    "only_if: {any: [{request: root, contains: shop}, {request: root, tells_nothing: true}]}",
)
COUNTED = WHOLE.replace('{request: list, path: "sum([].n)"}', '{request: list, count: "row"}')


def asked(definition: CheckDefinition) -> str:
    return str(definition.stated["probe"])


def test_a_check_is_asked_at_first_without_what_it_asks_anyway() -> None:
    definition = check(ANYWAY)

    assert definition.has_extra_requests
    assert "tells_nothing" not in asked(definition.without_extra_requests)
    assert "shop" in asked(definition.without_extra_requests)


def test_a_check_that_asks_nothing_anyway_stays_what_it_is() -> None:
    definition = check()

    assert not definition.has_extra_requests
    assert definition.without_extra_requests is definition


@pytest.mark.parametrize(
    "definition", [each for each in LIBRARY if each.has_extra_requests], ids=lambda definition: definition.id
)
def test_what_is_asked_anyway_is_one_way_among_others(definition: CheckDefinition) -> None:
    """Taken out of an `any` it leaves the others; anywhere else it would leave nothing to hold."""
    front = definition.without_extra_requests

    assert not front.has_extra_requests
    assert not re.search(r"'any': \[\]", str(front.stated))
    assert [each.id for each in front.probe.requests] == [each.id for each in definition.probe.requests]


def test_a_number_in_a_text_is_taken_of_a_whole_answer_alone() -> None:
    definition = check(COUNTED)
    whole = view_of(definition, {"list": reply("list", b"row row")})
    cut = view_of(definition, {"list": reply("list", b"row row", ended=Ending.CAPPED)})

    found = measure(definition, whole)
    assert found is not None
    assert found.records == 2
    assert measure(definition, cut) is None


@pytest.mark.parametrize("wrong", ["{request: list}", '{request: list, count: "a", metric: b}'])
def test_a_number_is_found_in_one_way(wrong: str) -> None:
    with pytest.raises(BadFile, match="state one of"):
        parse_check(COUNTED.replace('{request: list, count: "row"}', wrong), name="shop_open.yaml")
