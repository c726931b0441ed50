"""Mail merge: each person gets that person's own letter, once, whoever is killed and however many work."""

from __future__ import annotations

import hashlib
import json
import resource
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leakguard.bundled import BundledFiles
from leakguard.documents.makers import document_maker
from leakguard.errors import BadFile, LetterIncomplete, NotAllowed, StoreUnusable, UsageProblem
from leakguard.frozen import replace
from leakguard.ledger.heads import Head
from leakguard.models.letters import as_sent
from leakguard.notices.letters.personal import addressed, facts_for, group_letter, group_of
from leakguard.notices.merge_manifest import MadeLetter, ManifestHead, parse_head, parse_letter
from leakguard.notices.recipients import Recipient, SetAside, read_recipients
from leakguard.store.letter_folder import LetterFolder
from leakguard.use_cases.letters.draft_notices import draft_letter
from leakguard.use_cases.letters.group_letters import MergeOrder
from leakguard.use_cases.letters.merge_letters import MergeResult, merge_letters
from leakguard.use_cases.letters.try_merge import try_merge
from support.killing import Fuse, Killed
from support.merging import (
    CANARY,
    HEADER,
    Watched,
    contents,
    letter_alone,
    letters_in,
    opened,
    order_of,
    people,
    row,
    tools_of,
)
from support.notices import GDPR_33, GDPR_34, NOW, book, both, complete, facts_of

pytestmark = pytest.mark.long

BAD = "bad id,,,,xx,,nothing,,,"


def merged(path: Path, order: MergeOrder, **tools: Any) -> MergeResult:  # noqa: ANN401  (what tools take)
    return merge_letters(order, tools_of(LetterFolder(path), form=order.form, **tools), Watched())


def recipients(order: MergeOrder) -> list[Recipient]:
    with order.rows.open() as readline:
        rows = list(read_recipients(readline, order.rows.rules, name="people.csv"))
    return [one for one in rows if isinstance(one, Recipient)]


def alone(order: MergeOrder, person: Recipient) -> bytes:
    """The letter of one person, drafted as `notice draft` does it, with all duties at hand."""
    group = group_of(person, order.facts)
    facts = facts_for(group, order.facts)
    letter = as_sent(draft_letter(order.book, order.folders, facts, order.duty.id, lang=person.lang, now=order.now))
    whole = addressed(group_letter(letter, person.lang, order.book.vocabulary, zone=facts.zone), person)
    return document_maker(order.form, BundledFiles()).make(whole)


def test_every_person_gets_one_letter_and_the_manifest_names_each(tmp_path: Path) -> None:
    done = merged(tmp_path / "out", order_of(people(7, BAD)))

    head, *lines = (tmp_path / "out" / "manifest.jsonl").read_text("ascii").splitlines(keepends=True)
    found = [parse_letter(line) for line in lines]
    letters = letters_in(tmp_path / "out")
    assert parse_head(head) == done.head
    assert (done.head.letters, done.head.set_aside, done.head.languages) == (7, 1, {"en": 4, "zh": 3})
    assert {one.file: one.sha256 for one in found if one} == {
        name: hashlib.sha256(content).hexdigest() for name, content in letters.items()
    }
    assert len(letters) == len(found) == 7


def test_each_letter_tells_its_own_person_and_data_and_nobody_elses(tmp_path: Path) -> None:
    merged(tmp_path / "out", order_of(people(8)))

    for number, (_, content) in enumerate(sorted(letters_in(tmp_path / "out").items())):
        text = content.decode()
        assert f"{CANARY} {number}" in text
        assert not any(f"{CANARY} {other}" in text for other in range(8) if other != number)
        assert ("health data" in text or "健康信息" in text) == (number % 4 == 3)
        assert ("IP address" in text or "IP地址" in text) == (number % 4 in {1, 2})


