"""Documents for a cluster in trouble: each is taken once, every refusal is named, and no word of a document with it."""

from __future__ import annotations

import pytest

from leakguard.errors import ClusterFailed
from leakguard.models.exports import Destination, Document, Receipt
from leakguard.owners.elasticsearch import sink as sinks
from leakguard.owners.elasticsearch.sink import ClusterSink
from support.bulk_server import Trouble, bulk_server

pytestmark = pytest.mark.enable_socket
CANARY = "canary-body-41c2"
TEMPLATE = {"index_patterns": ["x-*"], "template": {"mappings": {}}}


def documents(count: int) -> list[Document]:
    return [Document(index="x-findings", id=str(number), body={"text": CANARY}) for number in range(count)]


def send(url: str, count: int = 3) -> tuple[str, list[Receipt]]:
    sink = ClusterSink(Destination(url=url))
    try:
        return sink.prepare("x", TEMPLATE), list(sink.send(documents(count)))
    finally:
        sink.close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def test_a_repeat_changes_nothing_and_is_told_apart() -> None:
    trouble = Trouble()
    with bulk_server(trouble) as url:
        first, again = send(url), send(url)

    assert first == ("", [Receipt(id=str(number), is_new=True) for number in range(3)])
    assert again[1] == [Receipt(id=str(number)) for number in range(3)]
    assert len(trouble.kept) == 3


def test_plain_json_is_spoken_to_every_release() -> None:
    trouble = Trouble()
    with bulk_server(trouble) as url:
        send(url)

    assert not any("vnd.elasticsearch" in value for seen in trouble.headers for value in seen.values())


def test_a_busy_cluster_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    trouble = Trouble(statuses=[429, 503], busy={"1"})
    with bulk_server(trouble) as url:
        _, receipts = send(url)

    assert all(receipt.is_new for receipt in receipts)
    assert len(trouble.kept) == 3


def test_a_document_that_does_not_fit_is_named_without_its_words() -> None:
    with bulk_server(Trouble(unfit={"1"})) as url:
        _, receipts = send(url)

    assert [receipt.problem for receipt in receipts] == ["", "400 mapper_parsing_exception", ""]
    assert CANARY not in repr(receipts)


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        (Trouble(template_status=403), "the cluster answers 403 to the template"),
        (Trouble(version={"number": "6.8.23"}), "has no such templates"),
        (Trouble(version={"number": "2.19.1", "distribution": "opensearch"}), ""),
        (Trouble(version={}), ""),
        (Trouble(info_status=405), ""),
    ],
)
def test_a_template_that_cannot_be_written_is_said_and_no_obstacle(trouble: Trouble, says: str) -> None:
    with bulk_server(trouble) as url:
        reason, receipts = send(url)

    assert says in reason
    assert bool(says) == bool(reason)
    assert len(receipts) == len(trouble.kept) == 3


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        (Trouble(info_status=401), "refuses the login or the right \\(401\\)"),
        (Trouble(statuses=[403]), "refuses the login or the right \\(403\\)"),
        (Trouble(statuses=[418]), "answers 418"),
        (Trouble(version={"number": "2.4.6"}), "release of 2.x is too old"),
        (Trouble(dies_after=0), "cannot be reached"),
        (Trouble(is_odd=True), "answers as no such cluster does"),
    ],
)
def test_a_cluster_that_takes_nothing_ends_the_export(trouble: Trouble, says: str) -> None:
    with bulk_server(trouble) as url, pytest.raises(ClusterFailed, match=says) as caught:
        send(url)

    assert "canary" not in caught.value.message


def test_what_was_taken_before_the_line_was_cut_is_not_sent_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sinks, "CHUNK", 10)
    trouble = Trouble(dies_after=2)
    with bulk_server(trouble) as url:
        with pytest.raises(ClusterFailed):
            send(url, 45)
        assert len(trouble.kept) == 20
        trouble.dies_after = None
        _, receipts = send(url, 45)

    assert [receipt.is_new for receipt in receipts] == [False] * 20 + [True] * 25
    assert len(trouble.kept) == 45


def test_a_silent_cluster_and_an_untrusted_certificate_are_said_so() -> None:
    with pytest.raises(ClusterFailed, match="cannot be reached"):
        send("http://127.0.0.1:9")
    with bulk_server(Trouble()) as url, pytest.raises(ClusterFailed):
        send(url.replace("http://", "https://"))


def test_a_destination_never_shows_its_secrets() -> None:
    shown = repr(Destination(url="https://x:9200", api_key="canary", user="canary", password="canary"))

    assert "canary" not in shown
