"""Settings: options win, then the environment, then the file, then the defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from leakguard.errors import BadFile
from leakguard.settings import FILE, Settings, read_settings


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LEAKGUARD_STORE", raising=False)


def write(folder: Path, text: str) -> None:
    (folder / FILE).write_text(text, encoding="utf-8")


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert read_settings(folder=tmp_path) == Settings(store="leakguard.db", scope="scope.yaml", zone="UTC", drill=False)


def test_the_file_of_this_folder_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, 'store = "other.db"\nscope = "campus.yaml"\nzone = "Asia/Shanghai"\ndrill = true\n')
    monkeypatch.chdir(tmp_path)

    assert read_settings() == Settings(store="other.db", scope="campus.yaml", zone="Asia/Shanghai", drill=True)


def test_options_win_over_the_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, 'store = "file.db"\n')
    monkeypatch.setenv("LEAKGUARD_STORE", "environment.db")

    assert read_settings(folder=tmp_path).store == "environment.db"
    assert read_settings(folder=tmp_path, store="option.db").store == "option.db"
    monkeypatch.setenv("LEAKGUARD_STORE", "")
    assert read_settings(folder=tmp_path).store == "file.db"


def test_problems_of_its_tables_are_named_beside_those_of_its_settings(tmp_path: Path) -> None:
    text = (
        'stroe = "x"\n[escalation]\nrepeat = "10M"\n[[channel]]\nname = "a"\nkind = "smpt"\n[fleet]\nbrokr_env = "X"\n'
    )
    write(tmp_path, text)

    with pytest.raises(BadFile) as caught:
        read_settings(folder=tmp_path)

    said = "\n".join(str(problem) for problem in caught.value.problems)
    assert "stroe: unknown setting" in said
    assert "channel[0]: Input tag 'smpt'" in said
    assert "escalation.repeat: `10M`" in said
    assert "brokr_env: unknown field" in said


def test_all_problems_of_the_file_are_named_at_once(tmp_path: Path) -> None:
    write(tmp_path, 'stroe = "x"\nzzz = 1\ndrill = "yes"\nscope = 3\n')

    with pytest.raises(BadFile) as caught:
        read_settings(folder=tmp_path)

    assert [str(problem) for problem in caught.value.problems] == [
        "stroe: unknown setting (did you mean `store`?)",
        "zzz: unknown setting",
        "drill: must be true or false",
        "scope: must be a text in quotes",
    ]


@pytest.mark.parametrize(("content", "says"), [(b"store = ", "not TOML"), (b"store = '\xff'", "not UTF-8 text")])
def test_a_broken_file_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / FILE).write_bytes(content)

    with pytest.raises(BadFile, match=says):
        read_settings(folder=tmp_path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("store = " + "[" * 100_000, "not TOML that can be used"),
        ("store = " + "9" * 5000, "not TOML that can be used"),
        ("a." * 50_000 + "b = 1", "nested deeper than any settings"),
        ('a . "b" .' * 200 + "c = 1", "nested deeper than any settings"),
        ("#" * (1024 * 1024 + 1), "longer"),
    ],
)
def test_a_file_that_somebody_made_to_hold_us_up_is_refused(tmp_path: Path, content: str, says: str) -> None:
    """Every command reads the file of the folder in which it is begun, whoever wrote it."""
    (tmp_path / FILE).write_text(content, encoding="utf-8")

    with pytest.raises(BadFile, match=says):
        read_settings(folder=tmp_path)


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()

    with pytest.raises(BadFile, match="Is a directory"):
        read_settings(folder=tmp_path)
