"""Sampling: the one way to what a store holds; only its own door opens it, and nothing but counts comes back."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import OutOfScope
from leakguard.models.samples import MOST_RECORDS, SampleOrder, SampleResult
from leakguard.models.scope import Limits
from leakguard.models.targets import Endpoint
from leakguard.probes.protocols.http.client import request_bytes
from leakguard.probes.protocols.mongodb import reader as mongo
from leakguard.probes.protocols.postgres.reader import query_message
from leakguard.probes.sampling import apart
from leakguard.probes.sampling.apart import SAMPLED, SamplerApart, sampled_from
from leakguard.probes.sampling.process import SAMPLERS, answer, only
from leakguard.probes.sampling.records import MOST_VALUES, read_json, take_records
from leakguard.probes.wire.content import ContentCommand
from leakguard.probes.wire.door import Door
from leakguard.probes.wire.line import Line
from leakguard.probes.wire.rate import Rate
from leakguard.probes.wire.verbs import ForbiddenCommand, ReadCommand
from leakguard.sensitivity.tally import Tally
from leakguard.settings import Settings
from leakguard.wiring import Wiring
from probes import test_mongodb as mongodb
from probes import test_postgres as postgres
from support.canary_store import canary, documents
from support.hostile import Host, Script, http_answer, read_some, serving
from support.probing import run
from support.scans import gate_of

pytestmark = pytest.mark.enable_socket

CANARY = "canary-record-3f9a"
RESIDENT_ID = "11010519491231002X"
HEADERS = {"host": "a", "user-agent": "leakguard"}


def search(count: int | str = 5, index: str = "people", more: str = "") -> bytes:
    path = f"/{index}/_search?size={count}&filter_path=hits.hits._source{more}"
    return request_bytes("GET", path, HEADERS)


def select(table: str = '"a"."b"', count: int = 5, column: str = 'left("c"::text, 500) AS "c"') -> bytes:
    return query_message(f"SELECT json_agg(s)::text FROM (SELECT {column} FROM {table} LIMIT {count}) s")  # noqa: S608  (what is refused is built by hand)


def find(limit: int = 5, **more: object) -> bytes:
    return mongo.msg({"find": "people", "limit": limit, "singleBatch": True, "$db": "shop", **more}, 1)


@pytest.mark.parametrize(
    ("kind", "verb", "data"),
    [
        ("http", "search", search()),
        ("http", "search", search(index="%E4%BA%BA")),
        ("http", "all_docs", request_bytes("GET", "/people/_all_docs?include_docs=true&limit=5", HEADERS)),
        ("postgres", "select", select()),
        ("postgres", "select", select('"a""b"."c d"')),
        ("mongodb", "find", find()),
    ],
)
def test_a_content_command_asks_for_a_stated_number_of_records(kind: str, verb: str, data: bytes) -> None:
    assert ContentCommand(kind=kind, verb=verb, data=data).reads_content
    with pytest.raises(ForbiddenCommand):
        ReadCommand(kind=kind, verb=verb, data=data)


@pytest.mark.parametrize(
    ("kind", "verb", "data"),
    [
        ("http", "search", search(0)),
        ("http", "search", search(MOST_RECORDS + 1)),
        ("http", "search", search(99999)),
        ("http", "search", search(more="&scroll=1m")),
        ("http", "search", search(index="a/_close")),
        ("http", "search", search(index="a?x=")),
        ("http", "search", search().replace(b"GET", b"POST")),
        ("http", "search", search() + b"DELETE / HTTP/1.1\r\n\r\n"),
        ("http", "search", b"GET /people/_delete HTTP/1.1\r\nhost: a\r\n\r\n"),
        ("http", "GET", request_bytes("GET", "/", HEADERS)),
        ("postgres", "select", select(count=MOST_RECORDS + 1)),
        ("postgres", "select", select(column='pg_read_file("c") AS "c"')),
        ("postgres", "select", select('"a"; DROP TABLE "b"')),
        ("postgres", "select", select()[:-1]),
        ("postgres", "select", query_message("DELETE FROM a")),
        ("postgres", "query", select()),
        ("mongodb", "find", find(MOST_RECORDS + 1)),
        ("mongodb", "find", find(0)),
        ("mongodb", "find", find(comment="x")),
        ("mongodb", "find", mongo.msg({"delete": "people", "$db": "shop"}, 1)),
        ("mongodb", "find", find()[:-1]),
        ("mongodb", "find", b""),
        ("redis", "GET", b"*2\r\n$3\r\nGET\r\n$1\r\na\r\n"),
    ],
)  # fmt: skip
def test_what_asks_for_more_or_does_more_is_no_content_command(kind: str, verb: str, data: bytes) -> None:
    with pytest.raises(ForbiddenCommand):
        ContentCommand(kind=kind, verb=verb, data=data)


@pytest.mark.parametrize(
    ("path", "is_allowed"),
    [
        ("/people/_search?size=0&filter_path=aggregations&source=x", True),
        ("/read_me/_search?size=3&filter_path=hits.total,hits.hits._source", True),
        ("/people/_search?size=3", False),
        ("/people/_search?size=0", False),
        ("/_all/_search", False),
        ("/people/_search?size=10&filter_path=hits.total,hits.hits._source", False),
    ],
)
def test_a_scan_may_search_for_a_number_or_a_note_and_nothing_else(path: str, *, is_allowed: bool) -> None:
    data = request_bytes("GET", path, HEADERS)
    if is_allowed:
        assert ReadCommand(kind="http", verb="GET", data=data).data == data
        return
    with pytest.raises(ForbiddenCommand):
        ReadCommand(kind="http", verb="GET", data=data)


def test_a_line_of_a_scan_writes_no_content_command() -> None:
    """The door of a scan is not made for it, whoever holds such a command."""

    async def work() -> None:
        async with serving(store({})) as host:
            line = Line("127.0.0.1", host.port, None)
            await asyncio.get_running_loop().create_connection(lambda: line, "127.0.0.1", host.port)
            with pytest.raises(ForbiddenCommand, match="not made for"):
                line.send(ContentCommand(kind="http", verb="search", data=search()))
            line.close()

            assert not Door.reads_content
            assert host.received == []

    run(work())


def store(table: Mapping[str, object], *, status: Mapping[str, str] | None = None) -> Script:
    """A web server that knows a few paths."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        while True:
            asked = await read_some(reader, host)
            path = asked.split(b" ")[1].decode()
            known = path in table
            body = json.dumps(table.get(path)).encode()
            writer.write(http_answer(body, status=(status or {}).get(path, "200 OK" if known else "404 Not Found")))
            await writer.drain()

    return script


