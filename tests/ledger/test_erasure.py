"""What is left of an erased entry: its shape, what clocks count with, and nothing else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.ledger.chain import chain
from leakguard.ledger.entries import CONTENT_ERASED, Entry, content_hash
from leakguard.ledger.erasure import ERASED, erasing_record, erasure_of, is_erasable, stated_erasures_in
from leakguard.ledger.heads import head_of
from leakguard.ledger.recorders import RecorderCounter
from leakguard.ledger.stored_findings import FINDINGS_RECORDED
from leakguard.ledger.verification_result import Answer, DiscrepancyKind, Verification
from leakguard.ledger.verifier import verify
from support.ledgers import START, Tokens, changed, exactly, make_chain, make_record

CANARY = "canary 7f3a, a name"
EVENT = {
    "fields": {"obligation": "cn-cac-incident-general", "decider": CANARY, "amount": 4711, "is_drill": True},
    "source": CANARY, "reason": "", "corrects": "E-2", "stated": CANARY, "zone": "Asia/Shanghai",
}  # fmt: skip


def erased(*contents: object, kind: str = "note") -> list[Entry]:
    """A ledger of which everything was erased, and says so."""
    entries = make_chain(*contents, kind=kind)  # type: ignore[arg-type]
    erasures = [erasure_of(entry) for entry in entries]
    record = erasing_record(erasures, by="dpo", reason="asked for", at=exactly(START))
    gone = [changed(entry, salt=None, content=one.tombstone) for entry, one in zip(entries, erasures, strict=True)]
    return [*gone, *chain("IR-2026-0001", [record], last=entries[-1], now=START, random_hex=Tokens())]


def judged(entries: list[Entry]) -> Verification:
    return verify(entries, external=head_of(entries[-1]))


def test_words_names_and_numbers_go_and_what_clocks_count_with_stays() -> None:
    (entry,) = make_chain(EVENT)

    left = json.loads(erasure_of(entry).tombstone)

    assert left["fields"] == {
        "obligation": "cn-cac-incident-general", "decider": ERASED, "amount": 0, "is_drill": True
    }  # fmt: skip
    assert (left["corrects"], left["zone"], left["source"], left["reason"]) == ("E-2", "Asia/Shanghai", ERASED, "")


@pytest.mark.parametrize("kind", ["notice_approved", "notice_approval_withdrawn", "letters_sent"])
def test_which_letter_was_approved_or_sent_stays_and_who_did_it_goes(kind: str) -> None:
    """Else the same letter goes to the same people once more, or one goes whose approval was taken back."""
    which = {
        "covers": "letter", "duty": "cn-cac-incident-general", "stage": "initial", "lang": "zh", "digest": "ab" * 32
    }  # fmt: skip
    (entry,) = make_chain({**which, "by": CANARY, "role": CANARY, "reference": CANARY}, kind=kind)
    (odd,) = make_chain({**which, "duty": CANARY}, kind=kind)

    assert json.loads(erasure_of(entry).tombstone) == {**which, "by": ERASED, "role": ERASED, "reference": ERASED}
    assert json.loads(erasure_of(odd).tombstone)["duty"] == ERASED


@pytest.mark.parametrize(
    ("kind", "kept"),
    [("step_run_begun", {"action": "notify"}), ("step_run_ended", {"outcome": "done"})],
)
def test_which_act_of_a_machine_it_was_and_how_it_ended_stays(kind: str, kept: dict[str, str]) -> None:
    """Else a step that is done counts as begun alone, and its message goes out once more."""
    which = {"step": "tell", "key": "IR-2026-0001/2/tell/1", **kept}
    (entry,) = make_chain({**which, "by": CANARY, "text": CANARY, "result": {"told": [CANARY]}}, kind=kind)

    assert json.loads(erasure_of(entry).tombstone) == {
        **which, "by": ERASED, "text": ERASED, "result": {"told": [ERASED]}
    }  # fmt: skip


def test_of_an_answer_that_may_stay_nothing_else_of_its_name_does() -> None:
    (entry,) = make_chain({"reason": CANARY, "form": {"reason": "too late", "who": CANARY}}, kind="step_done")

    assert json.loads(erasure_of(entry, answers=["reason"]).tombstone) == {
        "reason": ERASED, "form": {"reason": "too late", "who": ERASED}
    }  # fmt: skip


def test_of_who_recorded_it_an_id_stays_and_the_name_goes() -> None:
    """The id means nobody once the account is erased, and a rule about two people goes by it."""
    said = {"id": "acc_anna", "name": CANARY, "how": "session"}
    (entry,) = make_chain({"by": CANARY, "recorded_by": said, "claimed_by": said})
    left = {"id": "acc_anna", "name": ERASED, "how": "session"}

    assert json.loads(erasure_of(entry).tombstone) == {"by": ERASED, "recorded_by": left, "claimed_by": left}


def test_a_sentence_in_a_field_that_clocks_count_with_goes_too() -> None:
    (entry,) = make_chain({"stage": CANARY, "clocks": ["a.b", CANARY], "generation": 3})

    assert json.loads(erasure_of(entry).tombstone) == {"stage": ERASED, "clocks": ["a.b", ERASED], "generation": 3}


def test_ids_of_evidence_stay_among_items_and_nothing_else_does() -> None:
    (entry,) = make_chain({"items": ["EV-12", "EV-0", "Alice"], "text": "EV-12"})

    assert json.loads(erasure_of(entry).tombstone) == {"items": ["EV-12", ERASED, ERASED], "text": ERASED}


def test_a_name_of_one_word_goes_too_and_what_says_nothing_stays() -> None:
    (entry,) = make_chain({"decider": "Alice", "host": "hr-7.example.edu", "reason": None, "offline": False})

    assert json.loads(erasure_of(entry).tombstone) == {
        "decider": ERASED, "host": ERASED, "reason": None, "offline": False
    }  # fmt: skip


def test_an_erasing_entry_tells_the_findings_that_went_too() -> None:
    record = erasing_record([], findings=["F-1"], by="dpo", reason="asked for", at=exactly(START))

    assert stated_erasures_in(json.dumps(record.content)) == ((), ("F-1",))


def test_an_erasing_entry_whose_lists_do_not_fit_one_another_vouches_for_no_tombstone() -> None:
    said, _ = stated_erasures_in('{"sequences":[1,2],"tombstones":["a"]}')

    assert [(one.sequence, one.tombstone) for one in said] == [(1, None), (2, None)]


def test_a_field_that_somebody_asks_to_keep_stays() -> None:
    (entry,) = make_chain({"form": {"risk": "high risk, really", "who": CANARY}})

    assert json.loads(erasure_of(entry, keep=["risk"]).tombstone) == {
        "form": {"risk": "high risk, really", "who": ERASED}
    }


def test_names_of_targets_go_where_they_are_keys() -> None:
    (recorded,) = make_chain({"findings": [{"id": "F-1", "sha256": "0"}], "done": {"host": "exposed"}, "outcomes": {}},
                             kind=FINDINGS_RECORDED)  # fmt: skip
    (other,) = make_chain({"resolved": {"host": ["127.0.0.1"]}})

    assert json.loads(erasure_of(recorded).tombstone) == {"findings": [], "done": {}, "outcomes": {}}
    assert json.loads(erasure_of(other).tombstone) == {"resolved": {}}


def test_of_an_entry_that_lists_findings_it_stays_known_how_its_recorder_was_authenticated() -> None:
    said = {"id": "acc_anna", "name": CANARY, "how": "session"}
    content = {"findings": [], "done": {}, "outcomes": {}, "by": CANARY, "by_source": "session", "recorded_by": said}
    (entry,) = make_chain(content, kind=FINDINGS_RECORDED)
    tombstone = erasure_of(entry).tombstone
    counter = RecorderCounter()

    list(counter.watch([changed(entry, salt=None, content=tombstone)]))

    assert counter.counts().counts == {"session": 1}
    assert json.loads(tombstone)["recorded_by"] == {"id": "acc_anna", "name": ERASED, "how": "session"}
    assert CANARY not in tombstone


@given(st.recursive(st.text(alphabet="Ω", min_size=1) | st.integers(2, 9), lambda inner: st.lists(inner)
                    | st.dictionaries(st.text(alphabet="abc", max_size=2), inner)))  # fmt: skip
def test_nothing_of_any_content_is_left(value: object) -> None:
    (entry,) = make_chain({"x": value})

    left = erasure_of(entry).tombstone

    assert not set("Ω23456789") & set(left)


@pytest.mark.parametrize(
    "kind",
    [CONTENT_ERASED, "run_started", "playbook_started", "head_kept", "head_stamped", "evidence_held",
     "evidence_released", "escalation_set", "watchman_outage", "clock_step"],
)  # fmt: skip
def test_what_the_ledger_or_a_rule_stands_on_cannot_be_erased(kind: str) -> None:
    assert not is_erasable(kind)


@pytest.mark.parametrize("kind", ["awareness", "step_done", "evidence_added", "alarm_acknowledged", FINDINGS_RECORDED])
def test_what_people_wrote_can_be_erased(kind: str) -> None:
    assert is_erasable(kind)


def test_an_erased_ledger_verifies_and_says_what_was_erased_by_whom_and_why() -> None:
    found = judged(erased(EVENT, {"n": 1}))

    assert found.answer is Answer.MATCH
    assert [(doubt.kind, doubt.text) for doubt in found.discrepancies] == [
        (DiscrepancyKind.ERASED_CONTENT, f"the content of entry {number} was erased on purpose by dpo: asked for")
        for number in (1, 2)
    ]


def test_another_tombstone_and_none_are_found() -> None:
    entries = erased(EVENT)
    other, none = changed(entries[0], content="{}"), changed(entries[0], content=None)
    broken = changed(entries[0], content="\ud800")

    assert [doubt.kind for doubt in judged([other, entries[1]]).discrepancies] == [DiscrepancyKind.CHANGED_CONTENT]
    assert [doubt.kind for doubt in judged([none, entries[1]]).discrepancies] == [DiscrepancyKind.MISSING_CONTENT]
    assert [doubt.kind for doubt in judged([broken, entries[1]]).discrepancies] == [DiscrepancyKind.CHANGED_CONTENT]


def test_an_erasure_of_an_earlier_release_left_nothing_and_named_nobody() -> None:
    entries = make_chain(EVENT)
    entries += chain(
        "x", [make_record(CONTENT_ERASED, {"sequences": [1]})], last=entries[0], now=START, random_hex=Tokens()
    )
    gone = changed(entries[0], salt=None, content=None)

    assert judged([gone, entries[1]]).discrepancies[0].text == (
        "the content of entry 1 was erased on purpose, as a later entry says"
    )


@pytest.mark.parametrize("content", ["[]", "{}", "{", "[" * 100_000, '{"sequences":7}', '{"sequences":[[1],"1",null]}'])
def test_an_entry_that_erases_nothing_that_there_is_erases_nothing(content: str) -> None:
    assert stated_erasures_in(content) == ((), ())


def test_an_erasing_entry_that_somebody_made_unreadable_is_reported() -> None:
    """Its content fits the hash beside it, so that only the manifest gives it away."""
    *_, entry = erased(EVENT)
    spoilt = changed(
        entry, content="{", content_sha256=content_hash(str(entry.salt), "{"), previous="0" * 64, sequence=1
    )

    found = verify([spoilt], external=None)

    assert DiscrepancyKind.CHANGED_MANIFEST in {doubt.kind for doubt in found.discrepancies}


def test_an_entry_cannot_excuse_what_comes_after_it() -> None:
    first = make_chain({"sequences": [1, 2], "tombstones": [None, None]}, kind=CONTENT_ERASED)
    entries = first + list(chain("x", [make_record("note", {"n": 1})], last=first[0], now=START, random_hex=Tokens()))
    gone = changed(entries[1], salt=None, content=None)

    assert [doubt.kind for doubt in judged([entries[0], gone]).discrepancies] == [DiscrepancyKind.MISSING_CONTENT]
