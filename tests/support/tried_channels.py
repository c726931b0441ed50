"""A folder with settings, a mail server and a web server, in which channels are tried."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from leakguard.cli.main import run
from support.servers import Child, child

SECRETS = ("CANARY-token", "CANARY-secret", "CANARY-user")


@dataclass
class Folder:
    """A folder with settings, two servers, and the commands that are typed in it."""

    path: Path
    mail: Child
    hook: Child
    capfd: pytest.CaptureFixture[str]

    def table(self, kind: str, *, answer: str = "", to: str = "soc") -> str:
        """A channel of this kind, called after it; `answer` is the path of the web server."""
        tables = {
            "smtp": f'host = "127.0.0.1"\nport = {self.mail.port}\nsecurity = "none"\ntimeout = 2\n'
            f'from = "leakguard@example.edu"\nto = ["{to}@example.edu"]',
            "webhook": 'url_env = "TEST_HOOK"\nsecret_env = "TEST_SECRET"\ntimeout = 1',
            "chat": 'url_env = "TEST_CHAT"',
            "file": f'path = "{self.path / "alerts.jsonl"}"',
        }
        os.environ["TEST_HOOK"] = f"http://127.0.0.1:{self.hook.port}/{answer}?token=CANARY-token"
        os.environ["TEST_CHAT"] = f"json://CANARY-user:pw@127.0.0.1:{self.hook.port}/{answer}"
        os.environ["TEST_SECRET"] = "CANARY-secret"
        return f'[[channel]]\nname = "{kind}"\nkind = "{kind}"\n{tables[kind]}\n'

    def settings(self, *tables: str) -> None:
        (self.path / "leakguard.toml").write_text("\n".join(tables), encoding="utf-8")

    def test(self, *words: str) -> tuple[int, str]:
        """Exit code and everything that was printed."""
        self.capfd.readouterr()
        code = run(["--no-color", "channel", "test", *words])
        said = self.capfd.readouterr()
        return code, said.out + said.err

    def document(self, *words: str) -> dict[str, Any]:
        self.capfd.readouterr()
        code = run(["channel", "test", *words, "--format", "json"])
        document: dict[str, Any] = json.loads(self.capfd.readouterr().out)
        assert document["exit_code"] == code
        return document

    def arrived(self, kind: str) -> str:
        """What came in on the other side, as text."""
        if kind == "file":
            return (self.path / "alerts.jsonl").read_text("utf-8")
        return json.dumps(self.mail.received if kind == "smtp" else self.hook.received, ensure_ascii=False)


@contextmanager
def folder_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Folder]:
    """A folder of its own beside a mail server and a web server that take what is tried out."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LEAKGUARD_STORE", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name in ("TEST_HOOK", "TEST_CHAT", "TEST_SECRET"):
        monkeypatch.setenv(name, "")  # and is set back at the end
    with ExitStack() as servers:
        mail = servers.enter_context(child("mail_server", tmp_path / "mails"))
        hook = servers.enter_context(child("hook_server", tmp_path / "posts"))
        yield Folder(path=tmp_path, mail=mail, hook=hook, capfd=capfd)


def chain(*roles: tuple[str, str]) -> str:
    """The settings of an escalation: a level for each role, ten minutes apart, with its channel."""
    levels = ", ".join(f'{{role = "{role}", after = "PT{10 * number}M"}}' for number, (role, _) in enumerate(roles))
    names = ", ".join(f'{role} = ["{channel}"]' for role, channel in roles)
    return f"[escalation]\nlevels = [{levels.replace('PT0M', 'PT0S')}]\nroles = {{{names}}}\n"
