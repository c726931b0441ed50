"""Where the server listens: `--bind ADDRESS[:PORT]`, `--port`, and the settings."""

from __future__ import annotations

from typing import Any

import pytest

from leakguard.errors import UsageProblem
from leakguard.models.web_settings import WebSettings
from leakguard.settings import Settings
from leakguard.web.listening import PORT
from leakguard.web.server import options_of


def listens(web: WebSettings | None = None, **given: Any) -> tuple[str, int]:  # noqa: ANN401  (the options of a command)
    options = options_of(Settings(stated_web=web), given, {})
    return options.asked.bind, options.port


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({}, ("127.0.0.1", PORT)),
        ({"bind": "127.0.0.1:9000"}, ("127.0.0.1", 9000)),
        ({"bind": "127.0.0.1:0"}, ("127.0.0.1", 0)),
        ({"bind": "[::1]:9000"}, ("::1", 9000)),
        ({"bind": "[::1]"}, ("::1", PORT)),
        ({"bind": "::1"}, ("::1", PORT)),
        ({"bind": "localhost:9000"}, ("localhost", 9000)),
        ({"bind": "127.0.0.1", "port": 0}, ("127.0.0.1", 0)),
        ({"bind": "127.0.0.1:9000", "port": 9000}, ("127.0.0.1", 9000)),
    ],
)
def test_the_address_may_say_the_port(given: dict[str, Any], where: tuple[str, int]) -> None:
    assert listens(**given) == where


def test_the_command_line_goes_before_the_settings() -> None:
    web = WebSettings(bind="127.0.0.2", port=7000)

    assert listens(web) == ("127.0.0.2", 7000)
    assert listens(web, bind="127.0.0.1:9000") == ("127.0.0.1", 9000)
    assert listens(web, port=9001) == ("127.0.0.2", 9001)


@pytest.mark.parametrize("given", [{"bind": "127.0.0.1:9000", "port": 9001}, {"bind": "127.0.0.1:99999"}])
def test_two_ports_and_one_that_there_is_not_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(UsageProblem, match="port"):
        listens(**given)
