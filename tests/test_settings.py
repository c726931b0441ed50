"""Settings: options win, then the environment, then the file, then the defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from leakguard.errors import BadFile
from leakguard.settings import FILE, Settings, head_words, read_settings


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LEAKGUARD_STORE", "LEAKGUARD_COUNTRY", "LEAKGUARD_LAWS"):
        monkeypatch.delenv(name, raising=False)


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


def test_in_a_drill_the_environment_says_nothing_of_its_store_and_its_laws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compose and Helm set the variable for every container: a drill was recorded among the real incidents."""
    write(tmp_path, 'drill = true\nlaws = "cn"\n')
    monkeypatch.setenv("LEAKGUARD_STORE", "environment.db")
    monkeypatch.setenv("LEAKGUARD_LAWS", "eu")
    monkeypatch.setenv("LEAKGUARD_COUNTRY", "DE")
    found = read_settings(folder=tmp_path)

    assert (found.store, found.laws, found.country) == ("leakguard.db", "cn", "DE")
    assert [text.split()[0] for text in found.passed_over] == ["LEAKGUARD_STORE", "LEAKGUARD_LAWS"]
    assert read_settings(folder=tmp_path, store="option.db").store == "option.db"


@pytest.mark.parametrize(("place", "nearest"), [("chanel:soc", "channel:"), ("git :x", "git:"), ("C:heads", "")])
def test_a_second_place_that_only_looks_like_git_or_a_channel_is_no_file(
    tmp_path: Path, place: str, nearest: str
) -> None:
    """It became a file of that name, and nobody was told."""
    write(tmp_path, f'heads = "/srv/a.txt, {place}"\n')
    with pytest.raises(BadFile) as caught:
        read_settings(folder=tmp_path)
    write(tmp_path, f'heads = "/srv/a.txt, ./{place}, git:/srv/heads, channel:soc, /srv/a:b"\n')

    assert (caught.value.problems[0].where, caught.value.problems[0].nearest or "") == ("heads", nearest)
    assert head_words(read_settings(folder=tmp_path), "channel:") == ("soc",)


@pytest.mark.parametrize("name", ["store", "scope"])
def test_a_file_that_is_needed_is_not_named_by_an_empty_text(tmp_path: Path, name: str) -> None:
    """An empty text was the folder itself, which is no store."""
    write(tmp_path, f'{name} = ""\n')

    with pytest.raises(BadFile, match=f"line 1: {name}: must not be empty"):
        read_settings(folder=tmp_path)


def test_problems_of_its_tables_are_named_beside_those_of_its_settings(tmp_path: Path) -> None:
    text = (
        'stroe = "x"\n[escalation]\nrepeat = "10M"\n[[channel]]\nname = "a"\nkind = "smpt"\n[fleet]\nbrokr_env = "X"\n'
    )
    write(tmp_path, text)

    with pytest.raises(BadFile) as caught:
        read_settings(folder=tmp_path)

    said = "\n".join(str(problem) for problem in caught.value.problems)
    assert "line 1: stroe: unknown setting" in said
    assert "line 4: channel[0]: Input tag 'smpt'" in said
    assert "line 3: escalation.repeat: `10M`" in said
    assert "line 8: fleet.brokr_env: unknown field (did you mean `broker_env`?)" in said


def test_every_problem_of_a_table_names_its_line_and_its_place(tmp_path: Path) -> None:
    text = """\
zone = "UTC"

[[channel]]             # the first
name = "a"
kind = "file"
path = "a.txt"

[[channel]]
name = "b"
kind = "smtp"
hos = "mail.example.edu"
from = "a@example.edu"
to = ["b@example.edu"]

[escalation]
levels = [
  {role = "commander"},
  {role = "deputy", after = "10M"},
]
"quiet" = {from = "22:00", to = "07:00", zone = "Mars/Base"}

[fleet]
workers = "many"
[fleet.trusted]
campus-1 = "ed25519:short"
"campus.2" = "none"
"""
    write(tmp_path, text)

    with pytest.raises(BadFile) as caught:
        read_settings(folder=tmp_path)

    assert {problem.where: problem.line for problem in caught.value.problems} == {
        "channel[1].host": 8,
        "channel[1].hos": 11,
        "escalation.levels[1].after": 16,
        "escalation.quiet.zone": 20,
        "fleet.workers": 23,
        "fleet.trusted.campus-1": 25,
        "fleet.trusted.campus.2": 26,
    }


