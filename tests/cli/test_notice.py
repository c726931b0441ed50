"""`leakguard notice` as a user types it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from pypdf import PdfReader

from leakguard.bundled import BundledFiles
from leakguard.cli.main import run
from leakguard.documents.makers import FORMATS
from support.every_fact import every_fact
from support.full_disk import no_room
from support.languages import example
from support.notices import CAC, GDPR_33, PIPL_AUTHORITY, complete, to_text

NOW = "2026-06-12T12:00+08:00"
CANARY = "11010519491231002X"
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def notice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Command:
    """Runs `leakguard notice COMMAND facts.yaml ...`; gives the exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def command(name: str, *words: str, values: dict[str, Any] | None = None, now: str = NOW) -> tuple[int, str, str]:
        Path("facts.yaml").write_text(to_text(values or complete()), encoding="utf-8")
        code = run(["--no-color", "notice", name, "facts.yaml", "--now", now, *words])
        printed = capsysbinary.readouterr()
        return code, printed.out.decode("utf-8", "replace"), printed.err.decode()

    return command


def test_assess_prints_one_document_with_an_answer_for_each_duty(notice: Command) -> None:
    code, out, _ = notice("assess", "--format", "json")
    shown = json.loads(out)["assessments"]

    assert code == 0
    assert {one["duty"]: one["applies"] for one in shown}[GDPR_33] == "yes"
    assert all({"because", "missing_facts", "phases", "recipient", "law", "verified_on"} <= one.keys() for one in shown)


def test_assess_tells_a_person_what_is_missing_and_what_to_consider(notice: Command) -> None:
    code, out, _ = notice("assess", "--all", values=complete(risk=None, subject_count={"value": 5}))

    assert code == 0
    assert "NEEDS FACT" in out
    assert "missing: risk" in out
    assert "consider:" in out
    assert "Sat 2026-06-13 23:00 +0800 (2026-06-13 15:00Z)" in out
    assert "source (" in out
    assert "to be verified" in out
    assert out.rstrip().endswith("Nothing here is legal advice.")
    assert max(len(line) for line in out.splitlines() if "://" not in line) <= 120


def test_assess_says_whose_law_it_took_and_where_it_had_no_day_to_go_by(notice: Command) -> None:
    nothing = complete(discovery_date=None, breach_date=None)
    del nothing["events"]
    _, known, _ = notice("assess")
    _, unknown, _ = notice("assess", values=nothing)
    _, as_json, _ = notice("assess", "--format", "json", values=nothing)

    assert "Judged by the law of 2026-06-10, by the event `d`." in known
    assert "law of today, 2026-06-12, because nothing says when" in " ".join(unknown.split())
    assert json.loads(as_json)["law_of"]["by"] == "today"


def test_facts_that_cannot_all_be_true_are_told_to_scripts_as_well(notice: Command) -> None:
    _, out, err = notice("assess", "--format", "json", values=complete(subject_count={"value": 3}))

    (told,) = json.loads(out)["contradictions"]
    assert told.startswith("subject_count:")
    assert told in err


def test_assess_says_which_authority_is_meant(notice: Command) -> None:
    """Who has no establishment in the EEA writes to every authority concerned, and not to a lead authority."""
    _, out, _ = notice("assess", "--all")
    _, as_json, _ = notice("assess", "--format", "json")
    (recipient,) = (one["recipient"] for one in json.loads(as_json)["assessments"] if one["duty"] == GDPR_33)

    assert "every authority concerned if the controller has no establishment in the EEA" in " ".join(out.split())
    assert recipient["note"].startswith("lead authority if one-stop-shop")


def test_next_fact_says_why_what_was_stated_is_not_enough(notice: Command) -> None:
    _, out, _ = notice("next-fact", values=complete(subject_count={"estimate": {"low": 9, "high": 2_000_000}}))

    assert "what was stated is not enough: personal information of at least 1 000 000" in " ".join(out.split())


def test_dormant_duties_are_listed_apart(notice: Command) -> None:
    values = complete(discovery_date={"value": "2018-05-22"})
    del values["events"]
    _, out, _ = notice("assess", "--all", values=values)

    assert "Not law on the day of the incident:" in out
    assert "cn-pipl-57-authority: in force only since 2021-11-01" in " ".join(out.split())


