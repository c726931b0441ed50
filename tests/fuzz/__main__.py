"""Fuzzes every protocol and every reader of files for its share of the time.

`python -m fuzz [--seconds N] [--seed N] [--keep] [KIND...]`

Every run makes new inputs, unless a seed is named: then it makes the same ones again, as far as its time goes.
Ends with 1 if an input made a talk fail, which is then in `.fuzz/`, and with 3 if atheris is not installed.
`--keep` adds to the corpus what reached new code, and drops what does not.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from fuzz.readers import READERS
from fuzz.seed import CORPUS, LARGEST
from leakguard.probes.prober import SESSIONS

HEADS = "http heads"
"""See `fuzz.differential`: beside the kinds, as it needs other readers and no atheris."""
FOUND = Path(".fuzz")
AT_ONCE = 2
LONGEST_INPUT_SECONDS = 5
MOST_MEBIBYTES = 1024
MOST_SEED = (1 << 32) - 1
"""libFuzzer takes 32 bits, and any seed but zero."""
_START_SECONDS = 2.5
"""What a harness needs before its first input; a part of its share."""
_LIMITS = (f"-max_len={LARGEST}", f"-timeout={LONGEST_INPUT_SECONDS}", f"-rss_limit_mb={MOST_MEBIBYTES}")


def run(kind: str, *options: str) -> subprocess.CompletedProcess[str]:
    """One harness, in a process of its own."""
    command = [sys.executable, "-m", "fuzz.one", kind, *_LIMITS, *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def fuzz(kind: str, seconds: float, seed: int) -> tuple[str, bool, str]:
    """The kind, whether every talk went well, and libFuzzer's last words."""
    with tempfile.TemporaryDirectory() as new:
        share = max(1, round(seconds - _START_SECONDS))
        done = run(
            kind, f"-max_total_time={share}", f"-seed={seed}", f"-artifact_prefix={FOUND}/{kind}-",
            "-print_final_stats=1", new, str(CORPUS / kind),
        )  # fmt: skip
        if done.returncode == 0 and _keeps():
            _merge(kind, Path(new))
    words = done.stderr.splitlines()
    counted = next((line.split()[-1] for line in words if "number_of_executed_units" in line), "?")
    return kind, done.returncode == 0, counted if done.returncode == 0 else "\n".join(words[-25:])


def compare(seconds: float, seed: int) -> tuple[str, bool, str]:
    """As `fuzz`: heads of HTTP, as curl, Python and LeakGuard read them."""
    command = [sys.executable, "-m", "fuzz.differential", "--seconds", str(seconds), "--seed", str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    counted = done.stdout.split()[-1:] or ["?"]
    return HEADS, done.returncode == 0, counted[0] if done.returncode == 0 else done.stdout + done.stderr


def _keeps() -> bool:
    return "--keep" in sys.argv


def _merge(kind: str, new: Path) -> None:
    """The smallest inputs that reach all that was reached."""
    with tempfile.TemporaryDirectory() as merged:
        done = run(kind, "-merge=1", merged, str(CORPUS / kind), str(new))
        kept = sorted(Path(merged).iterdir())
        if done.returncode == 0 and kept:
            shutil.rmtree(CORPUS / kind)
            (CORPUS / kind).mkdir()
            for path in kept:
                shutil.copy(path, CORPUS / kind / path.name[:16])


def main() -> int:
    """Fuzz them side by side, and tell."""
    parser = argparse.ArgumentParser(prog="fuzz")
    parser.add_argument("--seconds", type=float, default=60.0, help="for all together")
    parser.add_argument(
        "--seed", type=int, default=1 + time.time_ns() % MOST_SEED, help="(default: another one each time)"
    )
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("kinds", nargs="*", default=sorted([*SESSIONS, *READERS]))
    options = parser.parse_args()
    if importlib.util.find_spec("atheris") is None:
        sys.stderr.write("atheris is not installed, so nothing was fuzzed; it is made for Linux: pip install atheris\n")
        return 3 if os.environ.get("CI") else 0
    FOUND.mkdir(exist_ok=True)
    kinds = [*options.kinds, HEADS] if "http" in options.kinds else options.kinds
    share = options.seconds * AT_ONCE / len(kinds)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(
            pool.map(lambda kind: (compare if kind == HEADS else partial(fuzz, kind))(share, options.seed), kinds)
        )
    for kind, is_well, told in results:
        sys.stdout.write(f"{kind:12s} {'ok' if is_well else 'FAILED'}  {told}\n")
    return 0 if all(is_well for _, is_well, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main())