def sampled(script: Script, datastore: str, records: int = 10, **fields: Any) -> tuple[SampleResult, Host]:  # noqa: ANN401  (fields)
    """What the process would say, asked in this one."""

    async def work() -> tuple[SampleResult, Host]:
        async with serving(script) as host:
            order = {"address": "127.0.0.1", "port": host.port, "host": None, "scheme": None, "datastore": datastore,
                     "records": records, "user_agent": "leakguard", "per_second": 5.0, **fields}  # fmt: skip
            told = await asyncio.to_thread(answer, json.dumps(order))
            assert CANARY not in told
            found = sampled_from(told.encode())
            assert found is not None
            return found, host

    return asyncio.run(work())


PEOPLE = [
    {
        "email": f"{CANARY}@example.org",
        "sfz": RESIDENT_ID,
        "tags": [CANARY, None, True],
        "home": {"tel": "13812345678"},
    },
    {"email": "not told", "sfz": RESIDENT_ID},
]
SIZE = "/people/_search?size=5&filter_path=hits.hits._source"
ELASTIC: dict[str, object] = {
    "/_cat/indices?format=json&bytes=b&h=index,docs.count": [
        {"index": "logs", "docs.count": "1"}, {"index": "people", "docs.count": "9"}, {"index": ".kibana"}, "odd",
    ],
    SIZE: {"hits": {"hits": [{"_source": each} for each in PEOPLE]}},
    "/logs/_search?size=5&filter_path=hits.hits._source": {"hits": 7},
}  # fmt: skip


