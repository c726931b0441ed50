"""A check file cannot express a write, not even in the path of a GET."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.bundled import BundledFiles
from leakguard.checks.harmless import refused_path, refused_reading
from leakguard.checks.library import parse_check
from leakguard.errors import BadFile
from support.each import for_each


@for_each(
    "path",
    [
        "/exec?query=CREATE%20TABLE%20x(a%20int)",
        "/exec?query=select%20count()%20from%20t;drop%20table%20t",
        "/exec?query=with%20x%20as%20(select%201)%20delete%20from%20x",
        "/?query=SELECT%201%20INTO%20OUTFILE%20'x'",
        "/?query=SELECT%20*%20FROM%20url('http://169.254.169.254/')",
        "/?query=SELECT%20*%20FROM%20file('x')",
        "/?query=SYSTEM%20SHUTDOWN",
        "/?query=INSERT%20INTO%20t%20VALUES%20(1)",
        "/query?q=CREATE%20DATABASE%20x",
        "/query?q=SHOW%20DATABASES;DROP%20DATABASE%20x",
        "/query?Q=DROP%20DATABASE%20x",
        "/query?q=",
        "/sql?sql=update%20t%20set%20a=1",
        "/solr/admin/cores?action=UNLOAD&core=x",
        "/solr/admin/cores?action=STATUS&action=RELOAD",
        "/webhdfs/v1/?op=DELETE",
        "/ignite?cmd=destroycache",
        "/ignite?cmd=",
        "/actuator/heapdump",
        "/actuator/%68eapdump",
        "/actuator/SHUTDOWN",
        "/index/_close",
        "/-/quit",
        "/admin/delete/",
        "/a%2fdelete",
        "/webhdfs/v1/?OP=DELETE",
    ],
)
def test_a_path_that_changes_something_is_refused(path: str) -> None:
    assert refused_path(path) is not None


CHANGING = (
    "_bulk _close _delete_by_query _flush _forcemerge _open _refresh _shutdown _update create delete drop heapdump"
    " insert kill quit quitquitquit reload remove reset restart shutdown stop truncate update upload write"
)
STATEMENTS = (
    "alter attach backup call copy create delete detach drop exec execute grant insert into kill optimize outfile"
    " rename replace restore revoke set truncate update url file remote s3 vacuum"
)


@for_each("word", CHANGING.split())
def test_a_part_of_a_path_that_changes_something_on_some_server_is_refused_anywhere_in_it(word: str) -> None:
    assert refused_path(f"/a/{word}")
    assert refused_path(f"/{word.upper()}/a")


@for_each("word", STATEMENTS.split())
@for_each("parameter", ["q", "query", "sql", "stmt", "statement"])
def test_a_statement_that_begins_as_a_reading_one_may_not_go_on_to_change_anything(word: str, parameter: str) -> None:
    assert refused_path(f"/?{parameter}=select%201%20{word}%20x")
    assert refused_path(f"/?{parameter}=explain%20{word.upper()}%20x")


@for_each("parameter", ["action", "cmd", "command", "op"])
def test_what_a_server_shall_do_is_something_that_reads(parameter: str) -> None:
    assert refused_path(f"/?{parameter}=flushall")
    assert refused_path(f"/?{parameter}=status") is None


@for_each(
    "path",
    [
        "/a/_changes", "/a/_doc/1", "/a/_explain/1", "/a/_find", "/_mget", "/_msearch", "/a/_search?size=1",
        "/a/_source/1",
        "/a/_SEARCH", "/a%2f_search", "/a/%5fsearch", "/a/_all_docs?include_docs=true", "/a/_all_docs?INCLUDE_DOCS",
    ],
)  # fmt: skip
def test_a_path_that_hands_out_documents_is_no_reading_of_a_check(path: str) -> None:
    assert "hands out documents" in (refused_reading(path) or "")


@for_each("path", ["/", "/a/_count", "/_all_dbs", "/a/_search_shards", "/a/_all_docs?limit=0"])
def test_a_path_that_counts_is_one(path: str) -> None:
    assert refused_reading(path) is None


@for_each(
    "path",
    [
        "/",
        "/_cat/indices?format=json&bytes=b",
        "/exec?query=select%20count()%20from%20tables()",
        "/?query=SELECT%20sum(total_rows)%20FROM%20system.tables%20WHERE%20database%20NOT%20IN%20('system')",
        "/query?q=SHOW%20DATABASES",
        "/solr/admin/cores?action=STATUS&wt=json",
        "/webhdfs/v1/?op=GETFILESTATUS",
        "/api/v1/database/?q=(page_size:1,columns:!(id))",
        "/updates",
        "/setup",
    ],
)
def test_a_path_that_reads_is_not(path: str) -> None:
    assert refused_path(path) is None


def test_the_loader_refuses_such_a_check() -> None:
    text = BundledFiles().text("checks", "questdb_open.yaml")
    changed = text.replace("select%20count", "drop%20table")
    assert changed != text

    with pytest.raises(BadFile, match="statement that reads"):
        parse_check(changed, name="questdb_open.yaml")


@given(st.text(max_size=80))
def test_no_path_breaks_the_rule(text: str) -> None:
    try:
        found = refused_path(f"/{text}")
    except ValueError:
        return  # what is no URL at all is refused as a path before
    assert found is None or found
