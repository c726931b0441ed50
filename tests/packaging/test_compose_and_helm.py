"""The files for Compose and Helm: nobody runs them here, so published judges and the command line itself judge them."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from making.bare import STORE, USER
from making.places import PACKAGING, ROOT
from support.command_lines import parse_line
from support.judges import compose_schema, missing_judges, rendered

pytestmark = [
    pytest.mark.packages,
    pytest.mark.timeout(900),
    pytest.mark.skipif(bool(missing_judges()), reason=f"the judges need {missing_judges()}"),
]

COMPOSE = PACKAGING / "compose/compose.yaml"
CHART = PACKAGING / "helm/leakguard"
NOT_RUN = "Not run where LeakGuard is developed"
GIVEN: Mapping[str, Any] = {
    "image": {"repository": "registry.example.edu/leakguard", "tag": "0.1.0"},
    "host": "leakguard.example.edu",
    "tls": {"secretName": "leakguard-tls"},
}
WHOLE: Mapping[str, Any] = {
    **GIVEN,
    "image": {**GIVEN["image"], "pullSecrets": ["registry"]},
    "scope": "owner: {organisation: Example}\n",
    "secrets": {"secretName": "leakguard-secrets"},
    "store": {"url": "postgresql+psycopg://leakguard@db.example.edu/leakguard"},
    "persistence": {"storageClass": "fast", "accessMode": "ReadWriteMany"},
    "scan": {"options": ["--timeout", "10"]},
}
OURS = {"ConfigMap", "CronJob", "Deployment", "NetworkPolicy", "PersistentVolumeClaim", "Service"}


def compose() -> dict[str, Any]:
    """The file as Compose reads it: a variable is replaced by its default, or by a word."""
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", COMPOSE.read_text(encoding="utf-8"))
    read: dict[str, Any] = yaml.safe_load(re.sub(r"\$\{\w+:\?[^}]*\}", "0.1.0", text))
    return read


def ours() -> dict[str, dict[str, Any]]:
    """The services that run LeakGuard."""
    return {name: one for name, one in compose()["services"].items() if one["image"].startswith("leakguard:")}


@pytest.fixture(scope="module", params=[GIVEN, WHOLE], ids=["what has to be set", "all that can be set"])
def told(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What Helm and the schemas say of the chart with these values."""
    answer = rendered(CHART, request.param)
    assert "refused" not in answer, answer
    return answer