def told(found: SampleResult) -> dict[str, tuple[str, int | None, int | None]]:
    return {each.category: (each.where, each.count, each.looked_at) for each in found.categories}


def test_documents_are_counted_by_kind_the_largest_index_first() -> None:
    found, host = sampled(store(ELASTIC), "elasticsearch")

    assert told(found) == {
        "contact.email": ("index people field email", 1, 2),
        "identification_number.cn_resident_id": ("index people field sfz", 2, 2),
        "contact.phone": ("index people field home.tel", 1, 1),
    }
    assert found.note.startswith("2 records with 6 values were read")
    assert [request.what for request in found.requests] == [
        "/_cat/indices",
        "/(index 1)/_search?size=5",
        "/(index 2)/_search?size=5",
    ]
    assert host.connections == 1


def test_old_nodes_tell_their_indices_by_their_statistics() -> None:
    stats = {"indices": {"people": {"primaries": {"docs": {"count": 9}}}, "logs": 7}}

    found, _ = sampled(store({"/_stats/docs": stats, SIZE: ELASTIC[SIZE]}), "opensearch")

    assert "contact.email" in told(found)


def test_no_more_records_are_asked_for_than_were_ordered() -> None:
    many = {f"/i{number}/_search?size=1&filter_path=hits.hits._source": ELASTIC[SIZE] for number in range(20)}
    indices = [{"index": f"i{number}", "docs.count": "9"} for number in range(20)]
    table = {"/_cat/indices?format=json&bytes=b&h=index,docs.count": indices, **many}

    found, host = sampled(store(table), "elasticsearch", records=3)

    assert len([asked for asked in host.received if b"_search" in asked]) == 3
    assert found.note.startswith("3 records"), "the host gave two each time"


@pytest.mark.parametrize("table", [{}, {"/_cat/indices?format=json&bytes=b&h=index,docs.count": 7, "/_stats/docs": []}])
def test_a_node_that_lists_nothing_is_sampled_to_nothing(table: dict[str, object]) -> None:
    found, _ = sampled(store(table), "elasticsearch")

    assert found.categories == ()


def test_a_node_that_refuses_the_documents_is_sampled_to_nothing() -> None:
    found, _ = sampled(store(ELASTIC, status={SIZE: "403 Forbidden"}), "elasticsearch")

    assert found.categories == ()


def test_databases_of_couchdb_are_sampled_without_its_own_marks() -> None:
    table = {
        "/_all_dbs": ["_users", "people", 7],
        "/people/_all_docs?include_docs=true&limit=10": {
            "rows": [
                {"doc": {"_id": "13812345678", "_rev": CANARY, "email": f"{CANARY}@example.org"}},
                {"doc": None},
                7,
            ]
        },
    }

    found, _ = sampled(store(table), "couchdb")

    assert set(told(found)) == {"contact.phone", "contact.email"}
    assert sampled(store({"/_all_dbs": {}}), "couchdb")[0].categories == ()
    assert sampled(store(table | {"/_all_dbs": ["\ud800", "people"]}), "couchdb")[0].categories == found.categories
    assert sampled(store({"/_all_dbs": ["people"]}), "couchdb")[0].categories == ()


