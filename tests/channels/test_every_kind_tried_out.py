"""What every kind of channel carries, and that an alert which one does not take is no silence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from leakguard.alerts.settings import CHANNEL_KINDS
from leakguard.cli.main import run
from leakguard.errors import ExitCode
from support.tried_channels import SECRETS, Folder, chain, folder_in

pytestmark = [
    pytest.mark.long,
    pytest.mark.enable_socket,
    # apprise imports it for old pictures, on Pythons that still have it.
    pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning"),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Folder]:
    with folder_in(tmp_path, monkeypatch, capfd) as made:
        yield made


@pytest.mark.parametrize(("kind", "answer", "to"), [("smtp", "", "hang"), ("webhook", "slow", "soc")])
def test_a_server_that_hangs_is_left_in_time(folder: Folder, kind: str, answer: str, to: str) -> None:
    folder.settings(folder.table(kind, answer=answer, to=to))
    code, said = folder.test()

    assert (code, "FAILED after" in said) == (ExitCode.UNFINISHED, True)


def overdue(folder: Folder) -> None:
    """An incident of which somebody told us thirty hours ago."""
    at = (datetime.now(UTC) - timedelta(hours=30)).strftime("%Y-%m-%dT%H:%M:%SZ")  # noqa: TID251  (it is about real time)
    run(["incident", "open", "--title", "An open cluster", "--zone", "Europe/Berlin"])
    name = json.loads(printed(folder, "incident", "list", "--format", "json"))["incidents"][0]["id"]
    run(["incident", "event", name, "notice_received", "--at", at, "--source", "mail", "--reason", "late"])


def printed(folder: Folder, *words: str) -> str:
    folder.capfd.readouterr()
    run(list(words))
    return folder.capfd.readouterr().out


@pytest.mark.parametrize(("kind", "answer", "to"), [
    *((kind, "status/500", "refuse") for kind in CHANNEL_KINDS), ("smtp", "", "hang"), ("webhook", "slow", "soc"),
])  # fmt: skip
def test_an_alert_that_a_channel_does_not_take_is_no_silence(folder: Folder, kind: str, answer: str, to: str) -> None:
    table = folder.table(kind, answer=answer, to=to) + ("attempts = 1\n" if kind == "webhook" else "")
    if kind == "file":
        (folder.path / "alerts.jsonl").mkdir()
    folder.settings(table, chain(("commander", kind)))
    overdue(folder)
    codes = [run(["watchman", word]) for word in ("once", "once")]
    said = folder.capfd.readouterr().err
    checked = printed(folder, "watchman", "check")

    assert codes == [ExitCode.UNFINISHED] * 2
    assert said.count("UNDELIVERED") == 2
    assert "has reached nobody at level 1 (commander)" in checked
    assert not any(secret in said + checked for secret in SECRETS)


@pytest.mark.parametrize("kind", CHANNEL_KINDS)
def test_every_kind_of_channel_carries_title_task_limit_and_the_next_command(folder: Folder, kind: str) -> None:
    folder.settings(folder.table(kind), chain(("commander", kind)))
    overdue(folder)
    assert run(["watchman", "once"]) == ExitCode.CLEAN
    got = folder.arrived(kind).replace("=\\r\\n", "")

    assert "An open cluster" in got
    assert "leakguard playbook start IR-" in got
    assert "leakguard clock ack IR-" in got
    assert "(Europe/Berlin)" in got
    assert "prove it closed" in got
