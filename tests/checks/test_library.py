"""The library: all files together, refused together."""

from __future__ import annotations

import pytest

from leakguard.bundled import BundledFiles
from leakguard.checks.library import load_library, ports_of
from leakguard.errors import BadFile
from support.check_files import WHOLE
from support.shipped import LIBRARY

HEADERS_ALONE = 4096
"""More than the headers of Strapi, which with a policy for content are 1,143 bytes with a short body."""


def test_the_shipped_checks_load_in_order_and_cover_the_first_datastores() -> None:
    library = load_library({name: BundledFiles().text("checks", name) for name in BundledFiles().names("checks")})

    assert {definition.datastore for definition in library} >= {
        "couchdb", "elasticsearch", "http", "memcached", "mongodb", "opensearch", "postgresql", "redis", "s3",
    }  # fmt: skip
    assert {9200, 27017, 6379, 11211, 5984, 5432} <= set(ports_of(library))
    assert [definition.id for definition in library] == sorted(definition.id for definition in library)


def test_the_problems_of_all_files_are_reported_together() -> None:
    texts = {
        "a_open.yaml": WHOLE,
        "b_open.yaml": "just words",
        "shop_open.yaml": WHOLE,
        "c_open.yaml": WHOLE.replace("shop_open", "c_open").replace("[8123]", "[0]"),
    }
    with pytest.raises(BadFile) as refused:
        load_library(texts)

    assert [problem.where for problem in refused.value.problems] == [
        "a_open.yaml: id", "b_open.yaml", "c_open.yaml: probe.ports[0]", "shop_open.yaml: id",
    ]  # fmt: skip


def test_a_port_of_several_checks_is_named_once() -> None:
    library = load_library({"a_open.yaml": WHOLE.replace("shop_open", "a_open"), "shop_open.yaml": WHOLE})

    assert ports_of(library) == (8123,)


def test_what_every_web_server_is_asked_leaves_room_for_its_headers() -> None:
    """A cap counts the head as well: an answer that it cuts off in the head is none, and settles nothing."""
    asked = {
        (check.id, each["id"]): each.get("cap_bytes", HEADERS_ALONE)
        for check in LIBRARY
        if check.stated["probe"]["kind"] == "http"
        for each in check.stated["probe"]["requests"]
        if "only_if" not in each
    }

    assert asked
    assert {name: cap for name, cap in asked.items() if cap < HEADERS_ALONE} == {}
