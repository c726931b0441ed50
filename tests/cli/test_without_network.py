"""Reports, apps and transfers in a process that ends at once when anything opens a socket or asks for a name."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

from leakguard.errors import ExitCode
from support.app_packages import apk, manifest
from support.outbound import RECIPIENT, a_file, as_text
from support.programs import with_our_path

OPENED = 99
"""The exit code of a process that opened a socket."""
CHILD = f"""
import json, os, sys

def watch(event, arguments):
    if event.split(".")[0] == "socket" and event != "socket.gethostname":
        os.write(2, event.encode())
        os._exit({OPENED})

sys.addaudithook(watch)
from leakguard.cli.main import run
codes = [run(["--no-color", *words]) for words in json.load(sys.stdin)]
sys.stdout.flush()
os.write(2, json.dumps(codes).encode())
"""
MAIL = (
    "From: Zo <f@example.org>\r\nTo: reports@example.edu\r\nSubject: open\r\nMessage-ID: <1@example.org>\r\n\r\n"
    "https://store.example.edu:9200/ and 192.0.2.7 are open\r\n"
)
ONE, TWO = "RP-2026-0001", "RP-2026-0002"
SETTINGS = (
    'country = "CN"\nobligated_as = "network_operator"\n'
    '[reports]\norganisation = "Example University"\ncontact = "security@example.edu"\n'
)
REPORTS = {
    "report import mail.eml": 0, "report import form.json": 0, f"report show {ONE}": 0, "report list": 0,
    f"report rules {ONE}": 0, f"report acknowledge {ONE}": 0, f"report triage {ONE} --as valid": 0,
    f"report incident {ONE} --aware-at arrival": 0, f"report thank {ONE} --lang zh": 0,
    f"report triage {TWO} --as spam": 0, f"report close {TWO}": 0,
    f'report erase {TWO} --sender --reason "asked for"': 0,
}  # fmt: skip
"""Each command with its exit code."""
SITES = {
    "sites write --host www.example.edu --organisation U --contact mailto:s@example.edu -o site": 0,
    "sites history": 0,
}  # fmt: skip
APPS = {
    "app categories": 0, "app check jobs.apk --category recruiting --keep": 1, "app list": 0,
    "app show cn.example.jobs": 0, "app incident cn.example.jobs": 0,
    "app letter jobs.apk --category recruiting --sender U": 0,
}  # fmt: skip
OUTBOUND = {
    "outbound example": 0, "outbound assess outbound.yaml": 0, "outbound next-fact outbound.yaml": 0,
    "outbound draft outbound.yaml --paper self-assessment --lang zh": 0, "outbound add outbound.yaml": 0,
    "outbound list": 0, 'outbound end cloud --reason "over"': 0,
}  # fmt: skip


def ended(folder: Path, commands: list[list[str]]) -> tuple[int, str]:
    """How a process ended that ran these commands, and the end of what it said."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD], cwd=folder, input=json.dumps(commands), capture_output=True, text=True,
        env=with_our_path(), timeout=280, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr


def test_reports_sites_apps_and_transfers_open_no_socket(tmp_path: Path) -> None:
    """The name in the mail is not looked up, a package is not looked for elsewhere, and no rule is fetched."""
    (tmp_path / "leakguard.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "mail.eml").write_text(MAIL, encoding="utf-8", newline="")
    (tmp_path / "form.json").write_text(
        json.dumps({"text": "http://192.0.2.9/ is open", "email": "f@example.org"}), encoding="utf-8"
    )
    (tmp_path / "jobs.apk").write_bytes(apk(manifest("CAMERA", "READ_CONTACTS")))
    (tmp_path / "outbound.yaml").write_text(as_text(a_file(recipients=[RECIPIENT])), encoding="utf-8")
    asked = REPORTS | SITES | APPS | OUTBOUND
    code, said = ended(tmp_path, [shlex.split(line) for line in asked])

    assert code == 0, said
    assert dict(zip(asked, json.loads(said.rpartition("[")[1] + said.rpartition("[")[2]), strict=True)) == asked, said
    assert (tmp_path / "site/.well-known/security.txt").exists()


def test_the_process_ends_where_a_command_does_open_one(tmp_path: Path) -> None:
    """So that the test above means something."""
    scope = "scope init --organisation U --contact s@u.example --approved-by CISO --include 127.0.0.1"
    code, said = ended(tmp_path, [scope.split(), ["scan", "127.0.0.1:9"]])

    assert code == OPENED
    assert said.rpartition("socket.")[1]
    assert OPENED not in set(ExitCode)
