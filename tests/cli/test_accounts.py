"""Accounts, logins and tokens from the command line, and what they mean for every other command."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyotp
import pytest

from leakguard.accounts import passwords
from leakguard.accounts.rights import EVENT_RIGHTS, RIGHTS, Right, Role
from leakguard.cli.app import app
from leakguard.cli.recording import ByOption
from leakguard.cli.rights import COMMANDS, OWN
from leakguard.wiring.accounts import AccountWiring
from support.accounts import CHEAP, PASSWORD, AccountTools, open_store
from support.bundles import verifier
from support.command_lines import all_commands
from support.commands import USER, CommandLine, Ran, command_line
from support.notices import CAC, settled, to_text

ID = "IR-2026-0001"
ANOTHER = "another good password"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(AccountWiring, "password_cost", CHEAP)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    made = command_line(tmp_path, monkeypatch, capsys)
    (tmp_path / "pw").write_text(f"{PASSWORD}\n", encoding="utf-8")
    (tmp_path / "new").write_text(f"{ANOTHER}\n", encoding="utf-8")
    return made


def add(run: CommandLine, name: str, *roles: str, more: tuple[str, ...] = ()) -> Ran:
    given = [word for role in roles for word in ("--role", role)]
    return run("account", "add", name, *given, "--password-file", "pw", *more)


def login(run: CommandLine, name: str, *more: str) -> Ran:
    return run("login", name, "--password-file", "pw", *more)


@pytest.fixture
def team(run: CommandLine) -> CommandLine:
    """Anna is admin, commander and DPO; Li is DPO; both can log in, and nobody has."""
    assert add(run, "Anna Berg", "admin", "commander", "dpo", more=("--mail", "anna@example.edu")).code == 0
    assert login(run, "Anna Berg").code == 0
    assert add(run, "Li Wei", "dpo").code == 0
    assert run("incident", "open", "--title", "Mail log open").code == 0
    run("logout")
    return run


def last(run: CommandLine) -> Any:  # noqa: ANN401  (JSON holds anything)
    return run("incident", "timeline", ID, "--format", "json").document["lines"][-1]


# --- the register of rights


def test_every_command_that_can_open_a_store_has_a_right_in_the_register() -> None:
    stores = {
        " ".join(path)
        for path, command in all_commands(app)
        if any("--store" in one.opts or isinstance(one, ByOption) for one in command.params)
    }

    assert stores <= COMMANDS.keys(), sorted(stores - COMMANDS.keys())
    assert COMMANDS.keys() <= {" ".join(path) for path, _ in all_commands(app)}
    assert {right for right in COMMANDS.values() if right != OWN} <= set(Right)


TRIED = (
    (("incident", "show", ID), Right.READ_INCIDENTS),
    (("incident", "event", ID, "awareness"), Right.RECORD_EVENTS),
    (("playbook", "start", ID), Right.DO_STEPS),
    (("evidence", "verify"), Right.VERIFY_LEDGER),
    (("evidence", "list"), Right.READ_EVIDENCE),
    (("notice", "register"), Right.READ_REGISTER),
    (("account", "role", "Li Wei", "--grant", "viewer"), Right.MANAGE_ACCOUNTS),
)


@pytest.mark.parametrize("role", Role)
def test_each_role_may_run_what_the_table_says(run: CommandLine, role: Role) -> None:
    run("incident", "open", "--title", "Mail log open")
    add(run, "Anna Berg", "admin")
    login(run, "Anna Berg")
    add(run, "Li Wei", role.value)
    login(run, "Li Wei")
    for words, right in TRIED:
        ran = run(*words)

        assert (f"`{right}`" in ran.err) is (role not in RIGHTS[right]), ran.err
        if role not in RIGHTS[right]:
            assert (ran.code, ran.out) == (2, "")


# --- logging in


def test_who_logs_in_records_as_their_account_and_every_view_says_so(team: CommandLine) -> None:
    login(team, "anna@example.edu")
    team("incident", "event", ID, "awareness", "--source", "SOC")
    told = last(team)
    team("incident", "report", ID, "-o", "report.html")
    verified = team("evidence", "verify")

    assert (told["by"], told["by_source"]) == ("Anna Berg", "session")
    assert told["by_id"].startswith("acc_")
    assert "recorded by Anna Berg (logged in)" in team("incident", "timeline", ID).out
    assert "Anna Berg (logged in)" in (team.folder / "report.html").read_text(encoding="utf-8")
    assert "by 1 account that logged in, 4 by names that nobody authenticated" in verified.out
    assert team("evidence", "verify", "--format", "json").document["recorded_by"]["accounts"] == 1


def test_who_did_not_log_in_still_works_and_is_marked_as_not_authenticated(team: CommandLine) -> None:
    assert team("incident", "event", ID, "awareness").code == 0
    told = last(team)

    assert (told["by"], told["by_source"], told["by_id"]) == (USER, "os", "os:1000")
    assert team("incident", "event", ID, "note", "--source", "x", "--by", "Anna Berg").code == 0
    assert (last(team)["by_source"], last(team)["by_id"]) == ("typed", "os:1000")


def test_who_logged_in_speaks_for_nobody_else(team: CommandLine) -> None:
    login(team, "Anna Berg")
    ran = team("incident", "event", ID, "awareness", "--by", "Li Wei")

    assert ran.code == 2
    assert "you are logged in as Anna Berg, and --by names `Li Wei`" in ran.err
    assert team("incident", "event", ID, "awareness", "--by", "anna  berg").code == 0
    assert last(team)["by_source"] == "session"


def test_the_session_is_kept_for_its_owner_alone_and_ends_with_logout(team: CommandLine) -> None:
    login(team, "Anna Berg")
    (kept,) = (team.folder / "state" / "leakguard" / "sessions").iterdir()
    secret = kept.read_text(encoding="ascii").strip()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert team("whoami").out.startswith("Anna Berg (logged in), acc_")
    assert team("logout").out == "Logged out.\n"
    assert not kept.exists()
    kept.write_text(secret, encoding="ascii")
    copied = team("whoami")

    assert (copied.code, "the session is over: it was ended" in copied.err) == (2, True)
    assert "Next: Log in: leakguard login NAME" in copied.err
    assert team("logout").code == 0
    assert team("logout").out == "Nobody was logged in.\n"
    assert "not authenticated" in team("whoami").out


def test_an_expired_session_is_refused_and_not_taken_for_the_user_of_the_system(team: CommandLine) -> None:
    login(team, "Anna Berg")
    team.now = "2026-05-25T09:00+08:00"
    ran = team("incident", "event", ID, "awareness")

    assert (ran.code, "it was not used for too long" in ran.err) == (2, True)
    assert last(team)["kind"] == "incident_opened" if team("logout").code == 0 else False


def test_a_new_login_ends_the_session_before_it(team: CommandLine) -> None:
    login(team, "Anna Berg")
    (kept,) = (team.folder / "state" / "leakguard" / "sessions").iterdir()
    old = kept.read_text(encoding="ascii")
    login(team, "Anna Berg")
    new = kept.read_text(encoding="ascii")
    kept.write_text(old, encoding="ascii")

    assert old != new
    assert team("whoami").code == 2


def test_a_session_of_another_store_is_not_looked_at(team: CommandLine) -> None:
    login(team, "Anna Berg")
    ran = team("--store", "other.db", "incident", "open", "--title", "x")

    assert ran.code == 0
    assert team("whoami").code == 0


def test_a_session_of_a_store_that_is_gone_is_nobodys(team: CommandLine) -> None:
    login(team, "Anna Berg")
    for file in team.folder.glob("leakguard.db*"):
        file.unlink()

    assert team("incident", "open", "--title", "x").code == 0
    assert last(team)["by_source"] == "os"


@pytest.mark.parametrize("name", ["Anna Berg", "Nobody"])
def test_a_wrong_password_is_refused_in_the_same_words_for_everybody(team: CommandLine, name: str) -> None:
    (team.folder / "pw").write_text("wrong canary password\n", encoding="utf-8")
    ran = login(team, name)

    assert ran.code == 2
    assert ran.err.splitlines()[0] == "Error: the name, the password or the code is wrong"
    assert "canary" not in ran.out + ran.err


def test_a_password_is_asked_for_only_where_somebody_can_answer(team: CommandLine) -> None:
    ran = team("login", "Anna Berg")

    assert ran.code == 2
    assert "--password-file FILE" in ran.err


def test_no_option_takes_a_password_or_a_secret_as_its_value() -> None:
    taking = {
        option
        for _, command in all_commands(app)
        for one in command.params
        for option in one.opts
        if any(word in option for word in ("password", "secret", "token")) and option.startswith("--")
    }

    assert taking == {"--password-file", "--new-password-file", "--no-password", "--second-password-file"}


def test_a_second_factor_is_taken_and_asked_for(team: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    login(team, "Anna Berg")
    seen: list[str] = []
    taken = pyotp.random_base32()
    monkeypatch.setattr("leakguard.cli.account.own.begin_totp", lambda _: taken)
    monkeypatch.setattr("leakguard.cli.account.own.ask_code", lambda: seen.pop() if seen else "")
    nobody = team("account", "totp")
    moment = 1779584400  # 2026-05-24T01:00Z
    seen.append(pyotp.TOTP(taken).at(moment))
    assert team("account", "totp").code == 0
    team("logout")

    assert (nobody.code, "nobody typed a code" in nobody.err) == (2, True)
    assert "has a second factor" in login(team, "Anna Berg").err
    assert login(team, "Anna Berg", "--code", pyotp.TOTP(taken).at(moment)).code == 2
    assert login(team, "Anna Berg", "--code", pyotp.TOTP(taken).at(moment + 30)).code == 0


# --- accounts


def test_the_accounts_of_a_store_are_managed_by_an_admin_who_logged_in(team: CommandLine) -> None:
    refused = add(team, "Mallory", "admin")
    login(team, "Li Wei")
    without = add(team, "Mallory", "admin")

    assert (refused.code, "an admin manages them" in refused.err) == (2, True)
    assert (without.code, "`manage_accounts`" in without.err) == (2, True)
    login(team, "Anna Berg")
    for words in (
        ("role", "Li Wei", "--grant", "counsel", "--revoke", "dpo", "--reason", "new work"),
        ("disable", "Li Wei"), ("enable", "Li Wei"), ("link", "Li Wei", "--external", "proxy#li"),
        ("recover", "Li Wei", "--reason", "forgot it", "--password-file", "new"),
    ):  # fmt: skip
        assert team("account", *words).code == 0, words
    (anna, li) = team("account", "list", "--format", "json").document

    assert (li["roles"], li["enabled"], li["second_factor"]) == (["counsel"], True, False)
    assert anna["mail"] == "anna@example.edu"
    assert "Li Wei: counsel" in team("account", "list").out
    assert team("account", "role", "Li Wei").code == 2
    assert team("account", "erase", "Li Wei", "--reason", "asked").code == 0
    assert "(erased on " in team("account", "list").out
    assert team("evidence", "verify").code == 0


def test_who_may_not_keep_keys_neither_backs_the_store_up_nor_moves_it(team: CommandLine) -> None:
    login(team, "Li Wei")
    refused = [team("store", "backup", "kept"), team("store", "move", "new.db")]
    login(team, "Anna Berg")

    assert [ran.code for ran in refused] == [2, 2]
    assert all("`manage_keys`" in ran.err for ran in refused)
    assert team("store", "backup", "kept").code == 0


def test_a_session_that_ended_after_the_backup_lets_nobody_into_the_restored_store(
    team: CommandLine, tmp_path: Path
) -> None:
    login(team, "Anna Berg")
    assert team("store", "backup", "kept").code == 0
    for path in tmp_path.glob("leakguard.db*"):
        path.unlink()
    assert team("store", "restore", "kept").code == 0

    assert team("account", "list").code == 2
    assert login(team, "Anna Berg").code == 0


def test_an_account_of_a_provider_has_no_password(team: CommandLine) -> None:
    login(team, "Anna Berg")
    ran = team("account", "add", "Zhang Min", "--no-password", "--external", "proxy#zhang", "--format", "json")

    assert ran.document["name"] == "Zhang Min"
    assert "(no password)" in team("account", "list").out


def test_where_no_admin_can_log_in_the_owner_of_the_file_recovers_one_and_the_record_says_so(team: CommandLine) -> None:
    ran = team("account", "recover", "Anna Berg", "--reason", "no admin left", "--password-file", "new")
    entry = team("evidence", "list", "--format", "json").document["entries"][-1]

    assert ran.code == 0
    assert "not authenticated" in ran.err
    assert entry["kind"] == "account_recovered"
    assert team("login", "Anna Berg", "--password-file", "new").code == 0


def test_everybody_takes_a_password_of_their_own(team: CommandLine) -> None:
    assert team("account", "password", "--password-file", "pw", "--new-password-file", "new").code == 2
    login(team, "Li Wei")
    changed = team("account", "password", "--password-file", "pw", "--new-password-file", "new")

    assert changed.code == 0
    assert "not authenticated" in team("whoami").out
    assert team("login", "Li Wei", "--password-file", "new").code == 0


def test_the_table_of_rights_is_printed(run: CommandLine) -> None:
    table = run("account", "rights", "--format", "json").document

    assert [one["right"] for one in table["rights"]] == [right.value for right in Right]
    assert "approve_letters" in run("account", "rights").out


def test_a_store_without_accounts_says_so(run: CommandLine) -> None:
    run("incident", "open", "--title", "x")

    assert "There are no accounts" in run("account", "list").out
    assert run("token", "list").code == 2
    assert "this store has no accounts" in login(run, "Anna Berg").err


def test_every_entry_says_by_an_id_that_stays_who_recorded_it(team: CommandLine) -> None:
    login(team, "Anna Berg")
    team("playbook", "start", ID)
    team("logout")
    team("incident", "event", ID, "awareness", "--by", "Li Wei")
    team("watchman", "once")
    with closing(open_store(str(team.folder / "leakguard.db"), AccountTools())) as store:
        said = [one.content["recorded_by"] for one in store.read()]
    ids = {(one["id"].partition("_")[0].partition(":")[0], one["how"]) for one in said}

    assert all(one["id"] and one["name"] for one in said)
    assert {("acc", "session"), ("os", "os"), ("os", "typed")} <= ids
    assert ids <= {("acc", "session"), ("os", "os"), ("os", "typed"), ("program", "program")}


# --- tokens


def test_a_token_works_in_the_environment_within_its_scopes(team: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    login(team, "Anna Berg")
    made = team("token", "add", "ticket system", "--scope", "record_events", "--scope", "read_incidents")
    as_json = team("token", "add", "other", "--scope", "read_health", "--days", "1", "--format", "json").document
    team("logout")
    monkeypatch.setenv("LEAKGUARD_TOKEN", made.out.strip())
    assert team("incident", "event", ID, "awareness").code == 0
    told, refused, who = last(team), team("playbook", "start", ID), team("whoami", "--format", "json").document

    assert made.out.startswith("lg_")
    assert (told["by"], told["by_source"]) == ("Anna Berg", "token")
    assert (refused.code, "its scopes lack `do_steps`" in refused.err) == (2, True)
    assert (who["how"], who["scopes"]) == ("token", ["read_incidents", "record_events"])
    assert "by an API token" in team("whoami").out
    monkeypatch.delenv("LEAKGUARD_TOKEN")
    login(team, "Anna Berg")
    listed = team("token", "list", "--all", "--format", "json").document
    assert as_json["token"] not in json.dumps(listed)
    assert "ticket system" in team("token", "list").out
    (named,) = [one["id"] for one in listed if one["name"] == "ticket system"]
    assert team("token", "revoke", named).code == 0
    monkeypatch.setenv("LEAKGUARD_TOKEN", made.out.strip())
    assert "unknown, or was revoked" in team("whoami").err


def test_a_token_that_may_record_events_closes_waives_and_files_nothing(
    team: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    login(team, "Anna Berg")
    scopes = ("--scope", "record_events", "--scope", "read_incidents", "--scope", "open_incidents")
    made = team("token", "add", "ticket system", *scopes)
    team("logout")
    monkeypatch.setenv("LEAKGUARD_TOKEN", made.out.strip())
    refused = {kind: team("incident", "event", ID, kind) for kind in EVENT_RIGHTS}
    (tmp_path / "events.yaml").write_text("events: [{kind: closed, occurred_at: 2026-05-24}]\n", encoding="utf-8")
    opened = team("incident", "open", "--from", "events.yaml")

    assert {kind: ran.code for kind, ran in refused.items()} == dict.fromkeys(EVENT_RIGHTS, 2)
    assert all(f"its scopes lack `{EVENT_RIGHTS[kind]}`" in ran.err for kind, ran in refused.items())
    assert (opened.code, "its scopes lack `close_incidents`" in opened.err) == (2, True)
    assert last(team)["kind"] == "incident_opened"


# --- two people


def approve(run: CommandLine, *words: str) -> Ran:
    return run("notice", "approve", "facts.yaml", "--duty", CAC, "--stage", "initial", "--incident", ID, *words)


def test_a_letter_is_approved_by_two_people_who_logged_in(team: CommandLine) -> None:
    team.now = "2026-06-12T12:00+08:00"
    (team.folder / "facts.yaml").write_text(to_text(settled()), encoding="utf-8")
    invented = approve(team, "--by", "A. Counsel")
    login(team, "Anna Berg")
    first, again = approve(team, "--format", "json").document, approve(team, "--format", "json").document
    login(team, "Li Wei")
    second = approve(team, "--format", "json").document

    assert (invented.code, "only somebody who logged in can approve a letter" in invented.err) == (2, True)
    assert (first["approved"], again["new"], again["approved"]) == (False, False, False)
    assert second["approved"]
    assert len({one["by_id"] for one in second["approvals"]}) == 2
    assert {one["by_source"] for one in second["approvals"]} == {"session"}


def test_approvals_from_before_the_first_account_count_no_longer(run: CommandLine) -> None:
    run.now = "2026-06-12T12:00+08:00"
    run("incident", "open", "--title", "x")
    (run.folder / "facts.yaml").write_text(to_text(settled()), encoding="utf-8")
    for name in ("A. Counsel", "B. Officer"):
        approve(run, "--by", name)
    assert "it may be sent" in run("notice", "approve", "--list", "--incident", ID).out
    add(run, "Anna Berg", "admin", "dpo")
    listed = run("notice", "approve", "--list", "--incident", ID).out

    assert "Nobody approves it now." in listed
    assert listed.count("Not counted, as nobody logged in") == 2


def test_a_step_for_two_people_awaits_the_second_one_who_confirms_it(team: CommandLine) -> None:
    login(team, "Anna Berg")
    team("playbook", "start", ID)
    named = team("playbook", "skip", ID, "contain", "--second", "Li Wei", "--reason", "the server is gone")
    done = team("playbook", "skip", ID, "contain", "--reason", "the server is gone")
    own = team("playbook", "confirm", ID, "contain")
    waits = team("playbook", "next", ID)
    shown = {one["id"]: one for one in team("playbook", "next", ID, "--format", "json").document["steps"]}["contain"]
    login(team, "Li Wei")
    other = team("playbook", "skip", ID, "contain", "--reason", "mine")
    confirmed = team("playbook", "confirm", ID, "contain")
    after = {one["id"]: one for one in team("playbook", "next", ID, "--format", "json").document["steps"]}["contain"]
    twice = team("playbook", "confirm", ID, "contain")

    assert (named.code, "Leave --second out" in named.err) == (2, True)
    assert (done.code, "awaits a second person" in done.out) == (0, True)
    assert (own.code, "another person has to confirm it" in own.err) == (2, True)
    assert "awaits  a second person: Anna Berg (logged in) leaves it out" in waits.out
    assert (shown["state"], shown["awaits_second"]["by"], shown["awaits_second"]["waived"]) == (
        "ready",
        "Anna Berg",
        True,
    )
    entry = shown["awaits_second"]["entry"]
    assert shown["close_with"] == f"leakguard playbook confirm {ID} contain --claim {entry}"
    assert (other.code, "it awaits a second person" in other.err) == (2, True)
    assert confirmed.code == 0
    assert (after["state"], after["by"], after["second"], after["awaits_second"]) == (
        "skipped", "Anna Berg", "Li Wei", None,
    )  # fmt: skip
    assert (after["by_source"], after["by_id"]) == ("session", shown["awaits_second"]["by_id"])
    assert (twice.code, "awaits no second person" in twice.err) == (2, True)


def test_a_step_that_awaits_another_person_is_no_task_of_who_did_it(team: CommandLine) -> None:
    login(team, "Anna Berg")
    team("playbook", "start", ID)
    team("playbook", "assign", ID, "contain", "--to", "Anna Berg")
    before = [one["step"] for one in team("tasks", "--format", "json").document]
    team("playbook", "skip", ID, "contain", "--reason", "the server is gone")

    assert "contain" in before
    assert "contain" not in [one["step"] for one in team("tasks", "--format", "json").document]
    assert "contain" in [one["step"] for one in team("tasks", "--everybody", "--format", "json").document]


def test_what_was_recorded_twice_is_confirmed_by_its_entry(team: CommandLine) -> None:
    login(team, "Anna Berg")
    team("playbook", "start", ID)
    for reason in ("the server is gone", "it was never ours"):
        team("playbook", "skip", ID, "contain", "--reason", reason)
    login(team, "Li Wei")
    shown = {one["id"]: one for one in team("playbook", "next", ID, "--format", "json").document["steps"]}["contain"]
    entry = str(shown["awaits_second"]["entry"])
    refused = team("playbook", "confirm", ID, "contain")
    assert (refused.code, f"--claim {entry}" in refused.err) == (2, True)
    assert f"leakguard playbook confirm {ID} contain --claim {entry}" in team("playbook", "next", ID).out

    assert team("playbook", "confirm", ID, "contain", "--claim", entry).code == 0


def test_a_claim_is_taken_back_before_anybody_confirms_it(team: CommandLine) -> None:
    login(team, "Anna Berg")
    team("playbook", "start", ID)
    team("playbook", "skip", ID, "contain", "--reason", "the server is gone")
    taken = team("playbook", "take-back", ID, "contain", "--reason", "the wrong server")
    login(team, "Li Wei")

    assert taken.code == 0
    assert "awaits no second person" in team("playbook", "confirm", ID, "contain").err


def test_a_step_for_two_people_is_not_done_by_two_names_once_there_are_accounts(team: CommandLine) -> None:
    team("playbook", "start", ID)
    ran = team("playbook", "skip", ID, "contain", "--by", "A", "--second", "B", "--reason", "the server is gone")

    assert (ran.code, "only somebody who logged in" in ran.err) == (2, True)


def test_without_accounts_two_people_are_named_as_before(run: CommandLine) -> None:
    run("incident", "open", "--title", "x")
    run("playbook", "start", ID)
    confirm = run("playbook", "confirm", ID, "contain")
    ran = run("playbook", "skip", ID, "contain", "--by", "Anna", "--second", "Li", "--reason", "the server is gone")

    assert (confirm.code, "no accounts" in confirm.err) == (2, True)
    assert (ran.code, "contain is left out" in ran.out) == (0, True)


def test_a_waiver_is_confirmed_only_by_somebody_who_may_waive(team: CommandLine) -> None:
    login(team, "Anna Berg")
    add(team, "Rosa Responder", "responder")
    team("playbook", "start", ID)
    team("playbook", "skip", ID, "contain", "--reason", "the server is gone")
    login(team, "Rosa Responder")
    ran = team("playbook", "confirm", ID, "contain")

    assert (ran.code, "`waive_steps`" in ran.err) == (2, True)


def test_a_move_that_leaves_steps_out_is_made_only_by_somebody_who_may_waive(team: CommandLine) -> None:
    login(team, "Anna Berg")
    add(team, "Rosa Responder", "responder")
    team("playbook", "start", ID)
    move = ("playbook", "migrate", ID, "--to", "lost-device", "--reason", "a laptop was stolen")
    login(team, "Rosa Responder")
    refused = team(*move)
    assert (refused.code, "`waive_steps`" in refused.err, "would be left out" in refused.err) == (2, True, True)
    login(team, "Anna Berg")

    assert team(*move).code == 0


# --- bundles


def test_a_bundle_verifies_and_says_how_many_records_an_account_stands_behind(team: CommandLine) -> None:
    login(team, "Anna Berg")
    team("evidence", "key", "init", "leakguard.key")
    team("incident", "event", ID, "awareness")
    assert team("evidence", "export", "whole.zip").code == 0
    assert team("evidence", "export", "one.zip", "--incident", ID).code == 0
    key = (team.folder / "leakguard.key.pub").read_text(encoding="ascii").strip()
    whole, one = (verifier().verify(str(team.folder / name), key=key) for name in ("whole.zip", "one.zip"))

    assert (whole.answer, one.answer) == ("match", "match")
    assert [remark for remark in one.remarks if "recorded by 1 accounts that logged in" in remark]
    assert not [name for name in ("whole.zip", "one.zip") if b"argon2" in (team.folder / name).read_bytes()]


# --- canaries


def test_no_password_token_or_second_factor_is_in_any_output_file_or_log(
    team: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every line of a log at its finest level, every message, every file but the store and the session."""
    monkeypatch.setenv("LEAKGUARD_TRACE", "1")
    said: list[str] = []

    def noted(*words: str) -> Ran:
        ran = team("--log-level", "debug", "--log-file", "run.log", *words)
        said.append(ran.err + (ran.out if words[:2] != ("token", "add") else ""))
        return ran

    noted("login", "Anna Berg", "--password-file", "pw")
    (kept,) = (team.folder / "state" / "leakguard" / "sessions").iterdir()
    session = kept.read_text(encoding="ascii").strip()
    token = noted("token", "add", "ci", "--scope", "read_incidents").out.strip()
    noted("incident", "event", ID, "awareness")
    noted("account", "recover", "Li Wei", "--reason", "forgot it", "--password-file", "new")
    noted("account", "list")
    noted("token", "list")
    monkeypatch.setenv("LEAKGUARD_TOKEN", token)
    noted("whoami")
    noted("playbook", "start", ID)
    monkeypatch.setenv("LEAKGUARD_TOKEN", f"{token}x")
    noted("whoami")
    said.append((team.folder / "run.log").read_text(encoding="utf-8"))
    text = "\n".join(said)

    assert "entry_recorded" in text
    assert not [word for word in (PASSWORD, ANOTHER, session, token, "argon2") if word in text]


