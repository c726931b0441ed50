"""Rosters, assignments, tasks and comments from the command line; no word of a privileged comment leaves the store."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from leakguard.cli.app import app
from leakguard.wiring.accounts import AccountWiring
from support.accounts import CHEAP, PASSWORD
from support.command_lines import all_commands
from support.commands import CommandLine, Ran, command_line

ID = "IR-2026-0001"
CANARY = "CANARYPRIVILEGED"
SETTINGS = """
drill = true
country = "DE"
log_level = "debug"
log_file = "leakguard.log"
[[channel]]
name = "soc"
kind = "file"
path = "alerts.txt"
[escalation]
levels = [{role = "commander"}]
roles = {commander = ["soc"]}
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    monkeypatch.setattr(AccountWiring, "password_cost", CHEAP)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    made = command_line(tmp_path, monkeypatch, capsys)
    (tmp_path / "pw").write_text(f"{PASSWORD}\n", encoding="utf-8")
    (tmp_path / "leakguard.toml").write_text(SETTINGS, encoding="utf-8")
    assert made("incident", "open", "--title", "Mail log open").code == 0
    assert made("playbook", "start", ID).code == 0
    return made


def add(run: CommandLine, name: str, *roles: str) -> Ran:
    given = [word for role in roles for word in ("--role", role)]
    ran = run(
        "account",
        "add",
        name,
        "--mail",
        f"{name.split(maxsplit=1)[0].lower()}@example.edu",
        *given,
        "--password-file",
        "pw",
    )
    assert ran.code == 0, ran.err
    return ran


def become(run: CommandLine, name: str) -> None:
    run("logout")
    assert run("login", name, "--password-file", "pw").code == 0


@pytest.fixture
def team(run: CommandLine) -> CommandLine:
    """Anna is admin and commander, Li a responder, Cora counsel; Anna is logged in."""
    add(run, "Anna Berg", "admin", "commander")
    become(run, "Anna Berg")
    add(run, "Li Wei", "responder")
    add(run, "Cora Sun", "counsel")
    add(run, "Vera Vogt", "viewer")
    return run


# --- without accounts


def test_a_step_is_assigned_by_name_and_listed_for_them(run: CommandLine) -> None:
    assert (
        run("playbook", "assign", ID, "contain", "--to", " Li  Wei", "--by", "Anna")
        .out.strip()
        .endswith("contain is Li Wei's now.")
    )

    (task,) = run("tasks", "--for", "wei li", "--format", "json").document
    assert (task["incident"], task["step"], task["why"]) == (ID, "contain", "assigned")
    assert task["assigned_to"]["name"] == "Li Wei"
    assert task["assigned_to"]["by"] == "Anna"
    assert "Li Wei" in run("tasks").out
    assert len(run("tasks", "--format", "json").document) == 2
    assert run("tasks", "--for", "Nobody").out.strip() == "Nothing is to be done by this person."
    (step,) = [
        one for one in run("playbook", "next", ID, "--format", "json").document["steps"] if one["id"] == "contain"
    ]
    assert step["assigned_to"]["name"] == "Li Wei"
    assert "  assigned to Li Wei" in run("playbook", "next", ID).out

    assert run("playbook", "assign", ID, "contain", "--nobody").code == 0
    assert run("tasks", "--for", "Li Wei", "--format", "json").document == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("contain",), "or --nobody"),
        (("contain", "--to", "Li", "--nobody"), "or --nobody"),
        (("contian", "--to", "Li"), "did you mean `contain`"),
        (("xyzzy", "--to", "Li"), "has no step `xyzzy`"),
        (("contain", "--to", "--"), "none"),
    ],
)
def test_an_assignment_that_makes_no_sense_is_refused(run: CommandLine, words: tuple[str, ...], why: str) -> None:
    ran = run("playbook", "assign", ID, *words)

    assert ran.code == 2
    assert why in ran.err


def test_a_step_that_is_settled_is_assigned_to_nobody(run: CommandLine) -> None:
    skipped = run(
        "playbook", "skip", ID, "take_command", "--by", "Anna", "--second", "Zhang Min", "--reason", "nobody is there"
    )
    assert skipped.code == 0, skipped.err

    assert "is settled" in run("playbook", "assign", ID, "take_command", "--to", "Li").err


