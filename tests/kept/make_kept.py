"""Makes what one release leaves behind, with the commands of that release: `python make_kept.py FOLDER`.

Run it with `PYTHONPATH` on the `src` of the release, with `tests` behind it, where libfaketime and PostgreSQL are
installed. Every command is typed as a user types it, at a simulated time, against servers of its own on loopback.
See README.md for what it leaves.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from leakguard.demolab import clusters
from leakguard.demolab.asks import AskLog
from leakguard.demolab.elastic import ElasticServer
from leakguard.demolab.http import serve_connection
from support.notices import complete, to_text
from support.offices import PEOPLE
from support.postgres_server import PROGRAMS, postgres_server
from support.servers import child

ADDRESS, PORT = "127.77.13.2", 19217
FAKETIME = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))), None)
INCIDENT, CAC = "IR-2026-0001", "cn-cac-incident-general"
IN_DOUBT = "p7,CANARY Seven,vanish.canary.seven@mail.example,en,DE,contact.email,\n"
"""The server takes this letter and hangs up without saying so."""
BEGIN = datetime(2026, 6, 12, 4, 0)  # noqa: DTZ001  (libfaketime reads local time, which is UTC here)
SETTINGS = """heads = "second-place.head"
[[channel]]
name = "letters"
kind = "smtp"
host = "127.0.0.1"
port = {port}
security = "none"
from = "Example University <security@university.example>"
to = ["soc@university.example"]

[[channel]]
name = "desk"
kind = "file"
path = "alarms.txt"

[escalation]
levels = [{{role = "commander"}}]
roles = {{commander = ["desk"]}}
"""


class Desk:
    """Types commands in one folder, a minute apart."""

    def __init__(self, folder: Path, store: str) -> None:
        self.folder, self.store, self.now = folder, store, BEGIN

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Begin a command."""
        self.now += timedelta(minutes=1)
        command = [sys.executable, "-m", "leakguard", *words]
        around = {**os.environ, "TZ": "UTC", "LD_PRELOAD": str(FAKETIME), "FAKETIME": f"@{self.now:%Y-%m-%d %H:%M:%S}",
                  "DONT_FAKE_MONOTONIC": "1", "LEAKGUARD_STORE": self.store, "USER": "scribe"}  # fmt: skip
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=self.folder, env=around, stdout=pipe, stderr=pipe, text=True)

    def __call__(self, *words: str, ends: Sequence[int] = (0,)) -> str:
        """Run a command; what it prints on stdout."""
        process = self.start(*words)
        out, err = process.communicate(timeout=300)
        if process.returncode not in ends:
            sys.exit(f"{' '.join(words)}: {process.returncode}\n{out}\n{err}")
        return out

    def begun(self, *words: str, seconds: float) -> None:
        """Run a scan and interrupt it as Ctrl-C does."""
        process = self.start(*words)
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=120)


@contextmanager
def open_elasticsearch() -> Iterator[None]:
    """An open Elasticsearch on `ADDRESS`, in a thread of its own."""
    server = ElasticServer("open", clusters.university(clusters.LAST_DAYS), AskLog())

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await serve_connection(reader, writer, server.handle)

    async def listen() -> None:
        listening = await asyncio.start_server(serve, ADDRESS, PORT)
        ready.set()
        await listening.serve_forever()

    ready = threading.Event()
    threading.Thread(target=lambda: asyncio.run(listen()), daemon=True).start()
    ready.wait()
    yield