@pytest.mark.parametrize("form", ["txt", "html"])
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "Ada Example", "{person}", "<b>王</b>", "O'Hara & Sons", "%s {{ x }}"]),
            st.sampled_from(["", "1 Main Street|Town", "北京市|海淀区"]),
            st.sampled_from(["en", "zh"]),
            st.sampled_from(["contact", "contact;health", "location"]),
            st.sampled_from(["", "Eva Example"]),
            st.sampled_from(["", "DE", "US-CA"]),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_a_letter_of_many_is_byte_for_byte_the_letter_made_alone(
    form: str, tmp_path: Path, crowd: list[tuple[str, ...]]
) -> None:
    local = {"US-CA": {"agency_contacts": {"value": {"en": "Ask the state.", "zh": "请咨询州政府。"}}}}
    facts = facts_of({**complete(), "by_jurisdiction": local})
    lines = [
        f"p{number},{name},,{address},{lang},{place},{data},no,,{guardian}"
        for number, (name, address, lang, data, guardian, place) in enumerate(crowd)
    ]
    order = order_of("\n".join((HEADER, *lines)).encode(), form=form, facts=facts)
    out = tmp_path / hashlib.sha256("\n".join(lines).encode()).hexdigest()

    merged(out, order)

    made = [content for _, content in sorted(letters_in(out).items())]
    assert made == [alone(order, person) for person in recipients(order)]
    assert made == [document_maker(form, BundledFiles()).make(letter_alone(order, one)) for one in recipients(order)]


def test_pdf_too_is_the_same_made_alone_and_by_several_processes(tmp_path: Path) -> None:
    order = order_of(people(4), form="pdf")

    done = merged(tmp_path / "many", order, workers=2, batch=1)

    made = [content for _, content in sorted(letters_in(tmp_path / "many").items())]
    assert made == [alone(order, person) for person in recipients(order)]
    assert done.manifest_sha256 == merged(tmp_path / "one", order).manifest_sha256
    assert contents(tmp_path / "many") == contents(tmp_path / "one")


def test_another_key_gives_other_names_and_marks_and_the_same_letters(tmp_path: Path) -> None:
    order = order_of(people(3))

    merged(tmp_path / "a", order)
    merged(tmp_path / "b", order, key=bytes(32))

    assert sorted(letters_in(tmp_path / "a").values()) == sorted(letters_in(tmp_path / "b").values())
    assert not letters_in(tmp_path / "a").keys() & letters_in(tmp_path / "b").keys()


def test_nothing_of_a_person_stands_anywhere_but_in_that_persons_letter(tmp_path: Path) -> None:
    merged(tmp_path / "out", order_of(people(6, BAD, f"{CANARY}-1,{CANARY},,,,,contact,,,")))

    for name, content in contents(tmp_path / "out").items():
        assert CANARY not in name
        assert "/" in name or CANARY.encode() not in content
        assert "/" in name or b"health" not in content


def test_the_folder_and_all_in_it_are_for_the_owner_alone(tmp_path: Path) -> None:
    merged(tmp_path / "out", order_of(people(2, BAD)))

    modes = {one: one.stat().st_mode & 0o777 for one in (tmp_path / "out", *(tmp_path / "out").rglob("*"))}
    assert {mode for one, mode in modes.items() if one.is_dir()} == {0o700}
    assert {mode for one, mode in modes.items() if one.is_file()} == {0o600}


def test_rows_set_aside_are_named_by_line_and_problem(tmp_path: Path) -> None:
    done = merged(tmp_path / "out", order_of(people(1, BAD)))

    (told,) = map(json.loads, (tmp_path / "out" / "set-aside.jsonl").read_text("ascii").splitlines())
    assert told == {"line": 3, "problems": list(done.first_aside[0].problems)}
    assert [problem.split(":")[0] for problem in told["problems"]] == ["data", "id", "language"]


def test_letters_lie_in_folders_of_a_thousand(tmp_path: Path) -> None:
    merged(tmp_path / "out", order_of(people(0, *["" for _ in range(998)], row(1), row(2)), form="md"))

    assert sorted(name.split("-")[0] for name in letters_in(tmp_path / "out")) == ["0001/0001000", "0001/0001001"]


def test_only_people_of_the_places_asked_for_get_a_letter(tmp_path: Path) -> None:
    done = merged(tmp_path / "out", order_of(people(6), places=("EU",)))

    assert (done.head.letters, done.head.passed_over, done.head.places) == (2, 4, ("EU",))


def test_a_sample_has_the_first_letters_and_says_that_it_is_one(tmp_path: Path) -> None:
    done = merged(tmp_path / "out", order_of(people(6), most=2))
    merged(tmp_path / "all", order_of(people(6)))

    first = sorted(letters_in(tmp_path / "all").items())[:2]
    assert (done.head.letters, done.head.passed_over, done.head.sample) == (2, 4, True)
    assert sorted(letters_in(tmp_path / "out").items()) == first


