"""People at real browsers: Debian's Chromium, driven by Selenium, each with a profile of their own.

A `Person` uses what stands on the screen alone: it types into fields by their labels, and presses buttons and follows
links by their words. Each input and each page is counted, and each request of the browser is kept.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from selenium import webdriver
from selenium.common.exceptions import (
    ElementNotInteractableException,
    NoSuchElementException,
    StaleElementReferenceException,
)
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from lab.fetch import Shelf, cache_folder
from lab.model import NotHad
from lab.trees import modules
from support.accounts import PASSWORD

_OPTIONS = (
    *(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--no-first-run",
    ),
    *("--disable-quic", "--disable-extensions", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"),
)
"""As `browser` has them; names other than this machine's lead nowhere."""
PATIENCE = 60
"""Seconds in which a page or a live part has to appear; a machine that does much else may need many."""
AXE_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_WANTED = ("chromium", "chromium-driver", "fonts-cjk")


_AXE = """
const [tags, done] = arguments;
const nodes = (one) => one.nodes.map((node) => node.html.slice(0, 160));
axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]}).then(
  (result) => done(result.violations.map((one) => [one.id, one.help, nodes(one)])),
  (error) => done([["axe", String(error), []]]));
"""


@cache
def programs() -> tuple[str, str]:
    """The browser and its driver; skips the test where they cannot be had, and fails it in CI."""
    try:
        asyncio.run(Shelf(cache_folder()).debian(*_WANTED))
    except NotHad as error:
        if os.environ.get("CI") == "true":
            raise
        if not all(map(shutil.which, ("chromium", "chromedriver"))):
            pytest.skip(str(error))
    return str(shutil.which("chromium")), str(shutil.which("chromedriver"))


@cache
def axe_script() -> str:
    """What finds barriers in a page; skips as `programs`."""
    import tempfile  # noqa: PLC0415  (once in a run)

    with tempfile.TemporaryDirectory() as folder:
        try:
            tree = asyncio.run(modules(Shelf(cache_folder()), "axe-core", Path(folder)))
        except NotHad as error:
            if os.environ.get("CI") == "true":
                raise
            pytest.skip(str(error))
        return next(tree.rglob("axe.min.js")).read_text(encoding="utf-8")