def postgres_server(rows: str | None, *, columns: str, databases: str = "[]") -> Script:
    """Lets anybody in, names its columns, and gives the same rows for each table."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        while True:
            asked = await read_some(reader, host)
            if asked[4:8] == b"\x04\xd2\x16\x2f":
                writer.write(b"N")
            elif b"json_agg(s)" in asked:
                value = None if rows is None else rows.encode()
                writer.write(postgres.row(value) + postgres.message(b"Z", b"I"))
            elif asked[:1] == b"Q":
                writer.write(postgres.row(columns.encode(), databases.encode()) + postgres.message(b"Z", b"I"))
            elif asked[:1] == b"X":
                return
            else:
                writer.write(postgres.auth(0) + postgres.READY)
            await writer.drain()

    return script


COLUMNS = json.dumps(
    [["public.people", "email", 1], ["public.people", "sfz", 1], ["public.odd", "身份证", 1], ["x", "y", 1]]
)


def test_rows_of_a_database_are_counted_by_kind() -> None:
    found, host = sampled(postgres_server(json.dumps(PEOPLE), columns=COLUMNS, databases='["shop"]'), "postgresql")

    wheres = {one.where for one in found.categories}
    assert {"table public.people field email", "table shop.public.people field email"} <= wheres
    assert any(b'"public"."people" LIMIT 3' in words for words in host.received)
    assert any(b"database\x00shop" in words for words in host.received)
    assert not any("身份证".encode() in words for words in host.received)


@pytest.mark.parametrize("rows", [None, "{", '{"a": 1}'])
def test_a_table_that_gives_no_rows_is_sampled_to_nothing(rows: str | None) -> None:
    assert sampled(postgres_server(rows, columns=COLUMNS), "postgresql")[0].categories == ()


@pytest.mark.parametrize("said", [postgres.auth(10), postgres.error(b"28000"), b"nonsense"])
def test_a_database_that_asks_for_a_password_is_not_sampled(said: bytes) -> None:
    found, host = sampled(postgres.server([said]), "postgresql")

    assert found.categories == ()
    assert not any(words[:1] == b"Q" for words in host.received)


MONGO: dict[str, dict[str, Any]] = {
    "listDatabases": {"databases": [{"name": "shop"}], "ok": 1},
    "listCollections": {"cursor": {"firstBatch": [{"name": "people", "type": "collection"}]}, "ok": 1},
    "find": {"cursor": {"firstBatch": PEOPLE}, "ok": 1},
}


def test_documents_of_mongodb_are_counted_by_kind() -> None:
    found, _ = sampled(mongodb.mongod(lambda name, _: MONGO[name]), "mongodb")

    assert told(found)["contact.email"] == ("collection shop.people field email", 1, 2)
    assert [request.method for request in found.requests] == ["listDatabases", "listCollections", "find"]


@pytest.mark.parametrize("find_says", [None, {"ok": 0, "code": 13}])
def test_mongodb_that_refuses_is_sampled_to_nothing(find_says: dict[str, Any] | None) -> None:
    table: dict[str, dict[str, Any] | None] = {**MONGO, "find": find_says}

    found, _ = sampled(mongodb.mongod(lambda name, _: table[name]), "mongodb")

    assert found.categories == ()


def test_a_server_of_another_protocol_is_sampled_to_nothing() -> None:
    assert sampled(store({}), "mongodb")[0].categories == ()


def test_values_beyond_the_caps_are_not_looked_at() -> None:
    deep: Any = "13812345678"
    for _ in range(20):
        deep = {"a": deep}
    tally = Tally()

    count = take_records(
        tally, "index", "i", [{f"f{number}": 1 for number in range(MOST_VALUES + 5)}, deep, 7, {"_id": {"$type": 7}}]
    )

    assert (count, tally.looked_at) == (4, MOST_VALUES + 1)


def test_a_body_is_overwritten_once_it_is_read() -> None:
    body, broken = bytearray(b'{"a": "canary"}'), bytearray(b"canary")

    assert read_json(body) == {"a": "canary"}
    assert read_json(broken) is None
    assert set(body) | set(broken) == {0}


def test_the_process_knows_one_address_and_port_alone() -> None:
    gate = only(Endpoint(address="127.0.0.1", port=9200))

    gate(Endpoint(address="127.0.0.1", port=9200, host="a"))
    for other in (Endpoint(address="127.0.0.2", port=9200), Endpoint(address="127.0.0.1", port=9201)):
        with pytest.raises(OutOfScope):
            gate(other)


def test_both_sides_know_the_same_stores() -> None:
    assert frozenset(SAMPLERS) == SAMPLED


@pytest.mark.parametrize(
    "words",
    [
        b"", b"{", b"7", b"{}", b'{"note": 7, "categories": [], "requests": []}',
        b'{"note": "a", "categories": [{"category": "b"}], "requests": []}',
        b'{"note": "a", "categories": [], "requests": [["a"]]}', b"[" * 100_000, b" " * 2_000_000,
    ],
)  # fmt: skip
def test_what_is_not_counts_is_not_believed(words: bytes) -> None:
    assert sampled_from(words) is None


@given(st.binary(max_size=200) | st.recursive(
    st.none() | st.integers() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["note", "categories", "requests", "category", "where", "count", "looked_at"]), inner),
    max_leaves=12).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_any_words_of_the_process_are_counts_or_nothing(words: bytes) -> None:
    found = sampled_from(words)

    assert found is None or all(isinstance(one.count, int) for one in found.categories)


def sampler(gate: Any = lambda _endpoint: None) -> SamplerApart:  # noqa: ANN401  (a gate)
    return SamplerApart(gate=gate, rate=Rate(Limits()), limits=Limits(), user_agent="leakguard")


def shut(_endpoint: Endpoint) -> None:
    raise OutOfScope("not ours")


@pytest.mark.parametrize(
    ("gate", "datastore", "note"),
    [(shut, "elasticsearch", "out of scope"), (lambda _endpoint: None, "redis", "no sampler for redis")],
)
def test_what_may_or_can_not_be_sampled_starts_no_process(
    gate: Any, datastore: str, note: str, monkeypatch: pytest.MonkeyPatch  # noqa: ANN401  (a gate)
) -> None:  # fmt: skip
    monkeypatch.setattr(apart, "_COMMAND", ("/nonexistent",))
    order = SampleOrder(datastore=datastore, records=5)

    found = asyncio.run(sampler(gate).sample(Endpoint(address="127.0.0.1", port=1), order))

    assert note in found.note


_TELLS_ITS_PACE = """
import json, sys
print(json.dumps({"note": str(json.load(sys.stdin)["per_second"]), "categories": [], "requests": []}))
"""


@pytest.mark.parametrize(
    ("limits", "host", "pace"),
    [
        (Limits(per_host=0.5), None, "0.5"),
        (Limits(total=8.0), None, "2.0"),
        (Limits(per_network=4.0), None, "1.0"),
        (Limits(per_name=2.0), "localhost", "0.5"),
    ],
)
def test_a_process_that_samples_keeps_to_the_limits_of_the_scope_together_with_the_others(
    limits: Limits, host: str | None, pace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to four of them are at work: a host that hangs up after each answer is asked anew by each."""
    monkeypatch.setattr(apart, "_COMMAND", (sys.executable, "-c", _TELLS_ITS_PACE))
    apart_from_us = SamplerApart(gate=lambda _: None, rate=Rate(limits), limits=limits, user_agent="leakguard")
    order = SampleOrder(datastore="elasticsearch", records=5)

    assert asyncio.run(apart_from_us.sample(Endpoint(address="127.0.0.1", port=1, host=host), order)).note == pace


