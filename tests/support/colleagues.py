"""Colleagues at one case, each with a browser and a login of their own, who read the console in one language.

What they press and fill in they find by the messages of our catalogues: one that is missing in their language fails the
test. Every page that comes is kept as a picture, has to fit the screen, and is searched for barriers once for its kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.common.by import By

from leakguard.translations.catalogue import ENGLISH, catalogue
from support.driven import Person, browser_of, strangers

_OWN = re.compile(r"/(?:IR|EV|F|R|S)-[\w-]+|(?<=/steps/)\w+|(?<=/letters/)[\w-]+")
"""What differs between two pages of one kind."""


@dataclass(slots=True)
class Colleague:
    """One person of the case."""

    person: Person
    name: str
    language: str
    searched: set[str] = field(default_factory=set)
    """The kinds of pages that were searched for barriers, by any of them."""
    found: list[str] = field(default_factory=list)
    """What is wrong with the pages that this person saw."""
    pictures: int = 0

    def say(self, message: str, **values: object) -> str:
        """A message as this person reads it."""
        said = catalogue(self.language).gettext(message)
        assert self.language == ENGLISH or said != message, f"nothing says in `{self.language}`: {message}"
        return said % values if values else said

    def press(self, message: str, about: str = "", *, within: str = "main") -> Colleague:
        """Press a button or follow a link by its message; `about` is a message that it names as well."""
        return self._pressed(self.say(message), self.say(about) if about else "", within)

    def follow(self, words: str, *, within: str = "main") -> Colleague:
        """As `press`, for what people or machines are called."""
        return self._pressed(words, "", within)

    def menu(self, message: str) -> Colleague:
        """Go to a page of the menu."""
        return self.press(message, within="nav.side")

    def tab(self, message: str) -> Colleague:
        """Go to a tab of the incident."""
        return self.press(message, within="#incident-tabs")

    def type(self, message: str, text: str) -> Colleague:
        """Fill in the field of a label."""
        self.person.type(self.say(message), text)
        return self

    def fill(self, message: str, text: str, *, row: int = 0) -> Colleague:
        """Fill in the field that a screen reader calls so; of several alike the one in this row."""
        label = self.say(message)
        fields = self.person.driver.find_elements(By.CSS_SELECTOR, "main input, main textarea")
        named = [one for one in fields if one.is_displayed() and one.accessible_name == label]
        self.person.inputs += 1
        self.person.trace.append(f"type {label}: {text[:60]}")
        named[row].clear()
        named[row].send_keys(text)
        return self

    def choose(self, label: str) -> Colleague:
        """Tick a box or a choice, by a text of our data."""
        self.person.choose(label)
        return self

    def write(self, texts: Mapping[str, str], lang: str) -> Colleague:
        """Fill in the facts that the form asks for, by their names; in this language, where it asks for several."""
        for row in self.person.driver.find_elements(By.CSS_SELECTOR, "main .fact-row"):
            areas = [one for one in row.find_elements(By.TAG_NAME, "textarea") if one.is_displayed()]
            own = [one for one in areas if one.get_attribute("lang") == lang] or areas[:1]
            name = row.find_element(By.TAG_NAME, "strong").text
            for area in own if name in texts else ():
                self.person.inputs += 1
                self.person.trace.append(f"type {name}: {texts[name][:60]}")
                area.clear()
                area.send_keys(texts[name])
        return self

    def send(self, *files: Path) -> Colleague:
        """A file for each field that takes one."""
        fields = self.person.driver.find_elements(By.CSS_SELECTOR, "main input[type=file]")
        for place, file in zip(fields, files, strict=True):
            self.person.inputs += 1
            self.person.trace.append(f"send {file.name}")
            place.send_keys(str(file))
        return self

    def sees(self, message: str, **values: object) -> Colleague:
        """Wait until the page says so, by itself."""
        self.person.sees(self.say(message, **values))
        return self

    def reads(self, words: str) -> Colleague:
        """As `sees`, for what people wrote."""
        self.person.sees(words)
        return self

    def keep(self) -> Colleague:
        """Look at the page that came, and keep it."""
        self.pictures += 1
        where = urlsplit(self.person.driver.current_url).path
        kind = _OWN.sub("*", where)
        if kind not in self.searched:
            self.searched.add(kind)
            self.found += [f"{where}: {one}" for one in self.person.barriers()]
        if self.person.is_too_wide:
            self.found.append(f"{where}: wider than the screen")
        self.found += [f"{where}: {one}" for one in self.person.errors()]
        self.person.shoot(f"{self.pictures:02d}")
        return self

    def _pressed(self, words: str, about: str, within: str) -> Colleague:
        for last in (False,) * 5 + (True,):  # a part of the page may be read again meanwhile
            before = self.person.inputs
            try:
                self.person.press(self._whole(words, about, within) if about else words, within=within)
                break
            except StaleElementReferenceException:
                self.person.inputs = before
                if last:
                    raise
        return self.keep()

    def _whole(self, words: str, about: str, within: str) -> str:
        place = self.person.driver.find_element(By.CSS_SELECTOR, within)
        spoken = [_text_of(one) for one in place.find_elements(By.CSS_SELECTOR, "a, button, summary")]
        for text in spoken:
            if text.startswith(words) and about in text:
                return text
        raise NoSuchElementException(f"nothing says `{words}` of `{about}`: {spoken}")


def _text_of(element: Any) -> str:  # noqa: ANN401  (Selenium's element)
    return " ".join((element.text or "").split())


@contextmanager
def colleague_of(url: str, folder: Path, name: str, *, language: str, searched: set[str]) -> Iterator[Colleague]:
    """A browser in which this person is logged in; it asks nothing of another machine, and what was done is kept."""
    folder.mkdir()
    with browser_of(url, folder, language=language) as person:
        made = Colleague(person=person.log_in(name), name=name, language=language, searched=searched)
        try:
            yield made.keep()
        except BaseException:
            person.shoot("at the end")
            raise
        finally:
            told = [f"{person.inputs} inputs, {len(person.pages)} pages", *person.trace]
            (folder / "trace.txt").write_text("\n".join(told), encoding="utf-8")
        assert strangers(person.requests(), url) == []
        assert not made.found, "\n".join(made.found)
