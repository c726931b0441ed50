"""A data protection officer who never saw LeakGuard, with nothing but what stands on the screen.

From an empty store to two letters that two people approved, and a row in the register. Pictures of every page and what
was typed and pressed stay in the folder of the test.
"""

from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By

from support.accounts import PASSWORD
from support.driven import browser_of, strangers
from support.web_process import serving

if TYPE_CHECKING:
    from support.driven import Person

pytestmark = [pytest.mark.long, pytest.mark.enable_socket, pytest.mark.timeout(900)]
MOST_INPUTS, MOST_PAGES = 60, 12
SHANGHAI = "Asia/Shanghai"
TWO_HOURS_AGO = "return new Date(Date.now() - 7200e3).toLocaleString('sv')"
"""By the clock of the browser, as `2026-11-30 19:18:00`."""
FIRST_PASSWORD = re.compile(r"\b[a-z0-9]{4}(?:-[a-z0-9]{4}){4}\b")
HAPPENED = "The search server with the log of our mail system could be read from the internet without a password."
IN_CHINESE = {
    "What happened": "保存邮件系统日志的搜索服务器无需密码即可从互联网读取。",
    "Cause": "防火墙配置错误。",
    "What may follow": "他人可能利用往来邮件信息实施诈骗。",
    "What we have done": "已将搜索服务器从互联网断开。",
    "What people can do": "请勿轻信引用以往邮件并索要密码的来信。",
}
IN_ENGLISH = {
    "What may follow": "Somebody may write to you who knows with whom you exchanged mail.",
    "What we have done": "We took the search server off the internet.",
    "What people can do": "Do not answer messages that ask for your password, because they may be forged.",
    "What we will do": "We scan all our systems each week.",
}


@dataclass(slots=True)
class Officer:
    """Somebody with a browser whose every page is kept as a picture."""

    person: Person
    pictures: list[Path] = field(default_factory=list)

    def press(self, words: str, *, within: str = "main") -> Officer:
        """Press a button or follow a link; a part of the page that is read again meanwhile is found again."""
        for _ in range(5):
            before = self.person.inputs
            try:
                self.person.press(words, within=within)
                break
            except StaleElementReferenceException:
                self.person.inputs = before
        return self.keep()

    def keep(self) -> Officer:
        """Keep what is on the screen, whole."""
        height = self.person.driver.execute_script("return document.documentElement.scrollHeight")
        self.person.set_width(1280, min(4000, max(900, int(height))))
        self.pictures.append(self.person.shoot(f"{len(self.pictures) + 1:02d}"))
        assert not self.person.is_too_wide
        self.person.set_width(1280)
        return self

    def set(self, label: str, value: str, *, row: int = 0) -> Officer:
        """Fill in the field that a screen reader calls so; of several alike the one in this row."""
        fields = self.person.driver.find_elements(By.CSS_SELECTOR, "main input, main textarea")
        named = [one for one in fields if one.is_displayed() and one.accessible_name == label]
        self.person.inputs += 1
        self.person.trace.append(f"type {label}: {value[:60]}")
        if named[row].get_attribute("type") in {"date", "time"}:  # how its parts are typed depends on the machine
            self.person.driver.execute_script("arguments[0].value = arguments[1]", named[row], value)
        else:
            named[row].clear()
            named[row].send_keys(value)
        return self

    def write(self, fact: str, text: str, *, language: str = "") -> Officer:
        """Fill in the field of a fact in the form; `language` names one of several."""
        row = next(
            one
            for one in self.person.driver.find_elements(By.CSS_SELECTOR, ".fact-row")
            if one.find_element(By.TAG_NAME, "strong").text == fact
        )
        areas = [one for one in row.find_elements(By.TAG_NAME, "textarea") if one.is_displayed()]
        area = next((one for one in areas if language and one.accessible_name == language), areas[0])
        self.person.inputs += 1
        self.person.trace.append(f"type {fact} {language}: {text[:60]}")
        area.clear()
        area.send_keys(text)
        return self


def accounts_made(admin: Officer, link: str, url: str) -> dict[str, str]:
    """The first account, and one for each of the two who approve; returns their first passwords."""
    admin.person.open(f"{url}/first?link={link}")
    admin.keep().person.type("Your name", "Zhou Ming").type("Password", PASSWORD)
    admin.press("Create the account", within="body").press("Add an account")
    found = {}
    for name, role in (("Lin Yue", "DPO"), ("Karin Vogel", "Counsel")):
        admin.person.type("Name, as records show it", name).choose(role)
        admin.press("Add the account")
        shown = FIRST_PASSWORD.search(admin.person.text)
        assert shown is not None
        found[name] = shown.group()
        if role == "DPO":
            admin.press("Add another account")
    return found


