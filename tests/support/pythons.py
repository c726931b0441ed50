"""The wheel on every Python that LeakGuard promises: installed as a stranger would, and taken through its first steps.

`PYTHONPATH=tests python -m support.pythons` takes each promised release that is on this machine, and says which is not.
It ends with 1 where a command did not end as it should, warned, or showed a trace.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from leakguard.demolab.lab import DemoLab

ROOT = Path(__file__).parents[2]
AT_ONCE = 2
"""Most of the time goes into installing, which waits for disk and index."""
RELEASE = "import sys; print('%d.%d' % sys.version_info[:2])"
EVENTS = """
zone: Asia/Shanghai
events: [{id: e1, kind: notice_received, occurred_at: "2026-06-10T22:30", recorded_at: "2026-06-11T08:00"}]
clocks: [{id: day, limbs: [{anchor: first(notice_received), amount: {elapsed: PT24H}}]}]
"""
STEPS = (
    (0, "leakguard --version"),
    (0, "leakguard --help"),
    (
        0,
        "leakguard scope init --organisation Example --contact a@example.org --approved-by CISO --include 127.0.0.0/24",
    ),
    (1, "leakguard scan {open} {protected}"),
    (0, "leakguard scan show --format json"),
    (0, 'leakguard incident open --title "Mail log open" --zone Asia/Shanghai'),
    (0, "leakguard evidence verify"),
    (0, "leakguard checks lint"),
    (0, "leakguard duties lint"),
    (0, "leakguard clock evaluate events.yaml --now 2026-06-11T08:00"),
    (0, "sh -c 'leakguard notice example > facts.yaml'"),
    (0, "leakguard notice assess facts.yaml"),
    (0, "leakguard notice draft facts.yaml --duty eu-gdpr-33-authority --lang en --as pdf -o letter.pdf"),
    (0, "leakguard notice draft facts.yaml --duty cn-pipl-57-individuals --lang zh --as docx -o letter.docx"),
    (0, "env _LEAKGUARD_COMPLETE=zsh_source leakguard"),
)
"""How each command ends, and what is typed."""


def main() -> int:
    """Build the wheel once, and take every promised Python through the steps."""
    with tempfile.TemporaryDirectory(prefix="leakguard-pythons-") as place, DemoLab() as lab:
        wheel = built(Path(place))
        names = {key: f"{address}:{port}" for key, (address, port) in lab.endpoints.items()}
        with ThreadPoolExecutor(AT_ONCE) as pool:
            told = pool.map(lambda release: tried(release, wheel, Path(place) / release, names), promised())
            wrong = [_said(release, problems) for release, problems in zip(promised(), told, strict=True)]
    return int(any(wrong))


def promised() -> list[str]:
    """The releases that the metadata of the package names, such as `3.11`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))


def interpreter(release: str) -> str | None:
    """A Python of this release: the one that runs this, one on the path, or one of pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    places = [sys.executable, shutil.which(f"python{release}"), *sorted(pyenv.glob(f"{release}.*/bin/python"))]
    return next((str(one) for one in places if one and _answer([str(one), "-c", RELEASE]) == release), None)


def tried(release: str, wheel: Path, place: Path, names: dict[str, str]) -> list[str] | None:
    """What went wrong with this release, nothing if all went well; `None` if this machine has no such Python."""
    python = interpreter(release)
    if python is None:
        return None
    began = time.monotonic()
    place.mkdir()
    problems = list(_installed(python, wheel, place)) or list(_walked(place, names))
    sys.stderr.write(f"Python {release} ({python}): {time.monotonic() - began:.0f} s\n")
    return problems


def built(place: Path) -> Path:
    """The wheel of this checkout."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (found,) = place.glob("*.whl")
    return found


def _installed(python: str, wheel: Path, place: Path) -> Iterator[str]:
    made = _run([python, "-m", "venv", "--without-pip", str(place / "venv")], place)
    pip = [sys.executable, "-m", "pip", "--python", str(place / "venv" / "bin" / "python"), "--quiet"]
    done = made if made.returncode else _run([*pip, "install", "--no-compile", str(wheel)], place)
    if done.returncode:
        yield f"cannot be installed: {done.stderr.strip()[-400:]}"


def _walked(place: Path, names: dict[str, str]) -> Iterator[str]:
    (place / "events.yaml").write_text(EVENTS, encoding="utf-8")
    for code, words in STEPS:
        done = _run(shlex.split(words.format(**names)), place)
        if done.returncode != code:
            yield f"`{words}` ended with {done.returncode}, not {code}: {done.stderr.strip()[-400:]}"
        if re.search(r"Warning\b|Traceback", done.stderr):
            yield f"`{words}` warned: {done.stderr.strip()[-400:]}"


def _run(command: list[str], place: Path) -> subprocess.CompletedProcess[str]:
    """In a folder of its own, with nothing that leads to this checkout."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LEAKGUARD", "COVERAGE"))
    }
    path = os.pathsep.join((str(place / "venv" / "bin"), os.environ["PATH"]))
    return subprocess.run(
        command, cwd=place, env={**kept, "PATH": path}, capture_output=True, text=True, check=False, timeout=600
    )


def _answer(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout.strip()
    except OSError:
        return ""


def _said(release: str, problems: list[str] | None) -> bool:
    """Say how it went with a release; true where something went wrong."""
    verdict = "not on this machine: nothing was proved" if problems is None else "; ".join(problems) or "ok"
    print(f"Python {release}: {verdict}", flush=True)  # noqa: T201  (a program of its own)
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
