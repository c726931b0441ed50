"""What goes wrong at a real browser: two people at one step, one login as two people, a server that is killed."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.virtual_authenticator import VirtualAuthenticatorOptions

from support.console_world import LEAD, OFFICER, RESPONDER, STORE, team_in, working_team
from support.driven import Person, browser_of, strangers
from support.postgres_server import postgres_server
from support.web_process import WebProcess, serving

if TYPE_CHECKING:
    from support.console_world import World

pytestmark = [pytest.mark.long, pytest.mark.enable_socket, pytest.mark.timeout(1800)]
AGREE = """
const [path, done] = arguments, token = document.querySelector("main [name=form_token]").value;
fetch(path, {method: "POST", body: new URLSearchParams({form_token: token, form_key: "another"})}).then(
  async (answer) => done([answer.status, await answer.text()]), (error) => done([0, String(error)]));
"""
"""Sends what the page has no button for."""
SUBMIT = "setTimeout(() => document.querySelector('main form[method=post]').requestSubmit(), 100)"

THE_TEXT = "return document.getElementById('text').textContent"
THE_DIGEST = "return document.querySelector('#approve [name=digest]').value"

SHORT_STREAMS = (
    "-c", "from leakguard.web import streams; streams.LASTS = 0.0; from leakguard.__main__ import main; main()",
)  # fmt: skip
"""A server whose streams end as soon as they have nothing to tell, where others end after minutes."""
KEEP_STALE = """
const line = document.getElementById("stale");
window.wasStale = !line.hidden;
new MutationObserver(() => { window.wasStale ||= !line.hidden; }).observe(line, {attributes: true});
"""
STREAMS = 5
"""By then more time has gone by than a page without a stream lets pass before it says that it is stale."""


@contextmanager
def logged_in(url: str, folder: Path, name: str) -> Iterator[Person]:
    """A browser of this person, which asks nothing of another machine."""
    with browser_of(url, folder / name.partition(" ")[2].lower()) as person:
        yield person.log_in(name)
        assert strangers(person.requests(), url) == []


@contextmanager
def served_again(world: World, before: WebProcess) -> Iterator[WebProcess]:
    """The same server once more, where the browsers seek it."""
    before.kill()
    with serving(world.folder, "--port", str(urlsplit(before.url).port)) as server:
        yield server


@pytest.fixture
def team(tmp_path: Path) -> Iterator[World]:
    """A store with accounts, and nothing else."""
    folder = tmp_path / "store"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        yield team_in(folder, patch, with_demo=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def responding(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A team with an incident whose playbook was started, on each kind of store."""
    folder = tmp_path / "store"
    folder.mkdir()
    with ExitStack() as stack:
        is_own = request.param == "postgresql"
        store = stack.enter_context(postgres_server()).new_database() if is_own else STORE
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        world = team_in(folder, patch, with_demo=False, store=store)
        world.places["incident"] = world.ask(LEAD, "open_incident", body={"title": "Mail log open"})["id"]
        world.ask(LEAD, "start_playbook", body={"playbook": "exposed-datastore-24h"})
        yield world


def titles(world: World) -> list[str]:
    """What the incidents are called."""
    return [one["title"] for one in world.ask(LEAD, "list_incidents", query={"limit": 100})["incidents"]]


def step_of(world: World, step: str) -> dict[str, Any]:
    """How a step stands."""
    found = world.ask(LEAD, "show_step", path={"incident": world.places["incident"], "step": step})
    return dict(found["step"])


