"""The case of a university in May 2019, played by three people in three browsers, from the outsider's mail to the end.

A responder, the data protection officer and counsel, each with a login of their own; in English on SQLite, in Chinese
on PostgreSQL. Who has to act next reads it on the page Now, which they do not load again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By

from leakguard.accounts.rights import Role
from leakguard.cli.main import run
from leakguard.demolab.lab import OPEN, DemoLab
from support.colleagues import Colleague, colleague_of
from support.console_world import STORE, World, team_in
from support.postgres_server import postgres_server
from support.web_process import WebProcess, serving

pytestmark = [pytest.mark.long, pytest.mark.enable_socket, pytest.mark.timeout(900)]
HOSTILE = '<img src=x onerror="alert(1)">{{7*7}}'
PLAYBOOK = "One of our datastores is open to everybody"
LEAD, AWARE = "Lead, call the others, thank the finder", "Decide since when we are aware in the law's sense"
OFFICE = "Department in charge of personal information protection"
SECOND = "Waits for you"
CAST = {"en": ("Zhao Min", "Wang Fang", "Anna Berg"), "zh": ("赵敏", "王芳", "沈琳")}
TITLES = {"en": "Mail log open to the internet", "zh": "邮件日志可从互联网读取"}
HAPPENED = {
    "en": "The search server with the log of our mail system could be read from the internet without a password.",
    "zh": "保存邮件系统日志的搜索服务器无需密码即可从互联网读取。",
}
LETTER = {
    "What happened": HAPPENED["zh"],
    "Cause": "防火墙配置错误。",
    "What may follow": "他人可能利用往来邮件信息实施诈骗。",
    "What we have done": "已将搜索服务器从互联网断开。",
    "What people can do": "请勿轻信引用以往邮件并索要密码的来信。",
}
"""The letter to an office in China is in Chinese, whoever drafts it."""
MOST_SKIPPED = 4
"""Questions that come before one that matters here."""
MAIL = b"From: a researcher\nSubject: open Elasticsearch\n\n8.4 TB of mail metadata can be read without a login.\n"


@dataclass(slots=True)
class Case:
    """The three people, and what they work on."""

    responder: Colleague
    officer: Colleague
    counsel: Colleague
    language: str
    facts: Mapping[str, Any]
    """Facts with their words, as the API lists them."""
    lab: DemoLab
    folder: Path

    @property
    def title(self) -> str:
        """What the incident is called; it would be a picture if it were not text."""
        return f"{TITLES[self.language]} {HOSTILE}"

    @property
    def place(self) -> str:
        """Where the open server listens."""
        address, port = self.lab.endpoints[OPEN]
        return f"{address}:{port}"

    def file(self, name: str, content: bytes) -> Path:
        """A file on the machine of one of them."""
        path = self.folder / name
        path.write_bytes(content)
        return path

    def worded(self, words: Mapping[str, str]) -> str:
        """A text of the data in the language of the case."""
        assert words[self.language], f"nothing says this in `{self.language}`: {words}"
        return words[self.language]

    def kind(self, fact: str) -> Mapping[str, Any]:
        """How a fact is asked."""
        every = (one for section in self.facts["sections"] for one in section["facts"])
        return next(one for one in every if one["fact"] == fact)

    def labels(self) -> dict[str, str]:
        """The names of facts in the language of the case by the English ones."""
        every = (one for section in self.facts["sections"] for one in section["facts"])
        return {one["label"]["en"]: self.worded(one["label"]) for one in every}


@pytest.fixture(params=[("en", "sqlite"), ("zh", "postgresql")], ids=["english-sqlite", "chinese-postgresql"])
def told(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, World, DemoLab, WebProcess]]:
    """A team with a scope, a server that stands open, and the console; in which language it is played."""
    language, kind = request.param
    folder = tmp_path / "store"
    folder.mkdir()
    with ExitStack() as stack:
        store = stack.enter_context(postgres_server()).new_database() if kind == "postgresql" else STORE
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        lab = stack.enter_context(DemoLab())
        roles = ((Role.RESPONDER,), (Role.DPO,), (Role.COUNSEL,))
        team = {"Admin": (Role.ADMIN,), **dict(zip(CAST[language], roles, strict=True))}
        world = team_in(folder, patch, with_demo=False, store=store, team=team)
        scope = ("--organisation", "Example University", "--contact", "security@example.edu", "--approved-by", "CISO")
        assert run(["scope", "init", *scope, "--include", "127.0.0.0/24", "--days", "30"]) == 0
        yield language, world, lab, stack.enter_context(serving(folder))


def reported(case: Case) -> None:
    """The outsider's mail: the incident is opened from it, and the mail is the first evidence."""
    one = case.responder.press("Open an incident").press("From a notice that came in")
    one.type("What is it about, in a few words", case.title).type("Who told us", "Justin P.")
    one.type("By which way", "e-mail").type("Where it is kept", "abuse@example.edu").press("Open the incident")
    one.tab("Evidence").send(case.file("mail.eml", MAIL)).type("Where it comes from", HOSTILE).press("Take in")
    one.reads("mail.eml").reads(HOSTILE)
    for other in (case.officer, case.counsel):
        other.reads(f"{other.say('Incidents')} 1")


