"""A table of a server of ours is named as the scope names it, and not at all where it names none."""

from __future__ import annotations

from leakguard.scanning.backend_places import own_backend
from support.scans import scope_of


def test_a_table_is_named_by_the_scheme_of_the_scope() -> None:
    scope = scope_of("parse://127.0.0.1:1337")

    assert own_backend(scope, hosts=["127.0.0.1"], port=1337, table="Notes") == "parse://127.0.0.1:1337/Notes"


def test_no_backend_is_named_for_a_server_that_the_scope_does_not_name_so_or_for_what_is_no_table() -> None:
    scope = scope_of("parse://127.0.0.1:1337")

    assert own_backend(scope, hosts=["127.0.0.1"], port=1338, table="Notes") is None
    assert own_backend(scope, hosts=["127.0.0.2"], port=1337, table="Notes") is None
    assert own_backend(scope, hosts=["127.0.0.1"], port=1337, table="a/b") is None
