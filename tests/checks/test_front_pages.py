"""Front pages: which of them tell nothing of what lies behind, and where a redirect may lead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.checks.fronts import LONGEST_REMARK, led_below, plain_folders, tells_nothing
from leakguard.models.observations import Ending, Reply


def reply(status: int, body: bytes = b"", location: str = "") -> Reply:
    headers = {"location": location} if location else {}
    return Reply(
        request="root", method="GET", what="/", ended=Ending.COMPLETE, status=status, headers=headers, body=body
    )


@pytest.mark.parametrize(
    ("status", "body", "location", "wanted"),
    [
        (401, b"<html>", "", True),
        (403, b"", "", True),
        (200, b"ok", "", True),
        (200, b"", "", True),
        (200, b"x" * LONGEST_REMARK, "", True),
        (200, b"x" * (LONGEST_REMARK + 1), "", False),
        (200, b"<p>ok", "", False),
        (200, b'{"a":1}', "", False),
        (203, b"ok", "", True),
        (204, b"", "", True),
        (404, b"", "", False),
        (500, b"", "", False),
        (302, b"", "/login", True),
        (302, b"", "http://a.example/users/sign_in?next=/", True),
        (307, b"", "/oauth2/start", True),
        (302, b"", "/login.php", True),
        (302, b"", "/blogin/", False),
        (302, b"", "/de/", False),
        (301, b"", "https://a.example/", False),
        (302, b"", "", False),
    ],
)
def test_a_front_page_tells_something_or_nothing(status: int, body: bytes, location: str, *, wanted: bool) -> None:
    assert tells_nothing(reply(status, body, location)) is wanted


ORIGINS = frozenset({"127.0.0.1:8080", "a.example:8080"})


@pytest.mark.parametrize(
    ("location", "wanted"),
    [
        ("/mlflow/", "/mlflow"),
        ("/mlflow", "/mlflow"),
        ("http://127.0.0.1:8080/mlflow/", "/mlflow"),
        ("http://A.example:8080/tools/mlflow/", "/tools/mlflow"),
        ("/ui/index.html", "/ui"),
        ("/mlflow/login?next=/", "/mlflow"),
        ("/login", ""),
        ("/", ""),
        ("", ""),
        ("/index.html", ""),
        ("http://b.example:8080/mlflow/", ""),
        ("http://127.0.0.1:9090/mlflow/", ""),
        ("//b.example/mlflow/", ""),
        ("/a/b/c/d/e/", ""),
        ("/../etc/", ""),
        ("/a%2e%2e/", ""),
        ("/a b/", ""),
        ("/shutdown/", ""),
        ("/x/_search/", ""),
        ("http://[::1", ""),
        (f"/{'x' * 65}/", ""),
    ],
)
def test_a_redirect_leads_below_a_plain_path_of_the_same_server_or_nowhere(location: str, wanted: str) -> None:
    assert led_below(reply(302, location=location), origins=ORIGINS) == wanted


def test_only_a_redirect_leads_anywhere() -> None:
    assert led_below(reply(200, location="/mlflow/"), origins=ORIGINS) == ""


@given(st.text(max_size=200))
def test_whatever_a_host_says_nothing_but_plain_folders_is_asked_below(said: str) -> None:
    below = led_below(reply(302, location=said), origins=ORIGINS)

    assert below == plain_folders(below)
    assert not {"..", ".", ""} & set(below.split("/")[1:])
    assert below.isascii()
    assert len(below.split("/")) <= 5
