"""The owner's view of a cluster: names, sizes and settings; never a document, a user or a role."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from leakguard.errors import ClusterFailed, NotAllowed, OutOfScope
from leakguard.models.clusters import ClusterSeen
from leakguard.models.exports import Destination
from leakguard.owners.elasticsearch import owner_view
from leakguard.owners.elasticsearch.owner_view import OwnerView
from leakguard.owners.elasticsearch.reading import READING, reading_client
from support.web_cluster import OWN_NODE, WebCluster, a_cluster, web_cluster

pytestmark = pytest.mark.enable_socket


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def allowed() -> None:
    """It lies in the scope."""


def look(cluster: WebCluster, *, user: str = "owner") -> ClusterSeen:
    with web_cluster(cluster) as url:
        view = OwnerView(Destination(url=url, user=user, password="canary-password"), allowed)
        try:
            return view.look()
        finally:
            view.close()


def settings(cluster: WebCluster, *, user: str = "owner") -> dict[str, bool | None]:
    return {one.name: one.is_safe for one in look(cluster, user=user).settings}


def node(**changes: Any) -> tuple[int, Any]:  # noqa: ANN401  (fields)
    return 200, {"nodes": {"n": {**OWN_NODE, **changes}}}


def security(**changes: Any) -> tuple[int, Any]:  # noqa: ANN401  (fields)
    return node(settings={"xpack": {"security": changes}})


def test_indices_beyond_the_cap_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = look(a_cluster())
    monkeypatch.setattr(owner_view, "MOST_INDICES", 1)
    cut = look(a_cluster())

    assert (len(whole.indices), whole.left_out) == (2, 0)
    assert (len(cut.indices), cut.left_out) == (1, 1)


def test_indices_are_told_with_sizes_age_and_names_of_fields() -> None:
    seen = look(a_cluster())
    people, own = seen.indices

    assert (seen.name, seen.id, seen.version, seen.node_count) == ("own", "u-1", "8.19.0", 1)
    assert (people.records, people.bytes, people.created_at) == (41_000, 7, datetime(2019, 5, 22, tzinfo=UTC))
    assert people.fields == (("shenfenzheng", "keyword"), ("contact.email", "keyword"))
    assert (own.fields, own.created_at) == ((), None)


def test_only_questions_on_the_list_are_asked_and_none_reads_a_document() -> None:
    cluster = a_cluster()
    look(cluster)

    assert [path for path in cluster.asked if not READING.fullmatch(path)] == []
    assert not [path for path in cluster.asked if "_search" in path or "_security" in path or "_doc" in path]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/people/_search"), ("GET", "/_search"), ("GET", "/_security/user"), ("GET", "/_security/role"),
        ("GET", "/people/_doc/1"), ("POST", "/people/_mapping"), ("DELETE", "/people"), ("PUT", "/people"),
        ("GET", "/.security/_mapping"), ("GET", "/_all/_search"), ("HEAD", "/people"), ("GET", "/_nodes/hot_threads"),
    ],
)  # fmt: skip
def test_nothing_else_passes_the_door(method: str, path: str) -> None:
    cluster = a_cluster()
    with web_cluster(cluster) as url:
        client = reading_client(Destination(url=url), allowed)
        with pytest.raises(NotAllowed):
            client.perform_request(method, path)
        client.close()

    assert cluster.asked == []


def test_the_scope_is_asked_before_each_request() -> None:
    cluster, left = a_cluster(), [None, None]

    def check() -> None:
        if not left:
            raise OutOfScope("gone", next_step="")
        left.pop()

    with web_cluster(cluster) as url:
        view = OwnerView(Destination(url=url), check)
        with pytest.raises(OutOfScope):
            view.look()
        view.close()

    assert len(cluster.asked) == 2


def test_what_keeps_strangers_out_is_told_with_what_is_not_known() -> None:
    assert settings(a_cluster()) == {
        "a login is asked for": True, "connections are encrypted": True, "access is logged": None,
        "listens inside alone": True, "snapshots": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cluster", "name", "is_safe"),
    [
        (a_cluster(_nodes=security(enabled="false")), "a login is asked for", False),
        (a_cluster(_nodes=security()), "a login is asked for", None),
        (a_cluster(_nodes=node(plugins=[{"name": "opensearch-security"}], settings={})), "a login is asked for", True),
        (a_cluster(_nodes=security(audit={"enabled": "true"})), "access is logged", True),
        (a_cluster(_nodes=security(authc={"anonymous": {"roles": ["x"]}})), "strangers have no role", False),
        (a_cluster(_nodes=node(http={"bound_address": ["0.0.0.0:9200"]})), "listens inside alone", False),
        (a_cluster(_nodes=node(http={"bound_address": ["[2a00:1450::1]:9200"]})), "listens inside alone", False),
        (a_cluster(_nodes=node(http={"bound_address": ["[::1]:9200"]})), "listens inside alone", True),
    ],
)  # fmt: skip
def test_each_setting_is_read(cluster: WebCluster, name: str, *, is_safe: bool | None) -> None:
    assert settings(cluster)[name] is is_safe


def test_who_comes_in_without_a_login_needs_no_setting_to_know() -> None:
    assert settings(a_cluster(), user="")["a login is asked for"] is False


def test_what_is_not_permitted_is_named_and_the_rest_is_told() -> None:
    refused = (403, {"error": "canary-words"})
    seen = look(a_cluster(_nodes=refused, _snapshot=refused, people___mapping=refused))

    assert seen.not_permitted == ("/_nodes", "/INDEX/_mapping", "/_snapshot")
    assert [index.records for index in seen.indices] == [41_000, 3]
    assert {one.is_safe for one in seen.settings} == {None}


def test_releases_that_know_fewer_parameters_are_asked_in_plain_words() -> None:
    cluster = a_cluster()
    rows = cluster.answers.pop("/_cat/indices")[1]

    class Old(dict[str, tuple[int, Any]]):
        def get(self, path: str, default: Any = None) -> Any:  # noqa: ANN401  (as a dict)
            if path == "/_cat/indices":
                return (400, {}) if "expand_wildcards" in cluster.asked[-1] else (200, rows)
            return super().get(path, default)

    cluster.answers = Old(cluster.answers)

    assert len(look(cluster).indices) == 2


def test_types_of_documents_before_release_seven_are_seen_through() -> None:
    typed = {"people": {"mappings": {"_doc": {"properties": {"xingming": {"type": "text"}}}}}}

    assert look(a_cluster(people___mapping=(200, typed))).indices[0].fields == (("xingming", "text"),)


def test_a_distribution_that_refuses_to_say_who_it_is_is_looked_at_all_the_same() -> None:
    cluster = a_cluster()
    cluster.answers["/"] = (405, {})

    assert look(cluster).id == ""


def test_many_indices_with_long_names_are_asked_for_in_lines_that_a_cluster_takes() -> None:
    """A first line of more than 4 KiB is refused by Elasticsearch, and with it ended the whole look."""
    rows = [{"index": f"学生信息-{'x' * 40}-{number}", "docs.count": "1"} for number in range(120)]
    cluster = a_cluster(**{"_cat/indices": (200, rows)})

    seen = look(cluster)

    lines = [f"GET {path} HTTP/1.1" for path in cluster.asked if "/_mapping" in path]
    assert len(seen.indices) == 120
    assert sum(line.count("%2C") + line.count(",") + 1 for line in lines) == 120
    assert max(map(len, lines)) < 4096


def test_an_index_that_was_dropped_meanwhile_ends_nothing() -> None:
    seen = look(a_cluster(**{"people/_mapping": (404, {"error": "index_not_found"})}))

    assert [one.name for one in seen.indices] == ["people", ".security-7"]
    assert seen.not_permitted == ()


def test_a_mapping_that_is_too_wide_or_too_deep_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner_view, "MOST_FIELDS", 3)
    monkeypatch.setattr(owner_view, "DEEPEST", 2)
    wide = {f"f{number}": {"type": "keyword"} for number in range(4)}
    deep: dict[str, Any] = {"type": "keyword"}
    for _ in range(5):
        deep = {"type": "object", "properties": {"d": deep}}
    mapping = {"people": {"mappings": {"properties": wide}}}
    (index, _) = look(a_cluster(people___mapping=(200, mapping))).indices
    (nested, _) = look(a_cluster(people___mapping=(200, {"people": {"mappings": {"properties": {"d": deep}}}}))).indices

    assert (len(index.fields), index.is_cut) == (3, True)
    assert [name for name, _ in nested.fields] == ["d", "d.d", "d.d.d"]


@pytest.mark.parametrize(("status", "says"), [(401, "refuses the login"), (500, "answers 500")])
def test_a_cluster_that_lets_nobody_look_is_said_so(status: int, says: str) -> None:
    refused: dict[str, tuple[int, Any]]
    for refused in ({"_cluster__health": (status, {})}, {"_cat__indices": (status, {})}):
        with pytest.raises(ClusterFailed, match=says):
            look(a_cluster(**refused))


@pytest.mark.parametrize(
    ("status", "next_step"),
    [(400, "Check the address"), (404, "Check the address"), (429, "Run the command again"), (503, "Run the command")],
)
def test_only_what_passes_is_tried_again(status: int, next_step: str) -> None:
    """Something else than a cluster answers as it does, however often it is asked."""
    with pytest.raises(ClusterFailed) as caught:
        look(a_cluster(_cluster__health=(status, {})))

    assert caught.value.next_step.startswith(next_step)


def test_a_cluster_without_tls_is_not_told_by_its_certificate() -> None:
    with web_cluster(a_cluster()) as url:
        view = OwnerView(Destination(url=url.replace("http://", "https://")), allowed)
        with pytest.raises(ClusterFailed, match="does not speak TLS"):
            view.look()
        view.close()


def test_a_question_that_fails_is_no_permission_problem() -> None:
    with pytest.raises(ClusterFailed, match="answers 418"):
        look(a_cluster(_snapshot=(418, {})))
