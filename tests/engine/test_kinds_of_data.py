"""Which kinds of data a finding tells of: by names alone, closer where a person asks, never by a value of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.protocols import PROTOCOLS
from leakguard.engine.earlier_runs import EarlierRuns
from leakguard.engine.examiner import Examiner
from leakguard.engine.first_contact import FirstContact
from leakguard.engine.inspection_options import InspectionOptions
from leakguard.errors import ScopeRefused
from leakguard.frozen import replace
from leakguard.models.findings import Finding, Outcome, ProofRequest, Severity
from leakguard.models.kinds import Category
from leakguard.models.observations import Ending
from leakguard.models.samples import SampleResult
from leakguard.models.targets import Endpoint
from leakguard.scanning.targets import parse_target
from leakguard.use_cases.scans.explain import explain_scan
from leakguard.use_cases.scans.start_scan import ScanOptions, start_scan
from support.books import kind_book
from support.fake_prober import FakeProber, FakeServer
from support.fake_tools import FakeSampler, FakeTools, NotedProgress
from support.scans import NOW, gate_of, scope_of
from support.shipped import LIBRARY

Answers = dict[str, "tuple[int, Any] | Ending"]
CHECKS = LIBRARY
_COLUMNS = "index,status,docs.count,store.size,pri.store.size,creation.date"
CAT = f"/_cat/indices?format=json&bytes=b&expand_wildcards=all&h={_COLUMNS}"
RESIDENT_ID = "11010519491231002X"
PLACE = "127.0.0.1:9200"
SCOPE = scope_of("127.0.0.0/8", decoys=("127.0.0.9",))
MAPPING = {
    "yonghu": {"mappings": {"properties": {"sfzh": {"type": "keyword"}, "xm": {"type": "text"}}}},
    "users": {"mappings": {"properties": {"email": {"type": "text"}, "bad name": {"type": "text"}}}},
}


def checks_of(*ids: str) -> tuple[CheckDefinition, ...]:
    return tuple(check for check in CHECKS if check.id in ids)


def distinct(index: str, field: str) -> str:
    asked = checks_of("elasticsearch_open")[0].distinct
    assert asked is not None
    return asked.of(index, field, 0).what


def elastic(
    indices: Sequence[str] = ("yonghu", "users"), *, count: int = 1000, more: Answers | None = None
) -> FakeServer:
    listed = [
        {"index": name, "docs.count": "9", "pri.store.size": "70", "creation.date": "1558483200000"} for name in indices
    ]
    answers: Answers = {
        "/": (200, {"version": {"number": "6.8.23", "lucene_version": "7.7.3"}, "tagline": "You Know, for Search"}),
        CAT: (200, listed),
        "/_count": (200, {"count": count, "_shards": {"total": 1}}),
        "/_mapping": (200, MAPPING),
        distinct("yonghu", "sfzh"): (200, {"aggregations": {"n": {"value": 412}}}),
    }
    return FakeServer(answers={"http": {**answers, **(more or {})}})


def scanned(
    server: FakeServer, *, inspection: InspectionOptions | None = None, tools: FakeTools | None = None,
    place: str = PLACE, sampling: bool = False, checks: Sequence[str] = ("elasticsearch_open",),
) -> tuple[Finding, FakeTools]:  # fmt: skip
    used = tools or FakeTools(checks=checks_of(*checks))
    used.network = FakeProber(servers={place: server})
    options = ScanOptions(targets=(parse_target(place),), inspection=inspection or InspectionOptions())
    summary = start_scan(options, replace(SCOPE, sampling=sampling), used, NotedProgress())
    (finding,) = summary.findings
    return finding, used


def kinds(finding: Finding) -> set[str]:
    return {each.category for each in finding.verdict.data.categories} if finding.verdict.data else set()


def asked(tools: FakeTools) -> list[str]:
    return [what for _, _, _, what in tools.network.asked]


def test_the_names_of_indices_tell_kinds_without_a_further_question() -> None:
    finding, tools = scanned(elastic(["patients-2020", "users"]))

    assert kinds(finding) == {"basic", "health"}
    assert len(asked(tools)) == 3
    assert finding.verdict.severity is Severity.CRITICAL
    assert finding.verdict.severity_axes is not None
    assert finding.verdict.severity_axes.sensitivity == "sensitive: health, basic"


def test_the_finding_keeps_which_standard_and_version_called_it_sensitive() -> None:
    finding, _ = scanned(elastic(["patients-2020"]))
    assert finding.verdict.data is not None

    said = {(each.standard, each.version) for each in finding.verdict.data.sensitive}

    assert {("GB/T 45574-2025 appendix A", "2025"), ("GDPR Art. 9", "Regulation (EU) 2016/679")} <= said


def test_names_that_tell_nothing_leave_the_finding_as_it_was() -> None:
    finding, _ = scanned(elastic(["logs"]))

    assert finding.verdict.data is None
    assert finding.verdict.severity is Severity.HIGH


def test_as_many_people_as_records_at_most() -> None:
    data = scanned(elastic(["users"]))[0].verdict.data

    assert data is not None
    assert data.people is not None
    assert (data.people.low, data.people.high) == (None, 1000)


def test_the_records_that_an_extortioner_left_bound_nobody() -> None:
    note = {"index": "read_me_to_recover", "docs.count": "1", "pri.store.size": "70"}
    emptied = elastic(count=2, more={CAT: (200, [note, {"index": "users", "docs.count": "1"}])})
    finding, _ = scanned(emptied)

    assert finding.verdict.ransomed.verdict == "yes"
    assert finding.verdict.data is not None
    assert finding.verdict.data.people is None


def test_data_cannot_have_been_open_before_they_came_in() -> None:
    since = scanned(elastic())[0].exposed_since

    assert since.earliest == datetime(2019, 5, 22, tzinfo=UTC)
    assert since.latest is not None
    assert since.source == "first_seen, oldest_data"


def test_a_protected_store_tells_nothing() -> None:
    finding, _ = scanned(elastic(more={CAT: (401, {}), "/_count": (401, {})}))

    assert finding.verdict.outcome is not Outcome.EXPOSED
    assert finding.exposed_since.earliest is None


def test_a_declared_decoy_holds_nothing_of_anybody() -> None:
    finding, tools = scanned(elastic(["patients"]), place="127.0.0.9:9200", inspection=InspectionOptions(fields=True))

    assert finding.verdict.data is None
    assert "/_mapping" not in asked(tools)


def test_names_of_fields_are_asked_for_only_if_a_person_wants_them() -> None:
    finding, tools = scanned(elastic(), inspection=InspectionOptions(fields=True))

    assert {"identification_number.cn_resident_id", "basic.name", "contact.email"} <= kinds(finding)
    assert "/_mapping" in asked(tools)
    assert "/_mapping" not in asked(scanned(elastic())[1])


def test_people_are_counted_by_the_surest_fields_of_few_collections() -> None:
    finding, tools = scanned(elastic(), inspection=InspectionOptions(fields=True))
    assert finding.verdict.data is not None
    assert finding.verdict.data.people is not None

    assert (finding.verdict.data.people.low, finding.verdict.data.people.high) == (412, 1000)
    assert any("distinct" not in what and "size=0" in what for what in asked(tools))
    assert not any("bad%20name" in what for what in asked(tools)), (
        "a name that is no plain word is put into no question"
    )


def test_texts_that_old_servers_count_by_words_are_not_counted() -> None:
    old = {"users": {"mappings": {"person": {"properties": {"email": {"type": "string"}}}}}}

    _, tools = scanned(
        elastic(more={"/_mapping": (200, json.dumps(old, separators=(",", ":")))}),
        inspection=InspectionOptions(fields=True),
    )

    assert not any("size=0" in what for what in asked(tools))


def test_a_name_that_is_a_value_reaches_neither_finding_nor_store_nor_question() -> None:
    canary = f"users_{RESIDENT_ID}"
    mapping = {
        canary: {"mappings": {"properties": {"email": {"type": "keyword"}, f"tel_{RESIDENT_ID}": {"type": "long"}}}}
    }

    finding, tools = scanned(
        elastic([canary], more={"/_mapping": (200, mapping)}), inspection=InspectionOptions(fields=True)
    )

    stored = "".join(text.text for text in tools.store.texts(finding.run))
    assert "contact.email" in kinds(finding)
    assert RESIDENT_ID not in repr(finding) + stored + repr(asked(tools))


def test_the_proof_tells_of_the_second_look_too() -> None:
    finding, _ = scanned(elastic(), inspection=InspectionOptions(fields=True))

    assert "/_mapping" in [request.what for request in finding.proof.requests]


def test_a_server_that_falls_silent_at_the_second_look_is_still_exposed() -> None:
    finding, _ = scanned(elastic(more={"/_mapping": Ending.SILENT}), inspection=InspectionOptions(fields=True))

    assert finding.verdict.outcome is Outcome.EXPOSED
    assert kinds(finding) == {"basic"}


def test_a_check_without_names_of_fields_is_looked_at_once() -> None:
    _, tools = scanned(FakeServer(answers={"redis": {"PING": (0, {"reply": "PONG"})}}), place="127.0.0.1:6379",
                       inspection=InspectionOptions(fields=True), tools=FakeTools())  # fmt: skip

    assert tools.network.opened.count(("127.0.0.1:6379", "redis")) == 1


def test_the_planners_estimate_of_a_database_bounds_the_people_from_below_alone() -> None:
    """Its rows are an estimate for one database of several, and more people than that may be in the others."""
    columns = [["public.kehu", "sfzh", 500], ["public.kehu", "colour", 9000], ["public.kehu", "email", "many"]]
    postgres: Answers = {
        "startup": (0, {"auth": 0, "sqlstate": None, "ssl": False}),
        "sizes": (0, {"databases": 1, "bytes": 7, "tables": 1, "rows_estimate": 9000, "version": "15"}),
        "columns": (0, {"columns": columns, "databases": ["shop"]}),
    }

    finding, _ = scanned(
        FakeServer(answers={"postgres": postgres}), place="127.0.0.1:5432", checks=["postgresql_open"],
        inspection=InspectionOptions(fields=True),
    )  # fmt: skip

    assert finding.verdict.data is not None
    assert finding.verdict.data.people is not None
    assert (finding.verdict.data.people.low, finding.verdict.data.people.high) == (500, None)


def test_a_bucket_is_told_by_its_name_and_by_how_its_files_end() -> None:
    answers: Answers = {
        "list patients": (200, {"exists": True, "listable": True, "code": None}),
        "acl patients": (200, {"code": "AccessDenied"}),
        "size patients": (200, {"objects": 9, "bytes": 70, "complete": True, "extensions": {"dcm": 7, "zz": "x"}}),
    }
    examiner = Examiner(
        prober=FakeProber(otherwise=FakeServer(answers={"s3": answers, "http": {}})),
        library=checks_of("s3_bucket_open"),
        gate=gate_of("127.0.0.0/8"), run="R-1", vantage="local", now=lambda: NOW, random_word="x",
        kind_definitions=kind_book,
    )  # fmt: skip

    (finding,) = asyncio.run(examiner.examine(Endpoint(address="127.0.0.1", port=9000, buckets=("patients",)))).findings

    assert finding.verdict.data is not None
    wheres = {each.where for each in finding.verdict.data.categories}
    assert {"bucket patients", "7 files whose names end in .dcm"} <= wheres
    assert finding.verdict.data.people is None, "one file may tell of everybody"


def test_what_is_counted_in_files_or_series_bounds_no_number_of_people() -> None:
    """An InfluxDB states how many series it has, and a million people may stand in one of them."""
    named = [check for check in LIBRARY if "{bucket}" in str(check.stated)]
    of_buckets = {check.id for check in named if not PROTOCOLS[check.probe.kind].for_backends}

    assert {check.id for check in LIBRARY if check.holds_many} >= {*of_buckets, "influxdb_open", "hdfs_namenode_open"}
    assert not any(check.holds_many for check in checks_of("elasticsearch_open", "postgresql_open", "mongodb_open"))


@pytest.mark.parametrize(("lists_buckets", "targets"), [(True, ["127.0.0.1:9000"]), (False, [])])
def test_a_store_without_our_buckets_may_still_list_its_own(*, lists_buckets: bool, targets: list[str]) -> None:
    absent = (404, {"exists": False, "listable": False, "code": "NoSuchBucket"})
    service = (200, {"code": None if lists_buckets else "AccessDenied", "lists_buckets": lists_buckets, "buckets": 3})
    answers: Answers = {"service": service, "list ours": absent, "list others": absent}
    examiner = Examiner(
        prober=FakeProber(otherwise=FakeServer(answers={"s3": answers, "http": {}})),
        library=checks_of("s3_bucket_open"),
        gate=gate_of("127.0.0.0/8"), run="R-1", vantage="local", now=lambda: NOW, random_word="x",
        kind_definitions=kind_book,
    )  # fmt: skip
    endpoint = Endpoint(address="127.0.0.1", port=9000, buckets=("ours", "others"))

    findings = asyncio.run(examiner.examine(endpoint)).findings

    assert [finding.target for finding in findings] == targets


SAMPLED = SampleResult(
    note="3 records with 9 values were read, counted by kind and dropped; none was kept",
    categories=(Category(category="contact.email", where="index users field m", by="value", count=3, looked_at=3),),
    requests=(ProofRequest(method="GET", what="/(index 1)/_search?size=3", status=200, bytes=70),),
)


def test_a_sample_is_taken_only_where_the_scope_permits_it() -> None:
    tools = FakeTools(checks=checks_of("elasticsearch_open"), samples=FakeSampler(gives={"elasticsearch": SAMPLED}))

    with pytest.raises(ScopeRefused, match="not the reading of records"):
        scanned(elastic(), inspection=InspectionOptions(sample=3), tools=tools)
    assert tools.network.asked == []
    assert tools.samples.asked == []


def test_an_explained_scan_asks_for_the_same_permission() -> None:
    tools = FakeTools(checks=checks_of("elasticsearch_open"))
    options = ScanOptions(targets=(parse_target(PLACE),), inspection=InspectionOptions(sample=3))

    with pytest.raises(ScopeRefused, match="not the reading of records"):
        explain_scan(options, SCOPE, tools, NotedProgress())
    assert tools.samples.asked == []


def test_a_sample_is_told_in_the_finding_and_proved_in_the_ledger() -> None:
    tools = FakeTools(checks=checks_of("elasticsearch_open"), samples=FakeSampler(gives={"elasticsearch": SAMPLED}))

    finding, _ = scanned(elastic(["logs"]), inspection=InspectionOptions(sample=3), tools=tools, sampling=True)

    assert finding.verdict.data is not None
    assert finding.verdict.data.sampled == SAMPLED.note
    assert finding.verdict.data.categories == SAMPLED.categories
    assert finding.proof.requests[-1].what == "/(index 1)/_search?size=3"
    (opening,) = [one for one in tools.store.read(finding.run) if one.kind == "run_started"]
    assert (opening.content["sample"], opening.content["fields"]) == (3, False)


def test_without_the_option_nothing_is_sampled_even_where_it_is_permitted() -> None:
    finding, tools = scanned(elastic(), sampling=True)

    assert tools.samples.asked == []
    assert tools.sampled_under == []
    (opening,) = [one for one in tools.store.read(finding.run) if one.kind == "run_started"]
    assert "sample" not in opening.content


def test_a_store_that_nobody_can_sample_says_so() -> None:
    finding, _ = scanned(elastic(["logs"]), inspection=InspectionOptions(sample=3), sampling=True)

    assert finding.verdict.data is not None
    assert finding.verdict.data.sampled == "not sampled: there is no sampler for elasticsearch"


def test_an_answer_on_the_line_of_the_sweep_is_not_enough_where_more_is_wanted() -> None:
    """Then the endpoint is examined by sessions, which can ask further."""
    tools = FakeTools(checks=checks_of("elasticsearch_open"))
    examined: dict[bool, bool] = {}
    for closer in (False, True):
        results = _judged_by_an_examiner(tools, InspectionOptions(fields=closer))
        examined[closer] = results

    assert examined == {False: True, True: False}


def _judged_by_an_examiner(tools: FakeTools, inspection: InspectionOptions) -> bool:
    from leakguard.engine.part_runner import PartRunner  # noqa: PLC0415  (its examiner is what is looked at)
    from leakguard.use_cases.scans.plan_scan import plan_scan  # noqa: PLC0415  (as above)

    plan = plan_scan((parse_target(PLACE),), SCOPE, ports=(9200,), resolve=tools.resolve)
    maker = PartRunner(
        plan=plan, library=tools.checks, run="R-1", vantage="local", part_count=1, tools=tools, limits=SCOPE.limits,
        timeout=None, earlier=EarlierRuns(), inspection_options=inspection,
    )  # fmt: skip
    prober = FakeProber(servers={PLACE: elastic()})
    examiner = maker._examiner(prober)  # noqa: SLF001  (the part's own)
    contact = examiner.contact(Endpoint(address="127.0.0.1", port=9200))
    assert isinstance(contact, FirstContact)
    asyncio.run(_talk(contact, prober))
    return examiner.is_decided(contact)


async def _talk(contact: FirstContact, prober: FakeProber) -> None:
    session = prober.open(Endpoint(address="127.0.0.1", port=9200), "http")
    request: Any = contact.first()
    while request is not None:
        request = contact.answered(await session.ask(request))


def test_a_store_that_was_measured_before_says_how_it_grew() -> None:
    tools = FakeTools(checks=checks_of("elasticsearch_open"))
    scanned(elastic(["logs"], count=1000), tools=tools)
    tools.seconds += timedelta(days=2).total_seconds()

    finding, _ = scanned(elastic(["logs"], count=1500), tools=tools)

    assert finding.verdict.data is not None
    assert finding.verdict.data.growth is not None
    assert (finding.verdict.data.growth.records, finding.verdict.data.growth.records_per_day) == (500, 250)


def test_a_store_that_is_seen_for_the_first_time_says_nothing_of_growth() -> None:
    assert scanned(elastic(["logs"]))[0].verdict.data is None
