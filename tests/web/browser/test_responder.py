"""On call at three in the morning, with a telephone: from an alert to a proved and closed exposure.

Everything is done with what stands on a screen of 360 px. The folder of the test keeps what each person did and a
picture of each page they saw.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from leakguard.alerts.records import raised_record
from leakguard.cli.main import run
from leakguard.demolab.lab import OPEN, DemoLab
from leakguard.models.alerts import Alert, Severity
from leakguard.web.console.screens import ACTS, SCREENS
from support.console_world import LEAD, RESPONDER, SETTINGS, World, team_in
from support.driven import Person, browser_of, strangers
from support.web_process import serving

pytestmark = [pytest.mark.long, pytest.mark.enable_socket, pytest.mark.timeout(1800)]
WIDTH, HEIGHT = 360, 740
MOST_INPUTS, MOST_PAGES = 60, 12
"""From the alert to the proved closure; the same page of another step counts once."""
CLOCK = "eu-gdpr-33-authority.initial"
LATE_REASON = "The mail lay in a shared mailbox over night"


CHOOSE = """
const [field, value] = arguments;
field.value = value;
field.dispatchEvent(new Event("input", {bubbles: true}));
field.dispatchEvent(new Event("change", {bubbles: true}));
"""


@dataclass(slots=True)
class Phone:
    """Somebody with a telephone, who sees one page after the other."""

    person: Person
    seen: int = 0

    def looks(self, name: str) -> None:
        """Keep a picture of the whole page, which has to fit the screen."""
        self.seen += 1
        driver = self.person.driver
        assert not self.person.is_too_wide, f"{name} is wider than the screen"
        self.person.set_width(WIDTH, max(HEIGHT, int(driver.execute_script("return document.body.scrollHeight"))))
        self.person.shoot(f"{self.seen:02} {name}")
        self.person.set_width(WIDTH, HEIGHT)

    def press(self, words: str, name: str, *, within: str = "main") -> None:
        """Press what says so, and look at the page that comes."""
        self.person.press(words, within=within)
        self.looks(name)

    def menu(self, words: str, name: str) -> None:
        """Open the menu, and follow one of its entries."""
        self.person.inputs += 1
        self.person.driver.find_element(By.CSS_SELECTOR, "button.menu-button").click()
        self.press(words, name, within="#menu")

    def set_time(self, label: str, at: datetime) -> None:
        """Choose a day and a time, as the wheel of a telephone does."""
        self.person.inputs += 1
        self.person.driver.execute_script(CHOOSE, self.person.field(label), f"{at:%Y-%m-%dT%H:%M}")
        self.person.trace.append(f"time {label}: {at:%Y-%m-%d %H:%M}")

    def sends(self, *files: Path) -> None:
        """A file for each piece of evidence that the step demands."""
        for field, file in zip(
            self.person.driver.find_elements(By.CSS_SELECTOR, "main input[type=file]"), files, strict=True
        ):
            self.person.inputs += 1
            field.send_keys(str(file))
            self.person.trace.append(f"send {file.name}")


@contextmanager
def phone_of(url: str, folder: Path, name: str) -> Iterator[Phone]:
    """A telephone whose owner is logged in; it asks nothing of another machine."""
    own = folder / name.partition(" ")[2].lower()
    with browser_of(url, own, width=WIDTH) as person:
        person.set_width(WIDTH, HEIGHT)
        person.log_in(name)
        try:
            yield Phone(person)
        finally:
            steps = [f"{person.inputs} inputs, {len(person.pages)} pages", *person.trace]
            (own / "trace.txt").write_text("\n".join(steps), encoding="utf-8")
        assert strangers(person.requests(), url) == []


def kinds(paths: Iterable[str]) -> set[str]:
    """Which pages of the register these are."""
    screens = {act.path: act.screen for act in ACTS} | {one.path: one.name for one in SCREENS}
    shapes = [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), name) for path, name in screens.items()]
    shapes.sort(key=lambda shape: shape[0].pattern.count("[^/]+"))
    return {next((name for shape, name in shapes if shape.fullmatch(path)), path) for path in paths} - {"/login"}


@pytest.fixture
def night(tmp_path: Path) -> Iterator[tuple[World, DemoLab]]:
    """An alert that reached nobody, and a server that stands open."""
    folder = tmp_path / "store"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch, DemoLab() as lab:
        world = team_in(folder, patch, with_demo=False)
        (folder / "leakguard.toml").write_text(SETTINGS)
        scope = ("--organisation", "Example University", "--contact", "security@example.edu", "--approved-by", "CISO")
        assert run(["scope", "init", *scope, "--include", "127.0.0.0/24", "--days", "30"]) == 0
        assert run(["scan", place_of(lab)]) == 1
        world.places["incident"] = world.ask(LEAD, "open_incident", body={"title": "Mail relay open"})["id"]
        at = (world.desk(LEAD).now - timedelta(hours=50)).strftime("%Y-%m-%dT%H:%M:%SZ")
        world.ask(LEAD, "record_event", body={"kind": "awareness", "at": at, "reason": "read late"})
        raise_alert(world)
        yield world, lab


def raise_alert(world: World) -> None:
    """The clock of the other incident came closer, and nobody was reached."""
    wiring = world.shared.for_caller(None)
    now, incident = wiring.now(), world.places["incident"]
    raised = Alert(
        incident=incident, clock=CLOCK, generation=1, threshold="50%", severity=Severity.WARNING, at=now,
        due_at=now + timedelta(hours=22), is_statutory=True,
    )  # fmt: skip
    wiring.store.append_once(incident, (raised_record(raised, message="A-3f9a1c2b4d5f", now=now),))
    wiring.close()


def place_of(lab: DemoLab) -> str:
    """Where the open server listens."""
    address, port = lab.endpoints[OPEN]
    return f"{address}:{port}"


def take_in(phone: Phone, place: str) -> None:
    """Acknowledge the alert, scan the scope, and open an incident from what it finds."""
    person = phone.person
    phone.looks("now")
    phone.press("Acknowledge", "acknowledged")
    phone.press("Exposures", "exposures")
    phone.press("Start a scan", "scan")
    person.choose("127.0.0.0/24").press("Options")
    person.type("Ports", f"9200,{place.rpartition(':')[2]}")
    phone.press("Estimate first", "estimate")
    phone.press("Start the scan", "scan begun")
    person.sees("of 512 endpoints")
    phone.looks("scan watched")
    person.sees("Finished")
    phone.press("Open the run", "run")
    phone.press(place, "finding")
    phone.press("Open an incident", "new incident")
    phone.press("Open the incident", "incident")


def record(phone: Phone) -> None:
    """The notice of last evening; without a reason the page asks for one, and keeps what was typed."""
    person = phone.person
    phone.press("Record an event", "kinds of events")
    phone.press("Notice received", "notice")
    phone.set_time("When it happened", last_evening(person))
    person.type("Who told us", "A researcher")
    person.sees("the record needs a reason")
    phone.press("Record it", "notice refused")
    assert "--reason" not in person.text
    person.type("Why it is recorded only now", LATE_REASON)
    person.sees("Moves the limit of")
    phone.press("Record it", "timeline")
    person.sees(LATE_REASON)


def last_evening(person: Person) -> datetime:
    """Fifteen hours before what the page takes for now."""
    now = int(person.driver.find_element(By.TAG_NAME, "body").get_attribute("data-now") or 0)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=now, hours=-15)


def respond(phone: Phone, second: Phone, lab: DemoLab, files: Path) -> None:
    """Start the playbook; lead, decide with a second person, close the door, and prove it."""
    person = phone.person
    phone.press("Steps", "playbooks")
    phone.press("Start : One of our datastores", "steps")
    phone.press("Do this step : Lead", "lead")
    phone.sends(kept(files, "roles.txt", "commander: R. Okafor"))
    phone.press("It is done", "lead done")
    phone.press("Decide since when", "awareness")
    person.type("What made us certain", "The link lists every index without a login")
    phone.press("Record the decision", "awareness waits")
    assert "I confirm this step" not in person.text
    second.menu("My tasks", "tasks")
    second.press("Everybody's", "tasks of everybody")
    second.press("Decide since when", "to confirm")
    second.press("I confirm this step", "confirmed")
    person.sees("Done by R. Okafor and Li Wei")
    phone.press("Steps", "steps left", within=".crumb")
    phone.press("Do this step : Close the door", "door")
    lab.close_door()
    phone.press("It is done", "door refused")
    person.sees("this piece of evidence is missing")
    phone.sends(kept(files, "before.yml", "security: false"), kept(files, "after.yml", "security: true"))
    phone.press("It is done", "door closed")
    phone.press("Prove by a new probe", "proof")
    phone.press("Run it now", "proof runs")
    person.sees("What comes next")
    phone.looks("proved")


def kept(folder: Path, name: str, text: str) -> Path:
    """A file on the telephone."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def close(second: Phone) -> None:
    """What is missing is listed; it is overridden area by area, with a reason."""
    person = second.person
    second.press("IR-", "incident", within=".crumb")
    second.press("Close …", "what is missing")
    second.press("Close the incident", "closing refused")
    person.sees("is not finished")
    for box in person.driver.find_elements(By.NAME, "despite"):
        person.inputs += 1
        box.click()
    person.type("Why it is closed in spite", "The door is shut and proved shut; the DPO goes on in the register")
    second.press("Close the incident", "closed")
    person.sees("The incident is closed.")


def test_a_responder_gets_from_an_alert_to_a_proved_closure_on_a_telephone(
    night: tuple[World, DemoLab], tmp_path: Path
) -> None:
    world, lab = night
    with (
        serving(world.folder) as server,
        phone_of(server.url, tmp_path, RESPONDER) as phone,
        phone_of(server.url, tmp_path, LEAD) as lead,
    ):
        phone.person.inputs, phone.person.pages = 0, set()
        phone.person.open("/")
        take_in(phone, place_of(lab))
        record(phone)
        respond(phone, lead, lab, tmp_path)
        inputs, pages = phone.person.inputs, kinds(phone.person.pages)
        phone.press("Findings", "proved closed")
        phone.person.sees("proved closed")
        close(lead)

    assert inputs <= MOST_INPUTS
    assert len(pages) <= MOST_PAGES, sorted(pages)
