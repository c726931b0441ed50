"""`leakguard sites`, as a user types it, against real servers with TLS on loopback and real OpenPGP."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from ocsf.v1_5_0.events import ComplianceFinding

from leakguard.cli.sites.check import FORMATS
from leakguard.errors import StoreUnusable
from leakguard.intake.sites import CheckedSite, SiteResult
from leakguard.outputs.site_markdown import sites_markdown
from leakguard.ports import Journal, Now
from leakguard.probes.wire import tls
from leakguard.use_cases.alerts.time_sources import SteppedTime
from leakguard.use_cases.intake import site_history
from outputs.test_exchange_formats import unknown_fields
from support.certificates import server_context
from support.commands import CommandLine, command_line
from support.own_stdout import stdout_on

pytestmark = [pytest.mark.enable_socket, pytest.mark.untraced]
WELL_KNOWN = "/.well-known/security.txt"
NOW = datetime(2026, 5, 24, 1, tzinfo=UTC)


@dataclass(slots=True)
class Site:
    """A web site of ours: what stands at which path, and what was asked."""

    port: int = 0
    pages: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    """Status, `Content-Type` (of a redirect: `Location`), and body."""
    asked: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """As `sites check` takes it."""
        return f"localhost:{self.port}"

    def publish(self, text: str, path: str = WELL_KNOWN) -> None:
        """Serve a file as it should be."""
        self.pages[path] = (200, "text/plain; charset=utf-8", text)

    def text(self, *, days: int = 200, contact: str = "mailto:security@example.edu") -> str:
        """A file that is right but for its signature."""
        expires = (NOW + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
        return (
            f"Contact: {contact}\nExpires: {expires}\nEncryption: https://localhost/key.asc\n"
            "Policy: https://localhost/policy\nPreferred-Languages: en, zh\n"
            f"Canonical: https://{self.name}{WELL_KNOWN}\n"
        )


@contextmanager
def serving(folder: Path) -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            status, kind, body = site.pages.get(self.path, (404, "text/html", "no"))
            self.send_response(status)
            self.send_header("Location" if status == 302 else "Content-Type", kind)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = server_context(folder, name="localhost").wrap_socket(server.socket, server_side=True)
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    folder = tmp_path / "tls"
    folder.mkdir()
    with serving(folder) as running:
        monkeypatch.setenv("SSL_CERT_FILE", str(folder / "cert.pem"))
        tls.context.cache_clear()
        yield running
    tls.context.cache_clear()


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    desk = tmp_path / "desk"
    desk.mkdir()
    line = command_line(desk, monkeypatch, capsys)
    monkeypatch.delenv("LEAKGUARD_COUNTRY", raising=False)
    assert line("scope", "init", "--organisation", "U", "--contact", "s@u.example", "--approved-by", "CISO",
                "--include", "127.0.0.1", "--include", "localhost").code == 0  # fmt: skip
    return line


def codes(leakguard: CommandLine, *words: str) -> tuple[int, list[str]]:
    ran = leakguard("sites", "check", *words, "--format", "json")
    return ran.code, [each["code"] for one in ran.document["sites"] for each in one["results"]]


def test_a_site_that_is_right_has_only_advice_and_one_without_a_file_an_error(
    leakguard: CommandLine, site: Site
) -> None:
    missing = codes(leakguard, site.name)
    site.publish(site.text())
    ran = leakguard("sites", "check", site.name, "--format", "json")

    assert missing == (1, ["missing"])
    (one,) = ran.document["sites"]
    assert (ran.code, [each["code"] for each in one["results"]], one["days_left"]) == (0, ["not_signed"], 200)
    assert set(site.asked) == {WELL_KNOWN, "/security.txt"}


def test_expiry_counts_by_the_day(leakguard: CommandLine, site: Site) -> None:
    for days, code, said in ((20, 1, "expires_within_30_days"), (60, 0, "expires_within_90_days"), (-1, 1, "expired")):
        site.publish(site.text(days=days))
        ended, found = codes(leakguard, site.name)

        assert (ended, said in found) == (code, True)


def test_the_next_check_says_what_changed(leakguard: CommandLine, site: Site) -> None:
    leakguard("incident", "open", "--title", "makes the store")
    codes(leakguard, site.name)
    site.publish(site.text())
    changes = leakguard("sites", "check", site.name, "--format", "json").document["changes"]
    again = leakguard("sites", "check", site.name, "--format", "json").document["changes"]
    site.publish(site.text(days=-1))
    text = leakguard("sites", "check", site.name).out

    assert changes == {site.name: {"new": ["not_signed"], "closed": ["missing"]}}
    assert again == {}
    assert "since the last check: new: expired" in text


def test_a_redirect_out_of_the_scope_is_named_and_not_followed(leakguard: CommandLine, site: Site) -> None:
    site.pages[WELL_KNOWN] = (302, "https://elsewhere.example.com/security.txt", "")
    outside = codes(leakguard, site.name)
    site.publish(site.text(), "/moved.txt")
    site.pages[WELL_KNOWN] = (302, "/moved.txt", "")
    inside = codes(leakguard, site.name)
    site.pages[WELL_KNOWN] = (302, WELL_KNOWN, "")
    round_and_round = leakguard("sites", "check", site.name, "--format", "json")

    assert outside == (1, ["redirected_outside"])
    assert inside == (1, ["canonical_elsewhere", "not_signed"])
    assert (round_and_round.code, round_and_round.document["sites"][0]["unanswered"]) == (3, "too many redirects")


def test_two_sites_that_differ_are_said_to(leakguard: CommandLine, site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    with serving(folder) as other:
        site.publish(site.text())
        other.publish(other.text(contact="mailto:old@example.edu"))
        found = leakguard("sites", "check", site.name, other.name, "--format", "json").document["sites"]
        drift = [(each["code"], each["detail"]) for each in found[1]["results"] if each["code"] == "drift"]

    assert drift == [("drift", "contact")]
    assert "bad_certificate" in [each["code"] for each in found[1]["results"]]


def test_a_name_outside_the_scope_is_refused_and_a_silent_one_ends_with_three(leakguard: CommandLine) -> None:
    assert leakguard("sites", "check", "www.example.com").code == 2
    assert leakguard("sites", "check", "localhost:x").code == 2
    assert leakguard("sites", "check", "localhost:9").code == 3


def test_the_complaint_contact_is_asked_for_where_the_scope_says_that_we_sit_in_china(
    leakguard: CommandLine, site: Site
) -> None:
    site.publish(site.text())
    site.pages["/"] = (200, "text/html; charset=utf-8", "<p>欢迎</p>")
    assert codes(leakguard, site.name) == (0, ["not_signed"])
    scope = leakguard.folder / "scope.yaml"
    text = scope.read_text(encoding="utf-8")
    scope.write_text(text.replace("owner: {", "owner: {country: CN-SH, "), encoding="utf-8")

    assert codes(leakguard, site.name) == (1, ["no_complaint_contact", "not_signed"])


def test_the_complaint_contact_is_asked_for_where_the_settings_name_china(leakguard: CommandLine, site: Site) -> None:
    site.publish(site.text())
    site.pages["/"] = (200, "text/html; charset=utf-8", "<p>欢迎</p>")
    without = codes(leakguard, site.name)
    with (leakguard.folder / "leakguard.toml").open("a", encoding="utf-8") as file:
        file.write('country = "CN"\n')
    chinese = codes(leakguard, site.name)
    site.pages["/"] = (200, "text/html; charset=utf-8", "<p>举报电话：010-12345678</p>")

    assert without == (0, ["not_signed"])
    assert chinese == (1, ["no_complaint_contact", "not_signed"])
    assert codes(leakguard, site.name) == (0, ["not_signed"])


@pytest.mark.parametrize("status", [403, 500, 302])
def test_a_home_page_that_cannot_be_read_is_said_and_its_file_is_known_all_the_same(
    leakguard: CommandLine, site: Site, status: int
) -> None:
    with (leakguard.folder / "leakguard.toml").open("a", encoding="utf-8") as file:
        file.write('country = "CN"\n')
    leakguard("incident", "open", "--title", "makes the store")
    site.publish(site.text())
    site.pages["/"] = (200, "text/html; charset=utf-8", "<p>欢迎</p>")
    leakguard("sites", "check", site.name)
    site.publish(site.text(days=20))
    site.pages["/"] = (status, "https://elsewhere.example.com/", "no")
    ran = leakguard("sites", "check", site.name, "--format", "json")
    (found,) = ran.document["sites"]
    changed = leakguard("sites", "diff", "--format", "json").document["changes"]
    watched = leakguard("watchman", "check", "--format", "json")

    assert "so its complaint contact is unknown" in found["unanswered"]
    assert [one["code"] for one in found["results"]] == ["expires_within_30_days", "not_signed"]
    assert (ran.code, changed) == (1, {})
    assert "2026-06-13" in watched.out

    site.publish(site.text())
    assert leakguard("sites", "check", site.name).code == 3
    site.pages["/"] = (200, "text/html; charset=utf-8", "<p>举报电话：010-12345678</p>")
    back = leakguard("sites", "check", site.name)
    assert (back.code, "no_complaint_contact" in back.out) == (0, True)


@pytest.mark.parametrize(
    "location",
    ["http://[", "https://[::1/", "https://localhost:99999/", "https://localhost:80x/", "//["],
)
def test_a_redirect_to_what_is_no_address_leaves_one_site_unanswered_and_the_others_as_they_are(
    leakguard: CommandLine, site: Site, tmp_path: Path, location: str
) -> None:
    (tmp_path / "other").mkdir()
    with serving(tmp_path / "other") as other:
        site.publish(site.text())
        other.pages[WELL_KNOWN] = (302, location, "")
        ran = leakguard("sites", "check", other.name, site.name, "--format", "json")
    odd, right = ran.document["sites"]

    assert odd["unanswered"] == "localhost redirects to what is no address"
    assert (right["unanswered"], right["url"]) == (None, f"https://{site.name}{WELL_KNOWN}")


def test_sarif_names_the_rule_and_the_site(leakguard: CommandLine, site: Site) -> None:
    ran = leakguard("sites", "check", site.name, "--format", "sarif", "-o", "sites.sarif")
    document = (leakguard.folder / "sites.sarif").read_text(encoding="utf-8")

    assert ran.code == 1
    assert '"ruleId": "site_missing"' in document
    assert f"https://{site.name}/" in document


def gpg(folder: Path, *words: str) -> None:
    command = ["gpg", "--homedir", str(folder), "--batch", "--yes", "--passphrase", "", *words]
    subprocess.run(command, check=True, capture_output=True)


def test_a_signature_is_verified_with_the_named_keys(leakguard: CommandLine, site: Site, tmp_path: Path) -> None:
    home = tmp_path / "g"
    home.mkdir(mode=0o700)
    plain, clear, keys, none = (leakguard.folder / name for name in ("plain.txt", "signed.txt", "keys.gpg", "none.gpg"))
    gpg(home, "--quick-generate-key", "security@example.edu", "ed25519", "sign", "2y")
    gpg(home, "--output", str(keys), "--export", "security@example.edu")
    gpg(home, "--quick-generate-key", "other@example.edu", "ed25519", "sign", "2y")
    gpg(home, "--output", str(none), "--export", "other@example.edu")
    plain.write_text(site.text(), encoding="utf-8")
    gpg(home, "--local-user", "security@example.edu", "--output", str(clear), "--clearsign", str(plain))
    text = clear.read_text(encoding="utf-8")
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)

    site.publish(text)
    assert codes(leakguard, site.name, "--keyring", "keys.gpg") == (0, [])
    assert codes(leakguard, site.name, "--keyring", "none.gpg") == (1, ["unknown_key"])
    site.publish(text.replace("Policy: https://localhost/policy", "Policy: https://localhost/other"))
    assert codes(leakguard, site.name, "--keyring", "keys.gpg") == (1, ["bad_signature"])
    assert leakguard("sites", "check", site.name, "--keyring", "nothing.gpg").code == 2


def test_what_is_written_can_be_served_and_nothing_is_overwritten(leakguard: CommandLine) -> None:
    words = ("--host", "www.example.edu", "--organisation", "U", "--contact", "mailto:s@example.edu", "-o", "out")
    first, again = leakguard("sites", "write", *words), leakguard("sites", "write", *words)
    out = leakguard.folder / "out"
    written = {str(path.relative_to(out)) for path in out.rglob("*.*")}

    assert (first.code, again.code) == (0, 2)
    assert ".well-known/security.txt" in written
    assert {"security-policy.en.md", "security-policy.zh.md"} <= written


def test_two_checks_are_compared_by_their_numbers_and_the_last_two_without_any(
    leakguard: CommandLine, site: Site
) -> None:
    leakguard("incident", "open", "--title", "makes the store")
    none = leakguard("sites", "diff")
    for text in (None, site.text(), site.text(days=-1)):
        if text is not None:
            site.publish(text)
        codes(leakguard, site.name)
    history = leakguard("sites", "history", "--format", "json").document["checks"]
    last = leakguard("sites", "diff", "--format", "json")
    back = leakguard("sites", "diff", "3", "2", "--format", "json")
    same = leakguard("sites", "diff", "2", "2")

    assert none.code == 2
    assert [(one["number"], one["sites"][site.name]) for one in history] == [
        (1, ["missing"]), (2, ["not_signed"]), (3, ["expired", "not_signed"]),
    ]  # fmt: skip
    assert (last.code, last.document["changes"]) == (1, {site.name: {"new": ["expired"], "closed": []}})
    assert (back.code, back.document["changes"]) == (0, {site.name: {"new": [], "closed": ["expired"]}})
    assert (same.code, same.out, "Nothing changed." in same.err) == (0, "", True)
    assert [leakguard("sites", "diff", *words).code for words in (("1",), ("1", "9"), ("0", "1"))] == [2, 2, 2]


def test_of_a_site_that_was_silent_a_comparison_says_nothing_but_that(leakguard: CommandLine, site: Site) -> None:
    leakguard("incident", "open", "--title", "makes the store")
    leakguard("sites", "check", site.name)
    leakguard("sites", "check", "localhost:9")
    ran = leakguard("sites", "diff", "--format", "json")

    assert (ran.code, ran.document["changes"], ran.document["unanswered"]) == (3, {}, ["localhost:9"])


def test_a_watch_says_what_appeared_and_disappeared_and_ends_as_a_check_does(
    leakguard: CommandLine, site: Site
) -> None:
    def watched() -> tuple[int, list[tuple[str, str]]]:
        ran = leakguard("sites", "watch", site.name, "--once", "--format", "jsonl")
        return ran.code, [(one["change"], one["code"]) for one in map(json.loads, ran.out.splitlines())]

    first = watched()
    site.publish(site.text())
    second, third = watched(), watched()
    site.publish(site.text(days=10))
    fourth = watched()
    silent = leakguard("sites", "watch", "localhost:9", "--once", "--format", "jsonl")

    assert first == (1, [("new", "missing")])
    assert second == (0, [("new", "not_signed"), ("closed", "missing")])
    assert third == (0, [])
    assert fourth == (1, [("new", "expires_within_30_days")])
    assert (silent.code, json.loads(silent.out)["change"]) == (3, "unknown")
    assert leakguard("sites", "watch", "--once", "--every", "soon").code == 2
    assert [one["number"] for one in leakguard("sites", "history", "--format", "json").document["checks"]] == [
        1, 2, 3, 4, 5,
    ]  # fmt: skip


def on_each_sleep(monkeypatch: pytest.MonkeyPatch, act: Callable[[int], None]) -> None:
    """Something happens between the rounds of a watch; the third time it is ended."""
    sleeps: list[float] = []

    def sleep(_: SteppedTime, seconds: float) -> None:
        sleeps.append(seconds)
        act(len(sleeps))
        if len(sleeps) == 3:
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(SteppedTime, "sleep", sleep)


def test_a_store_that_is_busy_once_does_not_end_a_watch_and_its_change_comes_again(
    leakguard: CommandLine, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process was gone, as after a restart of PostgreSQL, and nobody watched any more."""
    refusals = [StoreUnusable("the store is in use", next_step="Try again.")]
    kept = site_history.keep_check

    def keep_check(store: Journal, sites: Sequence[CheckedSite], *, now: Now, is_whole: bool = False) -> None:
        if refusals:
            raise refusals.pop()
        kept(store, sites, now=now, is_whole=is_whole)

    monkeypatch.setattr(site_history, "keep_check", keep_check)
    on_each_sleep(monkeypatch, lambda sleeps: site.publish(site.text()) if sleeps == 2 else None)
    leakguard("incident", "open", "--title", "makes the store")
    ran = leakguard("sites", "watch", site.name, "--every", "15m", "--format", "jsonl")

    assert [(one["change"], one["code"]) for one in map(json.loads, ran.out.splitlines())] == [
        ("new", "missing"), ("new", "missing"), ("new", "not_signed"), ("closed", "missing"),
    ]  # fmt: skip
    assert "This round could not be done: the store is in use" in ran.err
    assert "Next: Try again." in ran.err
    assert ran.code == 0