def test_tasks_of_closed_incidents_and_of_those_without_a_response_are_none(run: CommandLine) -> None:
    run("incident", "open", "--title", "Another")

    assert {one["incident"] for one in run("tasks", "--format", "json").document} == {ID}


def test_anybody_comments_and_nothing_is_privileged_without_accounts(run: CommandLine) -> None:
    (run.folder / "note.txt").write_text("two\nlines\n", encoding="utf-8")
    assert run("incident", "comment", ID, "call back at four", "--by", "Anna").code == 0
    assert run("incident", "comment", ID, "--file", "note.txt", "--step", "contain").code == 0
    assert run("incident", "comment", ID, "json", "--format", "json").document["text"] == "json"

    shown = run("incident", "comments", ID)
    assert "Anna" in shown.out
    assert "  call back at four\n" in shown.out
    assert " on contain" in shown.out
    (one,) = run("incident", "comments", ID, "--step", "contain", "--format", "json").document
    assert (one["text"], one["privileged"], one["step"]) == ("two\nlines", False, "contain")
    refused = run("incident", "comment", ID, "secret", "--privileged")
    assert refused.code == 2
    assert "no accounts" in refused.err
    assert "leakguard account add" in refused.err


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((ID,), "say what"),
        ((ID, "x", "--file", "note.txt"), "say what"),
        ((ID, "..."), "has to say something"),
        ((ID, "x" * 10_001), "at most 10,000 characters"),
        ((ID, "x", "--step", "xyzzy"), "has no step `xyzzy`"),
        (("IR-2026-0099", "x"), "IR-2026-0099"),
    ],
)
def test_a_comment_that_makes_no_sense_is_refused(run: CommandLine, words: tuple[str, ...], why: str) -> None:
    ran = run("incident", "comment", *words)

    assert ran.code == 2
    assert why in ran.err
    assert run("incident", "comments", ID).out.strip() == "There is no comment."


def test_nobody_is_on_call_before_somebody_says_so(run: CommandLine) -> None:
    assert run("oncall", "list").out.startswith("Nobody is on a roster")
    assert run("oncall", "list", "--format", "json").document["problems"] == []
    assert "has no accounts" in run("oncall", "set", "commander", "Anna").err


# --- with accounts


def test_a_roster_is_set_and_shown(team: CommandLine) -> None:
    assert team("oncall", "set", "commander", "Anna Berg", "Li Wei", "--until", "2026-05-25T08:00").code == 0
    later = team(
        "oncall", "set", "commander", "Cora Sun", "--from", "2026-05-25T08:00", "--until", "2026-05-26T08:00",
        "--format", "json",
    )  # fmt: skip
    assert [one["name"] for one in later.document["people"]] == ["Cora Sun"]

    shown = team("oncall", "list")
    assert "commander: Anna Berg; then Li Wei, Cora Sun" in shown.out
    document = team("oncall", "list", "--at", "2026-05-25T12:00", "--format", "json").document
    (role,) = document["roles"]
    assert [one["name"] for one in role["holders"]] == ["Cora Sun"]
    nobody = team("oncall", "list", "--at", "2026-05-28T12:00")
    assert "commander: nobody; then Anna Berg" in nobody.out
    assert "nobody holds it now" in nobody.err
    assert team("oncall", "set", "commander").code == 2
    assert team("oncall", "set", "commander", "Anna Berg", "--nobody").code == 2
    assert team("oncall", "set", "commander", "--nobody").code == 0
    assert team("oncall", "list").out.startswith("commander: nobody; then")


