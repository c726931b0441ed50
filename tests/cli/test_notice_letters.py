"""`leakguard notice letters` as a user types it: many letters, one manifest, and nobody's data anywhere else."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from leakguard.cli.main import run
from leakguard.cli.notice.merge_progress import BarProgress, merge_progress
from leakguard.cli.options import Context
from leakguard.errors import BadFile
from leakguard.use_cases.letters import people_file
from leakguard.use_cases.letters.merge_rows import Survey
from support.merging import CANARY, HEADER, contents, letters_in, people
from support.notices import GDPR_33, GDPR_34, complete, to_text

pytestmark = pytest.mark.untraced

NOW = "2026-06-12T12:00+08:00"
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs `leakguard notice letters facts.yaml ...`; gives the exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def command(
        *words: str, crowd: bytes | None = None, values: dict[str, Any] | None = None, now: str | None = NOW
    ) -> tuple[int, str, str]:
        Path("facts.yaml").write_text(to_text(values or complete()), encoding="utf-8")
        Path("people.csv").write_bytes(people(4) if crowd is None else crowd)
        given = [] if "--recipients" in words else ["--recipients", "people.csv"]
        given += ["--now", now] if now else []
        given += [] if "--duty" in words else ["--duty", GDPR_34]
        code = run(["--no-color", "notice", "letters", "facts.yaml", "--workers", "1", *given, *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def test_each_person_gets_a_pdf_of_their_own(letters: Command) -> None:
    code, out, _ = letters("-o", "out", crowd=people(2))

    made = sorted(letters_in(Path("out")).items())
    texts = [PdfReader(io.BytesIO(content)).pages[0].extract_text() for _, content in made]
    assert code == 0
    assert [name.endswith(".pdf") for name, _ in made] == [True, True]
    assert f"Dear {CANARY} 0" in texts[0]
    assert f"{CANARY} 1，您好" in texts[1]
    assert "2 letters (en 1, zh 1) lie in out." in out
    assert "SHA-256 to approve: " in out
    assert "Nothing was sent" in out


def test_a_sample_is_not_told_as_something_to_approve(letters: Command) -> None:
    """Whoever approved its digest was refused."""
    _, out, _ = letters("-o", "out", "--as", "txt", "--sample", "1", crowd=people(2))
    _, again, _ = letters("-o", "out", "--as", "txt", "--sample", "1", crowd=people(2))

    assert "A sample to look at: it is neither approved nor sent." in out
    assert "to approve" not in out
    assert "1 of them was there already, as it should be." in again


def test_rows_set_aside_are_told_and_the_exit_code_says_that_not_all_is_done(letters: Command) -> None:
    code, out, err = letters("-o", "out", "--as", "md", crowd=people(2, f"{CANARY} bad,{CANARY},,,,,health,,,"))

    assert code == 3
    assert "1 row is set aside" in out
    assert "line 4: id: must have 1 to 64 letters" in out
    assert CANARY not in out + err


def test_a_name_that_a_pdf_cannot_show_keeps_back_no_letter_but_its_own(letters: Command) -> None:
    """One Thai name among the recipients stopped the letters of all."""
    crowd = people(2, "t-1,สมชาย,,,,,health,,,")
    code, out, _ = letters("-o", "out", crowd=crowd)

    assert code == 3
    assert "2 letters (en 1, zh 1) lie in out." in out
    assert "line 4: name: has signs that the fonts of a PDF do not have" in out
    assert letters("-o", "html", "--as", "html", crowd=crowd)[0] == 0


def test_many_rows_set_aside_are_counted_and_the_first_ones_named(letters: Command) -> None:
    _, out, _ = letters("-o", "out", "--as", "md", crowd=people(1, *["x"] * 30))

    assert out.count("  line ") == 20
    assert "and 10 more" in out


def test_the_summary_comes_as_one_document_too(letters: Command) -> None:
    code, out, _ = letters("-o", "out", "--as", "html", "--format", "json", "--jurisdiction", "EU", "--sample", "1")

    shown = json.loads(out)
    assert code == 0
    assert (shown["schema"], shown["letters"], shown["passed_over"]) == ("leakguard.letters-summary/1", 1, 3)
    assert (shown["languages"], shown["form"], shown["sample"]) == ({"en": 1}, "html", True)
    assert len(shown["manifest_sha256"]) == 64


def test_a_dry_run_says_what_would_be_written_and_writes_nothing(letters: Command) -> None:
    code, out, err = letters("--dry-run", "--as", "md", crowd=people(4, "x"), now=None)
    as_json = json.loads(letters("--dry-run", "--as", "md", "--format", "json")[1])

    assert code == 3
    assert "4 letters would be written (en 2, zh 2)." in out
    assert "Nothing was written." in out
    assert CANARY not in out + err
    assert (as_json["letters"], as_json["set_aside"]) == (4, 0)
    assert sorted(one.name for one in Path().iterdir()) == ["facts.yaml", "people.csv"]


def test_a_dry_run_names_a_few_lines_of_people_who_stand_there_twice(letters: Command) -> None:
    crowd = "id,data,name,email\n" + "\n".join(f"p{number},location,{CANARY},c@x.example" for number in range(30))
    _, out, err = letters("--dry-run", "--as", "md", crowd=crowd.encode(), now=None)
    as_json = json.loads(letters("--dry-run", "--as", "md", "--format", "json", crowd=crowd.encode())[1])

    assert "one person with two ids? Each gets a letter:\n  line 3, 4, 5, " in out
    assert " 22 and 9 more\n" in out
    assert (as_json["twins"], as_json["first_twins"][:2]) == (29, [3, 4])
    assert CANARY not in out + err


def test_letters_are_made_for_the_moment_at_which_they_were_begun(letters: Command) -> None:
    """A run that goes on after midnight must not mix two dates."""
    _, first, _ = letters("-o", "out", "--as", "md", "--format", "json", now="2026-06-12T12:00+08:00")
    _, again, _ = letters("-o", "out", "--as", "md", "--format", "json", now=None)

    assert json.loads(again) == {**json.loads(first), "found_there": 4}


def test_other_people_do_not_come_into_the_same_folder(letters: Command) -> None:
    letters("-o", "out", "--as", "md")
    code, out, err = letters("-o", "out", "--as", "md", crowd=people(5))

    assert (code, out) == (2, "")
    assert "the file of recipients: was " in err
    assert CANARY not in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "no folder for the letters is named"),
        (("-o", "out", "--duty", GDPR_33), "is not told to people one by one"),
        (("-o", "out", "--duty", "eu-gdpr-34-individual"), "Did you mean `eu-gdpr-34-individuals`?"),
        (("-o", "out", "--jurisdiction", "Europe"), "is no region or ISO code"),
        (("-o", "out", "--recipients", "none.csv"), "none.csv"),
        (("-o", "out", "--encoding", "latin1"), "'latin1' is not one of"),
        (("-o", "facts.yaml"), "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_reason(words: tuple[str, ...], told: str, letters: Command) -> None:
    code, out, err = letters(*words)

    assert code in {2, 3}
    assert out == ""
    assert told in err


def test_a_dry_run_shows_what_to_look_at_and_who_is_passed_over(letters: Command) -> None:
    values = complete(cause={"value": {"en": "ask mallory@other.example", "zh": "请询问mallory@other.example"}})
    _, out, err = letters(
        "--dry-run", "--as", "md", "--jurisdiction", "EU", "--duty", "cn-pipl-57-individuals", values=values
    )

    assert "Look at cause: an e-mail address that is not your own" in err
    assert "2 rows were passed over" in out


def test_a_language_that_the_facts_lack_is_named_with_what_is_missing(letters: Command) -> None:
    values = complete(measures_taken={"value": {"en": "login switched on"}})
    code, _, err = letters("-o", "out", values=values)

    assert code == 2
    assert "`zh`" in err
    assert "measures_taken" in err


def test_people_may_come_through_a_pipe(letters: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    class Pipe:
        buffer = io.BytesIO(people(3))

    monkeypatch.setattr(sys, "stdin", Pipe)

    code, out, _ = letters("-o", "out", "--as", "md", "--recipients", "-")

    assert code == 0
    assert "3 letters" in out


def test_people_may_come_through_a_pipe_of_the_shell_that_is_read_once() -> None:
    """`--recipients <(gpg -d people.csv.gpg)`: the shell names a pipe that it has opened."""
    reading, writing = os.pipe()
    os.write(writing, b"id,data\n")
    os.close(writing)

    opened = people_file.people_in(f"/dev/fd/{reading}")

    os.close(reading)
    for _ in range(2):
        with opened() as readline:
            assert readline(100) == b"id,data\n"


def test_a_pipe_that_brings_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Pipe:
        buffer = io.BytesIO(b"0123456789")

    monkeypatch.setattr(people_file, "MOST_IN_PIPE", 9)
    monkeypatch.setattr(sys, "stdin", Pipe)

    with pytest.raises(BadFile, match="longer than 9 bytes"):
        people_file.people_in("-")


def test_facts_and_people_cannot_both_be_stdin(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["notice", "letters", "-", "--duty", GDPR_34, "--recipients", "-", "--dry-run"]) == 2
    assert "both files are stdin" in capsys.readouterr().err


def test_progress_as_json_has_counts_alone(letters: Command) -> None:
    _, _, err = letters("-o", "out", "--as", "md", "--progress", "json")

    lines = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    assert lines[0]["schema"] == "leakguard.letters-progress/1"
    assert (lines[0]["done"], lines[0]["finished"]) == (0, False)
    assert (lines[-1]["done"], lines[-1]["letters"], lines[-1]["finished"]) == (4, 4, True)
    assert CANARY not in err


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_a_bar_that_is_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    context = Context()
    progress = merge_progress(context, "auto")

    progress.surveyed(Survey(letters=7), ["cause: written in another language than the letter"])
    progress.moved(0)
    progress.moved(5)
    progress.finished()

    assert isinstance(progress, BarProgress)
    assert "5/7" in screen.getvalue()
    assert "Look at cause" in screen.getvalue()


def test_quiet_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    progress = merge_progress(Context(quiet=True), "auto")

    progress.surveyed(Survey(letters=1), ["cause: odd"])
    progress.moved(1)
    progress.finished()

    assert screen.getvalue() == ""


def test_nothing_of_a_person_is_left_anywhere_but_in_the_letters(letters: Command, tmp_path: Path) -> None:
    """Not on the screen, not in the store, the key, the manifest or any name of a file."""
    crowd = people(3, f"{CANARY},{CANARY},{CANARY}\tx,=1+1,xx,XX,{CANARY},?,?,", f"{CANARY},")
    letters_out = letters("-o", "out", "--as", "html", "--progress", "json", crowd=crowd)
    summary = letters("-o", "out", "--as", "html", "--format", "json", crowd=crowd)

    said = "".join(letters_out[1:] + summary[1:])
    left = {name: content for name, content in contents(tmp_path).items() if name not in {"people.csv", "facts.yaml"}}
    assert CANARY not in said
    assert {name for name, content in left.items() if CANARY.encode() in content} == {
        f"out/{name}" for name in letters_in(Path("out"))
    }
    assert not any(CANARY in name for name in left)


def test_the_rows_of_a_chinese_spreadsheet_are_read_in_its_encoding(letters: Command) -> None:
    crowd = f"{HEADER}\np1,王小明,,北京市|海淀区,,CN,contact,,,\n".encode("gb18030")
    code, _, _ = letters("-o", "out", "--as", "txt", "--lang", "zh", "--encoding", "gb18030", crowd=crowd)

    (content,) = letters_in(Path("out")).values()
    assert code == 0
    assert "王小明，您好：" in content.decode()
    assert "海淀区" in content.decode()


EVENTS = """\
zone: UTC
events:
  - {id: e1, kind: awareness, occurred_at: "2026-06-10T15:00Z", recorded_at: "2026-06-10T16:00Z"}
"""


def test_letters_of_a_stored_incident_name_its_ledger(letters: Command) -> None:
    Path("events.yaml").write_text(EVENTS, encoding="utf-8")
    opened = run(["-q", "incident", "open", "--from", "events.yaml"])

    code, _, _ = letters("-o", "out", "--as", "md", "--incident", "IR-2026-0001", now=None)

    head = json.loads((Path("out") / "manifest.jsonl").read_text("ascii").splitlines()[0])
    assert (opened, code) == (0, 0)
    assert head["head"] != ""
