"""Requests that the OpenAPI document allows, and those that it does not: none of them meets a bug."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from leakguard.accounts.rights import RIGHTS
from leakguard.web import streams
from leakguard.web.operation import Operation
from leakguard.web.operations import BY_NAME
from support.web import PEOPLE, WHO, Web, application, people, web_in
from support.web_world import World, drilling, world_in

pytestmark = pytest.mark.long
LEFT_OUT = [ignored_auth, positive_data_acceptance]
"""A test of its own asks everything without a login; and whether a moment or a reason holds is said by no schema."""
NOT_FUZZED = {"start_scan", "start_verification"}
"""Each would start a process; what they take is held to the scope by the process itself."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("fuzzed")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(streams, "LASTS", 0.0)
        made: Web = people(web_in(folder, settings=drilling(folder)))
        yield world_in(made)
        made.jobs.close()


@pytest.fixture(scope="module")
def schema(world: World) -> BaseSchema:
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", application(world.web))


@pytest.mark.parametrize("name", sorted(set(BY_NAME) - NOT_FUZZED))
def test_no_request_meets_a_bug_and_every_answer_is_as_the_document_says(schema: BaseSchema, name: str) -> None:
    one = BY_NAME[name]

    @given(case=schema[one.path][one.method].as_strategy())
    @settings(
        max_examples=25, deadline=None, phases=[Phase.generate], database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def asked(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(headers={WHO: f"Bearer {who_may(one)}"}, excluded_checks=LEFT_OUT)

    asked()


def who_may(one: Operation) -> str:
    """Somebody with the right."""
    return next(name for name, (role,) in PEOPLE.items() if one.right is None or role in RIGHTS[one.right])