def begun(case: Case) -> None:
    """The response begins; the officer decides since when they are aware, and counsel agrees."""
    case.responder.tab("Steps").press("Start", PLAYBOOK).press("Do this step", LEAD)
    case.responder.send(case.file("roles.txt", b"commander: Zhao Min")).press("It is done")
    case.officer.sees("Close it, and prove it closed by a new probe").reads(case.title)
    case.officer.reads(f"{case.officer.say('My tasks')} 1").menu("My tasks").press(AWARE)
    case.officer.type("What made us certain, and what was known before", f"the link works {HOSTILE}").press(
        "Record the decision"
    )
    assert case.officer.say("I confirm this step") not in case.officer.person.text
    case.counsel.sees(SECOND).press(AWARE, within="#waiting").reads(f"the link works {HOSTILE}")
    case.counsel.press("I confirm this step")
    case.officer.sees("Done by %(name)s", name=case.officer.name).sees("and %(name)s", name=case.counsel.name)


def scanned(case: Case) -> None:
    """A scan shows what the outsider saw: 8.4 TB; it belongs to the incident that is there."""
    case.lab.grow()
    one = case.responder.menu("Exposures").press("Start a scan").type("Or targets within it", case.place)
    one.press("Start the scan").sees("Finished").press("Open the run").follow(case.place).reads("8.4 TB")
    one.press("Add it to this incident").reads(case.place)
    case.officer.menu("Incidents").follow(case.title).reads("8.4 TB")


def stated(case: Case) -> None:
    """The officer states the first facts, and how great the risk is."""
    one = case.officer.tab("Facts and duties")
    one.fill("Name of the organisation", "Example University").fill("Country of its seat", "CN")
    one.fill("E-mail for questions", "privacy@example.edu").fill("Telephone for questions", "+86 21 5550 0100")
    one.fill("E-mail of the officer", "dpo@example.edu")
    happened, categories = case.kind("breach_description"), case.facts["categories"]
    areas = one.person.driver.find_elements(By.CSS_SELECTOR, "main textarea")
    asked = case.worded(happened["ask"] or happened["label"])
    next(area for area in areas if area.accessible_name == asked).send_keys(HAPPENED[case.language])
    for code in ("basic.name", "contact.email"):
        one.choose(next(case.worded(kind) for kind in categories if kind["code"] == code))
    one.choose(one.say("Yes")).fill("Country or state", "CN").fill("Exactly", "41000")
    one.fill("Country or state", "DE", row=1).fill("Exactly", "300", row=1)
    one.press("Save, show the duties")
    risks = case.kind("risk")["options"]
    answer(case, "risk", next(case.worded(each) for each in risks if each["code"] == "high_risk"))


def answer(case: Case, fact: str, choice: str) -> None:
    """Answer this question of the interview; others that are asked before it are skipped."""
    asked, one = case.worded(case.kind(fact)["ask"] or case.kind(fact)["label"]), case.officer
    for _ in range(MOST_SKIPPED):
        if one.person.driver.find_element(By.ID, "question-title").text == asked:
            break
        one.press("Skip")
    one.choose(choice).press("Save, next question")