@dataclass(slots=True)
class Person:
    """Somebody with a browser."""

    driver: webdriver.Chrome
    url: str
    folder: Path
    """Where screenshots go."""
    inputs: int = 0
    """Fields that were filled in, and what was chosen or pressed."""
    pages: set[str] = field(default_factory=set)
    trace: list[str] = field(default_factory=list)

    def open(self, path: str) -> Person:
        """Type an address."""
        self.driver.get(path if path.startswith("http") else self.url + path)
        return self._arrived(f"open {path}")

    def log_in(self, name: str) -> Person:
        """Log in with the password of all tests."""
        self.open("/login").type("name", name).type("password", PASSWORD)
        self.driver.find_element(By.CSS_SELECTOR, "form[action='/login'] button").click()
        self.wait(lambda: "/login" not in self.driver.current_url)
        return self._arrived("logged in")

    def type(self, label: str, text: str) -> Person:
        """Fill in the field of this label, or of this name."""
        self.inputs += 1
        element = self.field(label)
        if element.tag_name == "select":
            Select(element).select_by_visible_text(text)
        else:
            element.clear()
            element.send_keys(text)
        self.trace.append(f"type {label}: {text[:60]}")
        return self

    def choose(self, label: str) -> Person:
        """Press the radio button or the checkbox of this label."""
        self.inputs += 1
        self._scrolled(self.field(label)).click()
        self.trace.append(f"choose {label}")
        return self

    def press(self, words: str, *, within: str = "main") -> Person:
        """Press the button, or follow the link, that has these words; the page that comes is waited for."""
        self.inputs += 1
        before = self.driver.find_element(By.TAG_NAME, "html")
        self._scrolled(self.named(words, within)).click()
        self.wait(lambda: _is_gone(before), or_after=2.0)
        return self._arrived(f"press {words}")

    def named(self, words: str, within: str = "main") -> Any:  # noqa: ANN401  (Selenium's element)
        """The button or the link; one with exactly these words stands before one that begins with them."""
        place = self.driver.find_element(By.CSS_SELECTOR, within)
        found = [one for one in place.find_elements(By.CSS_SELECTOR, "a, button, summary") if one.is_displayed()]
        spoken = [(_said(one), one) for one in found]
        exact = [one for said, one in spoken if said == words] or [
            one for said, one in spoken if said.startswith(words)
        ]
        if not exact:
            raise NoSuchElementException(
                f"nothing says `{words}` on {self.driver.current_url}: {[said for said, _ in spoken]}"
            )
        return exact[0]

    def field(self, label: str) -> Any:  # noqa: ANN401  (as above)
        """The field of a label, or of a name."""
        for one in self.driver.find_elements(By.TAG_NAME, "label"):
            if " ".join(one.text.split()).startswith(label) and one.is_displayed():
                target = one.get_attribute("for")
                return (
                    self.driver.find_element(By.ID, target)
                    if target
                    else one.find_element(By.CSS_SELECTOR, "input, select, textarea")
                )
        return self.driver.find_element(By.CSS_SELECTOR, f"main [name={json.dumps(label)}]")

    @property
    def text(self) -> str:
        """What can be read."""
        return " ".join(self.driver.find_element(By.TAG_NAME, "body").text.split())

    def wait(self, is_so: Callable[[], bool], *, or_after: float = PATIENCE) -> None:
        """Wait until something is so; `or_after` is when to go on without, where that is allowed."""
        try:
            WebDriverWait(self.driver, or_after, 0.05).until(lambda _: is_so())
        except Exception:
            if or_after >= PATIENCE:
                self.shoot("waited")
                raise

    def sees(self, words: str) -> Person:
        """Wait until the page says so."""
        self.wait(lambda: words in self.text)
        return self

    def shoot(self, name: str) -> Path:
        """Keep a picture of what is on the screen."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{name}.png"
        self.driver.save_screenshot(str(path))
        return path

    def requests(self) -> list[str]:
        """Every address that the browser asked since the last time, but those that never leave it."""
        found = []
        for one in self._log("performance"):
            message = json.loads(one["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                address = message["params"]["request"]["url"]
                if urlsplit(address).scheme not in {"data", "blob", "chrome", "about"}:
                    found.append(address)
        return found

    def errors(self) -> list[str]:
        """What the browser complains about."""
        return [one["message"] for one in self._log("browser") if one["level"] == "SEVERE"]

    def _log(self, kind: str) -> list[dict[str, Any]]:
        return list(self.driver.get_log(kind))  # type: ignore[no-untyped-call]

    def barriers(self) -> list[str]:
        """What axe finds on this page."""
        self.driver.execute_script(axe_script())
        found = self.driver.execute_async_script(_AXE, list(AXE_RULES))
        return [f"{name}: {text}: {nodes[:3]}" for name, text, nodes in found]

    def set_mode(self, mode: str) -> None:
        """`light` or `dark`."""
        features = [{"name": "prefers-color-scheme", "value": mode}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def set_width(self, width: int, height: int = 900) -> None:
        """The size of the screen; below 600 it is a telephone's."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    @property
    def is_too_wide(self) -> bool:
        """Whether the page is wider than the screen."""
        return bool(self.driver.execute_script("return document.documentElement.scrollWidth > window.innerWidth"))

    def _scrolled(self, element: Any) -> Any:  # noqa: ANN401  (as above)
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        return element

    def _arrived(self, how: str) -> Person:
        self.wait(lambda: self.driver.execute_script("return document.readyState") == "complete")
        self.pages.add(urlsplit(self.driver.current_url).path)
        self.trace.append(f"{how} -> {urlsplit(self.driver.current_url).path}")
        return self


def _said(element: Any) -> str:  # noqa: ANN401  (as above)
    try:
        return " ".join((element.text or element.get_attribute("aria-label") or "").split())
    except (StaleElementReferenceException, ElementNotInteractableException):
        return ""


def _is_gone(element: Any) -> bool:  # noqa: ANN401  (as above)
    try:
        element.is_enabled()
    except StaleElementReferenceException:
        return True
    return False


@contextmanager
def browser_of(url: str, folder: Path, *, language: str = "en", width: int = 1280) -> Iterator[Person]:
    """A browser with an empty profile."""
    chromium, driver = programs()
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for one in (*_OPTIONS, f"--user-data-dir={folder / 'profile'}", f"--window-size={width},900"):
        options.add_argument(one)
    spoken = {"en": "en-GB,en", "zh": "zh-CN,zh"}[language]
    options.add_experimental_option("prefs", {"intl.accept_languages": spoken})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    made = webdriver.Chrome(options=options, service=Service(driver))
    try:
        made.set_script_timeout(PATIENCE)
        person = Person(driver=made, url=url, folder=folder / "pictures")
        person.set_width(width)
        yield person
    finally:
        made.quit()


def strangers(addresses: Sequence[str], url: str) -> list[str]:
    """Those that are not this server's."""
    return [one for one in addresses if not one.startswith(f"{url}/")]
