"""The documentation as a reader types it: every command line of a page, in a folder that has what the page speaks of.

Each page gets a copy of one prepared folder: a scope with this machine alone, a web server that somebody left open, two
scans of it, an incident with its response, evidence, a report of a stranger, and the files that pages name. What pages
call by an example's id, such as `F-1a2b3c4d5e6f7089`, is the folder's own.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from leakguard.cli.main import run
from rules.docs_parts import ROOT
from support.documents_of_ours import blocks_of, typed_lines

if TYPE_CHECKING:
    import pytest

NOW = "2026-11-30T10:00+08:00"
"""The folder is that of a drill, so that the days which pages name do not pass."""
SETTINGS = """drill = true
store = "leakguard.db"
zone = "Asia/Shanghai"
country = "DE"
laws = "cn, eu"

[[channel]]
name = "soc-mail"
kind = "file"
path = "alerts.txt"

[[channel]]
name = "siem"
kind = "file"
path = "siem.txt"

[escalation]
levels = [{role = "commander"}]
roles = {commander = ["soc-mail"]}
"""
MAIL = """From: A Researcher <finder@research.example>
To: security@example.edu
Subject: Your backup is open
Date: Mon, 30 Nov 2026 08:30:00 +0800
Message-ID: <one@research.example>

Hello, http://127.0.0.1:{port}/ answers without a login. I have not kept anything.
"""
NMAP = """<?xml version="1.0"?>
<nmaprun scanner="nmap"><host><status state="up"/><address addr="127.0.0.1" addrtype="ipv4"/><ports>
<port protocol="tcp" portid="{port}"><state state="open"/><service name="http"/></port></ports></host></nmaprun>
"""
PEOPLE = (
    "id,name,email,language,data\n1,Anna Berg,anna@people.example,en,contact.email\n"
    "2,Li Wei,li@people.example,zh,contact.email\n"
)
FILES = {
    "access.log": "127.0.0.1 GET /\n", "es.yml": "network.host: 127.0.0.1\n", "advice.txt": "Counsel says: wait.\n",
    "before.txt": "before\n", "after.txt": "after\n", "people.csv": PEOPLE, "hosts.txt": "127.0.0.1:{port}\n",
    "mail.eml": MAIL, "scan.xml": NMAP, "li-wei": "violet harbour eleven\n",
    "bounced.mbox": "From MAILER-DAEMON Mon Nov 30 09:00:00 2026\nFrom: <>\nSubject: returned\n\nno such user\n",
}  # fmt: skip
SHOWN_RUN, SHOWN_FINDING = re.compile(r"R-2026112\d-\w+"), re.compile(r"F-1a2b3c4d5e6f7089")
SHOWN_PLACE = re.compile(
    r"(http://)?192\.0\.2\.\d+(/\d+)?(:[\d,]+)?(/mlflow/)?( mail\.example\.edu)?|127\.0\.0\.1:8000"
)
OWN_PLACES = {
    "/srv/backups/": "", "/run/secrets/": "", "/var/lib/node_exporter/": "",
    "/srv/heads/": "",
}  # fmt: skip
"""Places of a machine that pages name, and where they are in the folder."""
COMMAND = re.compile(r"^leakguard(?= |$)")
ASKING = ("leakguard account add ", "leakguard login ", "leakguard account recover ")
"""What asks for a password on the terminal; here it reads one from a file."""
SHELL = ("cd ", "echo ", "mkdir ", "printf ", "cp ")
"""What is typed beside our own commands and belongs to what follows."""


@dataclass
class Reader:
    """Somebody who types what a page says."""

    folder: Path
    port: int
    capsys: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch
    ids: dict[str, str] = field(default_factory=dict)
    """Own ids by those that pages show."""
    has_begun: bool = False
    """Whether a response has begun."""
    said: str = ""
    """What the last command wrote on stderr."""

    def prepare(self) -> None:
        """Make the folder that every page gets a copy of."""
        self.patch.chdir(self.folder)
        for name, text in FILES.items():
            Path(name).write_text(text.replace("{port}", str(self.port)), encoding="utf-8")
        self._write_shown_files()
        Path("leakguard.toml").write_text(SETTINGS, encoding="utf-8")
        for line in PREPARING:
            code = self.type(line)
            assert code in {0, 1, 3}, (line, self.said)

    def _write_shown_files(self) -> None:
        """The files that pages show, by the first line of each."""
        for page in (ROOT / "docs").rglob("*.md"):
            for block in blocks_of(page, "yaml"):
                name, _, body = block.body.partition("\n")
                if re.fullmatch(r"# [\w/.-]+\.yaml(,.*)?", name) and "replays" not in name and "scope" not in name:
                    path = Path(name.removeprefix("# ").partition(",")[0])
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(body, encoding="utf-8")

    def _learn(self) -> None:
        """Keep the ids that the last command made."""
        for shown, pattern in OWN.items():
            if found := re.search(pattern, self.heard):
                self.ids.setdefault(shown, found[0])

    heard: str = ""
    """What the last command wrote on stdout."""

    def own(self, line: str) -> str:
        """The line with what the reader has in the place of what the page shows."""
        line = SHOWN_FINDING.sub(self.ids.get("finding", "F-0"), SHOWN_RUN.sub(self.ids.get("run", "R-0"), line))
        for shown in set(OWN) - {"finding", "run"}:
            line = line.replace(shown, self.ids.get(shown, shown))
        for shown, own in OWN_PLACES.items():
            line = line.replace(shown, own)
        if line.startswith("leakguard scope "):
            more = " 127.0.0.1" if line.startswith("leakguard scope add ") and " --to " not in line else ""
            return line.replace("192.0.2.", "127.0.0.") + more
        if line.startswith("leakguard incident open --finding "):
            line += " --again"  # the prepared folder has an incident about it
        if line.startswith(ASKING) and "--password-file" not in line:
            line = f"{line.partition('   #')[0]} --password-file li-wei"
        return SHOWN_PLACE.sub(f"127.0.0.1:{self.port}", line)

    def _before(self, line: str) -> None:
        """What a reader in a folder of his own would not have, or would wait for."""
        scope = Path("scope.yaml")
        if line.startswith("leakguard scope init "):
            scope.unlink(missing_ok=True)
        elif line.startswith(("leakguard scan", "leakguard watch")) and scope.exists():
            text = scope.read_text(encoding="utf-8")
            scope.write_text(text.replace("per_host: 5/s", "per_host: 500/s"), encoding="utf-8")

    def begin(self, lines: list[str]) -> None:
        """Make what a page takes for granted: a response that has begun, and alerts of its clocks."""
        if not any(line.startswith("leakguard playbook start ") for line in lines):
            self.type("leakguard playbook start IR-2026-0001")
            self.type("leakguard watchman once")

    def type(self, line: str) -> int:
        """Run one line; returns its exit code."""
        if not COMMAND.match(line):
            return self._in_shell(line)
        self._before(line)
        words = shlex.split(self.own(line), comments=True)[1:]
        to = words[words.index(">") + 1] if ">" in words else ""
        words = words[: words.index(">")] if to else words
        is_drill = "drill = true" in (
            Path("leakguard.toml").read_text("utf-8") if Path("leakguard.toml").exists() else ""
        )
        now = ["--now", NOW] if is_drill and "--now" not in words else []
        code = run(["--no-color", *now, *words])
        heard = self.capsys.readouterr()
        self.heard, self.said = heard.out, heard.err
        self.has_begun = self.has_begun or line.startswith("leakguard playbook start ")
        if not self.has_begun and line.startswith("leakguard incident open "):
            self.ids.pop("IR-2026-0001", None)  # the page goes on with the one that it opens
        self._learn()
        if to:
            Path(to).write_text(heard.out, encoding="utf-8")
        return code

    def _in_shell(self, line: str) -> int:
        if line.startswith("cd "):
            self.patch.chdir(line.removeprefix("cd "))
            return 0
        return subprocess.run(["bash", "-ec", line], check=False, capture_output=True).returncode


OWN = {
    "finding": r"F-[0-9a-f]{16}", "run": r"R-\d{8}-[0-9a-f]{6}", "IR-2026-0001": r"IR-\d{4}-\d{4}",
    "EV-12": r"EV-\d+", "RP-2026-0001": r"RP-\d{4}-\d{4}",
    "E-4": r"E-\d+(?=  notice_received)", "tok_0123456789ab": r"tok_[0-9a-z]+",
}  # fmt: skip
"""What ids look like, by the name that pages give each."""
PREPARING = (
    'leakguard scope init --organisation "Example University" --contact security@example.edu --approved-by CISO',
    "leakguard scope add 127.0.0.1",
    'sed -i "s|per_host: 5/s|per_host: 500/s|" scope.yaml',
    "leakguard scan 192.0.2.7:9200",
    "leakguard scan show",
    "leakguard scan 192.0.2.7:9200",
    "leakguard notice example > facts.yaml",
    "leakguard notice example people-in-every-language > people.yaml",
    "leakguard notice example first-notice > first.yaml",
    "leakguard outbound example > outbound.yaml",
    'leakguard incident open --finding F-1a2b3c4d5e6f7089 --title "Backup open to the internet" --zone Asia/Shanghai',
    "leakguard incident event IR-2026-0001 notice_received --at 2026-11-29T10:30+08:00 --source mail --reason slept",
    "leakguard incident event IR-2026-0001 discovery --source SOC",
    "leakguard incident event IR-2026-0001 awareness --source SOC",
    'leakguard evidence add access.log --incident IR-2026-0001 --by "A. Responder" --keep',
    "leakguard report import mail.eml",
)
"""What every page may rely on."""


def copy_of(world: Path, to: Path) -> None:
    """The prepared folder once more."""
    shutil.copytree(world, to, dirs_exist_ok=True)


def lines_of(page: Path) -> list[str]:
    """What a test types of a page: our commands, and what a shell has to do for them."""
    return [line for line in typed_lines(page) if COMMAND.match(line) or line.startswith(SHELL)]
