"""The program that auditors run: needs nothing of ours, finds every kind of tampering, keeps its answers apart."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leakguard.ledger.bundle import Choice
from leakguard.ledger.chain import chain
from leakguard.ledger.heads import head_of, print_form
from leakguard.ledger.keys import new_key
from support.bundles import (
    ATTACHED,
    INCIDENT,
    KEY,
    PROGRAM,
    Book,
    Files,
    bundle_of,
    edited,
    indexed,
    make_book,
    verifier,
    zip_of,
)
from support.growth import takes_no_time
from support.ledgers import START, Tokens, make_record

pytestmark = pytest.mark.untraced

OLD = new_key("old", b"\x09" * 32)
MATCH, MISMATCH, NOT_VERIFIABLE = "match", "mismatch", "not verifiable"
UNNAMED_KEY = "signed by a key you did not name"
BOOK = make_book()
SIGNED = bundle_of(BOOK)
UNSIGNED = bundle_of(make_book(None), key=None)
HEAD = print_form(head_of(BOOK.entries[-1]))
ZIP = zip_of(SIGNED)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bundles") / "bundle.zip"


def judged(place: Path, bundle: Files | bytes, **given: Any) -> Any:  # noqa: ANN401  (the report of a program)
    place.write_bytes(bundle if isinstance(bundle, bytes) else zip_of(bundle))
    return verifier().verify(str(place), **given)


def said(report: Any, answer: str) -> str:  # noqa: ANN401  (as above)
    return "\n".join(text for each, text in report.lines if each == answer)


def test_an_older_python_is_no_mismatch() -> None:
    """A traceback ends with 1, which is the exit code of a bundle that was tampered with."""
    code = f"import sys; sys.version_info = (3, 8); exec(compile(open({str(PROGRAM)!r}).read(), 'verify.py', 'exec'))"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (3, "")
    assert "needs Python 3.9" in done.stdout


RFC_8032 = """\
d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a
-
e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b
3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c
72
92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00
fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025
af82
6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a
"""
_WORDS = RFC_8032.replace("-", "").split("\n")
VECTORS = [tuple(_WORDS[place : place + 3]) for place in (0, 3, 6)]


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS, ids=["1", "2", "3"])
def test_the_signatures_of_rfc_8032_verify_and_with_any_changed_bit_do_not(
    public: str, message: str, signature: str
) -> None:
    """RFC 8032, part 7.1, tests 1 to 3."""
    key, text, sign = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)

    assert verifier().has_signed(key, text, sign)
    assert not verifier().has_signed(key, text + b"!", sign)
    for place in range(0, 64, 9):
        assert not verifier().has_signed(key, text, sign[:place] + bytes([sign[place] ^ 1]) + sign[place + 1 :])
    assert not verifier().has_signed(key[:-1] + bytes([key[-1] ^ 1]), text, sign)


def test_a_signature_has_one_form_only() -> None:
    """Adding the order of the group to the scalar gives a second signature, unless it is refused (RFC 8032, 8.4)."""
    program, message = verifier(), b"message"
    sign = KEY.sign(message)
    second = sign[:32] + (int.from_bytes(sign[32:], "little") + program.L).to_bytes(32, "little")

    assert program.has_signed(KEY.public.raw, message, sign)
    assert not program.has_signed(KEY.public.raw, message, second)
    assert not program.has_signed(b"\xff" * 32, message, sign)
    assert not program.has_signed((1).to_bytes(32, "little")[:-1] + b"\x80", message, sign)
    assert not program.has_signed(KEY.public.raw, message, sign[:-1])


def test_an_untouched_bundle_matches_and_says_what_was_erased_by_whom_and_why(place: Path) -> None:
    report = judged(place, SIGNED, heads=[HEAD])

    assert (report.answer, said(report, MISMATCH), said(report, NOT_VERIFIABLE)) == (MATCH, "", "")
    assert "The content of entry 2 was erased by dpo: a person asked for it" in report.remarks
    assert any("compare its id" in remark for remark in report.remarks)
    assert "canary" not in repr(report.lines) + repr(report.remarks)


def test_an_untouched_bundle_matches_the_key_the_head_and_the_file_that_came_from_elsewhere(place: Path) -> None:
    log = place.with_name("access.log")
    log.write_bytes(ATTACHED)

    report = judged(place, SIGNED, key=KEY.public.text, heads=[HEAD], paths=[str(log)])

    assert report.answer == MATCH
    assert "entry 8 is the one that was seen before" in said(report, MATCH)
    assert "access.log is EV-4" in said(report, MATCH)


def test_a_bundle_that_nobody_signed_is_not_verifiable_until_a_head_comes_from_elsewhere(place: Path) -> None:
    assert judged(place, UNSIGNED).answer == NOT_VERIFIABLE
    head = print_form(head_of(make_book(None).entries[-1]))

    report = judged(place, UNSIGNED, heads=[head])

    assert report.answer == MATCH
    assert "Nobody signed this bundle." in report.remarks


def test_another_head_another_key_and_another_file_do_not_match(place: Path) -> None:
    other = place.with_name("other.log")
    other.write_bytes(b"other")

    assert judged(place, SIGNED, key=new_key(KEY.name, b"\x08" * 32).public.text).answer == MISMATCH
    assert judged(place, SIGNED, heads=["8:0123456789abcdef"]).answer == MISMATCH
    assert "the end was cut off" in said(judged(place, SIGNED, heads=["9:0123456789abcdef"]), MISMATCH)
    assert judged(place, SIGNED, paths=[str(other)]).answer == MISMATCH


def test_what_is_no_key_and_no_head_settles_nothing(place: Path) -> None:
    assert judged(place, SIGNED, key="nonsense").answer == NOT_VERIFIABLE
    assert judged(place, SIGNED, heads=["nonsense"]).answer == NOT_VERIFIABLE


def test_a_kept_file_that_is_not_in_the_bundle_is_not_verifiable(place: Path) -> None:
    """It is missing, which is no tampering: the bundle says so itself."""
    report = judged(place, bundle_of(BOOK, attachments=()))

    assert report.answer == NOT_VERIFIABLE
    assert "EV-4 'access.log': a copy was kept once, and it is not in the bundle" in said(report, NOT_VERIFIABLE)


def test_contents_of_other_matters_may_be_withheld_and_the_chain_still_matches(place: Path) -> None:
    files = bundle_of(BOOK, choice=Choice(subjects=(INCIDENT, "ledger"), findings=frozenset({"F-1"})))
    without = bundle_of(BOOK, choice=Choice(subjects=(INCIDENT, "ledger")))

    assert judged(place, files, heads=[HEAD]).answer == judged(place, without, heads=[HEAD]).answer == MATCH
    assert "The contents of 1 entries of other matters were withheld." in judged(place, without).remarks
    assert b"F-1" in files["findings.jsonl"]
    assert without["findings.jsonl"] == b""


Edit = Callable[[list[Any]], None]


def _set(place: int, **values: object) -> Edit:
    return lambda lines: lines[place].update(values)


def _swap(lines: list[Any]) -> None:
    lines[0], lines[1] = lines[1], lines[0]


def _swap_numbers_too(lines: list[Any]) -> None:
    _swap(lines)
    lines[0]["sequence"], lines[1]["sequence"] = 1, 2


def _swap_contents(lines: list[Any]) -> None:
    lines[0]["sequence"], lines[-1]["sequence"] = lines[-1]["sequence"], lines[0]["sequence"]


ENTRIES: dict[str, Edit] = {
    "a changed kind": _set(2, kind="other"),
    "a changed time": _set(3, recorded_at="2026-05-24T01:00:00.000001Z"),
    "an earlier time": _set(3, recorded_at="2026-05-23T01:00:00Z"),
    "another subject": _set(2, subject="R-2"),
    "another flag": _set(2, flags="clock_stepped_back"),
    "another content": _set(1, content_sha256="0" * 64),
    "another form": _set(1, schema="leakguard.ledger/2"),
    "one field more": _set(1, more=1),
    "a changed last entry": _set(-1, kind="other"),
    "a removed first entry": lambda lines: lines.pop(0),
    "a removed middle entry": lambda lines: lines.pop(3),
    "a cut tail": lambda lines: lines.pop(),
    "everything cut": lambda lines: lines.clear(),
    "a doubled entry": lambda lines: lines.insert(2, dict(lines[2])),
    "an added entry": lambda lines: lines.append({**lines[-1], "sequence": len(lines) + 1}),
    "swapped entries": _swap,
    "swapped entries with their numbers mended": _swap_numbers_too,
}
CONTENTS: dict[str, Edit] = {
    "a changed content": _set(0, content='{"text":"other"}'),
    "a changed salt": _set(0, salt="00" * 32),
    "a salt that is none": _set(0, salt="zz"),
    "a content that is a number": _set(0, content=7),
    "a removed content": lambda lines: lines.pop(0),
    "a removed tombstone": lambda lines: lines.pop(1),
    "a changed tombstone": _set(1, tombstone="{}"),
    "a tombstone that is no text": _set(1, tombstone=None),
    "a content erased without saying so": lambda lines: lines.__setitem__(0, {"sequence": 1, "tombstone": "{}"}),
    "an unsaid erasure": lambda lines: lines.pop(4),
    "an added content": lambda lines: lines.append({**lines[0], "sequence": 99}),
    "a doubled content": lambda lines: lines.append(dict(lines[0])),
    "one field more": _set(0, more=1),
    "swapped contents": _swap_contents,
}
FINDINGS: dict[str, Edit] = {
    "a changed finding": _set(0, text="{}"),
    "a removed finding": lambda lines: lines.pop(),
    "an added finding": lambda lines: lines.append({**lines[0], "position": 1}),
    "a finding under another id": _set(0, id="F-2"),
    "a finding of another run": _set(0, run="R-2"),
    "a finding without a text": _set(0, text=None),
}
_CASES = [(name, what, edit) for name, edits in (
    ("entries.jsonl", ENTRIES), ("contents.jsonl", CONTENTS), ("findings.jsonl", FINDINGS)
) for what, edit in edits.items()]  # fmt: skip


@pytest.mark.parametrize(("name", "what", "edit"), _CASES, ids=[f"{name}: {what}" for name, what, _ in _CASES])
def test_tampering_by_one_who_mends_the_index_is_found_with_and_without_a_signature(
    place: Path, name: str, what: str, edit: Edit
) -> None:
    """Nobody signed the second bundle, so its chain, tree and hashes alone have to find it."""
    assert judged(place, edited(SIGNED, name, edit)).answer == MISMATCH, what
    assert judged(place, edited(UNSIGNED, name, edit)).answer == MISMATCH, what


@pytest.mark.parametrize("name", sorted(SIGNED))
def test_a_file_that_is_changed_removed_or_emptied_is_found(place: Path, name: str) -> None:
    body = SIGNED[name]
    rest = {other: text for other, text in SIGNED.items() if other != name}

    assert judged(place, rest).answer == MISMATCH
    for tampered in {body + b"\n", body[:-1], b"", b"\xff" + body[1:]} - {body}:
        assert judged(place, SIGNED | {name: tampered}).answer == MISMATCH
        assert name == "index.note" or judged(place, indexed(SIGNED | {name: tampered})).answer == MISMATCH


def test_an_added_file_is_found(place: Path) -> None:
    assert judged(place, SIGNED | {"more.txt": b"more"}).answer == MISMATCH
    more = f"attachments/{hashlib.sha256(b'more').hexdigest()}"

    assert judged(place, indexed(UNSIGNED | {more: b"more"})).answer == MISMATCH
    assert judged(place, indexed(UNSIGNED | {"key.pub": SIGNED["key.pub"]})).answer == MISMATCH


@takes_no_time
def test_more_files_than_a_zip_file_can_count_are_refused_at_once(place: Path) -> None:
    """Each took as long as all before it together, so that a bundle of some megabytes was verified for a day."""
    program = verifier()
    whole = bytearray()
    for number in range(200_000):
        name = b"a%06d" % number
        whole += program.LOCAL.pack(b"PK\x03\x04", 20, 0, 0, 0, program.DAY, 0, 0, 0, len(name), 0) + name

    assert "more than 65,535 files" in said(judged(place, bytes(whole)), MISMATCH)


def test_an_attachment_that_was_changed_under_its_old_name_is_found(place: Path) -> None:
    name = f"attachments/{hashlib.sha256(ATTACHED).hexdigest()}"

    assert judged(place, indexed(UNSIGNED | {name: b"other"})).answer == MISMATCH


@pytest.mark.parametrize("name", ["stamps/7.tsr", "stamps/7.note", "proofs.json"])
def test_stamps_and_proofs_that_were_changed_are_found_without_a_signature(place: Path, name: str) -> None:
    body = UNSIGNED[name]
    changed = body.replace(b'"path":["', b'"path":["00') if name == "proofs.json" else body + b"!"

    assert changed != body
    assert judged(place, indexed(UNSIGNED | {name: changed})).answer == MISMATCH
    assert judged(place, indexed(UNSIGNED | {"proofs.json": b"{}\n"})).answer == MISMATCH


def test_the_signatures_taken_off_are_missed(place: Path) -> None:
    bare = dict(SIGNED)
    for name in ("head.note", "index.note"):
        bare[name] = bare[name].partition("\n\n— ".encode())[0] + b"\n"

    assert judged(place, indexed(bare)).answer == MISMATCH
    unsigned = bundle_of(BOOK, key=None)
    assert judged(place, unsigned).answer == NOT_VERIFIABLE
    assert judged(place, unsigned, key=KEY.public.text).answer == MISMATCH


def test_a_bundle_that_was_written_anew_with_another_key_is_found_by_whoever_has_the_key(place: Path) -> None:
    other = new_key(KEY.name, b"\x08" * 32)
    book = Book()
    book.add(make_record("note", {"text": "another story"}))

    assert judged(place, bundle_of(book, key=other, attachments=())).answer == UNNAMED_KEY
    assert judged(place, bundle_of(book, key=other, attachments=()), key=KEY.public.text).answer == MISMATCH
    assert judged(place, bundle_of(book, key=other, attachments=()), heads=[HEAD]).answer == MISMATCH


def test_a_key_that_nobody_named_has_an_answer_and_an_exit_code_of_its_own(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Anybody can make a key and sign with it whatever they like."""
    place.write_bytes(zip_of(SIGNED))
    key = place.with_name("ledger.pub")
    key.write_text(KEY.public.text, encoding="ascii")

    assert verifier().main([str(place)]) == 4
    assert capsys.readouterr().out.splitlines()[-1] == "ANSWER: signed by a key you did not name"
    assert verifier().main([str(place), "--key", str(key)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "ANSWER: match"
    assert verifier().main([str(place), "--head", HEAD]) == 0


def test_a_head_that_is_over_some_entries_alone_vouches_for_no_unnamed_key(place: Path) -> None:
    """Whoever wrote the rest anew signed it with a key of their own."""
    early = print_form(head_of(BOOK.entries[4]))

    assert judged(place, SIGNED, heads=[early]).answer == UNNAMED_KEY


def test_an_unsigned_bundle_of_a_ledger_whose_heads_are_signed_is_a_downgrade(place: Path) -> None:
    book = Book()
    book.entries += chain(
        INCIDENT, [make_record()], last=None, now=START, random_hex=Tokens(), common_flag="head_signed"
    )

    report = judged(place, bundle_of(book, key=None, attachments=()))

    assert report.answer == MISMATCH
    assert "entry 1 says that heads are signed, and nobody signed this bundle" in said(report, MISMATCH)


def test_a_head_that_was_kept_before_and_does_not_fit_is_found(place: Path) -> None:
    """As after a ledger was written anew: an old head in it tells."""
    book = Book()
    book.add(make_record("note", {"text": "one"}))
    note = Book()
    note.add(make_record("note", {"text": "two"}))
    kept = note.keep_head(KEY)
    book.add(make_record("head_kept", {"note": kept, "key": KEY.public.text}))
    forged = Book()
    forged.add(make_record("note", {"text": "one"}))
    forged.keep_head(new_key("x", b"\x09" * 32))
    record = json.loads(forged.entries[-1].content or "{}") | {"key": KEY.public.text}
    resigned = Book()
    resigned.add(make_record("note", {"text": "one"}))
    resigned.add(make_record("head_kept", record), subject="ledger")

    assert "a head that was kept before does not match the entries" in said(judged(place, bundle_of(book)), MISMATCH)
    wrong = said(judged(place, bundle_of(resigned)), MISMATCH)
    assert "the signature of the head that was kept at entry 1 is wrong" in wrong


def test_an_earlier_head_by_another_key_or_by_nobody_and_a_drill_are_remarked(place: Path) -> None:
    book = Book()
    book.add(make_record("note", {"text": "one"}))
    book.keep_head(OLD)
    book.keep_head(None)
    files = bundle_of(book, attachments=(), about={"is_drill": True})

    report = judged(place, files, key=KEY.public.text)

    assert report.answer == MATCH
    assert "DRILL: nothing in this bundle is real." in report.remarks
    assert [remark for remark in report.remarks if "was signed" in remark] == [
        f"The head of 1 entries was signed with the key old {OLD.public.id.hex()}.",
        "The head of 2 entries was signed by nobody.",
    ]


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
CONTENT = st.dictionaries(WORDS, st.none() | st.booleans() | st.integers() | WORDS | st.lists(WORDS), max_size=4)


@settings(max_examples=50)
@given(st.lists(st.tuples(WORDS, WORDS, CONTENT), min_size=1, max_size=6), st.sets(st.integers(1, 6)))
def test_whatever_a_ledger_holds_its_bundle_matches(
    place: Path, records: list[tuple[str, str, dict[str, Any]]], gone: set[int]
) -> None:
    """Two programs that share nothing agree on every spelling: subjects, kinds, contents, tombstones."""
    book = Book()
    for subject, kind, content in records:
        book.add(make_record(kind, content), subject=subject)
    for number in sorted(gone & set(range(1, len(records) + 1))):
        book.erase(number)

    report = judged(place, bundle_of(book, attachments=()), key=KEY.public.text)

    assert (report.answer, said(report, MISMATCH)) == (MATCH, "")


BYTES = st.integers(0, len(ZIP) - 1)


@given(BYTES, st.integers(1, 255))
def test_any_changed_byte_is_found(place: Path, at: int, by: int) -> None:
    assert judged(place, ZIP[:at] + bytes([ZIP[at] ^ by]) + ZIP[at + 1 :]).answer == MISMATCH


@given(BYTES, st.binary(min_size=1, max_size=40))
def test_any_inserted_byte_is_found(place: Path, at: int, more: bytes) -> None:
    assert judged(place, ZIP[:at] + more + ZIP[at:]).answer == MISMATCH


@given(BYTES, st.integers(1, 200))
def test_any_missing_byte_is_found(place: Path, at: int, count: int) -> None:
    assert judged(place, ZIP[:at] + ZIP[at + count :]).answer == MISMATCH


@given(BYTES)
def test_any_cut_is_found(place: Path, at: int) -> None:
    assert judged(place, ZIP[:at]).answer == MISMATCH


@given(st.sampled_from(sorted(set(UNSIGNED) - {"README.txt", "verify.py", "bundle.json"})), st.data())
def test_any_changed_byte_of_a_file_is_found_though_the_index_was_mended(
    place: Path, name: str, data: st.DataObject
) -> None:
    body = UNSIGNED[name]
    at, by = data.draw(st.integers(0, len(body) - 1)), data.draw(st.integers(1, 255))
    tampered = UNSIGNED | {name: body[:at] + bytes([body[at] ^ by]) + body[at + 1 :]}

    assert judged(place, tampered if name == "index.note" else indexed(tampered)).answer == MISMATCH


def run_alone(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-I", "verify.py", *words], cwd=folder, capture_output=True, text=True,
                          check=False)  # fmt: skip


def test_the_program_runs_alone_in_an_empty_folder_and_its_exit_codes_keep_the_answers_apart(tmp_path: Path) -> None:
    (tmp_path / "verify.py").write_bytes(PROGRAM.read_bytes())
    (tmp_path / "good.zip").write_bytes(ZIP)
    (tmp_path / "bad.zip").write_bytes(ZIP[:-1])
    (tmp_path / "unsigned.zip").write_bytes(zip_of(UNSIGNED))
    (tmp_path / "key.pub").write_text(KEY.public.text + "\n", encoding="ascii")

    good = run_alone(tmp_path, "good.zip", "--key", "key.pub", "--head", HEAD)
    bad = run_alone(tmp_path, "bad.zip", "--json")

    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.endswith("ANSWER: match\n")
    assert (bad.returncode, json.loads(bad.stdout)["answer"]) == (1, MISMATCH)
    assert run_alone(tmp_path, "unsigned.zip").returncode == 3
    assert run_alone(tmp_path, "nothing.zip").returncode == 3
    assert run_alone(tmp_path).returncode == 2


def test_the_program_imports_the_standard_library_alone() -> None:
    text = PROGRAM.read_text(encoding="utf-8")
    names = {line.split()[1].partition(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))}

    assert names <= sys.stdlib_module_names


def test_nothing_in_a_bundle_moves_the_cursor(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = Book()
    book.add(make_record("evidence_added", {"name": "a\x1b[2Jb", "sha256": "0" * 64}))
    place.write_bytes(zip_of(bundle_of(book, attachments=())))

    assert verifier().main([str(place)]) == 4
    assert "\x1b" not in capsys.readouterr().out


def test_very_many_lines_are_cut_for_a_person(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = Book()
    book.add(*[make_record("note", {"n": number}) for number in range(300)])
    files = bundle_of(book, key=None)
    place.write_bytes(zip_of(edited(files, "contents.jsonl", lambda lines: lines.clear())))

    assert verifier().main([str(place)]) == 1
    assert "lines more)" in capsys.readouterr().out