def test_a_clock_whose_start_nobody_stated_is_not_said_to_start_later(notice: Command) -> None:
    """Somebody who states the day of discovery as a fact, and no event, reads that no clock was started by it."""
    values = complete()
    del values["events"]
    _, out, _ = notice("assess", "--all", values=values)
    _, asked, _ = notice("next-fact", values=values)

    assert f"{GDPR_33:<30}  {'initial':<18}  start unknown  no start stated" in out
    assert f"{CAC:<30}  {'supplement':<18}  not started    starts later" in out
    for shown in (" ".join(out.split()), " ".join(asked.split())):
        assert "State under `events` the moment of:" in shown
        assert f"awareness: {PIPL_AUTHORITY}, " in shown
    assert f"awareness: {PIPL_AUTHORITY}" not in notice("next-fact")[1] + notice("assess", "--all")[1]


def test_check_ends_with_one_and_names_what_is_missing(notice: Command) -> None:
    code, out, _ = notice("check", "--duty", GDPR_33, "--format", "json", values=complete(consequences=None))

    assert code == 1
    assert json.loads(out)["missing"] == ["consequences"]
    assert notice("check", "--duty", GDPR_33)[0] == 0


def test_check_names_what_two_letters_tell_in_two_ways_and_ends_as_before(notice: Command) -> None:
    own = {"exfiltration": {"value": False}}
    values = {**complete(exfiltration={"unknown": "the logs are read"}), "by_jurisdiction": {"DE": own}}
    code, _, err = notice("check", "--duty", GDPR_33, values=values)
    told = "Look at exfiltration: told as known in the letters for Germany, told as unknown in all others"

    assert code == 0
    assert told in " ".join(err.split())


def test_check_tells_a_person(notice: Command) -> None:
    values = complete(consequences=None)
    values["organisation"]["dpo"] = "front desk"
    _, out, _ = notice("check", "--duty", GDPR_33, values=values)

    assert "consequences  (What may follow)" in out
    assert "form: dpo_contact" in out


def test_a_draft_is_printed(notice: Command) -> None:
    code, out, err = notice("draft", "--duty", GDPR_33)

    assert code == 0
    assert "Notification of a personal data breach" in out
    assert err == (
        "Look at the addressee: the competent authority in DE is not known; state `subjects_by_jurisdiction`.\n"
    )


def test_a_letter_is_drafted_in_the_language_of_its_reader_where_it_is_written_in_it(notice: Command) -> None:
    values, now = example(), "2026-10-12T12:00Z"
    code, out, _ = notice("draft", "--duty", "kr-pipa-34-individuals", "--lang", "ko", values=values, now=now)
    refused = notice("draft", "--duty", "kr-pipa-34-individuals", "--lang", "ja", values=values, now=now)

    assert code == 0
    assert "개인정보 유출 가능성에 관한 통지" in out
    assert refused[:2] == (2, "")
    assert "English (en), Chinese (zh), Korean (ko)" in refused[2]


def test_what_to_look_at_goes_to_stderr(notice: Command) -> None:
    code, out, err = notice("draft", "--duty", CAC, values=complete(location={"unknown": "logs start later"}))

    assert code == 0
    assert "Look at location" in err
    assert "Look at" not in out


def test_a_draft_is_written_as_pdf_in_a_new_folder(notice: Command) -> None:
    code, out, err = notice("draft", "--duty", CAC, "--lang", "zh", "--as", "pdf", "-o", "letters/cac.pdf")

    assert (code, out) == (0, "")
    assert "letters/cac.pdf" in err
    assert "网络安全事件" in PdfReader(io.BytesIO(Path("letters/cac.pdf").read_bytes())).pages[0].extract_text()


def test_a_disk_that_is_full_leaves_the_letter_that_was_there(notice: Command) -> None:
    """A letter that a lawyer has edited meanwhile was emptied before there was anything to put in its place."""
    assert notice("draft", "--duty", GDPR_33, "-o", "letter.txt")[0] == 0
    Path("letter.txt").write_text("as counsel left it", encoding="utf-8")

    with no_room():
        code = run(["notice", "draft", "facts.yaml", "--now", NOW, "--duty", GDPR_33, "-o", "letter.txt"])

    assert code == 3
    assert Path("letter.txt").read_text(encoding="utf-8") == "as counsel left it"