def found_and_opened(desk: Desk) -> None:
    """A scan finds the store, an incident is opened, and events are recorded."""
    desk("scope", "init", "--organisation", "Example University", "--contact", "security@example.edu",
         "--approved-by", "CISO", "--include", "127.77.13.0/24", "--days", "366")  # fmt: skip
    desk("scan", "127.77.13.0/29", "-p", str(PORT), ends=(1,))
    listed = desk("scan", "127.77.13.0/29", "-p", str(PORT), "--format", "json", ends=(1,))
    finding = next(one["id"] for one in json.loads(listed)["findings"] if one["outcome"] == "exposed")
    desk("incident", "open", "--finding", finding, "--title", "Mail log open", "--zone", "Asia/Shanghai")
    event = ("incident", "event", INCIDENT)
    desk(*event, "notice_received", "--at", "2026-06-10T22:30+08:00", "--source", "e-mail of a researcher",
         "--reason", "read in the morning")  # fmt: skip
    desk(*event, "awareness", "--at", "2026-06-10T23:00+08:00", "--reason", "minutes of the call", "--source", "DPO")
    desk(*event, "discovery", "--at", "2026-06-10T22:30+08:00", "--reason", "minutes of the call", "--source", "SOC")
    told = json.loads(desk("incident", "show", INCIDENT, "--format", "json"))
    wrong = next(one["id"] for one in told["events"] if one["kind"] == "awareness")
    desk(
        *event, "awareness", "--at", "2026-06-10T23:10+08:00", "--corrects", wrong, "--reason", "the mail log was read"
    )
    desk("watch", "127.77.13.0/29", "-p", str(PORT), "--once", ends=(1,))


def responded(desk: Desk) -> None:
    """Steps, evidence, a custody, an alarm and its acknowledgement."""
    desk("playbook", "start", INCIDENT, "--by", "Chen Jing")
    desk("playbook", "done", INCIDENT, "take_command", "--by", "Chen Jing", "--evidence", "role_list: the wall")
    desk("playbook", "done", INCIDENT, "contain", "--by", "Li Wei", "--evidence", "config_before: share/es.yml",
         "--evidence", "config_after: share/es-closed.yml")  # fmt: skip
    (desk.folder / "access.log").write_text("what a web server logged\n", encoding="utf-8")
    (desk.folder / "notes.txt").write_text("what somebody noted\n", encoding="utf-8")
    desk("evidence", "add", "access.log", "--incident", INCIDENT, "--by", "Mia", "--from", "web server", "--keep")
    desk("evidence", "add", "notes.txt", "--incident", INCIDENT, "--by", "Mia", "--note", "of the call")
    desk("watchman", "once")
    desk("clock", "ack", INCIDENT, "remediate", "--by", "Ada Lovelace", "--for", "PT30M")
    item = json.loads(desk("evidence", "list", "--items", "--format", "json"))["items"][0]["id"]
    desk("evidence", "seal", item, "--by", "Mia", "--seal", "bag S-1")
    desk("evidence", "hold", item, "--by", "Counsel", "--reason", "a court may ask")


def told(desk: Desk) -> None:
    """A letter to an authority and letters to people, approved by two and sent; one person's server refuses."""
    (desk.folder / "facts.yaml").write_text(to_text(complete()), encoding="utf-8")
    (desk.folder / "people.csv").write_text(PEOPLE + IN_DOUBT, encoding="utf-8")
    single = ("facts.yaml", "--duty", CAC, "--stage", "initial", "--lang", "zh")
    desk("notice", "letters", "facts.yaml", "--duty", "eu-gdpr-34-individuals", "--stage", "initial",
         "--recipients", "people.csv", "--as", "html", "--workers", "1", "-o", "letters", ends=(0, 3))  # fmt: skip
    for words in (single, ("--manifest", "letters")):
        for by in ("A. Counsel", "B. Officer"):
            desk("notice", "approve", *words, "--incident", INCIDENT, "--by", by)
    desk("notice", "approve", "facts.yaml", "--duty", "eu-gdpr-33-authority", "--incident", INCIDENT,
         "--by", "A. Counsel", ends=(0, 1, 2, 3))  # fmt: skip
    desk("notice", "send", *single, "--incident", INCIDENT, "--to", "office@authority.example", "--by", "A. Counsel")
    desk("notice", "send", "facts.yaml", "--manifest", "letters", "--recipients", "people.csv", "--incident", INCIDENT,
         "--rate", "1000/s", "--wait", "0.05", ends=(3,))  # fmt: skip
    events = json.loads(desk("incident", "show", INCIDENT, "--format", "json"))["events"]
    desk("evidence", "redact", next(one["id"] for one in events if one["kind"] == "notice_received"),
         "--by", "dpo", "--reason", "asked for", "--keep", "zone")  # fmt: skip


