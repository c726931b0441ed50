"""One incident from the notice to its closure, typed command by command on the console.

`PYTHONPATH=tests python -m support.walk --pause 5` walks it at real time, on servers of its own on loopback, and prints
each command before it runs; a test walks the same commands at simulated time.
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from leakguard.cli.main import run
from leakguard.demolab.lab import DemoLab

INCIDENT = "{incident}"
SETTINGS = 'laws = "cn, eu"\nstore = "leakguard.db"\nscope = "scope.yaml"\nzone = "Asia/Shanghai"\n'
CHANNELS = """
[[channel]]
name = "room"
kind = "file"
path = "alarms.txt"

[escalation]
levels = [{role = "commander"}]
roles = {commander = ["room"]}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One command, and what happens before it."""

    minute: int
    """Simulated minutes since the begin."""
    words: str
    """Behind `leakguard`; names in braces are filled in."""
    form: Mapping[str, Any] = field(default_factory=dict)
    """The answers that `form.json` holds for it."""
    happens: str = ""
    """`close_door`: something that is done to the server, not typed."""
    exits: tuple[int, ...] = (0,)


def _done(minute: int, step: str, who: str, rest: str = "", form: Mapping[str, Any] | None = None) -> Turn:
    given = " --form form.json" if form else ""
    return Turn(minute=minute, words=f'playbook done {INCIDENT} {step} --by "{who}"{rest}{given}', form=form or {})


STORY: tuple[Turn, ...] = (
    Turn(
        minute=0,
        words='scope init --organisation "Example University" --contact security@example.edu --approved-by CISO '
        "--include 127.0.0.0/24 --days 30",
    ),
    Turn(minute=0, words="scan {open}", exits=(1,)),
    Turn(minute=5, words='incident open --finding {finding} --title "Mail log open" --zone Asia/Shanghai'),
    Turn(minute=6, words=f'incident event {INCIDENT} notice_received --source "e-mail of a researcher"'),
    Turn(minute=8, words=f"incident event {INCIDENT} awareness --source DPO"),
    Turn(minute=9, words=f"incident event {INCIDENT} discovery --source DPO"),
    Turn(minute=10, words=f"playbook start {INCIDENT}"),
    Turn(minute=11, words=f"playbook next {INCIDENT}"),
    Turn(minute=12, words=f"clock list --incident {INCIDENT}"),
    _done(30, "take_command", "Chen Jing", " --evidence role_list=@proof.txt"),
    Turn(minute=60, words="watchman once"),
    Turn(
        minute=90,
        happens="close_door",
        words=f'playbook done {INCIDENT} contain --by "Li Wei" --evidence config_before=@proof.txt '
        "--evidence config_after=@proof.txt",
    ),
    Turn(minute=100, words="scan verify {finding}"),
    _done(
        105, "decide_awareness", "Wang Fang", ' --second "Anna Berg"', {"basis": "the link answers without a login"}
    ),
    _done(
        180, "preserve_evidence", "Zhao Min", " --evidence logs_copied=@proof.txt --evidence copy_digests=@proof.txt",
        {"logs_from": "2026-05-01", "traces": "none_found"},
    ),
    _done(
        300, "scope_data", "Zhao Min", " --evidence data_inventory=@proof.txt",
        {"categories": ["contact.email"], "people_low": 41000, "people_high": 60000, "jurisdictions": ["CN"]},
    ),
    _done(
        330, "decide_risk", "Wang Fang", ' --second "Anna Berg"',
        {"risk": "high_risk", "tell_people": "yes", "basis": "who writes to whom, over years"},
    ),
    Turn(minute=200, words=f"notice file {INCIDENT} --duty cn-cac-incident-general --stage initial --reference 17"),
    Turn(minute=340, words=f"notice file {INCIDENT} --duty cn-pipl-57-authority --stage initial --reference 18"),
    _done(
        350, "tell_authorities", "Wang Fang", ' --second "Anna Berg" --evidence receipts=@proof.txt',
        {"filed": ["cn-cac-incident-general", "cn-pipl-57-authority"]},
    ),
    _done(
        600, "tell_people", "Sun Hao", ' --second "Wang Fang" --evidence letter_approved=@proof.txt',
        {"count": 41000, "channel": "mail, and the home page"},
    ),
    _done(700, "recover", "Li Wei", " --evidence access_test=@proof.txt --evidence secrets_changed=@proof.txt"),
    _done(800, "learn", "Chen Jing", " --evidence review_notes=@proof.txt"),
    Turn(minute=805, words=f"incident event {INCIDENT} closed --reason walked"),
    Turn(minute=806, words=f"clock list --incident {INCIDENT}"),
    Turn(minute=806, words=f"incident timeline {INCIDENT}"),
    Turn(minute=807, words="evidence verify"),
)  # fmt: skip
Type = Callable[[Turn, list[str]], int]
"""Runs one command; returns its exit code."""


@dataclass(slots=True, kw_only=True)
class Walk:
    """A walk in a folder of its own."""

    folder: Path
    type: Type
    is_drill: bool = False
    names: dict[str, str] = field(default_factory=dict)

    def go(self) -> None:
        """All commands in the order of their minutes; an exit code that nobody expects ends it."""
        drill = "drill = true\n" if self.is_drill else ""
        (self.folder / "leakguard.toml").write_text(SETTINGS + drill + CHANNELS, encoding="utf-8")
        (self.folder / "proof.txt").write_text("what a step is proved by\n", encoding="utf-8")
        with chdir(self.folder), DemoLab() as lab:
            address, port = lab.endpoints["open"]
            self.names["open"] = f"{address}:{port}"
            for turn in sorted(STORY, key=lambda turn: turn.minute):
                if turn.happens:
                    lab.close_door()
                self._type(turn)

    def _type(self, turn: Turn) -> None:
        if turn.form:
            Path("form.json").write_text(json.dumps(turn.form), encoding="utf-8")
        if "{" in turn.words:
            self._look_up()
        words = shlex.split(turn.words.format(**self.names))
        code = self.type(turn, words)
        if code not in turn.exits:
            raise AssertionError(f"leakguard {shlex.join(words)}: {code}")

    def _look_up(self) -> None:
        """What the store calls the finding and the incident."""
        if "incident" in self.names or not Path("leakguard.db").exists():
            return
        from leakguard.wiring import Wiring  # noqa: PLC0415  (the store of the folder)

        store = Wiring.from_environment().existing_store
        self.names["finding"] = next(one.id for one in store.findings() if one.verdict.outcome == "exposed")
        self.names |= dict.fromkeys(["incident"], next(iter(store.subjects("IR-")))) if store.subjects("IR-") else {}
        store.close()


def main() -> int:
    """Walk at real time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pause", type=float, default=5.0, help="real seconds between two commands")
    parser.add_argument("--keep", help="the folder, which must be empty (default: a new temporary one)")
    wanted = parser.parse_args()
    folder = Path(wanted.keep or tempfile.mkdtemp(prefix="leakguard-walk-")).resolve()
    folder.mkdir(parents=True, exist_ok=True)

    def typed(_: Turn, words: list[str]) -> int:
        time.sleep(wanted.pause)
        print(f"\n$ leakguard {shlex.join(words)}", flush=True)  # noqa: T201  (a program of its own)
        return run(words)

    Walk(folder=folder, type=typed).go()
    print(f"\nEverything lies in {folder}")  # noqa: T201  (as above)
    return 0


if __name__ == "__main__":
    sys.exit(main())
