"""The table of what is on the lab's servers names servers of the lab, and says nothing over their recipes."""

from __future__ import annotations

from lab.catalogue import ALL_NAMES
from lab.model import Server
from lab.planted import PLANTED, planted
from leakguard.frozen import replace

OPEN = Server(name="redis-open", datastore="redis", form="open", records=3)


def test_every_name_is_a_server_of_the_lab() -> None:
    assert [name for name in PLANTED if f"{name}-open" not in ALL_NAMES and name not in ALL_NAMES] == []


def test_what_a_recipe_says_stands_and_what_it_does_not_say_is_added() -> None:
    known = planted(OPEN)

    assert (known.records, known.collections, known.size_bytes) == (3, 1, None)
    assert planted(replace(OPEN, name="jaeger-proxied-open")).collections == 2
    assert planted(replace(OPEN, name="another-open")) == replace(OPEN, name="another-open")


def test_nothing_is_said_to_be_on_a_server_that_tells_nothing() -> None:
    assert planted(replace(OPEN, form="protected")).collections is None
    assert planted(replace(OPEN, missing="no network")).collections is None
