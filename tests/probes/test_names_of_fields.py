"""Names of fields, as each protocol tells them: names alone, capped, and only where nobody is asked for a password."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.observations import Ending
from leakguard.probes.protocols.mongodb.fields import MOST_COLLECTIONS, MOST_FIELDS, FieldNames
from leakguard.probes.protocols.mongodb.sizes import DecodedAnswer
from leakguard.probes.protocols.postgres.names import MOST_COLUMNS, MOST_DATABASES, ColumnNames
from probes import test_cql as cql
from probes import test_mongodb as mongodb
from probes import test_mysql as mysql
from probes import test_postgres as postgres
from support.probing import Question
from support.talks import ask, talks

pytestmark = pytest.mark.enable_socket

COLUMNS, FIELDS = Question("columns"), Question("fields", cap_bytes=4 * 1024 * 1024)
COLUMN_ROW = json.dumps([["public.people", "sfz", 7], ["public.people", "colour", None]]).encode()


def catalogue(columns: bytes | None, databases: bytes | None) -> bytes:
    return postgres.row(columns, databases) + postgres.message(b"Z", b"I")


def told_by_postgres(query: bytes, *startups: bytes) -> tuple[dict[str, Any], list[bytes]]:
    first = startups or (postgres.TRUST, postgres.auth(0) + postgres.READY)
    [reply], probing = postgres.ask(postgres.server(list(first), query=query), COLUMNS)
    return reply.document, probing.said


def test_postgres_names_columns_of_its_databases_with_the_planners_estimate() -> None:
    document, said = told_by_postgres(catalogue(COLUMN_ROW, b'["postgres", "shop", "odd name"]'))

    assert document["columns"] == [
        ["public.people", "sfz", 7], ["public.people", "colour", None],
        ["shop.public.people", "sfz", 7], ["shop.public.people", "colour", None],
    ]  # fmt: skip
    assert document["databases"] == ["postgres", "shop", "odd name"]
    assert [one["what"] for one in document["requests"]] == ["database 1", "database 2"]
    assert not any(b"odd name" in words for words in said), "a name of the host's invention is put into no start-up"


@pytest.mark.parametrize(
    "query", [catalogue(None, None), catalogue(b"{", b"7"), postgres.error(b"42P01"), postgres.row(b"1")]
)
def test_postgres_that_does_not_answer_names_nothing(query: bytes) -> None:
    assert told_by_postgres(query)[0]["columns"] == []


def test_postgres_that_asks_for_a_password_is_asked_for_nothing() -> None:
    document, said = told_by_postgres(b"", postgres.auth(10))

    assert (document["columns"], document["requests"]) == ([], [])
    assert not any(words[:1] == b"Q" for words in said)


def test_postgres_names_no_more_than_the_caps() -> None:
    told, many = ColumnNames(), json.dumps([["t", f"c{number}", None] for number in range(MOST_COLUMNS + 5)])
    databases = json.dumps([f"d{number}" for number in range(50)])

    others = told.take("postgres", [many, databases], 7)
    again = told.take("d1", [many, databases], 7)

    assert len(told.document()["columns"]) == MOST_COLUMNS
    assert (len(others), again) == (50, [])
    document, _ = told_by_postgres(catalogue(COLUMN_ROW, databases.encode()))
    assert len(document["requests"]) == MOST_DATABASES


def mysql_rows(*found: tuple[bytes | None, ...]) -> bytes:
    end = b"\xfe\0\0\2\0"
    cells = [b"".join(b"\xfb" if one is None else bytes((len(one),)) + one for one in row) for row in found]
    packets = [b"\2", b"\x03def", b"\x03def", end, *cells, end]
    return b"".join(mysql.packet(number % 256, payload) for number, payload in enumerate(packets, start=1))


def test_mysql_names_its_columns_in_utf8() -> None:
    rows = mysql_rows((b"shop.people", "身份证".encode()), (b"shop.people", None), (b"shop.orders", b"card_no"))

    [reply], _ = ask(
        talks({mysql.NOBODY: mysql.OK, b"SELECT CONCAT": rows}, greeting=mysql.greeting()), "mysql", COLUMNS
    )

    assert reply.document == {"columns": [["shop.people", "身份证"], ["shop.orders", "card_no"]]}


@pytest.mark.parametrize(
    ("login", "rows"), [(mysql.error(1045), b""), (mysql.OK, mysql.error(1142, 1)), (mysql.OK, b"")]
)
def test_mysql_that_does_not_answer_names_nothing(login: bytes, rows: bytes) -> None:
    [reply], _ = ask(talks({mysql.NOBODY: login, b"SELECT": rows}, greeting=mysql.greeting()), "mysql", COLUMNS)

    assert reply.document == {"columns": []}


def test_cassandra_names_its_columns_without_those_of_the_server() -> None:
    rows = cql.rows((b"shop", b"people", b"email"), (b"system", b"local", b"key"), columns=3)

    [reply], _ = ask(cql.server({"columns": rows}), "cql", COLUMNS)

    assert reply.document == {"columns": [["shop.people", "email"]]}


def test_cassandra_that_hangs_up_names_nothing() -> None:
    [reply], _ = ask(cql.server({"columns": None}), "cql", COLUMNS)

    assert reply.document is None


VALIDATOR = {
    "$jsonSchema": {"properties": {"dob": {}, "home": {"properties": {"street": {}}}}},
    "phone": {"$type": "string"},
}
COLLECTIONS = [
    {"name": "people", "type": "collection", "options": {"validator": VALIDATOR}}, {"name": "system.views"},
    {"name": 7}, {"name": "view", "type": "view"}, "odd",
]  # fmt: skip
INDEXES = [{"key": {"_id": 1}}, {"key": {"email": 1, "_fts": "text"}}, {"key": 7}]
MONGO: dict[str, dict[str, Any]] = {
    "isMaster": {"maxWireVersion": 21, "ok": 1},
    "listDatabases": {"databases": [{"name": "shop"}, {"name": "admin"}], "ok": 1},
    "listCollections": {"cursor": {"firstBatch": COLLECTIONS}, "ok": 1},
    "listIndexes": {"cursor": {"firstBatch": INDEXES}, "ok": 1},
}


def test_mongodb_names_the_fields_of_indexes_and_validators_without_a_document() -> None:
    [reply], probing = mongodb.ask(lambda name, _: MONGO[name], FIELDS)

    assert reply.document["collections"] == ["shop.people", "shop.view"]
    assert [field for _, field in reply.document["fields"]] == ["phone", "dob", "home", "home.street", "email"]
    assert not any(b"find" in words for words in probing.said)


def test_mongodb_that_asks_for_a_login_names_nothing() -> None:
    refused = {"ok": 0.0, "code": 13}

    [reply], _ = mongodb.ask(lambda name, _: MONGO[name] if name == "isMaster" else refused, FIELDS)

    assert (reply.document["collections"], reply.document["fields"]) == ([], [])


def test_mongodb_that_goes_away_is_told_so() -> None:
    [reply], _ = mongodb.ask(lambda name, _: MONGO[name] if name == "isMaster" else None, FIELDS)

    assert reply.ended is Ending.CLOSED


def test_mongodb_names_no_more_than_the_caps() -> None:
    names = [{"name": f"c{number}"} for number in range(MOST_COLLECTIONS + 5)]
    keys = [{"key": {f"f{number}": 1}} for number in range(MOST_FIELDS + 5)]
    told = FieldNames(DecodedAnswer(ended=Ending.COMPLETE, document={}))

    told.collections("shop", DecodedAnswer(ended=Ending.COMPLETE, document={"cursor": {"firstBatch": names}}))
    told.indexes("shop", "c1", DecodedAnswer(ended=Ending.COMPLETE, document={"cursor": {"firstBatch": keys}}))
    told.indexes("shop", "c2", DecodedAnswer(ended=Ending.SILENT))

    assert len(told.document()["collections"]) == MOST_COLLECTIONS
    assert len(told.document()["fields"]) == MOST_FIELDS


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["cursor", "firstBatch", "name", "key", "options", "validator"]), inner)
    ),
    max_leaves=12,
)


@given(JSON, JSON)
def test_whatever_a_host_says_names_are_texts(first: Any, second: Any) -> None:  # noqa: ANN401  (JSON holds anything)
    postgres_told, mongo_told = ColumnNames(), FieldNames(DecodedAnswer(ended=Ending.COMPLETE, document={}))
    postgres_told.take("postgres", [json.dumps(first), json.dumps(second)], 1)
    for document in (first, {"cursor": {"firstBatch": first}}, {"cursor": first}):
        got = DecodedAnswer(ended=Ending.COMPLETE, document=document if isinstance(document, dict) else None)
        mongo_told.collections("shop", got)
        mongo_told.indexes("shop", "c", got)

    named = [*postgres_told.document()["databases"], *mongo_told.document()["collections"]]
    named += [name for pair in mongo_told.document()["fields"] for name in pair]
    named += [name for row in postgres_told.document()["columns"] for name in row[:2]]
    assert all(isinstance(name, str) for name in named)