def test_facts_of_a_place_stand_in_the_letters_of_its_people_alone(tmp_path: Path) -> None:
    local = {
        "US": {"individual_steps": {"value": "Ask the federal trade commission."}},
        "US-CA": {"individual_steps": {"value": "Ask the state of California."}},
    }
    facts = facts_of({**complete(), "by_jurisdiction": local})
    lines = [f"p{place},A,,,en,{place},contact,,," for place in ("US-CA", "US-MA", "DE", "")]
    order = order_of("\n".join((HEADER, *lines)).encode(), facts=facts)

    merged(tmp_path / "out", order)
    made = [content.decode() for _, content in sorted(letters_in(tmp_path / "out").items())]
    assert ["Ask the state of California" in text for text in made] == [True, False, False, False]
    assert ["Ask the federal trade commission" in text for text in made] == [False, True, False, False]


def test_letters_of_a_drill_say_so(tmp_path: Path) -> None:
    done = merged(tmp_path / "out", order_of(people(1), is_drill=True))

    (content,) = letters_in(tmp_path / "out").values()
    assert done.head.drill
    assert "DRILL" in content.decode()


def test_the_manifest_names_the_head_of_the_ledger_and_the_letters_do_not(tmp_path: Path) -> None:
    head = Head(sequence=7, hash="ab" * 32, recorded_at=NOW.isoformat())
    done = merged(tmp_path / "out", order_of(people(1), head=head))

    assert done.head.head == f"7:{'ab' * 32}"
    assert b"entry 7" not in next(iter(letters_in(tmp_path / "out").values()))


def test_what_goes_to_an_authority_is_not_merged() -> None:
    with pytest.raises(UsageProblem, match="is not told to people one by one"):
        try_merge(order_of(people(1), duty=GDPR_33), document_maker("txt", BundledFiles()), lambda: 0.0)


def test_a_language_that_the_facts_lack_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    facts = facts_of(complete(measures_taken={"value": {"en": "login switched on"}}))

    with pytest.raises(LetterIncomplete, match=r"(?s)`zh`: .*measures_taken"):
        merged(tmp_path / "out", order_of(people(4), facts=facts))
    assert letters_in(tmp_path / "out") == {}


def test_a_fact_that_only_some_letters_need_is_missed_before_anything_is_written(tmp_path: Path) -> None:
    """California: whose social security number leaked is told of the bureaus and offered protection."""
    facts = facts_of(complete(law_enforcement_delay={"not_applicable": "nobody asked for one"}))
    lines = ["p1,A,,,en,US-CA,contact,,,", "p2,B,,,en,US-CA,identification_number.us_ssn,,,"]
    harmless, both = ("\n".join((HEADER, *some)).encode() for some in (lines[:1], lines))

    merged(tmp_path / "one", order_of(harmless, duty="us-ca-1798-82-individuals", facts=facts))
    with pytest.raises(LetterIncomplete, match="credit_bureau_contacts"):
        merged(tmp_path / "both", order_of(both, duty="us-ca-1798-82-individuals", facts=facts))
    assert letters_in(tmp_path / "both") == {}


@pytest.mark.parametrize(
    ("content", "places", "problem"),
    [(people(0, BAD), (), "line 2: data: entry 1"), (people(0), (), "nobody"), (people(3), ("JP",), "nobody")],
)
def test_a_file_with_nobody_to_write_to_is_refused(
    content: bytes, places: tuple[str, ...], problem: str, tmp_path: Path
) -> None:
    with pytest.raises(BadFile, match=problem):
        merged(tmp_path / "out", order_of(content, places=places))


def test_a_trial_says_how_many_letters_of_what_size_and_writes_nothing() -> None:
    ticks = iter(range(100))
    order = order_of(people(4, BAD))

    trial = try_merge(order, document_maker("txt", BundledFiles()), lambda: float(next(ticks)))

    sizes = {one.lang: len(alone(order, one)) for one in recipients(order)[:2]}
    assert (trial.found.letters, trial.found.set_aside) == (4, 1)
    assert trial.bytes == 2 * sizes["en"] + 2 * sizes["zh"]
    assert trial.seconds == 4.0


