"""A table of PostgREST that refuses all columns together: single ones are asked for by name, and no row is."""

from __future__ import annotations

from typing import Any

import pytest

from leakguard.probes.protocols.postgrest.session import MOST_COLUMNS
from probes.test_backends import tables
from support.backend_hosts import CANARY, FakeSupabase, Table

pytestmark = pytest.mark.enable_socket

FIELDS = ("id", "email", "name")


def judged(table: Table, asks: str = 'c.from("users").select("email, name")') -> tuple[dict[str, Any], FakeSupabase]:
    host = FakeSupabase(tables={"users": table}, asks=asks)
    _, (found,) = tables(host, "users")
    assert CANARY not in repr(found)
    asked = [target for _, target, _ in host.seen if target.startswith("/rest/v1/users")]
    assert all(method == "HEAD" for method, target, _ in host.seen if "/users" in target and "limit=1" in target)
    assert len(asked) <= MOST_COLUMNS + 4
    return found, host


def test_one_granted_column_that_the_page_names_opens_the_table() -> None:
    found, host = judged(Table(visible=5, fields=FIELDS, granted=("name",)))

    assert (found["state"], found["rows"], found["exact"]) == ("open", 5, True)
    assert ("HEAD", "/rest/v1/users?select=name&limit=1") in [(method, target) for method, target, _ in host.seen]


def test_a_table_that_refuses_each_column_that_exists_is_closed() -> None:
    found, _ = judged(Table(visible=None, fields=FIELDS))

    assert found["state"] == "refused"


def test_a_granted_column_without_a_visible_row_is_no_exposure() -> None:
    found, _ = judged(Table(visible=0, fields=FIELDS, granted=("id",)), asks='c.from("users").select("*")')

    assert found["state"] == "hidden"


def test_a_table_of_which_no_column_is_known_is_not_called_closed() -> None:
    """The refusal of all together is the same, whether one of them is granted or none."""
    found, _ = judged(Table(visible=5, fields=("uid", "secret"), granted=("uid",)), asks='c.from("users").select("*")')

    assert (found["state"], found["rows"]) == ("columns", None)


def test_a_page_that_names_columns_without_end_is_asked_for_a_few() -> None:
    named = ", ".join(f"c{number}" for number in range(60))
    found, host = judged(Table(visible=None, fields=("uid",)), asks=f'c.from("users").select("{named}")')

    singly = [target for method, target, _ in host.seen if method == "HEAD" and "select=" in target]
    assert len(singly) == MOST_COLUMNS
    assert found["state"] == "columns"
