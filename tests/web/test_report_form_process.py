"""The public form as a process: its socket, a browser before it, slow clients, and how it begins and ends."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
import uvicorn

from leakguard.models.report_settings import ReportSettings
from leakguard.settings import Settings
from leakguard.web import listening as server_module
from leakguard.web.hosts import ServeOptions, site_of
from leakguard.web.report_form import app as app_module
from leakguard.web.report_form.server import form_app
from support.driven import browser_of, strangers
from support.programs import with_our_path

pytestmark = [pytest.mark.long, pytest.mark.enable_socket]

URL = re.compile(r"takes reports at (http://[^ ]+)\. Ctrl-C")
NUMBER = re.compile(r"RP-\d{4}-\d{4}")
CANARY = "canary-4d1c"
KIND = {"content-type": "application/x-www-form-urlencoded"}
SETTINGS = '[reports]\norganisation = "Example University"\ncontact = "security@example.edu"\n'
WORDS = {"en": ("Send the report", "What we keep about you"), "zh": ("提交报告", "个人信息处理告知")}
"""By language, the button and a heading."""


def leakguard(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """One command in a process of its own."""
    command = [sys.executable, "-m", "leakguard", *words]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, env=with_our_path(), timeout=120, check=False
    )


@dataclass(slots=True)
class Form:
    """The form that runs."""

    process: subprocess.Popen[str]
    url: str
    folder: Path

    @property
    def place(self) -> tuple[str, int]:
        return "127.0.0.1", urlsplit(self.url).port or 0

    def ask(self, method: str, path: str = "/", body: str | None = None) -> tuple[int, str]:
        """Status and text of an answer."""
        line = HTTPConnection(*self.place, timeout=60)
        try:
            line.request(method, path, body=body, headers={**KIND, "host": "localhost"})
            answer = line.getresponse()
            return answer.status, answer.read().decode()
        finally:
            line.close()

    def inbox(self) -> list[dict[str, object]]:
        """What `report list` shows."""
        done = leakguard(self.folder, "report", "list", "--format", "json")
        assert done.returncode == 0, done.stderr
        found: list[dict[str, object]] = json.loads(done.stdout)["reports"]
        return found

    def end(self, number: signal.Signals) -> tuple[int, str]:
        """Exit code and the rest of what it said."""
        self.process.send_signal(number)
        code = self.process.wait(60)
        assert self.process.stdout is not None
        return code, self.process.stdout.read()


@contextmanager
def serving(folder: Path, options: Sequence[str] = ()) -> Iterator[Form]:
    """The form in this folder; it is gone afterwards."""
    (folder / "leakguard.toml").write_text(SETTINGS, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "leakguard", "report", "form", "--port", "0", *options], cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**with_our_path(), "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        found = URL.search(process.stdout.readline())
        assert found is not None
        yield Form(process=process, url=found.group(1), folder=folder)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_a_plain_client_sends_is_in_the_list_and_a_signal_ends_the_form_cleanly(
    tmp_path: Path, number: signal.Signals
) -> None:
    with serving(tmp_path) as form:
        status, page = form.ask("POST", body=urlencode({"text": f"http://127.0.0.1:9200/ is open {CANARY}"}))
        elsewhere = form.ask("GET", "/login")[0]
        (report,) = form.inbox()
        code, said = form.end(number)

    assert (status, elsewhere) == (201, 404)
    assert NUMBER.findall(page)[0] == report["id"]
    assert report["channel"] == "form"
    assert code == 0
    assert CANARY not in said
    assert "Traceback" not in said


def test_it_listens_on_this_machine_alone_and_a_port_that_is_taken_is_refused_in_words(tmp_path: Path) -> None:
    with serving(tmp_path) as form:
        local = f"0100007F:{form.place[1]:04X}"
        table = Path(f"/proc/{form.process.pid}/net/tcp").read_text(encoding="ascii").splitlines()[1:]
        listening = [line.split()[1] for line in table if line.split()[3] == "0A"]
        second = leakguard(tmp_path, "report", "form", "--port", str(form.place[1]))

    assert [one for one in listening if one.endswith(local[-5:])] == [local]
    assert second.returncode == 2
    assert str(form.place[1]) in second.stderr
    assert "Traceback" not in second.stderr


def test_a_browser_sends_a_report_in_each_language_and_sees_its_number(tmp_path: Path) -> None:
    with serving(tmp_path) as form:
        known = set[object]()
        for language, (send, privacy) in WORDS.items():
            folder = tmp_path / language
            folder.mkdir()
            with browser_of(form.url, folder, language=language) as person:
                person.open("/").sees(privacy)
                person.type("text", f"http://127.0.0.1:9200/_cat/indices {language}").press(send)
                shown = NUMBER.findall(person.text)
                asked, errors = person.requests(), person.errors()
            new = {one["id"] for one in form.inbox()} - known
            known |= new
            assert set(shown) == new
            assert len(new) == 1
            assert strangers(asked, form.url) == []
            assert errors == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_its_pages_fit_a_telephone_and_have_no_barrier_dark_and_light(tmp_path: Path, language: str) -> None:
    with serving(tmp_path) as form, browser_of(form.url, tmp_path, language=language) as person:
        for width in (360, 1280):
            for mode in ("light", "dark"):
                person.set_width(width)
                person.set_mode(mode)
                person.open(f"/?lang={language}")
                person.shoot(f"form-{language}-{width}-{mode}")
                assert not person.is_too_wide, (width, mode)
                assert person.barriers() == [], (width, mode)
                person.type("text", f"{language} {width} {mode}").press(WORDS[language][0])
                person.shoot(f"done-{language}-{width}-{mode}")
                assert NUMBER.search(person.text), (width, mode)
                assert not person.is_too_wide, (width, mode)
                assert person.barriers() == [], (width, mode)
        person.open("/nowhere").shoot(f"refused-{language}")
        assert person.barriers() == []


def test_a_head_that_does_not_end_and_a_body_that_does_not_arrive_are_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is the one of the command, with a shorter patience."""
    monkeypatch.setattr(server_module, "HEADER_PATIENCE", 0.2)
    monkeypatch.setattr(app_module, "MOST_SECONDS", 0.2)
    options = server_module.Options(asked=ServeOptions(), port=0)
    own = ReportSettings(organisation="Example University", contact="security@example.edu")
    settings = Settings(store=str(tmp_path / "a.db"), scope=str(tmp_path / "scope.yaml"), stated_reports=own)
    head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\nContent-Type: "
    with server_module.listening_socket(options) as listening:
        server = uvicorn.Server(server_module.config_of(form_app(settings, site_of(ServeOptions())), options))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        place = listening.getsockname()
        with socket.create_connection(place, 60) as slow_head, socket.create_connection(place, 60) as slow_body:
            slow_head.sendall(b"POST / HTTP/1.1\r\n")
            slow_body.sendall(f"{head}{KIND['content-type']}\r\n\r\ntext={CANARY}".encode())
            ends = until_it_ends(slow_head), until_it_ends(slow_body)
        server.should_exit = True
        thread.join(60)

    assert ends[0] == b""
    assert ends[1].startswith(b"HTTP/1.1 408 ")
    assert CANARY.encode() not in ends[1]
    assert not thread.is_alive()
    assert not list(tmp_path.rglob("[0-9a-f]" * 64))


def until_it_ends(line: socket.socket) -> bytes:
    """All that the server says until it closes the connection."""
    said = b""
    while part := line.recv(65536):
        said += part
    return said