def test_a_lawyer_gets_a_draft_to_edit(notice: Command) -> None:
    code, _, _ = notice("draft", "--duty", GDPR_33, "--as", "docx", "-o", "letter.docx")

    assert code == 0
    assert docx.Document("letter.docx").paragraphs[0].style is not None


def test_a_pdf_may_go_through_a_pipe_but_not_to_a_terminal(notice: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    assert notice("draft", "--duty", GDPR_33, "--as", "pdf", "-o", "-")[1].startswith("%PDF")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    code, _, err = notice("draft", "--duty", GDPR_33, "--as", "pdf")

    assert code == 2
    assert "-o letter.pdf" in err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--duty", "eu-gdpr-33-authorty"), "Did you mean `eu-gdpr-33-authority`?"),
        (("--duty", "zzz"), "leakguard duties list"),
        (("--duty", CAC, "--stage", "last"), "Its stages are: initial, supplement, final."),
        (("--duty", CAC, "--incident", "IR-2026-0009"), "Next:"),
    ],
)
def test_a_wrong_name_ends_with_two_and_the_nearest(notice: Command, words: tuple[str, ...], says: str) -> None:
    code, out, err = notice("check", *words)

    assert (code, out) == (3 if "--incident" in words else 2, "")
    assert says in err


def test_a_draft_that_lacks_a_fact_ends_with_two(notice: Command) -> None:
    code, out, err = notice("draft", "--duty", PIPL_AUTHORITY, values=complete(cause=None))

    assert (code, out) == (2, "")
    assert "cause: not stated (" in err


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("form", FORMATS)
def test_a_letter_that_no_law_demands_is_drafted(notice: Command, lang: str, form: str) -> None:
    name = "finder" if form == "txt" else "helpdesk"
    words = ("--letter", name, "--lang", lang, "--as", form, "-o", f"letter.{form}")
    code, _, err = notice("draft", *words, values=every_fact())

    assert (code, err) == (0, f"Written to letter.{form}.\n")
    assert len(Path(f"letter.{form}").read_bytes()) > 1_000


def test_a_check_says_what_its_list_rests_on(notice: Command) -> None:
    _, out, _ = notice("check", "--duty", "us-bank-36h-fdic")
    _, as_json, _ = notice("check", "--duty", "us-bank-36h-fdic", "--format", "json")
    told = json.loads(as_json)

    assert "rule checked on 2026-11-30, own-knowledge; to be verified: everything here" in " ".join(out.split())
    assert "source (unread): https://" in " ".join(out.split())
    assert (told["confidence"], told["source_kind"], told["dormant"]) == ("own-knowledge", "unread", False)


def test_a_check_says_that_its_duty_was_no_law_on_the_day(notice: Command) -> None:
    values = complete(discovery_date={"value": "2019-05-22"})
    del values["events"]
    _, out, _ = notice("check", "--duty", PIPL_AUTHORITY, values=values)
    _, as_json, _ = notice("check", "--duty", PIPL_AUTHORITY, "--format", "json", values=values)

    _, practice, _ = notice("check", "--for", "press", values=every_fact())

    assert "rule checked" not in practice
    assert "not law on the day of the incident" in out
    assert json.loads(as_json)["dormant"] is True


def test_a_letter_to_check_that_is_a_docx_is_told_in_which_form_it_can_be_checked(notice: Command) -> None:
    """It was told as a file to mend, and a lawyer's letter has nothing to mend."""
    notice("draft", "--duty", GDPR_33, "--as", "docx", "-o", "letter.docx")
    code, _, err = notice("check", "--duty", GDPR_33, "--letter", "letter.docx")

    assert code == 2
    assert "save it as HTML or text" in " ".join(err.split())


