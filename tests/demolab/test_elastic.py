"""The Elasticsearch-shaped server's pages, asked without a socket."""

from __future__ import annotations

import json
from typing import Any

import pytest

from leakguard.demolab.asks import AskLog, Sort
from leakguard.demolab.cat_table import human_size, text_table
from leakguard.demolab.clusters import Cluster, university
from leakguard.demolab.elastic import ElasticServer
from leakguard.demolab.elastic_pages import CANARY
from leakguard.demolab.http import HttpAnswer, parse_head

INDEX = "zimbra-mta-2019.05.24"


def answer(path: str, *, method: str = "GET", header: str = "", held: Cluster | None = None) -> HttpAnswer:
    server = ElasticServer("open", held or university(6), AskLog())
    return server.handle(parse_head(f"{method} {path} HTTP/1.1\r\n{header}".strip().encode()))


def value(path: str, **options: str) -> Any:  # noqa: ANN401  (JSON holds anything)
    return json.loads(answer(path, **options).body)  # type: ignore[arg-type]


def test_the_case_has_exact_totals_after_five_and_after_six_days() -> None:
    assert university(5).size_bytes == 7_000_000_000_000
    assert (university(6).docs_count, university(6).size_bytes) == (9_500_000_000, 8_400_000_000_000)


def test_cat_indices_gives_the_columns_asked_for_in_bytes_or_for_people() -> None:
    rows = value("/_cat/indices?format=json&bytes=b&h=index,docs.count,pri.store.size,creation.date,nonsense")
    people = value("/_cat/indices/zimbra-mta*?format=json&pretty")

    assert len(rows) == 12
    assert sum(int(row["pri.store.size"]) for row in rows) == 8_400_000_000_000
    assert sorted(rows[0]) == ["creation.date", "docs.count", "index", "pri.store.size"]
    assert [row["store.size"] for row in people][:2] == ["811.4gb", "813.5gb"]


def test_cat_is_text_unless_json_is_asked_for() -> None:
    text = answer("/_cat/indices?v&h=index,docs.count")
    by_header = answer("/_cat/indices", header="Accept: application/json\r\n")

    assert text.content_type.startswith("text/plain")
    assert text.body.decode().splitlines()[1].split() == ["zimbra-mta-2019.05.19", "1012345678"]
    assert json.loads(by_header.body)[0]["index"] == "zimbra-mta-2019.05.19"


def test_cat_of_6_x_refuses_a_parameter_of_later_releases() -> None:
    reply = answer("/_cat/indices?format=json&expand_wildcards=all")

    assert reply.status == 400
    assert "contains unrecognized parameter: [expand_wildcards]" in json.loads(reply.body)["error"]["reason"]


def test_stats_can_leave_the_indices_out() -> None:
    stats = value("/_stats/docs,store?level=cluster")

    assert "indices" not in stats
    assert stats["_all"]["total"]["docs"]["count"] == 9_500_000_000


def test_the_other_pages_of_cat_answer_too() -> None:
    assert value("/_cat/count?format=json") == [{"count": "9500000000"}]
    assert value("/_cat/health?format=json")[0]["status"] == "green"
    assert answer("/_cat").body.startswith(b"=^.^=")
    assert answer("/_cat/indices/none*").body == b""


def test_all_ways_to_the_totals_agree() -> None:
    stats = value("/_stats/docs,store")

    assert value("/_count")["count"] == stats["_all"]["total"]["docs"]["count"] == 9_500_000_000
    assert value("/_cluster/stats")["indices"]["store"]["size_in_bytes"] == 8_400_000_000_000
    assert value(f"/{INDEX}/_count")["count"] == stats["indices"][INDEX]["primaries"]["docs"]["count"]
    assert value("/_cluster/health")["active_shards"] == 60


def test_the_mapping_names_metadata_fields_and_no_subject_or_body() -> None:
    fields = {name for index in value("/_mapping").values() for name in index["mappings"]["doc"]["properties"]}

    assert {"from", "to", "ip", "user_agent"} <= fields
    assert not {"subject", "body", "content", "text"} & fields
    assert dict(answer("/_mapping").headers)["Warning"].startswith("299 Elasticsearch-6.7.1-2f32220 ")


def test_nodes_aliases_and_an_index_itself_are_told() -> None:
    assert next(iter(value("/_nodes")["nodes"].values()))["version"] == "6.7.1"
    assert value("/_aliases")[INDEX] == {"aliases": {}}
    assert list(value(f"/{INDEX}")) == [INDEX]
    assert value("/none*") == {}


def test_an_unknown_index_is_404_as_the_real_one_says_it() -> None:
    reply = answer("/does-not-exist")
    error = json.loads(reply.body)

    assert reply.status == error["status"] == 404
    assert error["error"]["type"] == "index_not_found_exception"
    assert error["error"]["resource.id"] == "does-not-exist"


def test_a_name_that_no_index_may_have_and_a_path_without_meaning_are_400() -> None:
    assert json.loads(answer("/_plugins").body)["error"]["type"] == "invalid_index_name_exception"
    assert answer(f"/{INDEX}/_nothing").status == 400


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/_search", "GET"),
        (f"/{INDEX}/_search?size=1", "POST"),
        ("/_all/_search", "GET"),
        ("/_msearch", "POST"),
        ("/_search/scroll?scroll_id=x", "GET"),
        ("/_mget", "POST"),
        (f"/{INDEX}/doc/1", "GET"),
        (f"/{INDEX}/_doc/1", "GET"),
        ("/_xpack/_sql", "POST"),
    ],
)
def test_every_way_to_a_record_leads_to_the_canary_and_is_counted(path: str, method: str) -> None:
    log = AskLog()
    server = ElasticServer("open", university(5), log)
    reply = server.handle(parse_head(f"{method} {path} HTTP/1.1".encode()))

    assert CANARY.encode() in reply.body
    assert [ask.sort for ask in log.all()] == [Sort.READS_RECORDS]


def test_a_login_is_counted_and_a_protected_server_turns_it_away() -> None:
    log = AskLog()
    server = ElasticServer("protected", university(5), log, asks_login=True)
    reply = server.handle(parse_head(b"GET / HTTP/1.1\r\nAuthorization: Basic eDp5"))

    assert reply.status == 401
    assert b"unable to authenticate user" in reply.body
    assert [ask.sort for ask in log.all()] == [Sort.LOGS_IN]


def test_counting_by_post_is_looking_and_putting_is_writing() -> None:
    assert value("/_count", method="POST")["count"] == 9_500_000_000
    assert answer("/new", method="PUT").status == 405


def test_sizes_for_people_step_by_1024_with_one_decimal() -> None:
    sizes = [0, 1023, 1536, 10 * 1024**2, 8_400_000_000_000, 5 * 1024**6]

    assert [human_size(size) for size in sizes] == ["0b", "1023b", "1.5kb", "10mb", "7.6tb", "5120pb"]


def test_a_table_pads_words_left_and_numbers_right() -> None:
    rows = [{"index": "a", "docs.count": "1"}, {"index": "bbb", "docs.count": "100"}]

    assert text_table(rows, with_heading=False) == "a     1\nbbb 100\n"
    assert text_table([], with_heading=True) == ""
