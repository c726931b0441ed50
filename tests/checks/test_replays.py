"""Every check against the canned answers of its servers, and against those of all other checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from leakguard.bundled import BundledFiles
from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.judge import judge
from leakguard.checks.library import load_library, parse_check
from leakguard.checks.namings import namings_in
from leakguard.checks.proof import proof_of
from leakguard.checks.replies import ANSWERED
from leakguard.checks.views import view_of
from leakguard.errors import BadFile
from leakguard.models.findings import Answer, Outcome, Verdict
from leakguard.models.observations import Ending
from support.each import for_each
from support.replays import (
    CLASSES,
    FOLDER,
    Canned,
    Case,
    Replay,
    as_asked,
    differences,
    observe,
    read_replay,
    replay,
)

pytestmark = pytest.mark.untraced

CANARY = "CANARY-91c3d0"
TEXTS = {name: BundledFiles().text("checks", name) for name in BundledFiles().names("checks")}


def _readable() -> Iterator[tuple[CheckDefinition, Replay]]:
    """What loads; a file that does not is one failure below, and hides no other."""
    for name, text in TEXTS.items():
        with suppress(BadFile, FileNotFoundError):
            yield parse_check(text, name=name), read_replay(Path(name).stem)


@cache
def loaded() -> Mapping[str, tuple[CheckDefinition, Replay]]:
    """When the first test asks: every worker collects this file, and one runs it."""
    return {definition.id: (definition, replays) for definition, replays in _readable()}


def library() -> list[CheckDefinition]:
    return [definition for definition, _ in loaded().values()]


def special() -> list[CheckDefinition]:
    return [definition for definition in library() if not definition.fallback]


def cases_of(check: str) -> Sequence[Case]:
    return loaded()[check][1].cases


def test_the_checks_load_together() -> None:
    assert len(load_library(TEXTS)) == len(TEXTS)


@for_each("name", sorted(TEXTS))
def test_a_check_and_its_replay_load(name: str) -> None:
    definition = parse_check(TEXTS[name], name=name)

    assert read_replay(definition.id).check == definition.id


@for_each("definition", library, ids=lambda definition: definition.id)
def test_a_check_judges_its_replays_as_stated(definition: CheckDefinition) -> None:
    found = {case.name: differences(case.expect, replay(definition, case)) for case in cases_of(definition.id)}

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@for_each("definition", library, ids=lambda definition: definition.id)
def test_a_verdict_and_its_proof_hold_no_word_of_a_record(definition: CheckDefinition) -> None:
    """Canaries beside and among the fields that a check looks at must not come out, nor change the outcome."""
    for case in cases_of(definition.id):
        answers = {asked: _planted(canned) for asked, canned in case.answers.items()}
        hostile = case.model_copy(update={"answers": answers, "otherwise": _planted(case.otherwise)})
        seen = observe(definition, hostile)
        verdict = judge(as_asked(definition, hostile), seen)

        assert verdict.outcome is case.expect.outcome, case.name
        assert CANARY not in repr((verdict, proof_of(seen), seen)), case.name


@for_each("definition", library, ids=lambda definition: definition.id)
def test_a_check_has_a_replay_of_every_class(definition: CheckDefinition) -> None:
    """Without an open, a protected, a foreign, a broken and a decoy server a check is not tested."""
    file = loaded()[definition.id][1]

    assert file.check == definition.id
    assert {case.shows for case in file.cases} == set(CLASSES)
    assert len({case.name for case in file.cases}) == len(file.cases)


def test_no_replay_lacks_its_check() -> None:
    assert {path.stem for path in Path(FOLDER).glob("*.yaml")} == {Path(name).stem for name in TEXTS}


@for_each("definition", library, ids=lambda definition: definition.id)
def test_every_rule_of_a_check_decides_a_replay(definition: CheckDefinition) -> None:
    """A rule that no replay reaches may be wrong without anybody noticing."""
    decided = set()
    for case in cases_of(definition.id):
        view = view_of(definition, observe(definition, case).replies)
        holding = [index for index, rule in enumerate(definition.rules) if rule.when.holds_for(view)]
        decided.update(holding[:1])

    assert decided == set(range(len(definition.rules)))


@for_each("definition", library, ids=lambda definition: definition.id)
def test_every_way_to_measure_measures_a_replay(definition: CheckDefinition) -> None:
    used = {verdict.size.method for verdict in _verdicts(definition) if verdict.size}

    assert used == {way.method for way in definition.measure}


@for_each("definition", library, ids=lambda definition: definition.id)
def test_every_decoy_signal_is_seen_in_a_replay(definition: CheckDefinition) -> None:
    seen = {signal for verdict in _verdicts(definition) for signal in verdict.decoy.signals}

    assert seen == {each.signal for each in definition.decoys}


@for_each("definition", library, ids=lambda definition: definition.id)
def test_every_answer_about_a_right_is_given_in_a_replay(definition: CheckDefinition) -> None:
    """A right of strangers that no replay allows, or denies where that can be known, is not tested."""
    given = {(each.who, each.right, each.answer) for verdict in _verdicts(definition) for each in verdict.permissions}
    wanted = {(each.who, each.right, Answer.ALLOWED) for each in definition.permissions if each.allowed is not None}
    wanted |= {(each.who, each.right, Answer.DENIED) for each in definition.permissions if each.denied is not None}

    assert given >= wanted
    assert len({(each.who, each.right) for each in definition.permissions}) == len(definition.permissions)


@for_each("definition", library, ids=lambda definition: definition.id)
def test_every_request_of_a_check_is_asked_in_a_replay(definition: CheckDefinition) -> None:
    asked = {reply.partition(".")[0] for case in cases_of(definition.id) for reply in observe(definition, case).replies}

    assert asked == {request.id for request in definition.probe.requests}


@for_each("definition", special, ids=lambda definition: definition.id)
def test_only_one_check_applies_to_a_server(definition: CheckDefinition) -> None:
    """One server gives one finding: what one check finds open or protected is nothing to the others."""
    wrong = [
        (other.id, case.name, verdict.outcome)
        for other in special()
        if other is not definition and other.probe.kind == definition.probe.kind
        for case in cases_of(other.id)
        if case.shows in {"open", "protected"} and _is_answered(definition, case)
        for verdict in [replay(definition, case)]
        if verdict.outcome is not Outcome.NOT_APPLICABLE and not (_is_silent(case) and _is_unclear(verdict))
    ]

    assert not wrong


def _is_silent(case: Case) -> bool:
    """Whether the front page has no end: of what is asked behind it, what is not clear is left out."""
    front = case.answers.get("GET /")
    return front is not None and front.ended is Ending.SILENT


def _is_unclear(verdict: Verdict) -> bool:
    return verdict.outcome is Outcome.INCONCLUSIVE


def _is_answered(definition: CheckDefinition, case: Case) -> bool:
    """Whether the first question of a check got an answer; what a hang-up means is for the round to say."""
    first = next(iter(observe(definition, case).replies.values()), None)
    return first is not None and first.ended in ANSWERED


def _verdicts(definition: CheckDefinition) -> list[Verdict]:
    return [replay(definition, case) for case in cases_of(definition.id)]


def _planted(canned: Canned) -> Canned:
    body = f"{canned.body} {CANARY}" if canned.body else ""
    return canned.model_copy(
        update={"json_": _with_canary(canned.json_), "document": _with_canary(canned.document), "body": body}
    )


def _with_canary(value: object) -> object:
    if isinstance(value, dict):
        return {**{name: _with_canary(inner) for name, inner in value.items()}, "canary": CANARY, CANARY: [CANARY]}
    return [_with_canary(inner) for inner in value] if isinstance(value, list) else value


@for_each("definition", lambda: [each for each in library() if each.names], ids=lambda each: each.id)
def test_a_check_that_says_where_names_are_finds_some_in_an_open_server(definition: CheckDefinition) -> None:
    """A place that no answer has would go unnoticed: a finding without kinds of data looks like any other."""
    cases = [case for case in cases_of(definition.id) if case.shows == "open"]

    found = [namings_in(definition.names, view_of(definition, observe(definition, case).replies)) for case in cases]

    assert any(found)