@pytest.mark.parametrize(("command", "option"), [("draft", "--letter"), ("check", "--for")])
@pytest.mark.parametrize("words", [(), ("--duty", GDPR_33, "{}", "finder")])
def test_a_duty_or_a_letter_is_named_and_never_both(
    notice: Command, command: str, option: str, words: tuple[str, ...]
) -> None:
    code, out, err = notice(command, *(word.format(option) for word in words))

    assert (code, out) == (2, "")
    assert f"exactly one of --duty and {option}" in err


def test_a_letter_that_there_is_not_ends_with_two_and_all_there_are(notice: Command) -> None:
    code, out, err = notice("draft", "--letter", "findr")

    assert (code, out) == (2, "")
    assert "finder, staff, helpdesk, press, public, controller, subprocessor" in err


def test_a_letter_that_no_law_demands_is_checked_with_the_letter_that_somebody_wrote(notice: Command) -> None:
    Path("press.md").write_text("# Notice\n\nJ. Doe, j.doe@mail.example, is affected.\n", encoding="utf-8")
    code, out, _ = notice("check", "--for", "press", "--format", "json", values=every_fact())
    told, wrong, _ = notice("check", "--for", "press", "--letter", "press.md", "--format", "json", values=every_fact())

    assert (code, json.loads(out)["complete"]) == (0, True)
    assert (told, json.loads(wrong)["forbidden_present"]) == (1, ["other_people_details"])


def test_the_organisations_own_template_is_found_by_the_settings(notice: Command) -> None:
    Path("leakguard.toml").write_text('templates = "ours"\n', encoding="utf-8")
    code, _, err = notice("draft", "--letter", "finder", values=every_fact())
    assert code == 2
    assert "names the templates folder `ours`" in err
    Path("ours").mkdir()
    text = (
        BundledFiles().text("templates", "notices/practice-finder.yaml").replace("Thank you for your report", "Thanks")
    )
    Path("ours/practice-finder.yaml").write_text(text, encoding="utf-8")

    assert "\nThanks\n" in notice("draft", "--letter", "finder", values=every_fact())[1]
    Path("ours/practice-finder.yaml").write_text(text.replace("}}", ".x }}"), encoding="utf-8")
    code, out, err = notice("draft", "--letter", "finder", values=every_fact())
    assert (code, out) == (2, "")
    assert "looks into a value" in err


@pytest.mark.parametrize(
    ("name", "near"),
    [("any-authorty.yaml", "any-authority.yaml"), ("EU-GDPR-33-authority.yaml", "eu-gdpr-33-authority.yaml"),
     ("any-authority.yml", "any-authority.yaml"), ("cn-joined-individual.yaml", "cn-joined-individuals.yaml")],
)  # fmt: skip
def test_a_template_of_ours_that_no_letter_looks_for_is_refused(notice: Command, name: str, near: str) -> None:
    """The letter that ships would go out in its place, without a word."""
    Path("leakguard.toml").write_text('templates = "ours"\n', encoding="utf-8")
    Path("ours").mkdir()
    text = BundledFiles().text("templates", "notices/any-authority.yaml")
    (Path("ours") / name).write_text(text, encoding="utf-8")
    refused, _, err = notice("draft", "--letter", "finder", values=every_fact())
    (Path("ours") / name).rename(Path("ours") / near)
    code, _, _ = notice("draft", "--letter", "finder", values=every_fact())

    assert (refused, code) == (2, 0)
    assert f"templates/own/{name}: 1 problem" in err
    assert f"did you mean `{near}`?" in err


def test_an_unwritable_place_is_named(notice: Command) -> None:
    Path("blocked").write_text("a file", encoding="utf-8")

    assert notice("draft", "--duty", GDPR_33, "-o", "blocked/letter.txt")[0] == 2


@pytest.mark.parametrize("command", ["assess", "check", "draft"])
def test_a_value_of_a_victim_never_comes_out(notice: Command, command: str) -> None:
    words = () if command == "assess" else ("--duty", GDPR_33)
    for values in (
        complete(victims={"value": [CANARY]}),
        complete(cause={"value": f"belongs to {CANARY}"}),
        complete(risk={"value": CANARY}),
        complete(breach_date={"value": CANARY}),
    ):
        code, out, err = notice(command, *words, values=values)
        assert code == 2
        assert CANARY not in out + err


