"""Every operation is asked once on a store with everything in it, and answers as its document says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from leakguard.web import streams
from support.web import people, web_in
from support.web_world import World, ask_everything, drilling, world_in

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("web")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(streams, "LASTS", 0.0)
        made = people(web_in(folder, settings=drilling(folder)))
        yield world_in(made)
        made.jobs.close()


def test_every_operation_is_asked_and_answers_as_the_document_says(world: World) -> None:
    assert "\n".join(ask_everything(world)) == ""
