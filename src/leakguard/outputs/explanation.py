"""What was asked, what came back, which rule decided. No answer is ever shown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from leakguard.engine.recording import AttemptLog, RecordedQuestion, RuleLog
from leakguard.frozen import as_dict
from leakguard.models.findings import Outcome
from leakguard.outputs.words import printable
from leakguard.scanning.run_findings import found_of
from leakguard.use_cases.scans.explain import ExplainedEndpoint
from leakguard.use_cases.scans.scan_assets import ScanSummary

_WIDE = 60
"""Columns of a question; a longer path is cut."""


def explanation_json(summary: ScanSummary, explained: Sequence[ExplainedEndpoint]) -> str:
    """One document (`leakguard.explanation/1`), with every check that was judged; ASCII only."""
    document = {
        "schema": "leakguard.explanation/1",
        "run": summary.run,
        "endpoints": [_endpoint_json(item) for item in explained],
        "findings": [json.loads(line) for line in found_of(summary.findings).lines()],
    }
    return json.dumps(document) + "\n"


def _endpoint_json(item: ExplainedEndpoint) -> dict[str, Any]:
    return {
        "endpoint": item.key,
        "standing": item.standing,
        "spoken": [as_dict(spoken) for spoken in item.record.attempts],
        "checks": [as_dict(ruled) for ruled in item.record.rules],
    }


def explanation_lines(item: ExplainedEndpoint) -> Iterator[str]:
    """One endpoint for a person; checks that do not apply are counted only."""
    for spoken in item.record.attempts:
        yield _spoken_words(spoken)
        for asked in spoken.asked:
            yield f"  {_asked_words(asked)}"
    decisive = [ruled for ruled in item.record.rules if ruled.outcome is not Outcome.NOT_APPLICABLE]
    for ruled in decisive:
        yield _ruled_words(ruled)
    left = len(item.record.rules) - len(decisive)
    if left:
        yield f"not_applicable: {left} {'check' if left == 1 else 'checks'}; `--format json` says by which rules"
    yield f"stands: {item.standing}"


def _spoken_words(spoken: AttemptLog) -> str:
    """`http, guessed, in TLSv1.3: the host did not speak first`."""
    tls = f", in {printable(spoken.tls_version)}" if spoken.tls_version else ""
    greeted = {None: "", True: ": the host spoke first", False: ": the host did not speak first"}[spoken.greeted]
    return f"{spoken.kind}, {spoken.approach.value.replace('_', ' ')}{tls}{greeted}"


def _asked_words(asked: RecordedQuestion) -> str:
    """`GET /_cat/indices   complete 200, 812 bytes, 0.003 s, http`."""
    status = f" {asked.status}" if asked.status is not None else ""
    question = printable(f"{asked.method} {asked.what}".strip(), longest=_WIDE)
    return (
        f"{question:<{_WIDE}} {asked.ended.value}{status}, {asked.size_bytes:,} bytes, {asked.seconds:.3f} s,"
        f" {asked.transport}"
    )


def _ruled_words(ruled: RuleLog) -> str:
    by = f"rule {ruled.rule}" if ruled.rule is not None else "no rule"
    bucket = f" of {printable(ruled.bucket)}" if ruled.bucket else ""
    return f"{ruled.check_id}{bucket}: {ruled.outcome.value} by {by}: {printable(ruled.reason)}"