def test_of_two_at_one_step_the_second_is_told_who_did_it_and_one_login_is_one_person(
    responding: World, tmp_path: Path
) -> None:
    world = responding
    steps = f"/incidents/{world.places['incident']}/steps"
    roles = tmp_path / "roles.txt"
    roles.write_text("commander: Li Wei")
    with (
        serving(world.folder) as server,
        logged_in(server.url, tmp_path, RESPONDER) as one,
        logged_in(server.url, tmp_path, LEAD) as two,
    ):
        for person in (one, two):
            person.open(f"{steps}/take_command")
            person.driver.find_element(By.NAME, "file-role_list").send_keys(str(roles))
        threads = [threading.Thread(target=person.press, args=("It is done",)) for person in (one, two)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        done = step_of(world, "take_command")["by"]
        late = two if done == RESPONDER else one
        late.sees(f"{done} was faster")
        late.shoot("too late")

        one.open(f"{steps}/decide_awareness").type("What made us certain", "the link works").press(
            "Record the decision"
        )
        one.sees("somebody else has to agree by their own login").shoot("own decision")
        assert "I confirm this step" not in one.text
        path = f"{steps}/decide_awareness/confirm"
        status, text = one.driver.execute_async_script(AGREE, path)
    assert status in {403, 409}, text
    assert step_of(world, "decide_awareness")["awaits_second"]


def test_a_form_whose_answer_was_lost_is_sent_again_and_done_once(team: World, tmp_path: Path) -> None:
    with serving(team.folder) as server, logged_in(server.url, tmp_path, RESPONDER) as person:
        person.open("/incidents/new?from=title").type("What happened", "Mail log open")
        server.process.send_signal(signal.SIGSTOP)  # it takes the request, and answers nothing
        person.driver.execute_script(SUBMIT)
        time.sleep(2)
        with served_again(team, server):
            person.wait(lambda: "main-frame-error" in person.driver.page_source)
            person.driver.execute_cdp_cmd("Page.reload", {})
            person.sees("Mail log open").shoot("sent again")
            where = urlsplit(person.driver.current_url).path
            assert "/incidents/IR-" in where
        assert titles(team) == ["Mail log open"]


@pytest.fixture
def writing(tmp_path: Path) -> Iterator[World]:
    """A team with an incident whose facts are stated."""
    folder = tmp_path / "store"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        yield working_team(folder, patch)


LATER = "const now = Date.now; Date.now = () => now() + 120000"
"""The page stood open for two minutes."""


def test_what_was_typed_stays_where_the_session_ended_in_the_middle_of_a_form(team: World, tmp_path: Path) -> None:
    path = f"/incidents/{team.ask(LEAD, 'open_incident', body={'title': 'Mail log open'})['id']}/comments"
    with serving(team.folder) as server, logged_in(server.url, tmp_path, RESPONDER) as person:
        person.open(path).type("text", "What the host said on the telephone")
        person.driver.execute_script(LATER)
        person.driver.delete_cookie("leakguard")
        person.driver.find_element(By.CSS_SELECTOR, "main form[method=post] button").click()
        person.sees("Your login is over.").shoot("held back")
        typed = person.driver.current_window_handle
        person.driver.switch_to.new_window("tab")
        person.log_in(RESPONDER).driver.close()
        person.driver.switch_to.window(typed)
        field = person.driver.find_element(By.CSS_SELECTOR, "main textarea[name=text]")
        assert field.get_attribute("value") == "What the host said on the telephone"
        person.driver.find_element(By.CSS_SELECTOR, "main form[method=post] button").click()
        person.sees("The comment is recorded.").sees("What the host said on the telephone")


def letter_of(world: World) -> str:
    """One that has a text and that nobody approves."""
    incident = world.places["incident"]
    for one in world.ask(LEAD, "list_letters")["letters"]:
        shown = world.ask(LEAD, "show_letter", path={"incident": incident, "letter": one["letter"]})
        if shown["text"] and not shown["versions"]:
            return str(one["letter"])
    raise AssertionError("no letter can be approved")


def reword_fact(world: World, more: str) -> None:
    """Say more in a fact that stands in every letter."""
    where = {"incident": world.places["incident"]}
    kept = world.ask(LEAD, "show_facts", path=where)
    fact = kept["facts"]["facts"]["breach_description"]
    value = fact["value"]
    longer = {lang: f"{text} {more}" for lang, text in value.items()} if isinstance(value, dict) else f"{value} {more}"
    answers = {"facts.breach_description": {**fact, "value": longer}}
    world.ask(LEAD, "answer_facts", path=where, body={"answers": answers}, headers={"if-match": kept["sha256"]})


def test_a_letter_that_changes_while_it_is_read_says_so_and_is_approved_only_once_it_was_read(
    writing: World, tmp_path: Path
) -> None:
    path = f"/incidents/{writing.places['incident']}/letters/{letter_of(writing)}"
    with serving(writing.folder) as server, logged_in(server.url, tmp_path, OFFICER) as person:
        person.open(path)
        text, digest = (person.driver.execute_script(script) for script in (THE_TEXT, THE_DIGEST))
        reword_fact(writing, "CHANGED MEANWHILE")
        person.sees("The letter changed since you opened this page.").shoot("changed")
        assert person.driver.execute_script(THE_TEXT) == text
        assert person.driver.execute_script(THE_DIGEST) == digest
        assert person.driver.find_element(By.ID, "reworded").get_attribute("role") == "status"
        person.press("Approve this text", within="#approvals")
        assert "Your approval is in the ledger." not in person.text
        assert letter_of(writing) in path  # nobody approves it

        person.open(path)
        assert "CHANGED MEANWHILE" in person.driver.execute_script(THE_TEXT)
        assert "The letter changed since you opened this page." not in person.text
        person.press("Approve this text", within="#approvals").sees("Your approval is in the ledger.")


def test_a_page_says_that_it_is_stale_and_goes_on_when_the_server_is_back(team: World, tmp_path: Path) -> None:
    with serving(team.folder) as server, logged_in(server.url, tmp_path, LEAD) as person:
        person.open("/")
        server.kill()
        person.sees("This page no longer hears of changes.").shoot("stale")
        with served_again(team, server):
            person.wait(lambda: "This page no longer hears of changes." not in person.text)
            team.ask(RESPONDER, "open_incident", body={"title": "Found while it was away"})
            person.sees("Incidents 1").shoot("back")


def test_a_stream_that_comes_to_its_end_is_opened_again_and_the_page_is_not_stale(team: World, tmp_path: Path) -> None:
    asked: list[str] = []

    def streams() -> int:
        asked.extend(person.requests())
        return sum("/events/stream" in one for one in asked)

    with (
        serving(team.folder, program=SHORT_STREAMS) as server,
        logged_in(server.url, tmp_path, LEAD) as person,
    ):
        person.open("/").driver.execute_script(KEEP_STALE)
        person.wait(lambda: streams() >= STREAMS)
        team.ask(RESPONDER, "open_incident", body={"title": "Found between two streams"})
        person.sees("Incidents 1")
        was_stale = person.driver.execute_script("return window.wasStale")
        assert strangers(asked, server.url) == []

    assert was_stale is False


def test_a_login_by_passkey_goes_on_to_the_page_that_was_asked_for(team: World, tmp_path: Path) -> None:
    path = f"/incidents/{team.ask(LEAD, 'open_incident', body={'title': 'Mail log open'})['id']}/timeline"
    options = VirtualAuthenticatorOptions()
    options.has_resident_key = options.has_user_verification = options.is_user_verified = True
    with serving(team.folder) as server, logged_in(server.url, tmp_path, RESPONDER) as person:
        person.driver.add_virtual_authenticator(options)
        person.open("/account").driver.find_element(By.ID, "new-passkey").click()
        person.wait(lambda: "Remove" in person.text)
        person.driver.delete_cookie("leakguard")
        person.open(path).driver.find_element(By.ID, "passkey").click()
        person.wait(lambda: urlsplit(person.driver.current_url).path == path)
