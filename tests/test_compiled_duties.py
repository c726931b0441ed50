"""Compiled duties, playbooks and public holidays: they say what the files say, and never what the files said before."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest

from leakguard.bundled import BundledFiles
from leakguard.bundled.compiled_forms import FILE, FoldersWithForms
from leakguard.clocks import public_days
from leakguard.clocks.public_days import CACHE, CachedDays, YearOfDays, library_year, supported_countries
from leakguard.errors import BadFile
from leakguard.files import yaml_nodes
from leakguard.files.compiled_values import CompiledForm, compiled_in
from leakguard.models.languages import LANGS
from leakguard.notices import calendar_days, duty_files, locale_forms
from leakguard.notices.authorities import Authorities
from leakguard.notices.book import DutyBook, compile_duties, load_duties, load_vocabulary
from leakguard.notices.calendar_days import compile_days, kept_days
from leakguard.notices.country_names import country_name, kept_names
from leakguard.notices.duty_files import load_rows
from leakguard.use_cases.incidents.playbooks import compile_playbooks, find_playbook, list_playbooks

ROOT = Path(__file__).parents[1]
FILES = ("vocabulary.yaml", "places.yaml", "practice/letters.yaml", "ch.yaml", "eu.yaml")
OWN = """
common:
  jurisdiction: Contracts
  law: Hosting contract
  status: in_force
  source_url: https://example.com/contract
  source_kind: primary
  confidence: sourced
  verified_on: "2026-11-01"
  clock: {zone: Europe/Berlin}
duties:
  - id: acme-hosting-24h
    article: clause 7
    obligated: [processor]
    recipient: {type: controller, name: Acme}
    trigger: {text: an incident, rule: {fact: exposure, is: true}}
    phases: [{name: initial, clock: {anchor: first(awareness), amount: {elapsed: PT24H}}}]
    content: [{item: breach_description, required: "yes"}]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with the duties of two laws."""
    root = tmp_path / "root"
    for name in FILES:
        (root / "duties" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "duties" / name, root / "duties" / name)
    shutil.copytree(ROOT / "duties" / "languages", root / "duties" / "languages")
    return root


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "home" / ".cache" / "leakguard"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "contracts.yaml").write_text(OWN, encoding="utf-8")
    return folder


@pytest.fixture
def _no_memory() -> Iterator[None]:
    """What was kept of the library by another test is not asked here."""
    kept, ask = CACHE.kept(), None
    vars(CACHE).update(_kept=None, _ask=ask)
    library_year.cache_clear()
    yield
    vars(CACHE).update(_kept=kept, _ask=ask)
    library_year.cache_clear()


def refuse_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on no file is read as YAML."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a file was read as YAML")

    monkeypatch.setattr(yaml_nodes, "values_of", refuse)


def forget_what_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a new process would be."""
    for name in ("_state", "_duties_in", "_practice_in", "_places_in", "_vocabulary_in"):
        getattr(duty_files, name).cache_clear()
    refuse_yaml(monkeypatch)


def test_every_duty_that_ships_is_the_same_out_of_its_compiled_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = load_duties(BundledFiles(ROOT))
    load_duties(FoldersWithForms(ROOT, cache=tmp_path / "cache"))

    forget_what_was_read(monkeypatch)
    compiled = load_duties(FoldersWithForms(ROOT, cache=tmp_path / "cache"))

    for one, other in zip(written.duties, compiled.duties, strict=True):
        assert one == other, one.id
        assert one.model_dump_json() == other.model_dump_json()
    assert compiled == written