def test_what_samples_waits_for_the_same_tokens_as_the_scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each had limits of its own, so that together they opened more connections than the scope permits."""
    monkeypatch.setattr(apart, "_COMMAND", ("false",))
    wiring, gate, limits = (
        Wiring(Settings(store=str(tmp_path / "leakguard.db"))),
        gate_of("127.0.0.0/8"),
        Limits(total=4.0),
    )
    order = SampleOrder(datastore="elasticsearch", records=1)

    async def seconds() -> float:
        prober = wiring.prober(gate, limits)
        beside, began = wiring.sampler(gate, limits, beside=prober), wiring.monotonic()
        await prober.open(Endpoint(address="127.0.0.1", port=1), "redis").greeting()
        await beside.sample(Endpoint(address="127.0.0.2", port=1), order)
        return wiring.monotonic() - began

    assert asyncio.run(seconds()) >= 1 / limits.total


@pytest.mark.parametrize(
    ("command", "seconds"),
    [
        ((sys.executable, "-c", "raise SystemExit(1)"), 60.0),
        ((sys.executable, "-c", "import time; time.sleep(60)"), 0.3),
    ],
)
def test_a_process_that_fails_or_hangs_leaves_a_note_and_nothing_else(
    command: tuple[str, ...], seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "_COMMAND", command)
    monkeypatch.setattr(apart, "SECONDS", seconds)
    order = SampleOrder(datastore="elasticsearch", records=5)

    found = asyncio.run(sampler().sample(Endpoint(address="127.0.0.1", port=1), order))

    assert found.note == "not sampled: the process that samples did not come to its end"


_DIES = """
import os, signal
from leakguard.probes.sampling.hardening import leave_no_core
hidden = leave_no_core()
print(hidden, flush=True)
os.kill(os.getpid(), signal.SIGABRT)
"""


def test_a_process_that_samples_leaves_no_core_when_it_dies(tmp_path: Path) -> None:
    """Its parent allows cores, so that one would be there if the process did not forbid it itself."""

    def allow_cores() -> None:
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))

    died = subprocess.run(
        [sys.executable, "-c", _DIES], cwd=tmp_path, capture_output=True, text=True, preexec_fn=allow_cores, check=False
    )

    assert died.returncode == -signal.SIGABRT
    assert died.stdout.strip() == str(sys.platform.startswith("linux"))
    assert list(tmp_path.iterdir()) == []


_SAMPLES = """
import asyncio, gc, json, sys
from pathlib import Path
from leakguard.cli.main import run
code = run(["scan", f"127.0.0.1:{sys.argv[1]}", "--fields", "--sample", "10", "--format", "json", "-o", "out.json"])
if len(sys.argv) > 2:
    import urllib.request
    kept = urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/people/_search").read()