def approved(case: Case) -> None:
    """A letter that two logins approved: counsel is told of it on Now, and the officer on the page of the letter."""
    one, two = case.officer.tab("Letters").press(OFFICE).press("State these facts"), case.counsel.menu("Now")
    labels = case.labels()
    one.write({labels[name]: text for name, text in LETTER.items()}, "zh").press("Save, back to the letter")
    one.reads(LETTER["Cause"]).press("Approve this text")
    to_office = two.say("Letter to %(whom)s", whom=two.say(OFFICE))
    two.sees(SECOND).follow(to_office, within="#waiting").reads(LETTER["Cause"]).press("Approve this text")
    two.sees("Two people approved this text.")
    one.sees("Two people approved this text.")
    if not one.person.field("reference").is_displayed():
        one.press("Record that it was filed")
    one.type("Reference number", "2019-0524").press("Record the filing")
    one.sees("The filing is recorded. Clocks that it ends or starts follow at once.")


def talked(case: Case) -> None:
    """What counsel says to all stays text; what is privileged stays with counsel."""
    two = case.counsel.menu("Incidents").follow(case.title).tab("Comments")
    two.type("Comment", f"Answer the finder {HOSTILE}").press("Comment", within=".cols").reads(
        f"Answer the finder {HOSTILE}"
    )
    two.type("Comment", "between lawyers").choose(two.say("Privileged: for counsel alone, and in no export"))
    two.press("Comment", within=".cols").reads("between lawyers")
    case.officer.menu("Incidents").follow(case.title).tab("Comments").reads(f"Answer the finder {HOSTILE}")
    assert "between lawyers" not in case.officer.person.text


def shut(case: Case) -> None:
    """The door is closed; a new probe proves it, not a person's word."""
    one = case.responder.menu("Incidents").follow(case.title).tab("Steps")
    one.press("Do this step", "Close the door, without deleting anything")
    case.lab.close_door()
    one.send(case.file("before.yml", b"security: false"), case.file("after.yml", b"security: true"))
    one.press("It is done").press("Prove by a new probe that it is closed").press("Run it now")
    one.sees("What comes next:").tab("Findings").sees("proved closed")


def closed(case: Case) -> None:
    """The officer closes it in spite of the steps that are left; the responder's page follows."""
    one = case.officer.tab("Summary").press("Close …")
    assert one.say("Exposures that are not proved closed") not in one.person.text
    for box in one.person.driver.find_elements(By.NAME, "despite"):
        one.person.inputs += 1
        box.click()
    one.type("Why it is closed in spite of what is missing", f"The review is on Friday {HOSTILE}").press(
        "Close the incident"
    )
    one.sees("The incident is closed.")
    case.responder.sees("closed")


def test_three_people_take_the_case_from_an_outsiders_mail_to_the_approved_letter_and_the_closed_incident(
    told: tuple[str, World, DemoLab, WebProcess], tmp_path: Path
) -> None:
    language, world, lab, server = told
    searched: set[str] = set()
    with ExitStack() as stack:
        responder, officer, counsel = (
            stack.enter_context(colleague_of(server.url, tmp_path / role, name, language=language, searched=searched))
            for name, role in zip(CAST[language], ("responder", "officer", "counsel"), strict=True)
        )
        case = Case(
            responder=responder, officer=officer, counsel=counsel, language=language, lab=lab, folder=tmp_path,
            facts=world.ask(officer.name, "list_facts"),
        )  # fmt: skip
        for part in (reported, begun, scanned, stated, approved, talked, shut, closed):
            part(case)

    world.places["incident"] = world.ask(CAST[language][0], "list_incidents", query={})["incidents"][0]["id"]
    shown = world.ask(CAST[language][0], "show_incident")
    kinds = {one["kind"] for one in shown["events"]}
    assert shown["title"] == f"{TITLES[language]} {HOSTILE}"
    assert shown["state"] == "closed"
    assert {"notice_received", "awareness", "contained", "remediation_verified", "filed", "closed"} <= kinds
