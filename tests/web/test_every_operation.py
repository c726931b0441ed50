"""Every operation of the register has a right, a schema and a test, which is in `test_every_answer.py`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from leakguard.accounts.rights import RIGHTS
from leakguard.cli.rights import COMMANDS, OWN
from leakguard.models.unfinished import MUST, Area
from leakguard.web import streams
from leakguard.web.openapi import openapi_document
from leakguard.web.operations import BY_NAME, OPERATIONS
from leakguard.web.routes.incidents import CloseIncident
from support.web import PEOPLE, people, web_in
from support.web_world import World, drilling, world_in

OPEN = {"health", "openapi", "docs", "docs_style"}
"""What anybody may ask who reaches the server; a right is needed for everything else."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("web")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(streams, "LASTS", 0.0)
        made = people(web_in(folder, settings=drilling(folder)))
        yield world_in(made)
        made.jobs.close()


def test_the_table_of_tests_has_every_operation(world: World) -> None:
    assert set(world.asks) == set(BY_NAME)
    assert len(BY_NAME) == len(OPERATIONS)


def test_every_operation_but_a_few_needs_a_right() -> None:
    assert {one.name for one in OPERATIONS if one.right is None} == OPEN


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_every_role_may_what_the_table_of_rights_says(world: World, name: str) -> None:
    """The handler is not reached: a request that its caller may not make is refused before it is read."""
    one = BY_NAME[name]
    for who, roles in PEOPLE.items():
        may = one.right is None or not RIGHTS[one.right].isdisjoint(roles)
        answer = world.web.client(who).request(
            one.method, one.path.replace("{", "").replace("}", ""), params={"x": "1"}
        )

        assert answer.status_code == (422 if may else 403), (who, answer.text)


def test_nobody_is_let_in_without_a_login(world: World) -> None:
    client = world.web.client(None)
    answers = {one.name: client.request(one.method, one.path).status_code for one in OPERATIONS if one.right}

    assert set(answers.values()) == {401}


def test_an_operation_needs_the_right_of_the_command_that_does_the_same() -> None:
    told = {one.name: (one.right, COMMANDS[one.command]) for one in OPERATIONS if one.command}

    assert {name: both for name, both in told.items() if both[1] not in {OWN, both[0]}} == {}


def test_every_answer_and_every_request_has_a_schema() -> None:
    schemas = openapi_document()["components"]["schemas"]
    shapes = [one.answer.__name__ for one in OPERATIONS if one.answer is not None]
    bodies = [one.request.__name__ for one in OPERATIONS if one.request is not None]
    without = [
        one.name
        for one in OPERATIONS
        if one.answer is None and one.media == ("application/json",) and not one.is_stream
    ]

    assert without == []
    assert [name for name in (*shapes, *bodies) if not schemas.get(name, {}).get("properties")] == []


def test_what_may_be_overridden_is_what_the_areas_say() -> None:
    named = CloseIncident.model_json_schema()["properties"]["despite"]["items"]["enum"]

    assert set(named) == {area.value for area in Area if area not in MUST}