def logged_in(officer: Officer, name: str, password: str, url: str) -> None:
    """Log in, and begin to count."""
    officer.person.open(f"{url}/login").type("name", name).type("password", password)
    officer.press("Log in", within="body")
    officer.person.inputs = 0
    officer.person.pages.clear()
    officer.person.pages.add("/")


def first_facts(officer: Officer) -> None:
    """Open the incident, state the first facts, and answer the question that comes first."""
    aware = officer.person.driver.execute_script(TWO_HOURS_AGO)
    officer.press("Open an incident").set("What happened, in a few words (needed)", "The mail log was open")
    officer.press("Open the incident").press("State the first facts")
    assert SHANGHAI in officer.person.text
    assert officer.person.field("Data protection officer").get_attribute("value") == "Lin Yue"
    officer.set("Name of the organisation", "East Lake University").set("What it does", "education")
    officer.set("E-mail for questions", "privacy@eastlake.example").set("Telephone for questions", "+86 27 5550 0100")
    officer.set("E-mail of the officer", "dpo@eastlake.example")
    officer.set("Day", aware[:10]).set("Time", aware[11:16]).set("What happened?", HAPPENED)
    officer.person.choose("names").choose("e-mail addresses").choose("Yes")
    officer.set("Country or state", "China").set("Exactly", "41000")
    officer.set("Country or state", "Germany", row=1).set("At least", "200", row=1).set("At most", "400", row=1)
    officer.press("Save, show the duties")
    officer.person.choose("A high risk").sees("with this answer")
    officer.press("Save, next question")


def two_letters(officer: Officer) -> None:
    """To the office in China, in Chinese; and to the people in Germany, in English."""
    officer.press("To the letters").press("Department in charge of personal information protection")
    officer.press("State these facts")
    for fact, text in IN_CHINESE.items():
        officer.write(fact, text, language="Chinese")
    officer.press("Save, back to the letter").person.sees(IN_CHINESE["Cause"])
    officer.press("Letters").press("Affected data subjects").press("State these facts")
    for fact, text in IN_ENGLISH.items():
        officer.write(fact, text, language="English")
    officer.press("Save, back to the letter").person.sees(IN_ENGLISH["What we will do"])
    officer.press("Approve this text").press("Letters")
    officer.press("Department in charge of personal information protection").press("Approve this text")


def second_person(counsel: Officer) -> None:
    """What waits for somebody stands first among the letters."""
    for letter in ("Department in charge of personal information protection", "Affected data subjects"):
        counsel.press("Letters", within="nav").press(letter)
        assert "must not" not in counsel.person.text
        assert "speaks to" not in counsel.person.text
        counsel.press("Approve this text")
        counsel.person.sees("Two people approved this text.")


def test_an_officer_gets_from_an_empty_console_to_two_approved_letters_and_a_row_of_the_register(
    tmp_path: Path,
) -> None:
    (tmp_path / "leakguard.toml").write_text('zone = "Asia/Shanghai"\ncountry = "CN"\n', encoding="utf-8")
    with ExitStack() as stack:
        server = stack.enter_context(serving(tmp_path))
        one, two = (
            Officer(stack.enter_context(browser_of(server.url, tmp_path / name))) for name in ("officer", "counsel")
        )
        one.person.driver.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": SHANGHAI})
        passwords = accounts_made(one, server.link, server.url)
        one.press("Zhou Ming", within="header").press("Log out")
        logged_in(one, "Lin Yue", passwords["Lin Yue"], server.url)
        logged_in(two, "Karin Vogel", passwords["Karin Vogel"], server.url)
        try:
            first_facts(one)
            two_letters(one)
            second_person(two)
            one.press("Register", within="nav").person.sees("The mail log was open").sees("41,200 to 41,400 people")
            one.press("Now", within="nav").person.sees("GDPR")
        finally:
            kept = [f"{one.person.inputs} + {two.person.inputs} inputs", *one.person.trace, "", *two.person.trace]
            (tmp_path / "trace.txt").write_text("\n".join(kept), encoding="utf-8")
        asked = [*one.person.requests(), *two.person.requests()]

        assert strangers(asked, server.url) == []
        assert one.person.errors() == two.person.errors() == []
        assert one.person.inputs + two.person.inputs <= MOST_INPUTS
        assert len(one.person.pages | two.person.pages) <= MOST_PAGES
