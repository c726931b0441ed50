"""YAML in, plain values out, and never anything but a value or a `BadFile`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from leakguard.errors import BadFile
from leakguard.files import yaml_nodes
from leakguard.files.yaml_nodes import MAX_DEPTH
from leakguard.files.yaml_text import MAX_CHARACTERS, ReadText, dotted, read_yaml

WORDS_THAT_YAML_LIKES = ["no", "yes", "on", "off", "Yes", "NO", "y", "n"]
YAMLISH = st.text(st.sampled_from("ab:-[]{}#&*!|>'\"%@`,? \n\t0123456789.~<=_\x00\x1b\u2028\ud800"), max_size=60)

PARSERS = ["CSafeLoader", "SafeLoader"]
"""libyaml's, and the slow one of a PyYAML that was built without it."""


@pytest.fixture(autouse=True, scope="module", params=PARSERS)
def _parser(request: pytest.FixtureRequest) -> Iterator[None]:
    """Everything here holds for both parsers: a file must not mean one thing on one machine and another elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_nodes, "_LOADER", getattr(yaml, str(request.param)))
        yield


def value_of(text: str) -> Any:  # noqa: ANN401  (YAML holds anything)
    return read_yaml(text, name="a.yaml").value


def read_or_refused(text: str) -> ReadText | BadFile:
    try:
        return read_yaml(text, name="a.yaml")
    except BadFile as bad:
        return bad


def problems_of(text: str) -> list[str]:
    with pytest.raises(BadFile) as caught:
        read_yaml(text, name="a.yaml")
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("word", WORDS_THAT_YAML_LIKES)
def test_yes_and_no_stay_words(word: str) -> None:
    """The country code of Norway is `NO`."""
    assert value_of(f"country: {word}") == {"country": word}


@pytest.mark.parametrize(("word", "value"), [("true", True), ("True", True), ("false", False), ("FALSE", False)])
def test_true_and_false_are_booleans(word: str, value: bool) -> None:  # noqa: FBT001  (a table's column)
    assert value_of(f"a: {word}") == {"a": value}


@pytest.mark.parametrize(
    "text", ["2026-11-01", "2026-11-01T10:00:00Z", "2026-11-01 10:00:00", "22:30", "10:30:15", "1:2.5", "-4:30"]
)
def test_dates_and_times_of_day_stay_text(text: str) -> None:
    """YAML 1.1 reads `22:30` as the number 1350."""
    assert value_of(f"at: {text}") == {"at": text}


@pytest.mark.parametrize("text", ["0211", "007", "00", "0_1"])
def test_digits_behind_a_zero_stay_text(text: str) -> None:
    """A telephone code is no octal number."""
    assert value_of(f"code: {text}") == {"code": text}


def test_numbers_stay_whole_beyond_32_bits() -> None:
    assert value_of("records: 9500000000\nzero: 0\nhalf: 0.5\nhex: 0x10\nsix: 6.0e+3\nnone: ~") == {
        "records": 9_500_000_000,
        "zero": 0,
        "half": 0.5,
        "hex": 16,
        "six": 6000.0,
        "none": None,
    }


def test_every_repeated_key_is_named_with_its_line() -> None:
    problems = problems_of("a: 1\nb: 2\na: 3\nc: {d: 1, d: 2}\n")

    assert problems == ["line 3: a: the key `a` stands here twice", "line 4: c.d: the key `d` stands here twice"]


def test_aliases_are_refused_with_their_line() -> None:
    assert problems_of("a: &x [1]\nb: *x\n") == ["line 2: aliases (`*name`) are not allowed"]


def test_a_merge_key_is_a_key_like_any_other() -> None:
    assert value_of("<<: {a: 1}") == {"<<": {"a": 1}}


@pytest.mark.parametrize(
    "value",
    [
        "!!python/object/apply:os.system [echo]",
        "!!python/name:os.system x",
        "!!binary aGFsbG8=",
        "!custom x",
        "=",
        '!!int ""',
        "!!int abc",
        '!!float ""',
        "!!timestamp_x 1",
        "!!int " + "9" * 5000,
    ],
)
def test_values_of_other_kinds_are_refused_or_plain(value: str) -> None:
    """PyYAML knows tags that make objects, bytes and sets; a file of ours holds none of them."""
    found = read_or_refused(f"a: {value}")

    if isinstance(found, BadFile):
        assert found.problems[0].line == 1
    else:
        assert found.value == {"a": ["echo"]}


@pytest.mark.parametrize("key", ["? [a, b]\n: 1", "? {a: 1}\n: 1"])
def test_a_key_must_be_a_word(key: str) -> None:
    assert problems_of(key) == ["line 1: a key must be a plain word"]


def test_a_key_is_always_text() -> None:
    assert value_of("1: a\nno: b\n~: c\n2026-01-01: d") == {"1": "a", "no": "b", "~": "c", "2026-01-01": "d"}


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n"])
def test_an_empty_file_is_refused(text: str) -> None:
    found = read_or_refused(text)

    assert "empty" in str(found) if isinstance(found, BadFile) else found.value is None


@pytest.mark.parametrize(
    ("text", "says"),
    [("a: [1", "not YAML"), ("a: 1\n--- \nb: 2", "not YAML"), ("a: \x00", "not YAML"), ("\ud800", "not YAML")],
)
def test_what_is_not_yaml_is_refused(text: str, says: str) -> None:
    assert says in problems_of(text)[0]


def test_half_a_character_is_refused_with_its_line() -> None:
    """YAML can write one half of a surrogate pair, which no file and no database can hold."""
    assert problems_of('a: 1\nb: "\\ud800"\n')[0] in {
        "line 2: holds half of a character; write it out",
        "line 2: not YAML: found invalid Unicode character escape code",
    }


@pytest.mark.parametrize("escape", [r"\e]0;title\a", r"\x9b2J", r"\0", r"all is well\rnot", r"\x7f"])
def test_a_control_character_is_refused_with_its_line(escape: str) -> None:
    """Whoever shows the file in a terminal would have it do what the file's author likes."""
    assert "holds the control character U+00" in problems_of(f'a: 1\nb: "x{escape}"\n')[0]
    assert problems_of(f'a: 1\n"x{escape}": b\n')[0].startswith("line 2: ")


