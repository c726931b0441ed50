"""What a scan would do: lines for a person, and plain values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from leakguard.clocks.times import rfc3339
from leakguard.frozen import as_dict
from leakguard.models.industrial import ports_left_out_words
from leakguard.models.scope import Scope
from leakguard.outputs.json_text import pace_json
from leakguard.outputs.progress import BINDING, binding_line, duration_words
from leakguard.outputs.words import left_out_words, printable, unheeded_words
from leakguard.scanning.estimate import BackendQuestions, Estimate
from leakguard.scanning.quiet_hours import QuietTime

if TYPE_CHECKING:
    from leakguard.use_cases.fleets.estimate_fleet import VantageEstimate


ELSEWHERE = ("activemq", "clickhouse", "dicom", "ftp", "iscsi", "kafka", "mqtt", "mysql", "postgres", "smb")
"""Protocols in which a client names itself; ours is called `leakguard` there. In the others nothing can be said."""
_MANY = 6


def vantage_lines(each: VantageEstimate, agent: str) -> Iterator[str]:
    """What one vantage of a fleet would do, for a person."""
    share = " ".join(f"{name} {round(rate, 3):,.12g}/s" for name, rate in each.share.model_dump().items())
    yield f"vantage      {each.vantage}"
    yield f"shards       {each.shards:,}, of which {each.at_once:,} are under way at once where workers are free"
    yield f"each shard   {share}"
    yield from estimate_lines(each.estimate, agent)


def vantage_json(scope: Scope, each: VantageEstimate, agent: str) -> dict[str, Any]:
    """The same as plain values."""
    return {
        "vantage": each.vantage,
        "shards": each.shards,
        "shards_at_once": each.at_once,
        "share": each.share.model_dump(),
        "estimate": estimate_json(scope, each.estimate, agent),
    }


def estimate_lines(found: Estimate, agent: str) -> Iterator[str]:
    """What a scan would do, to whom and for how long, a line a fact; `agent` is how it says who it is."""
    ground, limits = found.ground, found.limits
    done = f"; {found.done:,} are done, {found.left:,} are left" if found.done else ""
    yield f"endpoints    {ground.endpoints:,}{done}"
    yield f"addresses    {ground.addresses:,}"
    yield f"ports        {_few([str(port) for port in ground.ports])}"
    yield f"names        {_few([f'{printable(name)} ({count})' for name, count in found.names]) or '-'}"
    if found.unresolved:
        yield f"no address   {_few([printable(name) for name in found.unresolved])}"
    if found.unheeded:
        yield f"exclusions   {unheeded_words(found.unheeded)}"
    for left in found.left_out:
        yield f"left out     {left_out_words(left)}"
    if found.ports_left_out:
        yield f"left out     {ports_left_out_words(found.ports_left_out)}"
    yield f"checks       {_few(found.checks)}"
    rates = " ".join(f"{name} {rate:,.12g}/s" for name, rate in as_dict(limits).items())
    yield f"limits       {rates}; what it waits for is {BINDING[found.binding]}"
    yield f"binds        {binding_line(found.binding_limit)}"
    yield f"at least     {duration_words(found.spans.least)}, where every port is closed and says so"
    yield f"silence      {duration_words(found.spans.silent)}, where nobody answers"
    yield f"at most      {duration_words(found.spans.most)}, where every port is open and as slow as it can be"
    least, most = found.connections_per_host
    noun = "connection" if least == 1 else "connections"
    yield f"each host    {least:,} {noun} where its ports are closed, {most:,} at most"
    for backend in found.backends:
        yield f"backend      {printable(backend.backend)}: {_questions_words(backend)}"
    yield f"quiet hours  {'; '.join(_quiet_words(each) for each in found.quiet[:_MANY]) or 'none fall into it'}"
    yield f"says who     over HTTP with `User-Agent: {agent}`; as `leakguard` in {', '.join(ELSEWHERE)}"


def _few(words: Sequence[str]) -> str:
    """How many there are, and the first of them."""
    shown = ", ".join(words[:_MANY])
    return shown if len(words) <= _MANY else f"{len(words):,}: {shown} ..."


def _questions_words(questions: BackendQuestions) -> str:
    """`at most 153 questions, for 10 tables; 2 pages are read for it`."""
    tables = f", for {questions.tables} {'table' if questions.tables == 1 else 'tables'}" if questions.tables else ""
    pages = (
        f"; {questions.pages} {'page is' if questions.pages == 1 else 'pages are'} read for it"
        if questions.pages
        else ""
    )
    return f"at most {questions.questions:,} {'question' if questions.questions == 1 else 'questions'}{tables}{pages}"


def _quiet_words(quiet: QuietTime) -> str:
    return f"{rfc3339(quiet.since)} to {rfc3339(quiet.until) if quiet.until else 'for ever'}"


def estimate_json(scope: Scope, found: Estimate, agent: str) -> dict[str, Any]:
    """The document `leakguard.estimate/1`."""
    ground, (least, most) = found.ground, found.connections_per_host
    return {
        "schema": "leakguard.estimate/1",
        "scope": scope.name,
        "endpoints": ground.endpoints,
        "done": found.done,
        "left": found.left,
        "addresses": ground.addresses,
        "ports": list(ground.ports),
        "names": [{"name": name, "addresses": count} for name, count in found.names],
        "unresolved": list(found.unresolved),
        "left_out": [as_dict(each) for each in found.left_out],
        "ports_left_out": list(found.ports_left_out),
        "checks": list(found.checks),
        "limits": as_dict(found.limits),
        "binding_limit": found.binding,
        "pace": pace_json(found.binding_limit),
        "seconds": {name: round(seconds, 3) for name, seconds in as_dict(found.spans).items()},
        "connections": {
            "to_a_closed_endpoint": 1,
            "to_an_open_endpoint_at_most": found.connections_each,
            "to_one_address_at_least": least,
            "to_one_address_at_most": most,
        },
        "backends": [as_dict(backend) for backend in found.backends],
        "quiet_hours": [
            {"since": rfc3339(each.since), "until": rfc3339(each.until) if each.until else None, "zone": each.zone}
            for each in found.quiet
        ],
        "identification": {"user_agent": agent, "client_name": {"leakguard": list(ELSEWHERE)}},
    }
