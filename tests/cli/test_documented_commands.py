"""Every `leakguard` line of the documentation is run, in the order of its page, or is named here with the reason.

A line that is run ends as commands end that did their work: with 0, 1, 3 or 4, and never with 2 (refused) or 128 (a
bug). `PARSED` names those that are only parsed, which `tests/rules/test_docs.py` does for all; `REFUSED` those that
end with 2 here, with the reason.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rules.docs_parts import DOCS, ROOT, pages
from support.documented import COMMAND, Reader, copy_of, lines_of

pytestmark = [pytest.mark.long, pytest.mark.enable_socket, pytest.mark.timeout(1800)]

SERVES = "runs until it is stopped: "
ELSEWHERE = "asks a service that this machine does not have: "
PARSED = {
    "leakguard web": f"{SERVES}tests/web start it",
    "leakguard report form": f"{SERVES}tests/web/test_report_form_process.py starts it",
    "leakguard watchman run": f"{SERVES}tests/watchman start it",
    "leakguard --log-level info --log-format json --log-file leakguard.log watchman run": f"{SERVES}as above",
    "leakguard watch ": f"{SERVES}tests/cli/test_watch.py starts it",
    "leakguard watch": f"{SERVES}tests/cli/test_watch.py starts it",
    "leakguard demo": f"{SERVES}tests/cli/test_demo.py plays the same story",
    "leakguard drill run university-2019 --web": f"{SERVES}tests/web play a drill in the console",
    "leakguard drill run university-2019 --interactive": "asks on the terminal: tests/cli/test_drill.py answers",
    "leakguard clock watch": f"{SERVES}tests/cli/test_clock_watch.py starts it",
    "leakguard fleet": f"{ELSEWHERE}a broker; tests/fleet have real ones",
    "leakguard scan --vantage": f"{ELSEWHERE}a broker; tests/fleet have real ones",
    "leakguard scan verify F-1a2b3c4d5e6f7089 --vantage": f"{ELSEWHERE}a broker; tests/fleet have real ones",
    "leakguard scan --aws": f"{ELSEWHERE}AWS; tests/cli/test_scan_aws.py has a stand-in",
    "leakguard cluster show": f"{ELSEWHERE}a cluster; tests/cli/test_cluster.py has one",
    "leakguard export elasticsearch": f"{ELSEWHERE}a cluster; tests/cli/test_export.py has one",
    "leakguard scan supabase://": f"{ELSEWHERE}a backend; tests/cli/test_backend_scans.py has stand-ins",
    "leakguard scope suggest": f"{ELSEWHERE}a page that was scanned; tests/cli/test_scope.py has one",
    "leakguard evidence stamp import": f"{ELSEWHERE}a time stamping authority; tests/cli/test_evidence.py has one",
    "leakguard evidence clock --mend": "a clock that was wrong; tests/cli/test_evidence_clock.py makes one",
    "leakguard scan https://app.example.edu/": f"{ELSEWHERE}a site; tests/shipped have pages",
    "leakguard scan --ports": "probes a whole network, slowly; tests/cli/test_scan.py has a small one",
    "leakguard scan --progress": "probes a whole network, slowly; tests/cli/test_scan_progress.py has a small one",
    "leakguard scan --from-nmap": f"{ELSEWHERE}exports of other scanners; tests/cli/test_scan_imports.py has some",
    "leakguard scan --resume": "a run that was stopped; tests/cli/test_scan.py stops one",
    "leakguard scan --sample": "reads records, by the owner's leave; tests/probes/test_sampling.py has a server",
    "leakguard scan note": "a store with a ransom note; tests/cli/test_scan_note.py has one",
    "leakguard app": "packages of apps; tests/cli/test_app_check.py makes some",
    "leakguard notice send": f"{ELSEWHERE}a mail server; tests/cli/test_notice_send.py has one",
    "leakguard report acknowledge": f"{ELSEWHERE}a mail server; tests/use_cases/intake have one",
    "leakguard report thank": f"{ELSEWHERE}a mail server; tests/use_cases/intake have one",
    "leakguard sites check": f"{ELSEWHERE}a web site; tests/cli/test_sites.py has some",
    "leakguard sites watch": f"{ELSEWHERE}a web site; tests/cli/test_sites.py has some",
    "leakguard sites history": "checks of sites that were kept; tests/cli/test_sites.py keeps some",
    "leakguard sites diff": "checks of sites that were kept; tests/cli/test_sites.py keeps some",
    "leakguard account totp": "asks for a code on the terminal; tests/cli/test_accounts.py answers",
    "leakguard checks show notepad_open": "the reader's own check; tests/rules/test_docs_examples.py reads and runs it",
    "leakguard report import --imap": f"{ELSEWHERE}a mailbox; tests/mailing have one",
}
"""By the beginning of a line: why it is only parsed."""
EARLIER = "the incident of the prepared folder began later"
UNANSWERED = "the facts of the example leave mandatory fields open"
NO_COUNSEL = "needs a login as counsel"
OTHER_FACTS = "the example has other facts, and the command names those that are missing"
UNFILLED = "the form is not filled in; tests/cli/test_first_notice.py fills it in"
OWN_DUTY = "the reader's own duty; tests/rules/test_docs_examples.py reads it"
MISSING = "something is missing, as the page says"
EARLIER_STEP = "the step waits for an earlier one"
REFUSED: dict[str, str] = {
    (
        'leakguard clock ack --incident IR-2026-0001 remediate --by "Ada Lovelace"'
        "    # acknowledges the alerts of the clock `remediate` for two hours"
    ): "no alert was raised so soon",
    'leakguard playbook skip IR-2026-0001 tell_people --by "A. DPO" --second "A. Counsel" --reason "no high risk"': (
        EARLIER_STEP
    ),
    'leakguard playbook skip IR-2026-0001 tell_people --reason "the data were encrypted and the key is safe"': (
        EARLIER_STEP
    ),
    'leakguard playbook skip IR-2026-0001 tell_people --by "王芳" --second "陈法务" --reason "不会造成危害"': (
        EARLIER_STEP
    ),
    "leakguard playbook confirm IR-2026-0001 tell_people": "nobody skipped the step, as it waits for an earlier one",
    "leakguard outbound incident outbound.yaml --for-counsel --keep IR-2026-0001": NO_COUNSEL,
    "leakguard duties show acme-contract-7-customer": OWN_DUTY,
    "leakguard notice draft facts.yaml --duty acme-contract-7-customer": OWN_DUTY,
    "leakguard notice draft facts.yaml --duty de-bsig-32-bsi --lang de": OTHER_FACTS,
    "leakguard notice draft facts.yaml --letter finder --lang zh": OTHER_FACTS,
    "leakguard notice package facts.yaml --as docx -o letters": OTHER_FACTS,
    "leakguard notice next-fact first.yaml --incident IR-2026-0001": UNFILLED,
    "leakguard notice assess first.yaml --incident IR-2026-0001": UNFILLED,
    (
        "leakguard notice draft first.yaml --incident IR-2026-0001 --duty eu-gdpr-33-authority --stage initial --as pdf"
        " -o notice.pdf"
    ): UNFILLED,
    "leakguard notice draft first.yaml --incident IR-2026-0001 --duty eu-gdpr-33-authority --stage initial": UNFILLED,
    "leakguard notice check first.yaml --incident IR-2026-0001 --duty eu-gdpr-33-authority --stage initial": UNFILLED,
    (
        "leakguard notice draft first.yaml --incident IR-2026-0001 --duty cn-cac-incident-general --stage initial"
        " --lang zh"
    ): UNFILLED,
    "leakguard notice check first.yaml --incident IR-2026-0001 --duty cn-cac-incident-general --stage initial": (
        UNFILLED
    ),
    "leakguard notice check facts.yaml --duty us-ca-1798-82-individuals --letter letter.html": "nobody wrote it",
    "leakguard notice check facts.yaml --duty cn-pipl-57-individuals --letter letter.html": "nobody wrote it",
    "leakguard incident comment IR-2026-0001 --file advice.txt --privileged": NO_COUNSEL,
    'leakguard evidence export bundle.zip --incident IR-2026-0001 --with-privileged --to "the court"': NO_COUNSEL,
    "leakguard report incident RP-2026-0001 --finding F-1a2b3c4d5e6f7089 --aware-at arrival": "an incident is about it",
    "leakguard incident close IR-2026-0001             # refuses while something is missing, and lists it": MISSING,
    'leakguard incident close IR-2026-0001 --by "Ada Lovelace"': MISSING,
    'leakguard incident close IR-2026-0001 --by "王芳"': MISSING,
    'leakguard incident close IR-2026-0001 --despite steps --despite review --by "Ada Lovelace"'
    ' --reason "review on Friday"': MISSING,
    'leakguard incident close IR-2026-0001 --despite steps --despite review --by "王芳" --reason "周五复盘"': MISSING,
    "leakguard incident report IR-2026-0001 --at 2026-06-03T09:00 --as json": EARLIER,
    "leakguard notice export --edpb facts.yaml -o notice.json": UNANSWERED,
    "leakguard notice export --edpb facts.yaml --status incomplete": UNANSWERED,
    (
        'leakguard login "Ada Lovelace"        # from now on, entries are recorded under your account'
    ): "nobody has an account",
    "leakguard evidence verify --head /srv/heads/leakguard-heads.txt": "no head was kept there",
}
"""By the line: why it ends with 2 here."""
PLAYED = {f"{lang}tutorials/{name}" for lang in ("", "zh/") for name in ("first-scan.md", "first-incident.md")}
"""Pages that `test_tutorials` plays to the word, with what each line says."""
EMPTY = {"tutorials/first-drill.md", "how-to/run-a-drill.md"}
"""Pages that begin in an empty folder."""
TEAM = (
    'leakguard account add "Anna Berg" --mail anna@example.edu --role admin --role counsel --role commander',
    'leakguard login "Anna Berg"',
    'leakguard account add "Li Wei" --role dpo',
    'leakguard account add "李伟" --role dpo',
)
BEFORE = {
    "run-a-drill": ("leakguard drill run university-2019 --keep ./drill",),
    "run-the-web-server": TEAM,
    "use-the-api": TEAM,
    "approve-and-send-letters": (
        "leakguard notice letters facts.yaml --duty eu-gdpr-34-individuals --recipients people.csv -o letters",
    ),
}
"""By the name of a page: what its reader did before, on another page."""
PAGES = [page for page in pages() if lines_of(page) and not any(str(page).endswith(f"docs/{one}") for one in PLAYED)]


def is_parsed(line: str) -> bool:
    return any(line.startswith(start) for start in PARSED)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A web server with a dump in it, at a port that the kernel gives."""
    root = tmp_path_factory.mktemp("website")
    (root / "backup.sql").write_text("-- MySQL dump 10.13\nCREATE TABLE customers (id INT, email TEXT);\n")
    server = subprocess.Popen(
        [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(root)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert server.stdout is not None
    yield int(server.stdout.readline().partition("port ")[2].split()[0])
    server.terminate()
    server.wait()
    server.stdout.close()


@pytest.fixture(scope="module")
def world() -> dict[str, object]:
    """The prepared folder and its ids, once made."""
    return {}


@pytest.fixture
def reader(
    tmp_path: Path, port: int, world: dict[str, object], capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory,
) -> Reader:  # fmt: skip
    if not world:
        first = Reader(folder=tmp_path_factory.mktemp("world"), port=port, capsys=capsys, patch=monkeypatch)
        first.prepare()
        world |= {"folder": first.folder, "ids": first.ids}
    somebody = Reader(folder=tmp_path, port=port, capsys=capsys, patch=monkeypatch, ids=dict(world["ids"]))  # type: ignore[call-overload]
    copy_of(Path(str(world["folder"])), tmp_path)
    monkeypatch.chdir(tmp_path)
    return somebody


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def is_empty(page: Path) -> bool:
    """Whether a reader of the page begins in an empty folder; the same page in Chinese is no other."""
    return page.is_relative_to(DOCS) and str(page.relative_to(DOCS)).removeprefix("zh/") in EMPTY


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_of_the_page_runs(page: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    if is_empty(page):
        empty = reader.folder / "empty"
        empty.mkdir()
        monkeypatch.chdir(empty)
    else:
        reader.begin([*lines_of(page), *BEFORE.get(page.stem, ())])
    for line in BEFORE.get(page.stem, ()):
        assert reader.type(line) in {0, 1, 3}, (line, reader.said)
    wrong = []
    for line in lines_of(page):
        if COMMAND.match(line) and is_parsed(line):
            continue
        code = reader.type(line)
        expected = {2} if line in REFUSED else {0, 1, 3, 4}
        if code not in expected:
            wrong.append((line, code, reader.said[-500:]))

    assert wrong == []


def test_what_is_only_parsed_or_refused_stands_on_a_page() -> None:
    lines = [line for page in pages() for line in lines_of(page)]

    assert [start for start in PARSED if not any(line.startswith(start) for line in lines)] == []
    assert set(REFUSED) - set(lines) == set()


def test_most_lines_are_run() -> None:
    lines = [line for page in pages() for line in lines_of(page) if COMMAND.match(line)]

    assert lines
    assert sum(map(is_parsed, lines)) < len(lines) / 4
    assert all(shlex.split(start) for start in PARSED)
