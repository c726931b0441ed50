"""A ransom note is read only when a person asks for it, only inside the scope, and only its addresses are kept."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from leakguard.bundled import BundledFiles
from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.library import parse_check
from leakguard.errors import NotAllowed, NoteNotRead, NotFound, OutOfScope
from leakguard.frozen import replace
from leakguard.models.event_records import event_of, is_event_record, record_of_event
from leakguard.models.events import exactly
from leakguard.models.findings import Finding, RansomSigns
from leakguard.models.observations import Ending
from leakguard.models.records import KeptRecord
from leakguard.models.scope import Scope
from leakguard.scanning.targets import parse_target
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.scans.read_note import READ, NoteRead, read_note
from leakguard.use_cases.scans.start_scan import ScanOptions, start_scan
from support.fake_prober import FakeProber, FakeServer, library
from support.fake_tools import FakeTools, NotedProgress
from support.scans import NOW, finding_of, scope_of

CANARY = "canary-note-7f3a"
GENESIS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
SCOPE = scope_of("127.0.0.0/24", "mail.example.edu")
PLACE = "127.0.0.1:9200"
LIST = (
    "/_cat/indices?format=json&bytes=b&expand_wildcards=all"
    "&h=index,status,docs.count,store.size,pri.store.size,creation.date"
)
SHIPPED = ("couchdb_open", "elasticsearch_open", "opensearch_open")
ROOT = {"name": "n", "cluster_uuid": "q1Wm", "tagline": "You Know, for Search", "version": {"number": "7.9.3"}}
Answers = dict[str, tuple[int, Any] | Ending]


def shipped(*names: str) -> tuple[CheckDefinition, ...]:
    return tuple(parse_check(BundledFiles().text("checks", f"{name}.yaml"), name=name) for name in names or SHIPPED)


def asks_for(name: str) -> str:
    return f"/{name}/_search?size=3&filter_path=hits.total,hits.hits._source"


def index(name: str, docs: int | None = 1) -> dict[str, Any]:
    sizes = {} if docs is None else {"docs.count": str(docs), "pri.store.size": "5120"}
    return {"index": name, "status": "open", **sizes}


def note(text: str, *, total: int = 1) -> tuple[int, Any]:
    hits = [{"_source": {"message": f"{CANARY} {text}"}}]
    return 200, {"hits": {"total": {"value": total, "relation": "eq"}, "hits": hits}}


def elastic(*indices: dict[str, Any], **notes: tuple[int, Any] | Ending) -> FakeServer:
    """An Elasticsearch with these indices, each note under the name of its index."""
    pages: Answers = {"/": (200, ROOT), LIST: (200, list(indices)), "/_count": (200, {"count": 1})}
    return FakeServer(answers={"http": pages | {asks_for(name): answer for name, answer in notes.items()}})


EMPTIED = elastic(index("read_me_to_recover"), read_me_to_recover=note(f"Pay {GENESIS}\nor ask back@example.org"))


def scanned(server: FakeServer, target: str = PLACE, *, place: str = PLACE, **names: tuple[str, ...]) -> FakeTools:
    """Tools with a stored run."""
    known = {"mail.example.edu": names.get("mail", ())}
    tools = FakeTools(network=FakeProber(servers={place: server}), names=known, checks=shipped())
    start_scan(ScanOptions(targets=(parse_target(target),)), SCOPE, tools, NotedProgress())
    return tools


def only_finding(tools: FakeTools) -> Finding:
    (finding,) = tools.store.findings()
    return finding


def read(tools: FakeTools, server: FakeServer | Ending | None = None, *, scope: Scope = SCOPE) -> NoteRead:
    """Ask for the note of the one finding, with the questions noted from here on."""
    now = {PLACE: server} if server is not None else dict(tools.network.servers)
    tools.network = FakeProber(servers=now)
    return read_note(only_finding(tools).id, scope, tools, vantage="office")


def asked(tools: FakeTools) -> list[str]:
    return [what for _, _, _, what in tools.network.asked]


class Subjects:
    """The one thing more that opening an incident needs of a store."""

    def __init__(self, tools: FakeTools) -> None:
        self.append, self.read, self._store = tools.store.append, tools.store.read, tools.store
        self.of_kinds, self.last = tools.store.of_kinds, tools.store.last
        self.record, self.corrections, self.recorder = tools.store.record, tools.store.corrections, tools.store.recorder

    def subjects(self, prefix: str = "") -> tuple[str, ...]:
        """See `ports.IncidentStore.subjects`."""
        return tuple({record.subject: None for record in self._store.records if record.subject.startswith(prefix)})


def incident_about(tools: FakeTools) -> str:
    return open_incident(Subjects(tools), [only_finding(tools)], now=NOW).id


def notes_in(tools: FakeTools) -> list[KeptRecord]:
    return [record for record in tools.store.records if record.kind == READ]


def test_a_scan_finds_the_note_and_never_asks_for_it() -> None:
    tools = scanned(EMPTIED)

    assert only_finding(tools).verdict.ransomed.verdict == "yes"
    assert LIST in asked(tools)
    assert [what for what in asked(tools) if "_search" in what or "recover" in what] == []


@pytest.mark.parametrize("definition", shipped(), ids=SHIPPED)
def test_the_question_for_a_note_is_none_of_the_questions_of_its_check(definition: CheckDefinition) -> None:
    way = definition.ransom.note if definition.ransom else None
    assert way is not None

    assert way.get not in [request.get for request in definition.probe.requests]


def test_addresses_and_a_hash_are_kept_of_a_note_and_not_a_word_more() -> None:
    tools = scanned(EMPTIED)

    got = read(tools)

    body = json.dumps(note(f"Pay {GENESIS}\nor ask back@example.org")[1]).encode()
    assert (got.addresses.bitcoin, got.addresses.emails) == ((GENESIS,), ("back@example.org",))
    assert [(item.sha256, item.bytes) for item in got.digests] == [(hashlib.sha256(body).hexdigest(), len(body))]
    assert CANARY not in repr(got) + repr(tools.store.records)
    assert asked(tools)[-1] == asks_for("read_me_to_recover")
    assert tools.network.open_sessions == 0


def test_three_notes_are_read_and_no_other_entry() -> None:
    """Neither a fourth note, nor a weak name, nor a large index with the name of a note, nor the customers."""
    names = [f"shop{number}-meow" for number in range(4)]
    others = [index("hello"), index("read_me_statistics", docs=41_000), index("customers")]
    server = elastic(*others, *map(index, names), **{name: note(f"{name}@example.org") for name in names})
    tools = scanned(server)

    got = read(tools)

    assert got.addresses.emails == tuple(f"shop{number}-meow@example.org" for number in range(3))
    assert [what for what in asked(tools) if "_search" in what] == [asks_for(name) for name in names[:3]]


def test_an_entry_whose_size_nobody_states_is_kept_only_if_its_answer_states_it() -> None:
    small = elastic(index("read_me", docs=None), read_me=note(GENESIS))
    large = elastic(index("read_me", docs=None), read_me=note("somebody@example.org", total=41_000))

    assert read(scanned(small)).addresses.bitcoin == (GENESIS,)
    with pytest.raises(NoteNotRead, match="more records than a note has"):
        read(scanned(large))


def test_a_note_in_couchdb_is_read_as_well() -> None:
    ask = "/read_me/_all_docs?include_docs=true&limit=3"
    info = [{"key": "read_me", "info": {"db_name": "read_me", "doc_count": 1, "sizes": {"file": 4096}}}]
    pages: Answers = {
        "/": (200, {"couchdb": "Welcome", "version": "3.2.1", "uuid": "u"}), "/_all_dbs": (200, ["read_me"]),
        "/_dbs_info": (200, info), ask: (200, {"total_rows": 1, "rows": [{"doc": {"m": f"{CANARY} {GENESIS}"}}]}),
    }  # fmt: skip
    tools = scanned(FakeServer(answers={"http": pages}), "127.0.0.1:5984", place="127.0.0.1:5984")
    assert not any("_all_docs" in what for what in asked(tools))

    assert read(tools).addresses.bitcoin == (GENESIS,)
    assert asked(tools)[-1] == ask


@pytest.mark.parametrize(
    ("server", "reason"),
    [
        (Ending.REFUSED, "not open now: the port is closed"),
        (FakeServer(answers={"http": {"/": (401, ROOT)}}), "not open now: the server asked for a login"),
        (elastic(index("customers")), "no entry has both the name and the size of a note"),
        (elastic(index("read_me", docs=41_000)), "no entry has both"),
        (elastic(index("read_me"), read_me=(403, {})), "gave no note"),
        (elastic(index("read_me"), read_me=Ending.SILENT), "gave no note"),
    ],
)
def test_where_there_is_no_note_now_nothing_is_kept_and_the_reason_is_said(
    server: FakeServer | Ending, reason: str
) -> None:
    tools = scanned(EMPTIED)
    incident_about(tools)

    with pytest.raises(NoteNotRead, match=reason) as caught:
        read(tools, server)

    assert caught.value.next_step
    assert notes_in(tools) == []
    assert tools.network.open_sessions == 0


def test_a_finding_without_a_note_is_refused_before_anything_is_asked() -> None:
    tools = scanned(elastic(index("customers"), index("hello")))

    with pytest.raises(NotAllowed, match="no sign of a ransom note"):
        read(tools)

    assert asked(tools) == []


@pytest.mark.parametrize("checks", [(), library(), "unread"], ids=["gone", "no markers", "no way"])
def test_a_check_that_does_not_say_how_a_note_is_read_reads_none(checks: Any) -> None:  # noqa: ANN401  (three kinds)
    tools = scanned(EMPTIED)
    ransomed = finding_of(check_id="store_open", ransomed=RansomSigns(verdict="yes", markers=("read_me*",)))
    tools.store.save_findings("R-1", [replace(ransomed, id="F-other00001", run="R-1")], {})
    tools.checks = _unread() if checks == "unread" else checks

    with pytest.raises(NotAllowed, match="`store_open` has no harmless way"):
        read_note("F-other00001", SCOPE, tools, vantage="office")


def _unread() -> tuple[CheckDefinition, ...]:
    """A check that knows the names of notes and has no way to read one."""
    (elasticsearch,) = shipped("elasticsearch_open")
    assert elasticsearch.ransom is not None
    ransom = {name: value for name, value in elasticsearch.stated["ransom"].items() if name != "note"}
    return (CheckDefinition({**elasticsearch.stated, "id": "store_open", "ransom": ransom}),)


def test_an_unknown_finding_is_named() -> None:
    with pytest.raises(NotFound, match="`F-1`"):
        read_note("F-1", SCOPE, scanned(EMPTIED), vantage="office")


def test_a_finding_that_left_the_scope_is_not_asked() -> None:
    tools = scanned(EMPTIED)

    with pytest.raises(OutOfScope):
        read(tools, scope=scope_of("127.0.0.2"))

    assert asked(tools) == []


def test_the_scope_is_asked_again_at_the_moment_of_connecting() -> None:
    """The plan and the door ask the same gate: what it refuses by then answers nothing."""
    tools = scanned(EMPTIED)

    read(tools)

    assert tools.network.gate is not None
    assert tools.network.gate.refusal("127.0.0.1") is None
    assert tools.network.gate.refusal("192.0.2.1") is not None
    assert tools.limits[-1] == SCOPE.limits


def test_a_name_that_leads_elsewhere_by_now_is_not_followed() -> None:
    public, moved = "93.184.216.34", "93.184.216.35"
    tools = scanned(EMPTIED, "mail.example.edu:9200", place=f"{public}:9200", mail=(public,))
    tools.names["mail.example.edu"] = (moved,)

    with pytest.raises(OutOfScope, match=f"does not lead to {public} any more"):
        read(tools)

    assert asked(tools) == []


def test_an_open_incident_is_told_the_addresses_and_the_hash_alone() -> None:
    tools = scanned(EMPTIED)
    incident = incident_about(tools)

    got = read(tools)

    (kept,) = notes_in(tools)
    assert got.incidents == (incident,)
    assert is_event_record(kept)
    assert event_of(kept).fields == {
        "finding": only_finding(tools).id, "check": "elasticsearch_open", "vantage": "office",
        "emails": "back@example.org", "bitcoin": GENESIS, "sha256": got.digests[0].sha256,
    }  # fmt: skip


def test_a_closed_incident_is_not_told() -> None:
    tools = scanned(EMPTIED)
    incident = incident_about(tools)
    tools.store.append(incident, [record_of_event(kind="closed", occurred_at=exactly(NOW))])

    assert read(tools).incidents == ()
    assert notes_in(tools) == []