def test_lines_and_tabs_of_a_text_are_kept() -> None:
    assert value_of(r'a: "one\n\ttwo\r\nthree"') == {"a": "one\n\ttwo\r\nthree"}


def test_what_machines_said_is_read_with_all_its_bytes() -> None:
    assert read_yaml(r'a: "\x00\e"', name="a.yaml", is_recorded=True).value == {"a": "\x00\x1b"}


@pytest.mark.parametrize("number", ["0x" + "f" * 5000, "9" * 5000, "0b" + "1" * 5000, "1." + "0" * 5000])
def test_a_number_that_nobody_can_write_is_refused(number: str) -> None:
    """Python reads hexadecimal numbers of any length, and writes none of more than 4,300 digits."""
    assert problems_of(f"a: 1\nb: {number}") == ["line 2: b: a number of more than 1,000 digits"]


def test_depth_is_capped() -> None:
    inside = "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    beyond = "[" * MAX_DEPTH + "]" * MAX_DEPTH

    assert value_of(f"a: {inside}") is not None
    assert problems_of(f"a: {beyond}") == [f"line 1: nested deeper than {MAX_DEPTH} levels"]


def test_length_is_capped_before_parsing() -> None:
    assert problems_of("#" * (MAX_CHARACTERS + 1)) == [f"longer than {MAX_CHARACTERS:,} characters"]


def test_a_problem_points_at_the_nearest_line() -> None:
    read = read_yaml("a:\n  b:\n    - 1\n    - 2\n", name="a.yaml")

    assert read.line_of(("a", "b", 1)) == 4
    assert read.line_of(("a", "b", 1, "missing")) == 4
    assert read.line_of(("other",)) == 1
    assert ReadText(value=None).line_of(("a",)) is None


def test_a_path_reads_as_one_writes_it() -> None:
    assert dotted(("clocks", 0, "limbs", 1, "amount")) == "clocks[0].limbs[1].amount"
    assert dotted((0, "a")) == "[0].a"


@given(YAMLISH)
@example("!!int ''")
@example("? ")
@example("1:" * 40 + "1.5")
def test_any_text_gives_a_value_or_a_bad_file(text: str) -> None:
    found = read_or_refused(text)

    if isinstance(found, BadFile):
        assert found.problems
    else:
        assert_is_plain(found.value)


def assert_is_plain(value: object) -> None:
    if isinstance(value, dict):
        assert all(isinstance(key, str) for key in value)
        for inner in value.values():
            assert_is_plain(inner)
    elif isinstance(value, list):
        for inner in value:
            assert_is_plain(inner)
    else:
        assert value is None or isinstance(value, str | int | float | bool)
