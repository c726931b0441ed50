"""What findings tell the facts of an incident."""

from __future__ import annotations

from dataclasses import replace

from leakguard.models.findings import Finding, Outcome, Size
from leakguard.notices.fact_values import Span
from leakguard.notices.facts import FactState
from leakguard.use_cases.found_facts import facts_of_findings
from support.findings import make_finding

_ONE = make_finding()


def seen(name: str, *, size: Size | None, cluster: str | None = None, outcome: Outcome = Outcome.EXPOSED) -> Finding:
    verdict = replace(_ONE.verdict, outcome=outcome, size=size, cluster_id=cluster)
    return replace(_ONE, id=name, target=f"{name}.example:9200", verdict=verdict)


def test_an_exposure_is_told_with_its_evidence_and_access_never() -> None:
    told = {fact.name: fact for fact in facts_of_findings([seen("F-1", size=None), seen("F-2", size=None)])}

    assert set(told) == {"exposure"}
    assert told["exposure"].value is True
    assert told["exposure"].evidence == "F-1, F-2"


def test_names_alone_are_no_exposure_of_data() -> None:
    assert facts_of_findings([seen("F-1", size=Size(records=5), outcome=Outcome.PARTIALLY_EXPOSED)]) == ()
    assert facts_of_findings([]) == ()


def test_records_are_added_over_servers_and_a_cluster_counts_once() -> None:
    found = [
        seen("F-1", size=Size(records=119), cluster="q1Wm2dTfRkqY"),
        seen("F-2", size=Size(records=120), cluster="q1Wm2dTfRkqY"),
        seen("F-3", size=Size(records=30)),
    ]
    count = facts_of_findings(found)[1]

    assert count.name == "record_count"
    assert count.state is FactState.KNOWN
    assert count.value == Span(low=150, high=150)


def test_an_estimate_stays_an_estimate() -> None:
    count = facts_of_findings([seen("F-1", size=Size(records=100, exact=False))])[1]

    assert count.state is FactState.ESTIMATED


def test_a_server_that_did_not_say_leaves_the_total_open() -> None:
    found = [seen("F-1", size=Size(records=100)), seen("F-2", size=Size(bytes=7))]

    assert [fact.name for fact in facts_of_findings(found)] == ["exposure"]