def test_the_events_of_a_stored_incident_complete_the_facts(
    notice: Command, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "leakguard.toml").write_text('zone = "Asia/Shanghai"\ndrill = true\n', encoding="utf-8")
    time = ["--now", "2026-06-10T23:05+08:00"]
    assert run([*time, "incident", "open", "--title", "Mail log open", "--zone", "Asia/Shanghai"]) == 0
    assert run([*time, "incident", "event", "IR-2026-0001", "awareness", "--at", "2026-06-10T23:00"]) == 0
    capsysbinary.readouterr()
    values = complete()
    del values["events"]
    _, out, _ = notice("assess", "--incident", "IR-2026-0001", "--format", "json", values=values)
    found = {one["duty"]: one for one in json.loads(out)["assessments"]}

    assert found[GDPR_33]["phases"][0]["work_by"] == "2026-06-13T15:00:00Z"


def test_duties_that_may_apply_and_that_nobody_watches_are_named_with_what_to_write(
    notice: Command, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """The six hours of India ran out in silence: the settings name China and Europe until somebody adds a law."""
    settings = tmp_path / "leakguard.toml"
    settings.write_text("drill = true\n", encoding="utf-8")
    time = ["--now", "2026-06-10T23:05+08:00"]
    assert run([*time, "incident", "open", "--title", "Mail log open"]) == 0
    assert run([*time, "incident", "event", "IR-2026-0001", "noticing"]) == 0
    capsysbinary.readouterr()
    values = complete(subjects_by_jurisdiction={"value": {"CN": 40_000, "DE": 120, "IN": 700}})
    _, _, alone = notice("assess", values=values)
    _, _, told = notice("assess", "--incident", "IR-2026-0001", values=values)
    _, out, _ = notice("assess", "--incident", "IR-2026-0001", "--format", "json", values=values)
    advised = [line.strip() for line in told.splitlines() if " = " in line]
    settings.write_text("drill = true\n" + "\n".join(advised), encoding="utf-8")
    _, _, after = notice("assess", "--incident", "IR-2026-0001", values=values)

    assert "No alert is raised" not in alone + after
    unwatched = json.loads(out)["unwatched"]
    assert "in-certin-6h" in unwatched
    assert "No alert is raised for duties that may apply and that nobody watches: " in told
    assert "in" in advised[0].partition('"')[2].rstrip('"').split(", ")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_letter_about_a_stored_incident_prints_where_the_ledger_stood(notice: Command, lang: str) -> None:
    """Whoever gets the letter can tell later whether the ledger was changed: `evidence verify --head`."""
    Path("leakguard.toml").write_text("drill = true\n", encoding="utf-8")
    time = ["--no-color", "--now", "2026-06-12T08:00+08:00"]
    run([*time, "incident", "open", "--title", "Mail log open", "--zone", "Asia/Shanghai"])
    head = json.loads(Path("leakguard.db.head").read_text(encoding="utf-8"))["hash"][:16]

    _, with_store, _ = notice("draft", "--duty", CAC, "--lang", lang, "--incident", "IR-2026-0001")
    _, without, _ = notice("draft", "--duty", CAC, "--lang", lang)

    (line,) = [line for line in with_store.splitlines() if head in line]
    assert run([*time, "evidence", "verify", "--head", line]) == 0
    assert head not in without


def test_a_letter_bears_the_day_of_its_incident(notice: Command, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """A facts file that names no zone is about an incident that has one: in UTC it is still the day before."""
    run(["incident", "open", "--title", "a search server", "--zone", "Asia/Shanghai"])
    capsysbinary.readouterr()
    values = complete(breach_date={"value": "2026-06-11"}, discovery_date={"value": "2026-06-12T05:00"})
    values["zone"] = None
    values["events"] = []
    words = ("--duty", CAC, "--stage", "initial", "--lang", "en", "--incident", "IR-2026-0001")
    code, out, _ = notice("draft", *words, values=values, now="2026-06-12T06:00")

    assert code == 0
    assert "\n12 June 2026" in out
    assert "12 June 2026, 05:00 (UTC+08:00)" in out
    assert "(UTC)" not in out
