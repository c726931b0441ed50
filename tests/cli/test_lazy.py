"""Lazy groups: help imports no command, and an unknown name gets the nearest one."""

from __future__ import annotations

import sys

import click
import pytest
from click.testing import CliRunner

from leakguard.cli.lazy import LazyGroup
from leakguard.errors import UsageProblem

PLACES = {
    "json": ("json.tool:main", "Not a command."),
    "gone": ("no.such.module:nothing", "Not there."),
    "hello": ("support.hello_command:hello_cmd", "Say hello."),
}


@pytest.fixture
def group(monkeypatch: pytest.MonkeyPatch) -> LazyGroup:
    module = type(sys)("support.hello_command")

    @click.command()
    def hello_cmd() -> int:
        """Say hello."""
        click.echo("hello")
        return 7

    module.hello_cmd = hello_cmd  # type: ignore[attr-defined]  # a module made for this test
    monkeypatch.setitem(sys.modules, "support.hello_command", module)
    return LazyGroup("group", lazy=PLACES)


def test_help_lists_the_commands_in_their_order_without_importing_them(group: LazyGroup) -> None:
    said = CliRunner().invoke(group, ["--help"]).output

    assert said.index("Not a command.") < said.index("Not there.") < said.index("Say hello.")
    assert "no.such.module" not in sys.modules


def test_a_command_is_imported_when_it_is_called(group: LazyGroup) -> None:
    result = CliRunner().invoke(group, ["hello"], standalone_mode=False)

    assert (result.output, result.return_value) == ("hello\n", 7)


@pytest.mark.usefixtures("group")
def test_an_unknown_command_gets_the_nearest_name() -> None:
    group = LazyGroup("group", lazy={"hello": PLACES["hello"]})
    with pytest.raises(UsageProblem, match="there is no command `group helo`") as near:
        group.main(["helo"], prog_name="group", standalone_mode=False)

    assert near.value.next_step == "Did you mean `group hello`? List all of them: group --help"
    assert group.get_command(click.Context(group), "helo") is None


def test_a_command_of_a_group_is_found_without_its_group(monkeypatch: pytest.MonkeyPatch, group: LazyGroup) -> None:
    monkeypatch.setattr(sys.modules["support.hello_command"], "inner", group, raising=False)
    outer = LazyGroup("outer", lazy={"greet": ("support.hello_command:inner", ""), "hi": PLACES["hello"]})

    for name, step in (("json", "Did you mean `outer greet json`? "), ("zzz", "")):
        with pytest.raises(UsageProblem) as caught:
            outer.main([name], prog_name="outer", standalone_mode=False)
        assert caught.value.next_step == f"{step}List all of them: outer --help"


@pytest.mark.usefixtures("group")
def test_a_word_of_many_people_gets_the_command_that_it_stands_for() -> None:
    group = LazyGroup("group", lazy={"hello": PLACES["hello"]}, synonyms={"greeting": ("hello",)})
    for word in ("greeting", "greetings"):
        with pytest.raises(UsageProblem) as caught:
            group.main([word], prog_name="group", standalone_mode=False)
        assert caught.value.next_step == "Did you mean `group hello`? List all of them: group --help"


def test_what_is_no_command_is_a_bug(group: LazyGroup) -> None:
    with pytest.raises(TypeError, match="is not a command"):
        group.get_command(click.Context(group), "json")


def test_an_option_is_not_taken_for_a_command(group: LazyGroup) -> None:
    assert "No such option" in CliRunner().invoke(group, ["--bogus"]).output


def test_a_group_without_commands_is_an_ordinary_group() -> None:
    assert LazyGroup("empty").list_commands(click.Context(LazyGroup("empty"))) == []
