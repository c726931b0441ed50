"""The demo leaves the console running with its case in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from support.programs import with_our_path
from support.web_process import LINK, URL

pytestmark = [pytest.mark.long, pytest.mark.enable_socket]


def test_the_demo_serves_its_case_until_it_is_asked_to_end(tmp_path: Path) -> None:
    words = [
        sys.executable,
        "-m",
        "leakguard",
        "demo",
        "--web",
        "--bind",
        "127.0.0.1:0",
        "--keep",
        str(tmp_path / "demo"),
    ]
    environment = {**with_our_path(), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment) as demo:
        assert demo.stdout is not None
        said = ""
        for line in demo.stdout:
            said += line
            if URL.search(said):
                break
        served, link = URL.search(said), LINK.search(said)
        assert served is not None, said
        assert link is not None, said
        page = Request(f"{served.group(1)}/first?link={link.group(1)}")  # noqa: S310  (our own server)
        with urlopen(page, timeout=60) as answer:  # noqa: S310  (as above)
            assert answer.status == 200
        demo.terminate()
        assert demo.wait(60) == 0
