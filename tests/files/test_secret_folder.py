"""Secrets that containers hand over as files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from leakguard.errors import BadFile, ExitCode
from leakguard.files.secret_folder import FOLDER, MOST_BYTES, take_in_secrets


def environment_with(folder: Path, **more: str) -> dict[str, str]:
    return {FOLDER: str(folder), **more}


def test_each_file_sets_the_variable_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "LEAKGUARD_SMTP_PASSWORD").write_text("an oak\n")
    (tmp_path / "PGPASSWORD").write_text(" an elm ")
    environment = environment_with(tmp_path)

    take_in_secrets(environment)

    assert environment == {"LEAKGUARD_SMTP_PASSWORD": "an oak", "PGPASSWORD": " an elm "}


def test_what_is_set_already_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "LEAKGUARD_TOKEN").write_text("of the file")
    environment = environment_with(tmp_path, LEAKGUARD_TOKEN="of the command")

    take_in_secrets(environment)

    assert environment == {"LEAKGUARD_TOKEN": "of the command"}


def test_an_empty_variable_hides_no_file(tmp_path: Path) -> None:
    """Compose sets one that its own environment lacks to nothing, and everywhere else that counts as not set."""
    (tmp_path / "LEAKGUARD_SMTP_PASSWORD").write_text("of the file\n")
    environment = environment_with(tmp_path) | {"LEAKGUARD_SMTP_PASSWORD": ""}

    take_in_secrets(environment)

    assert environment == {"LEAKGUARD_SMTP_PASSWORD": "of the file"}


@pytest.mark.parametrize("name", ["PATH", "LD_PRELOAD", "PYTHONPATH", "LEAKGUARD_", "leakguard_x", "..data", "PGHOST"])
def test_no_other_file_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    environment = environment_with(tmp_path)

    take_in_secrets(environment)

    assert environment == {}


def test_without_a_folder_nothing_is_changed() -> None:
    environment = {"LEAKGUARD_STORE": "here.db"}

    take_in_secrets(environment)

    assert environment == {"LEAKGUARD_STORE": "here.db"}


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="No such file"):
        take_in_secrets(environment_with(tmp_path / "away"))


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"one\ntwo\n", "more than one line"), (b"\xff\xfe\x00", "not UTF-8"), (b"x" * (MOST_BYTES + 1), "longer than")],
)
def test_what_is_no_secret_is_refused_and_not_repeated(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "LEAKGUARD_BROKER").write_bytes(content)

    with pytest.raises(BadFile, match=said) as refused:
        take_in_secrets(environment_with(tmp_path))

    assert "LEAKGUARD_BROKER" in str(refused.value)
    assert "two" not in str(refused.value)


@pytest.mark.parametrize("module", ["leakguard", "leakguard.worker"])
def test_both_programs_read_the_folder_and_refuse_one_that_is_not_there(tmp_path: Path, module: str) -> None:
    words = ["--make-key"] if module.endswith("worker") else ["checks", "list"]
    done = subprocess.run(
        [sys.executable, "-m", module, *words], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, FOLDER: str(tmp_path / "away")},
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
    assert "away" in done.stderr


def test_a_store_is_opened_where_a_file_says(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "LEAKGUARD_STORE").write_text("elsewhere.db\n")

    done = subprocess.run(
        [sys.executable, "-m", "leakguard", "incident", "open", "--title", "Test", "--zone", "UTC"], cwd=tmp_path,
        capture_output=True, text=True, check=False, env={**os.environ, FOLDER: str(secrets)},
    )  # fmt: skip

    assert done.returncode == ExitCode.CLEAN, done.stderr
    assert (tmp_path / "elsewhere.db").exists()
