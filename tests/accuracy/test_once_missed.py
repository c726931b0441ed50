"""What was missed or overstated on servers that no check had been prepared for is right today, as last measured."""

from __future__ import annotations

import pytest

from accuracy.kept import read
from accuracy.measured import DIRECT, Measured

ROWS = read()[1]
DIRECTLY = {row.server: row for row in ROWS if row.state == DIRECT}
OPEN_NOW = {
    "hazelcast-open": "hangs up on its front page",
    "questdb-open": "a redirect without an end",
    "hbase-rest-open": "answers JSON where text was asked for",
    "flower-proxied-open": "a proxy puts its own name into the header Server",
    "hfs-proxied-open": "as above",
    "ignite-proxied-open": "as above",
    "orientdb-proxied-open": "as above",
    "elasticsearch-7-own-page-open": "a front page of its own",
    "mlflow-guarded-front-open": "its front page alone is guarded",
    "ignite-redirected-open": "its front page alone leads to a login",
    "mlflow-below-open": "below a path",
    "mlflow-led-below-open": "below a path to which the front page leads",
    "mercurial-below-open": "below a path",
    "redis-renamed-open": "INFO has another name",
    "mariadb-root-open": "an account without a password, with the owner's leave",
    "postgresql-one-open": "as above",
    "phpmyadmin-open": "the same page for every path",
    "datasette-open": "no check knew it",
    "redis-commander-open": "no check knew it",
    "maildev-open": "no check knew it",
}
"""Server to what made it hard."""
TELLS = {
    "sqlite-web-open": "collections",
    "wsgidav-open": "size_bytes",
    "apache-dav-open": "size_bytes",
    "redis-exporter-open": "records",
}
"""Server to a size that it tells and that was not read."""


def outcomes(row: Measured) -> set[str]:
    return {each.outcome for each in row.found if each.datastore == row.datastore}


@pytest.mark.parametrize("name", OPEN_NOW)
def test_an_open_server_in_an_unusual_state_is_found(name: str) -> None:
    row = DIRECTLY[name]

    assert row.is_hit, row
    assert "not_exposed" not in outcomes(row)


def test_names_alone_are_told_as_names_alone() -> None:
    assert outcomes(DIRECTLY["elasticsearch-7-cat-open"]) == {"partially_exposed"}


def test_an_exporter_that_reaches_nothing_is_not_said_to_read_a_datastore() -> None:
    assert outcomes(DIRECTLY["redis-exporter-blind-protected"]) == {"inconclusive"}


@pytest.mark.parametrize("name", TELLS)
def test_a_size_that_the_server_tells_is_right(name: str) -> None:
    assert DIRECTLY[name].size_errors[TELLS[name]] == 0


def test_no_server_is_taken_for_a_spring_actuator_that_is_none() -> None:
    wrong = {
        row.server
        for row in DIRECTLY.values()
        if row.datastore not in {"spring_boot", "zipkin"} and any(each.check == "actuator_open" for each in row.found)
    }

    assert wrong == set()
