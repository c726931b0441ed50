"""An office that approves and sends letters: a folder with facts, people, and a mail server of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from leakguard.cli.main import run
from support.commands import CommandLine, Ran, command_line
from support.notices import GDPR_33, GDPR_34, settled, to_text

ID = "IR-2026-0001"
PEOPLE = """id,name,email,language,jurisdiction,data,account_leaked
p1,CANARY One,canary.one@mail.example,en,DE,contact.email,
p2,李 CANARY,canary.two@bücher.example,zh,CN,contact.email;credentials,no
p3,CANARY Three,canary.three@mail.example,en,DE,credentials,yes
p4,CANARY Four,canary.four@stu.university.example,en,US-CA,credentials,no
p5,CANARY Five,,en,DE,contact.email,
p6,CANARY Six,refuse.canary.six@mail.example,en,DE,contact.email,
"""
SETTINGS = """zone = "Asia/Shanghai"
[[channel]]
name = "letters"
kind = "smtp"
host = "127.0.0.1"
port = {port}
security = "none"
from = "Example University <security@university.example>"
to = ["soc@university.example"]
timeout = 10
"""


@dataclass(slots=True, kw_only=True)
class Office:
    """`leakguard` in a folder of its own, at the machine's own time."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *words: str) -> Ran:
        code = run(["--no-color", *words])
        said = self.capsys.readouterr()
        return Ran(code=code, out=said.out, err=said.err)

    def notice(self, command: str, *words: str) -> Ran:
        return self("notice", command, *words, "--incident", ID)

    def people(self, text: str = PEOPLE) -> None:
        (self.folder / "people.csv").write_text(text, encoding="utf-8")

    def facts(self, **facts: Any) -> None:  # noqa: ANN401  (any fact)
        (self.folder / "facts.yaml").write_text(
            to_text({**settled(**facts), "addressees": {GDPR_33: "Data protection authority"}}), encoding="utf-8"
        )

    def port(self, port: int) -> None:
        (self.folder / "leakguard.toml").write_text(SETTINGS.format(port=port), encoding="utf-8")

    def letters(self, *more: str) -> Ran:
        return self(
            "notice", "letters", "facts.yaml", "--duty", GDPR_34, "--stage", "initial", "--recipients", "people.csv",
            "--as", "html", "--workers", "1", "-o", "letters", *more,
        )  # fmt: skip

    def approve(self, *words: str, by: tuple[str, ...] = ("A. Counsel", "B. Officer")) -> list[Ran]:
        return [self.notice("approve", *words, "--by", name) for name in by]

    def send(self, *more: str) -> Ran:
        """Quick, as a test wants it."""
        words = ("--manifest", "letters", "--recipients", "people.csv", "--rate", "1000/s", "--wait", "0.05")
        return self.notice("send", "facts.yaml", *words, *more)

    @property
    def stored(self) -> bytes:
        """Every byte of the store."""
        return b"".join(path.read_bytes() for path in self.folder.glob("leakguard.db*"))


def office(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, port: int) -> Office:
    """An office with an incident."""
    monkeypatch.chdir(folder)
    made = Office(folder=folder, capsys=capsys)
    made.port(port)
    made.facts()
    made.people()
    made("incident", "open", "--title", "a search server")
    return made


def drilling_office(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """An incident in a drill, whose letters go into a file."""
    made = command_line(folder, monkeypatch, capsys)
    with (folder / "leakguard.toml").open("a", encoding="utf-8") as file:
        file.write(
            '[[channel]]\nname = "letters"\nkind = "smtp"\nhost = "mail.example"\nuser = "lg"\n'
            'from = "security@university.example"\nto = ["soc@university.example"]\npassword_env = "NOT_SET"\n'
        )
    made.now = "2026-06-12T12:00+08:00"
    made("incident", "open", "--title", "a search server")
    (folder / "facts.yaml").write_text(to_text(settled()), encoding="utf-8")
    return made


def left_in(ran: Ran) -> dict[int, str]:
    """By line: how a letter stands that was not sent."""
    return {one["line"]: one["state"] for one in json.loads(ran.out)["left"]}