def led_to(number: int, other: int) -> None:
    os.dup2(other, number)


def test_a_change_that_could_not_be_written_comes_in_the_next_round(
    leakguard: CommandLine, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was kept before it was told, so that no later round told it."""
    result = leakguard.folder / "changes.jsonl"
    result.touch()
    number, behind = os.open(result, os.O_RDONLY), os.open(result, os.O_WRONLY)  # to write into the first one fails
    monkeypatch.setattr("sys.stdout", stdout_on(number))
    on_each_sleep(monkeypatch, lambda sleeps: led_to(number, behind) if sleeps == 1 else None)
    ran = leakguard("sites", "watch", site.name, "--every", "15m", "--format", "jsonl")
    os.close(number)
    os.close(behind)

    assert ran.err.count("This round could not be done: the result could not be written to stdout") == 1
    told = [json.loads(line) for line in result.read_text("utf-8").splitlines()]
    assert {(one["change"], one["code"]) for one in told} == {("new", "missing")}


def test_a_watch_of_sites_ends_with_what_it_cannot_mend(leakguard: CommandLine, site: Site) -> None:
    (leakguard.folder / "leakguard.db").write_text("no store", encoding="utf-8")

    assert leakguard("sites", "watch", "www.elsewhere.example").code == 2
    assert leakguard("sites", "watch", site.name, "--once").code == 3


def test_every_format_names_the_site_the_rule_and_what_was_not_checked(leakguard: CommandLine, site: Site) -> None:
    found = {
        form: leakguard("sites", "check", site.name, "localhost:9", "--format", form) for form in FORMATS
    }  # fmt: skip
    lines = [json.loads(line) for line in found["jsonl"].out.splitlines()]
    event, unseen = json.loads(found["ocsf"].out)
    rows = list(csv.DictReader(io.StringIO(found["csv"].out.removeprefix("\ufeff"))))

    assert {one.code for one in found.values()} == {1}
    assert all(site.name in one.out for one in found.values())
    assert [(one["site"], one["code"]) for one in lines] == [(site.name, "missing"), ("localhost:9", "not_checked")]
    assert [(one["site"], one["code"]) for one in rows] == [(site.name, "missing"), ("localhost:9", "not_checked")]
    assert (event["class_uid"], event["finding_info"]["uid"]) == (2003, f"{site.name}/missing")
    assert (unseen["finding_info"]["uid"], unseen["compliance"]["status"]) == ("localhost:9/not_checked", "Not checked")
    assert [list(unknown_fields(ComplianceFinding.model_validate(one))) for one in (event, unseen)] == [[], []]
    assert "Not checked:" in found["html"].out
    assert "<script" not in found["html"].out
    assert found["md"].out.startswith("# How strangers can report to us\n")
    assert "`missing`" in found["md"].out
    assert "Not checked:" in found["md"].out


def test_what_a_site_says_is_no_markup_in_a_ticket() -> None:
    said = "[a](http://e) <b> @all"
    one = SiteResult(site="a.example", level="error", code="missing", text="x", fix="y", detail=said)
    made = "".join(sites_markdown([CheckedSite(site="a.example", results=(one,))], datetime(2026, 3, 2, tzinfo=UTC)))

    assert "\\[a\\]" in made
    assert "http\\://e" in made
    assert "<b>" not in made.replace("\\<b\\>", "")
    assert "\\@all" in made


def test_the_watchman_knows_the_expiry_that_a_check_saw(leakguard: CommandLine, site: Site) -> None:
    site.publish(site.text(days=20))
    leakguard("sites", "watch", site.name, "--once")
    with (leakguard.folder / "leakguard.toml").open("a", encoding="utf-8") as file:
        file.write('country = "CN"\n')
    messages = leakguard("watchman", "once", "--format", "json").document["messages"]

    assert [(one["subject"], one["clock"], one["next_action"]) for one in messages] == [
        ({"kind": "sites", "id": "sites"}, site.name, f"leakguard sites check {site.name}"),
    ]  # fmt: skip


def kept_changes(leakguard: CommandLine, *words: str) -> list[str]:
    """What a check says about the changes since the last one, without the names of the sites."""
    said = leakguard("sites", "check", *words)
    lines = (said.out + said.err).splitlines()
    return [line.partition("since the last check: ")[2] for line in lines if ", since" in line]


def test_a_check_without_a_keyring_sees_no_signature_closed(leakguard: CommandLine, site: Site, tmp_path: Path) -> None:
    """It said `closed: bad_signature` of a file whose signature it had not looked at."""
    home = tmp_path / "g"
    home.mkdir(mode=0o700)
    plain, clear, keys = (leakguard.folder / name for name in ("plain.txt", "signed.txt", "keys.gpg"))
    gpg(home, "--quick-generate-key", "security@example.edu", "ed25519", "sign", "2y")
    gpg(home, "--output", str(keys), "--export", "security@example.edu")
    plain.write_text(site.text(), encoding="utf-8")
    gpg(home, "--output", str(clear), "--clearsign", str(plain))
    good = clear.read_text(encoding="utf-8")
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)
    leakguard("incident", "open", "--title", "makes the store")

    site.publish(good.replace("localhost/policy", "localhost/other"))
    with_keys, without = (kept_changes(leakguard, site.name, *more) for more in (("--keyring", "keys.gpg"), ()))
    between = leakguard("sites", "diff", "--format", "json").document["changes"]
    still = kept_changes(leakguard, site.name, "--keyring", "keys.gpg")
    back = leakguard("sites", "diff", "--format", "json").document["changes"]
    site.publish(good)
    mended = kept_changes(leakguard, site.name, "--keyring", "keys.gpg")

    assert with_keys == ["new: bad_signature"]
    assert (without, between, still, back) == ([], {}, [], {})
    assert mended == ["closed: bad_signature"]


def test_a_check_of_one_site_alone_sees_no_difference_to_the_others_closed(
    leakguard: CommandLine, site: Site, tmp_path: Path
) -> None:
    leakguard("incident", "open", "--title", "makes the store")
    folder = tmp_path / "other"
    folder.mkdir()
    with serving(folder) as other:
        site.publish(site.text())
        other.publish(other.text(contact="mailto:old@example.edu"))
        both = kept_changes(leakguard, site.name, other.name)
        alone = kept_changes(leakguard, other.name)
        other.publish(other.text())
        mended = kept_changes(leakguard, site.name, other.name)

    assert any("drift" in line for line in both)
    assert (alone, mended) == ([], ["closed: drift"])
