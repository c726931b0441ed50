"""The table `[web]`: no secret stands in it, and a provider is reached so that nobody on the way reads along."""

from __future__ import annotations

from pathlib import Path

import pytest

from leakguard.accounts.web_settings import is_protected, web_settings
from leakguard.errors import BadFile
from leakguard.models.web_settings import Provider, WebSettings
from leakguard.settings import read_settings

TABLE = """\
[web]
hosts = ["lg.example.edu"]
behind_proxy = "127.0.0.1"
port = 9000

[web.oidc]
issuer = "https://login.example.edu"
client_id = "leakguard"
client_secret_env = "LEAKGUARD_OIDC_SECRET"
"""


def read(folder: Path, text: str) -> WebSettings:
    (folder / "leakguard.toml").write_text(text, encoding="utf-8")
    return read_settings(folder=folder).web


def test_the_table_is_read_whole(tmp_path: Path) -> None:
    oidc = Provider(
        issuer="https://login.example.edu", client_id="leakguard", client_secret_env="LEAKGUARD_OIDC_SECRET"
    )

    assert read(tmp_path, TABLE) == WebSettings(
        hosts=("lg.example.edu",), behind_proxy="127.0.0.1", port=9000, oidc=oidc
    )
    assert read(tmp_path, "") == WebSettings()
    assert web_settings({}, name="x") == WebSettings()


def test_every_problem_is_named_with_its_place(tmp_path: Path) -> None:
    wrong = (
        '[web]\nport = "9000"\nproxy_secret_env = "s3cret value"\nhost = "a"\n[web.oidc]\nissuer = "http://a.example"\n'
    )
    with pytest.raises(BadFile) as caught:
        read(tmp_path, wrong)
    named = {one.where for one in caught.value.problems}

    assert named == {"web.port", "web.proxy_secret_env", "web.host", "web.oidc.issuer", "web.oidc.client_id"}
    with pytest.raises(BadFile, match="must be a table"):
        read(tmp_path, 'web = "x"')


@pytest.mark.parametrize(
    ("url", "is_safe"),
    [
        ("https://login.example.edu/realm", True), ("http://localhost:8080", True), ("http://127.0.0.1:1/x", True),
        ("http://[::1]:1", True), ("http://login.example.edu", False), ("https://", False), ("ftp://a", False),
        ("https://u:p@a.example", False), ("https://a.example?x=1", False), ("https://a.example#x", False),
        ("https://a.example:port", False), ("https://[", False), ("", False),
    ],
)  # fmt: skip
def test_only_what_tls_or_this_machine_protects_is_taken(url: str, *, is_safe: bool) -> None:
    assert is_protected(url) == is_safe
