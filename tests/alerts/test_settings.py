"""The tables about the watchman: read whole, or refused with every problem."""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.alerts.settings import watch_settings
from leakguard.errors import BadFile
from leakguard.models.alerts import EscalationLevel, QuietHours, Severity, WatchSettings
from support.examples import examples

GOOD = """
[[channel]]
name = "mail"
kind = "smtp"
host = "mail.example.edu"
from = "leakguard@example.edu"
to = ["soc@example.edu"]
[[channel]]
name = "hook"
kind = "webhook"
url_env = "HOOK"
[[channel]]
name = "chat"
kind = "chat"
url_env = "CHAT"
[[channel]]
name = "log"
kind = "file"
path = "alarms.txt"
[escalation]
levels = [{role = "commander"}, {role = "deputy", after = "PT10M", least = "urgent"}]
roles = {commander = ["mail", "chat"], deputy = ["hook"]}
repeat = "PT30M"
quiet = {from = "22:00", to = "07:00", zone = "Europe/Berlin", instead = {chat = "log"}}
[watchman]
heartbeat_channel = "hook"
link = "https://leakguard.example.edu/{incident}"
"""


def problems(text: str) -> list[str]:
    with pytest.raises(BadFile) as refused:
        watch_settings(tomllib.loads(text), name="leakguard.toml")
    return [str(problem) for problem in refused.value.problems]


def test_everything_that_may_be_said_is_read() -> None:
    read = watch_settings(tomllib.loads(GOOD), name="leakguard.toml")

    assert [(one.name, one.kind) for one in read.channels] == [
        ("mail", "smtp"), ("hook", "webhook"), ("chat", "chat"), ("log", "file"),
    ]  # fmt: skip
    assert read.channels[0].options["port"] == 587
    assert read.escalation.levels[1] == EscalationLevel(
        role="deputy", after=timedelta(minutes=10), least=Severity.URGENT
    )
    assert read.escalation.repeat == timedelta(minutes=30)
    assert read.escalation.quiet == QuietHours(
        start=time(22), end=time(7), zone="Europe/Berlin", instead={"chat": "log"}
    )
    assert read.heartbeat_channel == "hook"


def test_nothing_is_fine_too() -> None:
    assert watch_settings({}, name="x") == WatchSettings()


def test_all_problems_are_told_at_once_with_the_nearest_name() -> None:
    text = GOOD.replace('["hook"]', '["hok"]').replace('instead = {chat = "log"}', 'instead = {chat = "lgo"}')
    text = text.replace('{role = "commander"}', '{role = "comander", after = "PT20M"}').replace('"PT30M"', '"PT1S"')
    text = text.replace('name = "log"', 'name = "mail"')

    assert problems(text) == [
        "channel[3].name: `mail` is the name of another channel",
        "escalation.levels[0].role: nobody has the role `comander` (did you mean `commander`?)",
        "escalation.levels[1].after: a later level cannot come before an earlier one",
        "escalation.levels[0].after: the first level is notified at once: write PT0S",
        "escalation.repeat: an alert repeated more often than every minute helps nobody",
        "escalation.roles.deputy: no channel is called `hok` (did you mean `hook`?)",
        "escalation.quiet.instead.chat: no channel is called `lgo`",
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('host = "mail.example.edu"', 'hots = "x"', "unknown field"),
        ('url_env = "HOOK"', "", "give `url`"),
        ('url_env = "HOOK"', 'url_env = "HOOK"\nurl = "https://x"', "give `url`"),
        ('url_env = "HOOK"', 'url = "siem.example.edu/hook"', "must begin with https://"),
        ('url_env = "HOOK"', 'url = "ftp://siem.example.edu/hook"', "must begin with https://"),
        ('url_env = "CHAT"', 'url_env = "https://token@chat"', "name of an environment variable"),
        ('host = "mail.example.edu"', 'host = "mail.example.edu"\nuser = "bob"', "a login needs both"),
        ('host = "mail.example.edu"', 'host = "mail.example.edu"\npassword_env = "PW"', "a login needs both"),
        ('kind = "file"', 'kind = "pigeon"', "kind"),
        ('"22:00"', '"25:00"', "time of day"),
        ('zone = "Europe/Berlin"', 'zone = "Berlin"', "zone"),
        ('"PT10M"', '"P1D"', "duration"),
        ("[watchman]", "[watchman]\nhearbeat = 1", "unknown field"),
    ],
)
def test_a_wrong_word_is_named(old: str, new: str, told: str) -> None:
    assert any(told in problem for problem in problems(GOOD.replace(old, new)))


NO_ADDRESS = (
    "soc@example.edu; boss@example.edu", "soc@example.edu boss@example.edu", "soc@example.edu, boss@example.edu",
    "Boss, The <boss@example.edu>", "undisclosed-recipients:;", "soc", "soc@", "@example.edu", "a@b@c",
    "<soc@example.edu> <boss@example.edu>", "SOC <soc@example.edu> boss@example.edu", "soc@example.edu (boss@x.edu)",
)  # fmt: skip
ADDRESSES = (
    "soc@example.edu", "SOC <soc@example.edu>", "'Boss, The' <b@example.edu>".replace("'", '\\"'), "<soc@example.edu>",
    "root@localhost", "soc+night@[192.0.2.1]", "安全中心 <soc@example.edu>", "Dr. E. Müller <e.m@example.edu>",
)  # fmt: skip


@pytest.mark.parametrize("text", NO_ADDRESS)
def test_an_entry_that_is_not_exactly_one_address_is_refused(text: str) -> None:
    """The second one of two was lost, and the test of the channel said that both took it."""
    for old, where in (('to = ["soc@example.edu"]', "to[0]"), ('from = "leakguard@example.edu"', "from")):
        new = old.replace("leakguard@example.edu", text).replace("soc@example.edu", text, 1 if where == "to[0]" else 0)
        (problem,) = problems(GOOD.replace(old, new))

        assert problem.startswith(f"channel[0].{where}: ")
        assert "exactly one e-mail address" in problem


@pytest.mark.parametrize("text", ADDRESSES)
def test_one_address_is_read_with_its_name_or_without(text: str) -> None:
    read = watch_settings(tomllib.loads(GOOD.replace('["soc@example.edu"]', f'["{text}"]')), name="leakguard.toml")

    assert read.channels[0].options["to"] == [text.replace("\\", "")]


def test_a_role_without_a_channel_is_not_taken_for_a_role_that_nobody_has() -> None:
    found = problems(re.sub(r"commander = \[[^]]*\]", "commander = []", GOOD))

    assert "escalation.roles.commander: the role `commander` names no channel" in found
    assert "did you mean" not in " ".join(found)


def test_no_secret_stands_in_a_problem() -> None:
    text = GOOD.replace('url_env = "CHAT"', 'url_env = "tgram://canary-7f3a"')

    assert "canary" not in " ".join(problems(text))


@examples(40)
@given(
    st.dictionaries(
        st.sampled_from(("channel", "escalation", "watchman", "oncall")),
        st.recursive(st.none() | st.booleans() | st.text(max_size=5), st.lists),
    )
)
def test_anything_is_read_or_refused(tables: dict[str, object]) -> None:
    with suppress(BadFile):
        assert isinstance(watch_settings(tables, name="x"), WatchSettings)
