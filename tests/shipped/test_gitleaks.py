"""gitleaks beside our forms: what it finds of our samples, and what we find of the secrets that it publishes.

Every difference is named here with its reason, so that a new one on either side is noticed.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lab.fetch import PINS, Shelf, cache_folder
from lab.model import NotHad
from leakguard.shipped.reader import ShippedReader
from shipped.test_reading import shipping
from support.planted import token
from support.secret_samples import SAMPLES

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

FORMS = shipping()
OURS_ALONE: Mapping[str, str] = {
    "supabase_secret_key": "gitleaks has no rule for Supabase",
    "supabase_access_token": "as above",
    "google_service_account": "gitleaks wants a password's name or a whole PEM on lines of its own",
    "tencent_secret_id": "gitleaks has no rule for Tencent Cloud",
    "google_oauth_secret": "gitleaks has no rule for it",
    "square_secret": "gitleaks knows the access token alone, and not the application's secret",
    "airtable_token": "gitleaks wants the word airtable before it",
    "contentful_token": "gitleaks wants the word contentful before it",
    "connection_string": "gitleaks has no rule for it",
}
"""Kinds of which gitleaks finds no sample that stands alone, as in a bundle."""
THEIRS_ALONE = {
    "a key of Google for browsers": ("AIzaSyB3x9Qm7Lr2Vw8Kp4Nz6Tc1Yd5Hf0Jg2Ae", "gcp-api-key"),
    "a token of Supabase's role for visitors": (token(iss="supabase", role="anon"), "jwt"),
    "a test key of Stripe": ("sk_test_51OuEMLAlTWGaDypq4P5cuDHbuKeG4tA", "stripe-access-token"),
}
"""What gitleaks reports and we leave out, since it is meant for visitors or opens nothing."""
NOT_MEANT = re.compile(r"[sr]k_test_|files\.slack\.com|xoxo-523423|xoxe-\d{10}-")
"""Of what gitleaks publishes: keys for tests, and links and legacy forms of Slack that are shorter than ours."""
RULES = (
    "stripe", "square", "huggingface", "github", "gitlab", "slack", "sendgrid", "digitalocean", "alibaba", "shopify",
    "openai", "anthropic", "npm",
)  # fmt: skip
"""Files of gitleaks' own rules with strings that each have to be found."""


@pytest.fixture(scope="module")
def gitleaks() -> Path:
    """The program, built once and kept."""
    try:
        return asyncio.run(Shelf(cache_folder()).go("gitleaks"))
    except NotHad as missing:
        pytest.skip(str(missing))


def theirs(program: Path, folder: Path, texts: Mapping[str, str]) -> Mapping[str, set[str]]:
    """By name of a text, the rules that found something in it."""
    for name, text in texts.items():
        (folder / f"{name}.js").write_text(f'const k = "{text}";\n', encoding="utf-8")
    report = folder / "report.json"
    words = ("dir", str(folder), "--no-banner", "--redact", "--exit-code", "0", "-f", "json", "-r", str(report))
    subprocess.run([str(program), *words], check=True, capture_output=True, env={**os.environ, "HOME": str(folder)})
    found: dict[str, set[str]] = {}
    for one in json.loads(report.read_text(encoding="utf-8")):
        found.setdefault(Path(one["File"]).stem, set()).add(one["RuleID"])
    return found


def ours(text: str) -> set[str]:
    reader = ShippedReader(FORMS, key=b"ours")
    reader.read(text.encode(), "/a.js")
    return {one.kind for one in reader.shipped.secrets}


def test_gitleaks_finds_our_samples_but_for_the_kinds_that_it_does_not_know(gitleaks: Path, tmp_path: Path) -> None:
    found = theirs(gitleaks, tmp_path, SAMPLES)

    assert SAMPLES.keys() == {form.id for form in FORMS.secrets}
    assert {kind for kind in SAMPLES if kind not in found} == set(OURS_ALONE)
    assert not [kind for kind, text in SAMPLES.items() if kind not in ours(text)]


def test_what_gitleaks_reports_and_we_leave_out_is_meant_for_visitors(gitleaks: Path, tmp_path: Path) -> None:
    texts = {str(number): text for number, (text, _) in enumerate(THEIRS_ALONE.values())}
    found = theirs(gitleaks, tmp_path, texts)

    assert [found[str(number)] for number in range(len(texts))] == [{rule} for _, rule in THEIRS_ALONE.values()]
    assert not [text for text in texts.values() if ours(text)]


def test_what_gitleaks_publishes_as_secrets_of_our_kinds_is_found(gitleaks: Path) -> None:
    assert gitleaks.is_file()
    published = {text for name in RULES for text in _published(_module() / f"{name}.go")}

    assert len(published) > len(RULES)
    assert not [text[:90] for text in published if not ours(text) and not NOT_MEANT.search(text)]


def _module() -> Path:
    told: Any = subprocess.run(
        ["go", "mod", "download", "-json", f"{PINS['gitleaks']['go']}@v{PINS['gitleaks']['version']}"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    module = json.loads(told)
    assert module["Sum"] == PINS["gitleaks"]["sum"]
    return Path(module["Dir"]) / "cmd" / "generate" / "config" / "rules"


def _published(rules: Path) -> list[str]:
    """The texts of a file that its own rules have to find."""
    source = rules.read_text(encoding="utf-8")
    parts = re.findall(r"tps(?: :?=|\s*=\s*append\(tps,)(.*?)(?=\n\tfps|\n\treturn)", source, re.DOTALL)
    texts = (found for part in parts for found in re.findall(r'^\t\t+"((?:[^"\\]|\\.)+)",', part, re.MULTILINE))
    return [text for text in texts if "xxxx" not in text]