def stopped(desk: Desk) -> None:
    """A run that is interrupted before its end."""
    desk.begun("scan", "127.77.13.0/26", "-p", f"{PORT},19218", "--rate", "8/s", "--workers", "1", seconds=9)


def vouched(desk: Desk, left: Path) -> None:
    """Heads and bundles, unsigned and signed."""
    (left / "unsigned.note").write_text(desk("evidence", "head", "--format", "note"), encoding="utf-8")
    desk("evidence", "head", "--keep")
    shutil.copy(desk.folder / "store.db.head", left / "earlier.head") if "://" not in desk.store else None
    desk("evidence", "export", "unsigned-bundle.zip")
    desk("evidence", "key", "init", "--name", "ir.example.edu/ledger")
    desk("incident", "event", INCIDENT, "status_sent")
    desk("evidence", "head", "--keep")
    (left / "signed.note").write_text(desk("evidence", "head", "--format", "note"), encoding="utf-8")
    desk("evidence", "export", "bundle.zip")
    (left / "verifier.txt").write_text(desk("evidence", "verifier"), encoding="utf-8")


def play(folder: Path, store: str, left: Path) -> None:
    """Everything, in one folder with one store."""
    desk = Desk(folder, store)
    with child("letter_server", folder / "mails.jsonl", "1", "0") as mail:
        (folder / "leakguard.toml").write_text(SETTINGS.format(port=mail.port), encoding="utf-8")
        found_and_opened(desk)
        responded(desk)
        told(desk)
        stopped(desk)
        vouched(desk, left)
    desk("evidence", "verify", ends=(0, 3))


def keep_sqlite(folder: Path, left: Path) -> None:
    """The store in one file, without the names that this machine gave to its processes."""
    with closing(sqlite3.connect(folder / "store.db", isolation_level=None)) as raw:
        raw.execute("UPDATE leases SET holder = 'machine.example:1:0000'")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.execute("VACUUM")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    names = ("store.db", "store.db.head", "second-place.head", "leakguard.key", "leakguard.key.pub", "bundle.zip",
             "unsigned-bundle.zip", "scope.yaml", "facts.yaml")  # fmt: skip
    for name in names:
        shutil.copy(folder / name, left / name)
    shutil.copytree(folder / "store.db.evidence", left / "store.db.evidence")


def keep_postgres(url: str, left: Path) -> None:
    """As `pg_dump` writes it, as plain SQL."""
    database, _, host = url.partition("@/")[2].partition("?host=")
    dump = [str(PROGRAMS[-1].parent / "pg_dump"), "-h", host, "-U", "postgres", "--no-owner", "--inserts", database]
    text = subprocess.run(dump, check=True, capture_output=True, text=True).stdout
    # Newer servers write a line that psql of an older one does not know.
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith(("\\restrict", "\\unrestrict"))]
    (left / "postgres.sql").write_text("".join(lines), encoding="utf-8")


def main(left: Path) -> None:
    """Leave everything in `left`."""
    left.mkdir(parents=True, exist_ok=True)
    with open_elasticsearch():
        with tempfile.TemporaryDirectory() as folder:
            play(Path(folder), "store.db", left)
            keep_sqlite(Path(folder), left)
        with postgres_server() as server, tempfile.TemporaryDirectory() as folder:
            url = server.new_database()
            play(Path(folder), url, Path(folder))
            keep_postgres(url, left)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