def test_a_trial_names_the_lines_of_people_who_stand_there_twice_under_two_ids() -> None:
    """The merge writes one letter an id; two of one household, or without any address, are two people."""
    header = "id,data,name,email,address"
    rows = (
        "a,contact.email,Ada,ada@home.example,", "b,contact.email,ADA,Ada@Home.example,",
        "c,contact.email,Bob,ada@home.example,", "d,contact.email,Eve,,1 Main Street|Town",
        "e,contact.email,Eve,,1 Main Street|Town", "f,contact.email,Eve,,", "g,contact.email,Eve,,",
    )  # fmt: skip
    trial = try_merge(order_of("\n".join((header, *rows)).encode()), document_maker("txt", BundledFiles()), lambda: 0.0)

    assert trial.found.letters == 7
    assert trial.twins == (3, 6)


def test_what_a_person_should_look_at_is_told_once() -> None:
    facts = facts_of(complete(cause=both("ask mallory@other.example", "请询问mallory@other.example")))
    order = order_of(people(6), facts=facts, duty="cn-pipl-57-individuals")

    trial = try_merge(order, document_maker("md", BundledFiles()), lambda: 0.0)

    assert sum("e-mail address that is not your own" in remark for remark in trial.remarks) == 1


def test_progress_is_told_batch_by_batch(tmp_path: Path) -> None:
    watched = Watched()

    merge_letters(order_of(people(7)), tools_of(LetterFolder(tmp_path / "out"), batch=3), watched)

    assert watched.found is not None
    assert watched.counts == [0, 3, 6, 7]


class KillableFolder:
    """A folder every call of which may be the last."""

    def __init__(self, folder: LetterFolder, fuse: Fuse) -> None:
        self._folder, self._fuse = folder, fuse

    @contextmanager
    def held(self) -> Iterator[None]:
        with self._folder.held():
            self._fuse.through(lambda: None)
            yield

    @contextmanager
    def setting_aside(self) -> Iterator[Callable[[SetAside], None]]:
        with self._folder.setting_aside() as note:
            yield lambda one: self._fuse.through(lambda: note(one))

    def begin(self, head: ManifestHead) -> int:
        return self._fuse.through(lambda: self._folder.begin(head))

    def save(self, name: str, document: bytes) -> None:
        self._fuse.through(lambda: self._folder.save(name, document))

    def keep(self, letters: Sequence[MadeLetter]) -> None:
        self._fuse.through(lambda: self._folder.keep(letters))

    def finish(self) -> str:
        return self._fuse.through(self._folder.finish)


CALLS = 12
"""Of a run with five letters in batches of two and one row set aside."""


@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize("calls", range(CALLS))
def test_whoever_is_killed_at_any_call_goes_on_to_the_same_folder(
    calls: int, tmp_path: Path, *, is_after: bool
) -> None:
    order = order_of(people(5, BAD), form="md")
    fuse = Fuse()
    fuse.set(calls, is_after=is_after)
    mortal = KillableFolder(LetterFolder(tmp_path / "a"), fuse)
    with pytest.raises(Killed):
        merge_letters(order, tools_of(mortal, form="md", batch=2), Watched())

    again = merged(tmp_path / "a", order)

    assert again.manifest_sha256 == merged(tmp_path / "b", order).manifest_sha256
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


@pytest.mark.parametrize("harm", ["shortened", "gone", "swapped"])
def test_a_letter_that_is_not_as_its_line_says_is_made_again(harm: str, tmp_path: Path) -> None:
    order = order_of(people(6))
    first = merged(tmp_path / "out", order)
    before = contents(tmp_path / "out")
    victim = tmp_path / "out" / sorted(letters_in(tmp_path / "out"))[3]
    if harm == "gone":
        victim.unlink()
    else:
        victim.write_bytes(victim.read_bytes()[:10] if harm == "shortened" else b"another letter")

    again = merged(tmp_path / "out", order)

    assert (again.manifest_sha256, again.found_there) == (first.manifest_sha256, 3)
    assert contents(tmp_path / "out") == before


@pytest.mark.parametrize("tail", [b"", b'{"file": "0000/00', b"\x00\xff\n", b"[]\n", b'{"file": "../../etc/passwd"}\n'])
def test_a_half_written_line_of_the_manifest_does_not_count(tail: bytes, tmp_path: Path) -> None:
    order = order_of(people(6))
    first = merged(tmp_path / "out", order)
    manifest = tmp_path / "out" / "manifest.jsonl"
    lines = manifest.read_bytes().splitlines(keepends=True)
    manifest.rename(tmp_path / "out" / ".manifest.jsonl.part").write_bytes(b"".join(lines[:4]) + tail)

    again = merged(tmp_path / "out", order)

    assert (again.manifest_sha256, again.found_there) == (first.manifest_sha256, 3)