def test_what_the_tables_mean_is_judged_beside_a_part_that_does_not_fit(tmp_path: Path) -> None:
    text = (
        '[watchman]\nbeat = "x"\n[escalation]\nlevels = [{role = "lead"}, {role = "deputy"}]\n'
        'roles = {lead = ["room"]}\n'
    )
    write(tmp_path, text)

    with pytest.raises(BadFile) as caught:
        read_settings(folder=tmp_path)

    assert [str(problem) for problem in caught.value.problems] == [
        "line 2: watchman.beat: unknown field (did you mean `heartbeat`?)",
        "line 4: escalation.levels[1].role: nobody has the role `deputy`",
        "line 5: escalation.roles.lead: no channel is called `room`",
    ]


def test_nothing_is_said_of_what_a_broken_part_would_have_named(tmp_path: Path) -> None:
    """The channel is there, and only misspelt inside; nobody is told that its name is unknown."""
    text = (
        '[[channel]]\nname = "room"\nkind = "file"\npth = "x"\n'
        '[escalation]\nlevels = [{role = "lead"}]\nroles = {lead = ["room"]}\n'
    )
    write(tmp_path, text)

    with pytest.raises(BadFile) as caught:
        read_settings(folder=tmp_path)

    assert {problem.where for problem in caught.value.problems} == {"channel[0].path", "channel[0].pth"}


def test_an_unknown_zone_is_a_problem_of_the_file(tmp_path: Path) -> None:
    write(tmp_path, 'store = "x.db"\nzone = "Asia/Shangai"\n')

    with pytest.raises(BadFile) as caught:
        read_settings(folder=tmp_path)

    (problem,) = caught.value.problems
    assert str(problem) == "line 2: zone: unknown time zone `Asia/Shangai` (did you mean `Asia/Shanghai`?)"


def test_all_problems_of_the_file_are_named_at_once(tmp_path: Path) -> None:
    write(tmp_path, 'stroe = "x"\nzzz = 1\ndrill = "yes"\nscope = 3\n')

    with pytest.raises(BadFile) as caught:
        read_settings(folder=tmp_path)

    assert [str(problem) for problem in caught.value.problems] == [
        "line 1: stroe: unknown setting (did you mean `store`?)",
        "line 2: zzz: unknown setting",
        "line 3: drill: must be true or false",
        "line 4: scope: must be a text in quotes",
    ]


@pytest.mark.parametrize(("content", "says"), [(b"store = ", "not TOML"), (b"store = '\xff'", "not UTF-8 text")])
def test_a_broken_file_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / FILE).write_bytes(content)

    with pytest.raises(BadFile, match=says):
        read_settings(folder=tmp_path)


def test_what_is_no_toml_names_its_line(tmp_path: Path) -> None:
    write(tmp_path, 'store = "x.db"\nstore = "y.db"\n')

    with pytest.raises(BadFile) as caught:
        read_settings(folder=tmp_path)

    assert [str(problem) for problem in caught.value.problems] == ["line 2: not TOML: Cannot overwrite a value"]


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

    with pytest.raises(BadFile, match="is a directory"):
        read_settings(folder=tmp_path)


def test_the_seat_and_the_laws_come_from_the_file_the_environment_and_the_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, 'country = "DE"\nlaws = "eu"\n')
    monkeypatch.setenv("LEAKGUARD_COUNTRY", "CN, US-CA")
    from_environment = read_settings(folder=tmp_path)
    by_option = read_settings(folder=tmp_path, laws="cn")

    assert (from_environment.country, from_environment.country_by) == ("CN, US-CA", "LEAKGUARD_COUNTRY")
    assert (from_environment.laws, from_environment.laws_by) == ("eu", "leakguard.toml: laws")
    assert (by_option.laws, by_option.laws_by) == ("cn", "--laws")


@pytest.mark.parametrize(
    ("stated", "near"),
    [("UK", "GB"), ("EL", "GR"), ("XX", None), ("de", "DE"), ("DE, UK", "GB"), ("UK-SCT", "GB-SCT"), (",", None)],
)
def test_a_code_that_is_no_country_is_refused_with_the_one_that_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stated: str, near: str | None
) -> None:
    """No law would be considered for it, and nobody would notice."""
    write(tmp_path, f'country = "{stated}"\n')
    with pytest.raises(BadFile) as in_file:
        read_settings(folder=tmp_path)
    write(tmp_path, "")
    monkeypatch.setenv("LEAKGUARD_COUNTRY", stated)
    with pytest.raises(BadFile) as in_environment:
        read_settings(folder=tmp_path)

    assert [one.value.problems[0].nearest for one in (in_file, in_environment)] == [near, near]
    assert in_environment.value.name == "LEAKGUARD_COUNTRY"


@pytest.mark.parametrize("stated", ['country = "Germany"', 'country = "de"', 'laws_by = "me"'])
def test_what_is_no_code_of_a_country_is_refused(tmp_path: Path, stated: str) -> None:
    write(tmp_path, f"{stated}\n")

    with pytest.raises(BadFile, match=r"country: must be ISO codes|laws_by: unknown setting"):
        read_settings(folder=tmp_path)