def documents(told: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    return [one for group in told["documents"].values() for one in group if one["kind"] == kind]


def pods(told: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (one["spec"]["template"]["spec"] for one in documents(told, "Deployment"))
    yield from (one["spec"]["jobTemplate"]["spec"]["template"]["spec"] for one in documents(told, "CronJob"))


def parses(words: list[str]) -> str:
    """The name of the command that the words call; fails where `leakguard` would refuse them."""
    return parse_line(shlex.join(["leakguard", *words])).command_path


def test_the_compose_file_follows_the_published_schema() -> None:
    schema = compose_schema()

    assert [error.message for error in Draft7Validator(schema).iter_errors(compose())] == []
    broken = {**compose(), "services": {"web": {"image": 5}}}
    assert list(Draft7Validator(schema).iter_errors(broken)) != []


def test_what_compose_starts_has_no_rights_and_is_reached_from_this_machine_alone() -> None:
    for name, service in compose()["services"].items():
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"]), name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "privileged" not in service, name
        assert [port for port in service.get("ports", ()) if not port.startswith("127.0.0.1:")] == [], name
        user = str(USER) if name in ours() else "999"
        assert service["user"] == f"{user}:{user}", name
    assert {name for name, one in compose()["services"].items() if "ports" in one} == {"web"}
    assert {name for name, one in compose()["services"].items() if "healthcheck" in one} == {
        "web",
        "watchman",
        "postgres",
    }


def test_a_secret_comes_by_file_and_stands_in_no_variable() -> None:
    told = compose()

    assert {tuple(one) for one in told["secrets"].values()} == {("file",)}
    for name, service in told["services"].items():
        named = [one for one in service["environment"] if re.search(r"PASSWORD|SECRET|TOKEN|KEY|BROKER", one)]
        values = {one: service["environment"][one] for one in named}
        assert [one for one in values.values() if not one.startswith("/run/secrets")] == [], name
        assert set(service["secrets"]) <= set(told["secrets"]), name
    assert set().union(*(service["secrets"] for service in told["services"].values())) == set(told["secrets"])


def test_every_command_of_compose_is_one_that_leakguard_takes() -> None:
    called = {name: parses(service["command"]) for name, service in ours().items()}

    assert called == {
        "web": "leakguard web", "watchman": "leakguard watchman run", "scan": "leakguard scan scan",
        "worker": "leakguard fleet worker",
    }  # fmt: skip


def test_helm_renders_the_chart_and_every_document_follows_the_schemas_of_kubernetes(told: dict[str, Any]) -> None:
    kinds = {one["kind"] for group in told["documents"].values() for one in group}

    assert (told["problems"], told["lint"]) == ([], [])
    assert kinds in (OURS, OURS - {"CronJob"})
    assert len(documents(told, "Deployment")) == 2


def test_a_pod_has_no_rights_and_no_token_of_the_cluster(told: dict[str, Any]) -> None:
    for pod in pods(told):
        assert pod["automountServiceAccountToken"] is False
        held = pod["securityContext"]
        assert (held["runAsNonRoot"], held["runAsUser"], held["fsGroup"]) == (True, USER, USER)
        assert held["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in pod["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
            }  # fmt: skip
            mounts = {one["mountPath"]: one["name"] for one in container["volumeMounts"]}
            assert mounts[f"/{STORE}"] == "store"
            assert set(mounts.values()) <= {one["name"] for one in pod["volumes"]}
            assert "valueFrom" not in json.dumps(container.get("env", []))


def test_every_command_of_the_chart_is_one_that_leakguard_takes(told: dict[str, Any]) -> None:
    called = {one["name"]: parses(one["args"]) for pod in pods(told) for one in pod["containers"]}

    wanted = {"web": "leakguard web", "watchman": "leakguard watchman run", "scan": "leakguard scan scan"}
    assert called == {name: command for name, command in wanted.items() if name in called}
    assert {"web", "watchman"} <= set(called)


def test_only_the_console_is_reached(told: dict[str, Any]) -> None:
    rules = {one["metadata"]["name"]: one["spec"] for one in documents(told, "NetworkPolicy")}

    assert rules["demo-leakguard"] == {
        "podSelector": {"matchLabels": {"app.kubernetes.io/name": "leakguard", "app.kubernetes.io/instance": "demo"}},
        "policyTypes": ["Ingress"],
    }
    assert [rule["ports"] for rule in rules["demo-leakguard-web"]["ingress"]] == [[{"port": "https"}]]


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({}, "repository"),
        ({**GIVEN, "host": "https://leakguard.example.edu"}, "host"),
        ({**GIVEN, "tls": {"secretName": ""}}, "secretName"),
        ({**GIVEN, "replicas": 3}, "replicas"),
        ({**GIVEN, "store": {"url": "postgresql+psycopg://leakguard:hunter2@db/leakguard"}}, "url"),
        ({**GIVEN, "scan": {"schedule": "daily"}}, "schedule"),
    ],
)  # fmt: skip
def test_values_that_cannot_be_meant_are_refused(values: Mapping[str, Any], named: str) -> None:
    assert named in rendered(CHART, values).get("refused", "")


def test_both_say_that_nobody_ran_them() -> None:
    assert NOT_RUN in COMPOSE.read_text(encoding="utf-8").splitlines()[0]
    assert NOT_RUN in (CHART / "Chart.yaml").read_text(encoding="utf-8").splitlines()[0]
    for page in ("docs/how-to/run-in-a-container.md", "docs/zh/how-to/run-in-a-container.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        assert "compose.yaml" in text, page
        assert "not run" in text or "没有运行过" in text, page


@pytest.mark.parametrize("lang", ["", "zh/"])
def test_what_the_page_types_is_what_the_image_the_services_and_the_chart_take(lang: str) -> None:
    page = (ROOT / f"docs/{lang}how-to/run-in-a-container.md").read_text(encoding="utf-8")
    lines = [line.partition("#")[0].strip() for line in re.findall(r"^ *\$ (.+)$", page, re.MULTILINE)]

    run = [shlex.split(line) for line in lines if line.startswith("podman run ")]
    words = [line[line.index("leakguard:0.1.0") + 1 :] for line in run]
    assert [parses(one) for one in words] == ["leakguard scope init", "leakguard scan scan"]
    called = [line.split() for line in lines if re.match(r"docker compose (run|logs)", line)]
    assert {line[-1] for line in called} == {"web", "scan"} <= set(ours())
    (install,) = (shlex.split(line) for line in lines if line.startswith("helm install "))
    values: dict[str, Any] = {}
    for one, before in zip(install, ["", *install], strict=False):
        if before in {"--set", "--set-file"}:
            name, _, text = one.partition("=")
            folder, _, leaf = name.rpartition(".")
            (values.setdefault(folder, {}) if folder else values)[leaf] = text
    assert ROOT / install[3] == CHART
    assert "refused" not in rendered(CHART, values)


def test_the_health_checks_are_python_that_runs() -> None:
    for service in ours().values():
        words = service.get("healthcheck", {}).get("test", [])
        if words:
            assert words[:3] == ["CMD", "python3.11", "-c"]
            compile(words[3], "healthcheck", "exec")