def test_a_whole_folder_is_looked_through_and_left_as_it_is(tmp_path: Path) -> None:
    order = order_of(people(4))
    first = merged(tmp_path / "out", order)

    again = merged(tmp_path / "out", order)

    assert again == replace(first, found_there=4)


def test_a_manifest_with_more_than_its_letters_is_put_right(tmp_path: Path) -> None:
    order = order_of(people(2))
    first = merged(tmp_path / "out", order)
    with (tmp_path / "out" / "manifest.jsonl").open("a", encoding="ascii") as manifest:
        manifest.write("{}\n")

    assert merged(tmp_path / "out", order).manifest_sha256 == first.manifest_sha256


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"content": people(5)}, "the file of recipients: was "),
        ({"facts_sha256": "a" * 64}, "the facts file: was ffffffffffff, is aaaaaaaaaaaa"),
        ({"now": NOW.replace(hour=5)}, "the moment that the letters are made for: was 2026-06-12T04:00:00Z"),
        ({"duty": "cn-pipl-57-individuals"}, "duty: was eu-gdpr-34-individuals, is cn-pipl"),
        ({"most": 1}, "sample: was False, is True"),
    ],
)
def test_letters_of_other_origin_are_not_mixed(change: dict[str, Any], told: str, tmp_path: Path) -> None:
    merged(tmp_path / "out", order_of(people(4)))
    before = contents(tmp_path / "out")

    with pytest.raises(NotAllowed) as caught:
        merged(tmp_path / "out", order_of(change.pop("content", people(4)), **change))

    left = contents(tmp_path / "out")
    assert told in caught.value.message
    assert {name: left[name] for name in before} == before


def test_a_file_that_changes_while_the_letters_are_made_is_noticed(tmp_path: Path) -> None:
    contents_in_turn = iter([people(4), people(5)])

    @contextmanager
    def changing() -> Iterator[Callable[[int], bytes]]:
        with opened(next(contents_in_turn))() as readline:
            yield readline

    with pytest.raises(NotAllowed, match="changed while the letters were made: SHA-256 was"):
        merged(tmp_path / "out", order_of(b"", open=changing))
    assert not (tmp_path / "out" / "manifest.jsonl").exists()


def test_two_writers_do_not_share_a_folder(tmp_path: Path) -> None:
    with LetterFolder(tmp_path / "out").held(), pytest.raises(NotAllowed, match="another process writes letters"):
        merged(tmp_path / "out", order_of(people(1)))


@contextmanager
def files_no_longer_than(most: int) -> Iterator[None]:
    """The system refuses to write more into a file, as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("most", [0, 200, 1_200, 3_200])
def test_a_full_disk_is_told_and_the_same_call_goes_on_when_there_is_room(most: int, tmp_path: Path) -> None:
    """The bounds fall on the rows set aside, the first lines of the manifest, a letter, and the manifest's lines."""
    order = order_of(people(20, *[BAD.replace("bad", f"bad{number}") for number in range(3)]))

    with files_no_longer_than(most), pytest.raises(StoreUnusable, match="cannot be written") as caught:
        merged(tmp_path / "a", order)

    assert "run the same command" in caught.value.next_step
    assert merged(tmp_path / "a", order).manifest_sha256 == merged(tmp_path / "b", order).manifest_sha256
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_a_group_is_drafted_once_for_all_its_people() -> None:
    order = order_of(people(24))
    asked: list[str] = []

    class Counting(BundledFiles):
        def text(self, folder: str, name: str) -> str:
            asked.append(name)
            return super().text(folder, name)

    counted = replace(order, folders=Counting())
    try_merge(counted, document_maker("md", BundledFiles()), lambda: 0.0)
    few = len(asked)
    asked.clear()
    try_merge(
        replace(counted, rows=replace(order.rows, open=opened(people(240)))),
        document_maker("md", BundledFiles()),
        lambda: 0.0,
    )

    assert len(asked) == few


def test_the_book_of_all_duties_changes_nothing_in_a_letter() -> None:
    order = order_of(people(1))
    (person,) = recipients(order)
    single = replace(order, book=replace(book(), duties=(book().duty(GDPR_34),)))

    assert letter_alone(order, person) == letter_alone(single, person)