def test_the_words_alone_come_out_of_the_form_too(root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = load_vocabulary(BundledFiles(root))
    load_vocabulary(FoldersWithForms(root, cache=cache))

    forget_what_was_read(monkeypatch)

    assert load_vocabulary(FoldersWithForms(root, cache=cache)) == written


def test_the_rows_of_duties_say_what_the_duties_say(root: Path, cache: Path, own: Path) -> None:
    written = load_duties(BundledFiles(root, own_duties=own))

    for folders in (BundledFiles(root, own_duties=own), FoldersWithForms(root, cache=cache, own_duties=own)):
        book = load_rows(folders)

        assert book.vocabulary == written.vocabulary
        assert [(row.id, row.obligated, frozenset(row.places)) for row in book.rows] == [
            (duty.id, duty.obligated, duty.places) for duty in written.duties
        ]
        assert [row.calendars for row in book.rows] == [duty.calendars for duty in written.duties]
        assert book.full(book.rows) == written.duties == written.full(written.rows)
        assert {name for row in book.rows for name in row.calendars} == {"XECB"}


def test_of_duties_that_are_far_nothing_but_the_row_is_read(
    root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_rows(FoldersWithForms(root, cache=cache))
    forget_what_was_read(monkeypatch)
    read: list[str] = []
    part = CompiledForm.part

    def noted(self: CompiledForm, name: str, kind: object) -> object:
        read.append(name)
        return part(self, name, kind)

    monkeypatch.setattr(CompiledForm, "part", noted)
    book = load_rows(FoldersWithForms(root, cache=cache))

    duties = book.full(row for row in book.rows if row.id.startswith("ch-"))

    assert {duty.id.partition("-")[0] for duty in duties} == {"ch"}
    assert read == ["rows", "vocabulary", "duties/ch.yaml"]


def test_the_form_is_the_same_each_time_and_leaves_other_files_of_the_folder_out(root: Path) -> None:
    texts = BundledFiles(root).texts("duties")

    assert compile_duties(texts) == compile_duties(dict(reversed(texts.items())))
    assert compile_duties(texts | {"severity/ico.yaml": "not: read"}) == compile_duties(texts)


def names_of(book: DutyBook) -> set[str]:
    return {duty.recipient.name for duty in book.duties}


def test_an_edited_file_is_never_hidden_by_what_was_compiled_of_it_before(root: Path, cache: Path) -> None:
    before = load_duties(FoldersWithForms(root, cache=cache))
    file = root / "duties" / "ch.yaml"
    name = next(duty.recipient.name for duty in before.duties if duty.id.startswith("ch-"))

    file.write_text(file.read_text(encoding="utf-8").replace(name, "Office of the edited file"), encoding="utf-8")

    after = load_duties(FoldersWithForms(root, cache=cache))
    assert "Office of the edited file" in names_of(after)
    assert name not in names_of(after)
    assert after == load_duties(BundledFiles(root))


def test_an_edited_word_is_never_hidden_either(root: Path, cache: Path) -> None:
    load_duties(FoldersWithForms(root, cache=cache))
    file = root / "duties" / "vocabulary.yaml"
    text = file.read_text(encoding="utf-8")

    file.write_text(text.replace("breach_description:", "breach_description_renamed:", 1), encoding="utf-8")

    with pytest.raises(BadFile, match="breach_description"):
        load_duties(FoldersWithForms(root, cache=cache))


@pytest.mark.parametrize("form", ["", "{", "[]", "null", '{"digest": "x", "parts": {}}', "\ud83d"])
def test_a_form_that_ships_and_is_none_or_of_other_files_is_not_believed(root: Path, cache: Path, form: str) -> None:
    (root / "duties" / FILE).write_text(form, encoding="utf-8", errors="surrogatepass")
    if form == "\ud83d":
        (root / "duties" / FILE).write_text('"\\ud83d"', encoding="utf-8")

    assert load_duties(FoldersWithForms(root, cache=cache)) == load_duties(BundledFiles(root))


def test_a_form_that_ships_of_these_very_files_is_read(
    root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = load_duties(BundledFiles(root))
    (root / "duties" / FILE).write_text(compile_duties(BundledFiles(root).texts("duties")), encoding="utf-8")

    forget_what_was_read(monkeypatch)

    assert load_duties(FoldersWithForms(root, cache=cache)) == written
    assert not cache.exists()


def test_a_form_with_a_part_of_another_shape_is_not_believed(root: Path) -> None:
    texts = BundledFiles(root).texts("duties")
    form = compile_duties(texts)
    kept = {name: text for name, text in texts.items() if not name.startswith("severity/")}
    found = compiled_in(form, kept)

    assert found is not None
    assert found.part("duties/ch.yaml", dict[str, int]) is None
    assert found.part("nothing", int) is None


def test_duties_of_the_organisation_have_a_form_of_their_own(
    root: Path, cache: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = load_duties(BundledFiles(root, own_duties=own))
    load_duties(FoldersWithForms(root, cache=cache, own_duties=own))
    assert len(list(cache.iterdir())) == 2

    forget_what_was_read(monkeypatch)

    found = load_duties(FoldersWithForms(root, cache=cache, own_duties=own))
    assert found == written
    assert found.duties[-1].id == "acme-hosting-24h"
    assert found.duties[-1].phases[0].clock.zone == "Europe/Berlin"


def test_an_edited_file_of_the_organisation_is_seen_at_once_also_by_the_same_process(
    root: Path, cache: Path, own: Path
) -> None:
    folders = FoldersWithForms(root, cache=cache, own_duties=own)
    load_duties(folders)

    (own / "contracts.yaml").write_text(OWN.replace("PT24H", "PT48H"), encoding="utf-8")

    assert load_duties(folders).duties[-1].phases[0].clock.limbs[0].amount.elapsed == "PT48H"
    assert load_duties(FoldersWithForms(root, cache=cache, own_duties=own)) == load_duties(folders)


def problems_with(folders: BundledFiles) -> Mapping[str, tuple[object, ...]]:
    with pytest.raises(BadFile) as refused:
        load_duties(folders)
    return {refused.value.name: refused.value.problems}


def test_of_a_broken_file_every_problem_is_named_as_without_a_form(root: Path, cache: Path, own: Path) -> None:
    load_duties(FoldersWithForms(root, cache=cache, own_duties=own))
    broken = OWN.replace("article: clause 7", "article: clause 7\n    colour: red").replace("exposure", "exposur")
    (own / "contracts.yaml").write_text(broken.replace("breach_description", "breach_descriptio"), encoding="utf-8")

    told = problems_with(FoldersWithForms(root, cache=cache, own_duties=own))

    assert told == problems_with(BundledFiles(root, own_duties=own))
    assert len(told["duties/own/contracts.yaml"]) == 3


def test_an_id_that_ships_is_refused_among_the_organisations_own(root: Path, cache: Path, own: Path) -> None:
    taken = load_duties(BundledFiles(root)).duties[0].id
    (own / "contracts.yaml").write_text(OWN.replace("acme-hosting-24h", taken), encoding="utf-8")

    told = problems_with(FoldersWithForms(root, cache=cache, own_duties=own))

    assert told == problems_with(BundledFiles(root, own_duties=own))
    assert "as well" in str(told)


def test_every_playbook_that_ships_is_the_same_out_of_its_compiled_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = list_playbooks(BundledFiles(ROOT))
    find_playbook(FoldersWithForms(ROOT, cache=tmp_path / "cache"), written[0].playbook)

    refuse_yaml(monkeypatch)

    folders = FoldersWithForms(ROOT, cache=tmp_path / "cache")
    assert tuple(find_playbook(folders, one.playbook) for one in written) == written


def test_an_edited_playbook_is_never_hidden(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "playbooks", tmp_path / "root" / "playbooks")
    cache, file = tmp_path / "cache", tmp_path / "root" / "playbooks" / "lost_device.yaml"
    before = find_playbook(FoldersWithForms(tmp_path / "root", cache=cache), "lost_device")

    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(f"version: {before.version}", "version: 99"), encoding="utf-8")

    assert find_playbook(FoldersWithForms(tmp_path / "root", cache=cache), "lost_device").version == 99
    assert compile_playbooks(BundledFiles(tmp_path / "root").texts("playbooks"))


@pytest.mark.usefixtures("_no_memory")
def test_kept_days_are_those_of_the_library(cache: Path) -> None:
    duties = load_duties(BundledFiles(ROOT)).duties
    folders = FoldersWithForms(ROOT, cache=cache)

    kept = kept_days(duties, folders.kept_form)

    assert kept is not None
    for name in ("XECB", "BR", "JP"):
        assert 2026 in kept.years_of(name)
        for year, days in kept.years_of(name).items():
            assert library_year(name, year) == days, (name, year)
    assert kept.years_of("AQ") == {}
    assert kept.supported == dict(supported_countries())
    again = kept_days(duties, folders.kept_form)
    assert again is not None
    assert again.years_of("BR") == kept.years_of("BR")


@pytest.mark.usefixtures("_no_memory")
def test_days_that_are_kept_load_no_library_and_others_ask_it(monkeypatch: pytest.MonkeyPatch) -> None:
    days = library_year("BR", 2026)
    kept = CachedDays(supported={"BR": ()}, years_of=lambda _: {2026: days})
    library_year.cache_clear()
    CACHE.rest_on(lambda: kept)
    asked: list[int] = []

    def ask(_: str, year: int) -> YearOfDays:
        asked.append(year)
        return days

    monkeypatch.setattr(public_days, "_asked_year", ask)

    assert library_year("BR", 2026) == days
    assert asked == []
    library_year("BR", 1999)
    assert asked == [1999]


def test_another_release_of_the_library_is_asked_anew(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders, asked = FoldersWithForms(ROOT, cache=cache), []

    def compiled(texts: Mapping[str, str]) -> str:
        asked.append(texts["release"])
        return compile_days(texts)

    monkeypatch.setattr(calendar_days, "compile_days", compiled)
    for release in ("1", "1", "2"):
        monkeypatch.setattr(calendar_days, "library_release", lambda release=release: release)
        kept_days((), folders.kept_form)

    assert asked == ["1", "2"]


@pytest.mark.parametrize("where", [None, Path("/proc/no-such/place"), Path("/dev/null/leakguard")])
def test_where_nothing_can_be_kept_no_days_are_read_ahead(where: Path | None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Mapping[str, str]) -> str:
        raise AssertionError("the days of a dozen countries were read for nothing")

    monkeypatch.setattr(calendar_days, "compile_days", refuse)

    assert kept_days((), FoldersWithForms(ROOT, cache=where).kept_form) is None


def test_the_release_of_the_library_is_the_one_that_it_says_itself() -> None:
    from holidays.version import __version__  # noqa: PLC0415  (loads all countries)

    assert public_days.library_release() == __version__


def test_a_command_of_ours_looks_hardly_ever_for_garbage_among_duties_and_others_keep_their_ways(
    cache: Path,
) -> None:
    usual = gc.get_threshold()
    try:
        for before, after in ((700, 700), (50_000, 500_000), (900_000, 900_000)):
            gc.set_threshold(before, *usual[1:])
            load_rows(FoldersWithForms(ROOT, cache=cache))
            assert gc.get_threshold() == (after, *usual[1:])
    finally:
        gc.set_threshold(*usual)


def test_every_office_that_ships_is_the_same_out_of_its_compiled_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, cache = load_vocabulary(BundledFiles(ROOT)), tmp_path / "cache"
    plain = Authorities(BundledFiles(ROOT), words)
    written, kinds = tuple(plain.all()), plain.kinds
    assert tuple(Authorities(FoldersWithForms(ROOT, cache=cache), words).all()) == written

    refuse_yaml(monkeypatch)

    compiled = Authorities(FoldersWithForms(ROOT, cache=cache), words)
    assert tuple(compiled.all()) == written
    assert compiled.kinds == kinds
    assert compiled.find(written[0].id) == written[0]


def test_an_office_is_read_anew_once_its_file_or_the_words_changed(tmp_path: Path) -> None:
    root, cache = tmp_path / "root", tmp_path / "cache"
    shutil.copytree(ROOT / "authorities", root / "authorities")
    (root / "duties").mkdir()
    shutil.copy(ROOT / "duties" / "vocabulary.yaml", root / "duties" / "vocabulary.yaml")
    words = load_vocabulary(BundledFiles(ROOT))
    first = Authorities(FoldersWithForms(root, cache=cache), words).at("FR")[0]

    file = root / "authorities" / "fr.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(first.name_en, "Edited office"), encoding="utf-8")

    assert Authorities(FoldersWithForms(root, cache=cache), words).at("FR")[0].name_en == "Edited office"
    file.write_text("authorities: [{}]\n", encoding="utf-8")
    with pytest.raises(BadFile, match=r"fr\.yaml"):
        Authorities(FoldersWithForms(root, cache=cache), words).at("FR")


def test_kept_names_of_countries_are_those_of_babel(cache: Path) -> None:
    folders = FoldersWithForms(ROOT, cache=cache)

    kept = kept_names(("DE", "CN", "XX"), folders.kept_form)

    assert kept is not None
    for lang in LANGS:
        assert {code: locale_forms.country_name(code, lang) for code in ("DE", "CN", "XX")} == kept(lang)
    assert kept_names(("DE",), FoldersWithForms(ROOT, cache=None).kept_form) is None
    assert country_name("DE", "zh") == "德国"


def test_a_year_beyond_those_that_are_kept_is_still_known() -> None:
    assert date(2040, 12, 25) in library_year("DE", 2040).holidays