gc.collect()
print(code, flush=True)
sys.stdin.read()
"""
_SCOPE = """
scope: lab
owner: {organisation: Example University, contact: security@example.edu, approved_by: CISO, approved_at: 2026-11-01}
valid: {from: 2026-01-01, until: 2099-01-01}
include: [127.0.0.0/8]
sampling: allowed
"""


def memory_of(process: int) -> bytes:
    """Every page that the process can read, as far as it may be read."""
    found = bytearray()
    with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{process}/maps").read_text(encoding="utf-8").splitlines():
            span, rights, *_ = line.split()
            if not rights.startswith("r") or "[v" in line:
                continue
            start, end = (int(edge, 16) for edge in span.split("-"))
            try:
                found += os.pread(memory.fileno(), end - start, start)
            except OSError:
                continue
    return bytes(found)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("reads_itself", [False, True])
def test_no_value_is_in_the_memory_output_store_or_logs_of_a_scan_that_sampled(
    tmp_path: Path, *, reads_itself: bool
) -> None:
    """A control shows that a value would be found: the same scan that also fetches the documents by itself."""
    (tmp_path / "scope.yaml").write_text(_SCOPE, encoding="utf-8")
    seed = f"{tmp_path.name}-{os.getpid()}-{reads_itself}"
    tests = str(Path(__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([tests, os.environ.get("PYTHONPATH", "")])}
    serve = [sys.executable, "-m", "support.canary_store", seed]
    with (
        (tmp_path / "stderr.txt").open("wb") as stderr,
        subprocess.Popen(serve, stdout=subprocess.PIPE, text=True, env=environment) as server,
    ):
        assert server.stdout is not None
        port, more = server.stdout.readline().strip(), ["itself"] if reads_itself else []
        with subprocess.Popen(
            [sys.executable, "-c", _SAMPLES, port, *more], cwd=tmp_path, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=stderr,
        ) as scan:  # fmt: skip
            assert scan.stdout is not None
            code = scan.stdout.readline().strip()
            memory = memory_of(scan.pid)
            scan.communicate("")
        server.kill()
    value = canary(seed).encode()
    (finding,) = json.loads((tmp_path / "out.json").read_bytes())["findings"]

    assert code == "1"
    assert {"contact.email", "identification_number.cn_resident_id"} <= {
        one["category"] for one in finding["categories"]
    }
    assert finding["sampled"].startswith("10 records") or finding["sampled"].startswith("20 records")
    assert (value in memory) is reads_itself
    assert [path.name for path in tmp_path.rglob("*") if path.is_file() and value in path.read_bytes()] == []
    assert value.decode() in json.dumps(documents(seed)), "the store did hold it"