@pytest.mark.enable_socket
def test_a_calendar_in_the_settings_is_shown_and_an_unknown_name_in_it_is_marked(
    team: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = (
        "BEGIN:VEVENT\nUID:1\nSUMMARY:commander: Zoe\nDTSTART:20260101T000000Z\nDTEND:20270101T000000Z\nEND:VEVENT\n"
    )
    (team.folder / "roster.ics").write_text(f"BEGIN:VCALENDAR\n{event}END:VCALENDAR\n", encoding="utf-8")
    settings = team.folder / "leakguard.toml"
    settings.write_text(f'{SETTINGS}\n[oncall]\ncalendar = "roster.ics"\n', encoding="utf-8")

    shown = team("oncall", "list")
    assert "commander: Zoe (no account)" in shown.out
    assert "(calendar)" in shown.out
    once = team("watchman", "once")
    assert once.code == 3
    assert "there is no account `Zoe`" in once.err

    settings.write_text(f'{SETTINGS}\n[oncall]\ncalendar_env = "ROSTER_URL"\n', encoding="utf-8")
    assert "ROSTER_URL is not set" in team("watchman", "check").out
    monkeypatch.setenv("ROSTER_URL", "https://127.0.0.1:1/CANARY")
    unread = team("watchman", "check").out
    assert "the calendar of 127.0.0.1 could not be read" in unread
    assert "CANARY" not in unread


@pytest.mark.parametrize(
    "table", ['calendar = "http://example.edu/a.ics"', 'calendar = "a"\ncalendar_env = "B"', 'calender = "a"']
)
def test_a_calendar_that_the_settings_name_wrongly_is_refused(run: CommandLine, table: str) -> None:
    (run.folder / "leakguard.toml").write_text(f"{SETTINGS}\n[oncall]\n{table}\n", encoding="utf-8")

    ran = run("oncall", "list")
    assert ran.code == 2
    assert "oncall" in ran.err


def test_tasks_are_ones_own_and_those_of_the_role_that_one_holds(team: CommandLine) -> None:
    assert team("playbook", "assign", ID, "contain", "--to", "li@example.edu").code == 0
    assert [one["step"] for one in team("tasks", "--for", "Li Wei", "--format", "json").document] == ["contain"]
    assert team("tasks", "--format", "json").document == []
    assert team("oncall", "set", "Commander", "Anna Berg").code == 0

    (task,) = team("tasks", "--format", "json").document
    assert (task["step"], task["why"], task["assigned_to"]) == ("take_command", "role", None)
    assert len(team("tasks", "--everybody", "--format", "json").document) == 2
    become(team, "Li Wei")
    assert [one["why"] for one in team("tasks", "--format", "json").document] == ["assigned"]
    assert "no enabled account is called `Zoe`" in team("tasks", "--for", "Zoe").err


def test_who_may_not_assign_steps_takes_those_that_are_nobodys_and_no_others(team: CommandLine) -> None:
    become(team, "Li Wei")
    assert team("playbook", "assign", ID, "contain", "--to", "Li Wei").code == 0
    assert team("playbook", "assign", ID, "contain", "--nobody").code == 0
    assert "assign_steps" in team("playbook", "assign", ID, "contain", "--to", "Anna Berg").err
    become(team, "Anna Berg")
    assert team("playbook", "assign", ID, "contain", "--to", "Anna Berg").code == 0
    become(team, "Li Wei")
    refused = team("playbook", "assign", ID, "contain", "--to", "Li Wei")
    assert refused.code == 2
    assert "assign_steps" in refused.err


@pytest.fixture
def privileged(team: CommandLine) -> CommandLine:
    """Cora wrote a privileged comment, and is logged in."""
    team("playbook", "assign", ID, "contain", "--to", "Li Wei")
    become(team, "Cora Sun")
    (team.folder / "advice.txt").write_text(f"{CANARY} do not answer yet", encoding="utf-8")
    ran = team("incident", "comment", ID, "--file", "advice.txt", "--privileged", "--step", "contain")
    (team.folder / "advice.txt").unlink()
    assert ran.code == 0, ran.err
    assert ran.out.strip().endswith("privileged.")
    assert CANARY not in ran.out + ran.err
    return team


def test_counsel_alone_writes_and_reads_privileged_comments(privileged: CommandLine) -> None:
    assert "PRIVILEGED" in (shown := privileged("incident", "comments", ID)).out
    assert CANARY in shown.out
    for name in ("Anna Berg", "Li Wei", "Vera Vogt", ""):
        if name:
            become(privileged, name)
        else:
            privileged("logout")
        listed = privileged("incident", "comments", ID)
        assert CANARY not in listed.out + listed.err
        assert "Not shown: 1 privileged comment." in listed.err
        assert privileged("incident", "comments", ID, "--format", "json").document == []
        refused = privileged("incident", "comment", ID, "x", "--privileged")
        assert refused.code != 0
        assert privileged("evidence", "export", "no.zip", "--with-privileged").code != 0
        assert not (privileged.folder / "no.zip").exists()


def whole(path: Path) -> bytes:
    """Everything in a file, unpacked where it is an archive."""
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


READING = (
    "incident show", "incident timeline", "incident report", "incident list", "incident metrics", "playbook next",
    "playbook draw", "clock list", "clock ics", "watchman check", "watchman once", "evidence list", "evidence verify",
    "notice register", "notice assess", "notice open-items", "tasks", "oncall list", "doctor", "account list",
)  # fmt: skip
"""Commands that show what is kept, to anybody."""


def test_no_word_of_a_privileged_comment_is_in_any_report_export_bundle_or_log(privileged: CommandLine) -> None:
    """Also for counsel, whoever reads what they give away."""
    for name in ("Cora Sun", "Anna Berg"):
        become(privileged, name)
        for command in READING:
            takes_incident = any(
                one.name == "incident" and one.param_type_name == "argument"
                for path, found in all_commands(app) if " ".join(path) == command for one in found.params
            )  # fmt: skip
            ran = privileged(*command.split(), *([ID] if takes_incident else []))
            assert CANARY not in ran.out + ran.err, command
        for form in ("html", "json"):
            assert privileged("incident", "report", ID, "--as", form, "-o", f"{name[0]}.{form}").code == 0
        assert privileged("evidence", "export", f"{name[0]}-all.zip").code == 0 or name == "Cora Sun"
        privileged("evidence", "export", f"{name[0]}-one.zip", "--incident", ID)
    left = [path for path in privileged.folder.iterdir() if path.is_file() and not path.name.startswith("leakguard.db")]
    assert {path.suffix for path in left} >= {".zip", ".html", ".json", ".log"}
    for path in left:
        assert CANARY.encode() not in whole(path), path.name


def test_a_bundle_leaves_out_a_report_whose_sender_the_exporter_may_not_read_and_says_so(team: CommandLine) -> None:
    (team.folder / "mail.eml").write_text(f"From: {CANARY} <f@finder.example>\n\n192.0.2.7:9200 is open", "utf-8")
    assert team("report", "import", "mail.eml").code == 0
    told = {}
    for name in ("Anna Berg", "Cora Sun"):
        become(team, name)
        told[name] = team("evidence", "export", f"{name}.zip", "--to", "the court")
        assert told[name].code == 0, told[name].err

    assert CANARY.encode() in whole(team.folder / "Anna Berg.zip")
    assert CANARY.encode() not in whole(team.folder / "Cora Sun.zip")
    assert "Not in the bundle, as they name who sent them: RP-2026-0001." in told["Cora Sun"].err
    assert "read_reporters" not in told["Anna Berg"].err


def test_counsel_lets_privileged_comments_go_along_and_the_ledger_says_so(privileged: CommandLine) -> None:
    for number, more in enumerate(((), ("--incident", ID))):
        name = f"{number}.zip"
        assert privileged("evidence", "export", name, "--with-privileged", "--to", "the court", *more).code == 0
        assert CANARY.encode() in whole(privileged.folder / name)
    plain = privileged("evidence", "export", "plain.zip")
    assert plain.code == 0
    assert b"everything but privileged comments" in whole(privileged.folder / "plain.zip")
    with_it = whole(privileged.folder / "1.zip")
    assert b"privileged_released" in with_it
    assert b"the court" in with_it
    assert privileged("evidence", "verify").code == 0


def test_a_legal_hold_on_the_incident_holds_its_privileged_comments(privileged: CommandLine) -> None:
    number = privileged("incident", "comments", ID, "--format", "json").document[0]["entry"].removeprefix("E-")
    become(privileged, "Anna Berg")
    assert privileged("evidence", "hold", ID, "--reason", "a court asks").code == 0
    privileged("logout")
    refused = privileged("evidence", "redact", number, "--reason", "a person asks")

    assert "legal hold" in refused.err
