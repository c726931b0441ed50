"""A check file cannot express a write, not even in the path of a GET."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.bundled import Bundled
from leakguard.checks.definitions import parse_check
from leakguard.checks.harmless import refused_path
from leakguard.errors import BadFile


@pytest.mark.parametrize(
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
    ],
)
def test_a_path_that_changes_something_is_refused(path: str) -> None:
    assert refused_path(path) is not None


@pytest.mark.parametrize(
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
    text = Bundled().text("checks", "questdb_open.yaml")
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