def test_a_bug_in_the_middle_of_a_login_shows_no_password_in_its_trace(
    team: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> Iterator[None]:
        raise RuntimeError("a bug")

    monkeypatch.setenv("LEAKGUARD_TRACE", "1")
    monkeypatch.setattr(passwords, "_hasher", broken)
    ran = login(team, "Anna Berg")

    assert ran.code == 128
    assert "RuntimeError" in ran.err
    assert PASSWORD not in ran.err + ran.out


def test_two_people_who_correct_a_clock_prove_who_they_are(team: CommandLine) -> None:
    (team.folder / "li").write_text(f"{PASSWORD}\n", encoding="utf-8")
    words = ("evidence", "clock", "--mend", "--at", "7=2026-05-24T08:00+08:00", "--reason", "mail log")
    stranger = team(*words, "--by", "Ada", "--second", "Li Wei", "--second-password-file", "li")
    login(team, "Anna Berg")
    grant = team("account", "role", "Li Wei", "--grant", "admin")
    wrong = team(*words, "--second", "Li Wei", "--second-password-file", "new")
    herself = team(*words, "--second", "anna@example.edu", "--second-password-file", "pw")
    agreed = team(*words, "--second", "li wei", "--second-password-file", "li")

    assert grant.code == 0
    assert (stranger.code, "only somebody who logged in" in stranger.err) == (2, True)
    assert (wrong.code, "password" in wrong.err) == (2, True)
    assert (herself.code, "cannot be both people" in herself.err) == (2, True)
    assert agreed.code == 0, agreed.err
