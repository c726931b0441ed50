"""Authorities as data: every office has a source, and each organisation finds the one that is competent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest

from leakguard.bundled import BundledFiles
from leakguard.documents.fonts import scripts_of
from leakguard.errors import BadFile, NotFound
from leakguard.models.languages import Lang
from leakguard.models.letters import as_sent
from leakguard.notices.authorities import Authorities, parse_authorities
from leakguard.notices.book import DutyBook
from leakguard.notices.competence import Office, Reason, joined, resolve
from leakguard.notices.notice_content import Recipient
from leakguard.notices.office_shapes import PARTS, Authority
from leakguard.use_cases.letters.find_offices import competences_of_no_rule
from support.every_fact import every_fact
from support.notices import GDPR_33, NOW, book, complete, facts_of, letter_of

TODAY = date(2026, 12, 2)
LANDS = ("BW", "BY", "BE", "BB", "HB", "HH", "HE", "MV", "NI", "NW", "RP", "SL", "SN", "ST", "SH", "TH")
OFFICE_OF = {
    "AT": "at-dsb", "BE": "be-apd", "BG": "bg-cpdp", "HR": "hr-azop", "CY": "cy-commissioner", "CZ": "cz-uoou",
    "DK": "dk-datatilsynet", "EE": "ee-aki", "FI": "fi-ombudsman", "FR": "fr-cnil", "GR": "gr-hdpa", "HU": "hu-naih",
    "IE": "ie-dpc", "IT": "it-garante", "LV": "lv-dvi", "LT": "lt-vdai", "LU": "lu-cnpd", "MT": "mt-idpc",
    "NL": "nl-ap", "PL": "pl-uodo", "PT": "pt-cnpd", "RO": "ro-anspdcp", "SK": "sk-uoou", "SI": "si-ip",
    "ES": "es-aepd", "SE": "se-imy", "IS": "is-personuvernd", "LI": "li-dss", "NO": "no-datatilsynet",
    "GP": "fr-cnil", "GF": "fr-cnil", "MQ": "fr-cnil", "YT": "fr-cnil", "RE": "fr-cnil", "MF": "fr-cnil",
    "AX": "fi-ombudsman",
}  # fmt: skip
"""By hand, for every country of the EEA but Germany."""


def offices() -> Authorities:
    return Authorities(BundledFiles(), book().vocabulary)


def case(people: Mapping[str, int] | None = None, **organisation: str) -> dict[str, Any]:
    """The complete facts, of an organisation that sits elsewhere."""
    values = complete()
    stated = {"name": "Example", "role": "controller", **organisation}
    kept = {key: one for key, one in values["organisation"].items() if key in {"contact", "dpo", "registration"}}
    values["organisation"] = {**kept, **stated}
    values["facts"].pop("subjects_by_jurisdiction", None)
    if people is not None:
        values["facts"]["subjects_by_jurisdiction"] = {"value": dict(people)}
    return values


def found(
    people: Mapping[str, int] | None = None, *, by: str = "gdpr", authority: str = "", day: date = TODAY, **org: str
) -> Office:
    recipient = Recipient(type="regulator", name="authority", by="" if authority else by, authority=authority)
    return resolve(recipient, facts_of(case(people, **org)), offices(), book().vocabulary, day)


def ids(office: Office) -> list[str]:
    return [one.id for one in office.authorities]


def one(office: Office) -> str:
    assert office.authority is not None, office
    return office.authority.id


@pytest.mark.parametrize("office", list(offices().all()), ids=lambda one: one.id)
def test_each_part_of_each_office_has_a_day_and_a_source_or_says_that_it_rests_on_memory(office: Authority) -> None:
    for part in PARTS:
        source = office.source_of(part)
        assert date(2026, 1, 1) <= source.on <= TODAY
        assert source.url.startswith("http") is (source.kind != "own-knowledge"), (office.id, part)
        assert (part in office.from_memory) is (office.states(part) and source.kind == "own-knowledge")


def test_ids_are_those_of_one_office_each_and_begin_with_the_name_of_their_file() -> None:
    every = [one.id for one in offices().all()]

    assert len(every) == len(set(every)) > 200
    for name in BundledFiles().names("authorities"):
        if "/" not in name and name != "kinds.yaml":
            country = name.removesuffix(".yaml")
            assert {one.id.split("-")[0] for one in offices().of_country(country)} == {country}


def test_every_office_is_named_in_its_own_language_in_english_and_in_chinese() -> None:
    for office in offices().all():
        assert office.name_local
        assert office.name_en.isprintable()
        assert any("一" <= sign <= "鿿" for sign in office.name_zh), office.id


def test_each_country_of_the_eea_is_in_the_table_by_hand() -> None:
    assert OFFICE_OF.keys() | {"DE"} == set(book().vocabulary.regions["EEA"])


@pytest.mark.parametrize("country", OFFICE_OF)
def test_each_country_of_the_eea_finds_its_one_office(country: str) -> None:
    assert one(found(country=country)) == OFFICE_OF[country]


@pytest.mark.parametrize("land", LANDS)
@pytest.mark.parametrize("body", ["private", "public"])
def test_each_german_land_finds_one_office_for_companies_and_one_for_public_bodies(land: str, body: str) -> None:
    expected = "de-by-public" if (land, body) == ("BY", "public") else f"de-{land.lower()}"

    assert one(found(country="DE", region=f"DE-{land}", body=body)) == expected


def test_germany_alone_leaves_it_to_the_land() -> None:
    office = found(country="DE")

    assert office.authority is None
    assert office.reason is Reason.REGION_OPEN
    assert "organisation.region" in office.decided_by
    assert {f"de-{land.lower()}" for land in LANDS} <= set(ids(office))


def test_bavaria_alone_asks_whether_the_body_is_public() -> None:
    office = found(country="DE", region="DE-BY")

    assert (office.reason, office.decided_by) == (Reason.BODY_OPEN, ("organisation.body",))
    assert ids(office) == ["de-by", "de-by-public"]


def test_another_land_names_the_bodies_that_have_an_office_of_their_own() -> None:
    office = found(country="DE", region="DE-BW")

    assert one(office) == "de-bw"
    assert {body for body, _ in office.unless} >= {"federal", "telecom", "church_catholic", "church_protestant"}
    assert ("federal", "de-bfdi") in [(body, each.id) for body, each in office.unless]


@pytest.mark.parametrize(
    ("organisation", "expected"),
    [
        ({"country": "DE", "body": "federal"}, "de-bfdi"),
        ({"country": "DE", "region": "DE-BW", "body": "telecom"}, "de-bfdi"),
        ({"country": "DE", "region": "DE-BW", "body": "church_catholic"}, "de-kath-sw"),
        ({"country": "DE", "region": "DE-NW", "body": "church_protestant"}, "de-ekd"),
        ({"country": "ES", "region": "ES-CT", "body": "public"}, "es-apdcat"),
        ({"country": "ES", "region": "ES-CT", "body": "private"}, "es-aepd"),
        ({"country": "ES", "region": "ES-MD", "body": "public"}, "es-aepd"),
        ({"country": "BE", "body": "union_institution"}, "eu-edps"),
        ({"country": "FR", "region": "FR-IDF"}, "fr-cnil"),
        ({"region": "DE-BW"}, "de-bw"),
    ],
)
def test_the_sort_of_body_and_the_region_decide(organisation: dict[str, Any], expected: str) -> None:
    assert one(found(**organisation)) == expected


def test_public_bodies_of_spain_without_a_region_are_asked_for_it() -> None:
    office = found(country="ES", body="public")

    assert office.reason is Reason.REGION_OPEN
    assert ids(office) == ["es-aepd", "es-apdcat", "es-avpd", "es-ctpda"]


def test_a_place_that_two_offices_share_is_told_as_shared() -> None:
    office = found(country="DE", region="DE-MV", body="church_catholic")

    assert (office.reason, office.authority) == (Reason.SHARED, None)
    assert ids(office) == ["de-kath-north", "de-kath-east"]


def test_the_main_establishment_leads_where_it_is_stated() -> None:
    assert one(found(country="US", main_establishment="IE")) == "ie-dpc"
    assert one(found(country="FR", main_establishment="DE-HE", body="private")) == "de-he"


def test_without_an_establishment_each_office_where_people_live_is_told() -> None:
    office = found({"FR": 300, "IT": 5, "US": 90}, country="US")

    assert office.is_each
    assert ids(office) == ["fr-cnil", "it-garante"]


def test_without_an_establishment_germany_is_open_until_the_land_of_the_people_is_stated() -> None:
    office = found({"FR": 300, "DE": 5}, country="US")

    assert (ids(office), office.open_places) == (["fr-cnil"], ("DE",))
    assert office.decided_by == ("subjects_by_jurisdiction",)
    assert found({"DE": 5}, country="US").reason is Reason.PEOPLE_OPEN
    assert ids(found({"FR": 300, "DE-HE": 5}, country="US")) == ["fr-cnil", "de-he"]


def test_two_organisations_of_one_incident_both_find_their_office() -> None:
    french, saxon = found(country="FR"), found(country="DE", region="DE-SN", body="private")
    unknown = found(country="DE")

    assert ids(joined(french, saxon)) == ["fr-cnil", "de-sn"]
    assert joined(french, saxon).is_each
    assert joined(french, french) == french
    assert joined(french, unknown) == joined(unknown, french) == unknown


def test_without_an_establishment_and_without_people_the_fact_is_named() -> None:
    assert found(country="US").decided_by == ("subjects_by_jurisdiction",)


def test_an_unstated_seat_is_named() -> None:
    assert (found().reason, found().decided_by) == (Reason.SEAT_OPEN, ("organisation.country",))


def test_a_place_without_an_office_is_not_known_and_not_guessed() -> None:
    office = found(country="DE", region="DE-XX", body="private")

    assert (office.reason, office.authorities) == (Reason.NO_OFFICE, ())


def test_an_id_that_the_data_lack_is_not_known_and_named() -> None:
    office = found(authority="us-zz-ag", country="US")

    assert (office.reason, office.named, office.authority) == (Reason.NOT_IN_DATA, "us-zz-ag", None)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 9, 29), "Information Commissioner's Office"),
        (date(2026, 9, 30), "Information Commission"),
        (date(2026, 10, 1), "Information Commission"),
    ],
)
def test_the_office_of_the_united_kingdom_is_called_as_it_was_on_the_day(day: date, name: str) -> None:
    office = found(authority="gb-ico", country="GB", day=day).authority

    assert office is not None
    assert office.name_en == name
    assert office.name_local == name


def test_chinese_operators_find_the_cyberspace_administration_of_their_province() -> None:
    assert one(found(by="cac", country="CN", region="CN-SH")) == "cn-cac-sh"
    assert len(found(by="cac", country="CN").authorities) == 31
    assert found(by="cac", country="SG").reason is Reason.NO_OFFICE


def test_the_german_hospital_is_addressed_to_the_office_of_its_land_by_name() -> None:
    values = case({"DE": 39688, "FR": 300, "GB": 12}, country="DE", region="DE-BW", body="public")
    english, chinese = (letter_of(GDPR_33, lang, values) for lang in ("en", "zh"))

    own = "Der Landesbeauftragte für den Datenschutz und die Informationsfreiheit Baden-Württemberg"
    assert english.addressee == (
        "State Commissioner for Data Protection and Freedom of Information of Baden-Württemberg", own,
        "Postfach 10 29 32", "70025 Stuttgart", "Deutschland",
    )  # fmt: skip
    assert chinese.addressee[:2] == ("巴登-符腾堡州数据保护与信息自由专员", own)
    assert chinese.salutation == "巴登-符腾堡州数据保护与信息自由专员："
    assert any("https://www.baden-wuerttemberg.datenschutz.de/datenpanne-melden/" in line for line in english.footer)
    assert as_sent(english).footer == ()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_office_with_an_english_name_of_its_own_is_called_by_that_one(lang: Lang) -> None:
    """A plain machine has no font for Hindi, and the report to CERT-In is due within six hours."""
    letter = letter_of("in-certin-6h", lang, every_fact())

    assert not scripts_of("".join(letter.addressee))
    assert "Indian Computer Emergency Response Team" in "".join(letter.addressee)


def test_a_letter_to_an_office_that_is_not_known_says_so_and_what_decides() -> None:
    letter = letter_of(GDPR_33, "en", case(country="DE"))

    assert letter.addressee[0] == "Competent supervisory authority"
    assert letter.addressee[1].startswith("[competent authority: not known, to be filled in]; to be decided by")
    assert any("`organisation.region`" in remark for remark in letter.remarks)


def test_a_letter_to_each_of_several_offices_names_each() -> None:
    letter = letter_of(GDPR_33, "en", case({"FR": 300, "IT": 5}, country="US"))

    assert "Commission nationale de l'informatique et des libertés" in letter.addressee[1]
    assert "Garante per la protezione dei dati personali" in letter.addressee[2]
    assert any("goes to fr-cnil, it-garante" in remark for remark in letter.remarks)


def test_letters_to_people_name_no_office() -> None:
    letter = letter_of("eu-gdpr-34-individuals", "en", case({"DE": 5}, country="DE"))

    assert letter.addressee == ("[name]", "[address]")
    assert letter.unaddressed is not None
    assert not any("Commissioner" in line or "Behörde" in line for line in letter.unaddressed.addressee)


def test_a_file_with_an_unknown_word_a_missing_source_or_an_id_twice_is_refused() -> None:
    head = "authorities:\n"
    row = (
        "  - {{id: {id}, place: {place}, names: {{de: Amt}}, name_en: Office, name_zh: 机关,"
        ' source: {{kind: {kind}, on: "2026-11-30"}}}}\n'
    )
    good = row.format(id="de-one", place="DE-BW", kind="own-knowledge")

    assert len(parse(head + good)) == 1
    for bad in (
        good + good,
        row.format(id="de-one", place="Bavaria", kind="own-knowledge"),
        row.format(id="de-one", place="DE", kind="official"),
    ):
        with pytest.raises(BadFile):
            parse(head + bad)


def parse(text: str) -> tuple[Authority, ...]:
    return parse_authorities(text, name="x.yaml", vocabulary=book().vocabulary)


def test_a_place_without_an_office_is_told_when_the_list_is_asked_for_it() -> None:
    assert {one.place for one in offices().at("DE-BY")} == {"DE-BY"}
    assert len(offices().at("de")) > 20
    with pytest.raises(NotFound):
        offices().at("QQ")


def linked(whole: DutyBook) -> list[tuple[str, Recipient]]:
    return [(duty.id, duty.recipient) for duty in whole.duties if duty.recipient.authority or duty.recipient.by]


def test_every_office_that_a_duty_names_is_in_the_data() -> None:
    every = offices()

    assert linked(book())
    for duty, recipient in linked(book()):
        assert not recipient.authority or every.find(recipient.authority) is not None, duty
        assert not recipient.by or recipient.by in every.kinds, duty


def test_a_recipient_names_its_office_one_way() -> None:
    with pytest.raises(ValueError, match="not both"):
        Recipient.model_validate({"type": "regulator", "name": "x", "authority": "gb-ico", "by": "gdpr"})


@pytest.mark.parametrize(
    "organisation",
    [
        {"country": "DE", "region": "FR-IDF"},
        {"country": "DE", "region": "DE"},
        {"country": "DE", "body": "compny"},
        {"country": "DE", "main_establishment": "Ireland"},
    ],
)
def test_a_seat_that_contradicts_itself_or_is_none_is_refused(organisation: dict[str, Any]) -> None:
    with pytest.raises(BadFile):
        facts_of(case(**organisation), now=NOW)


def test_the_day_of_the_name_is_the_day_of_the_letter() -> None:
    before = datetime(2026, 9, 29, 12, tzinfo=UTC)
    values = case({"GB": 5}, country="GB")
    values["facts"]["delay_reason"] = {"value": {"en": "the case is an example", "zh": "本案为示例"}}

    assert letter_of("uk-gdpr-33-ico", "en", values, now=before).addressee[0] == "Information Commissioner's Office"
    later = letter_of("uk-gdpr-33-ico", "en", values, now=datetime(2026, 10, 1, tzinfo=UTC))
    assert later.addressee[0] == "Information Commission"


NIS2 = {
    "BE": ["be-ccb"], "HR": ["hr-cert", "hr-ncsc"], "CY": ["cy-dsa"], "CZ": ["cz-nukib"], "DK": ["dk-csirt"],
    "EE": ["ee-ria"], "FI": ["fi-traficom"], "FR": ["fr-anssi"], "DE": ["de-bsi"], "GR": ["gr-nca"],
    "HU": ["hu-nki"], "IE": ["ie-ncsc"],
    "IT": ["it-csirt"], "LV": ["lv-cert"], "LT": ["lt-nksc"], "LU": ["lu-ilr"], "MT": ["mt-csirt"], "NL": ["nl-ncsc"],
    "PT": ["pt-cncs"], "RO": ["ro-dnsc"], "SK": ["sk-nbu"], "SI": ["si-sicert", "si-sigov"], "ES": ["es-incibe"],
    "SE": ["se-ncsc"], "AT": ["at-cert", "at-energycert", "at-healthcert"], "BG": [], "PL": [], "RE": ["fr-anssi"],
}  # fmt: skip
"""By hand, who receives a report under NIS2 in each Member State; none where that depends on a sector alone."""


@pytest.mark.parametrize(("country", "expected"), NIS2.items())
def test_each_member_state_has_the_office_that_receives_reports_under_nis2(country: str, expected: list[str]) -> None:
    office = found(by="nis2", country=country)

    assert ids(office) == expected
    assert (office.reason is Reason.SHARED) is (len(expected) > 1)
    assert (office.reason is Reason.NO_OFFICE) is (not expected)


def test_a_public_body_reports_to_the_team_of_the_government_where_there_is_one() -> None:
    assert ids(found(by="nis2", country="ES", body="public")) == ["es-ccn"]
    assert ids(found(by="nis2", country="AT", body="federal")) == ["at-govcert"]


def test_without_an_establishment_in_the_union_the_representative_decides() -> None:
    assert ids(found(by="nis2", country="US", main_establishment="DE")) == ["de-bsi"]
    assert found(by="nis2", country="US").reason is Reason.NO_OFFICE


def test_every_member_state_is_in_the_table() -> None:
    assert {
        code for code in book().vocabulary.regions["EU"] if code not in {"GP", "GF", "MQ", "YT", "RE", "MF", "AX"}
    } <= set(NIS2)


def test_a_competence_under_a_law_without_a_rule_is_a_problem() -> None:
    """Nobody would ever find the office by it, and nobody would be told."""
    office = offices().find("de-bsi")
    assert office is not None
    wrong = office.model_copy(update={"competence": (office.competence[0].model_copy(update={"kind": "nis3"}),)})
    ((file, problem),) = competences_of_no_rule([wrong], list(offices().kinds))

    assert (file, problem.where) == ("authorities/de.yaml", "de-bsi.competence")
    assert "no rule of authorities/kinds.yaml is called `nis3`" in problem.text
    assert problem.nearest == "nis2"
    assert list(competences_of_no_rule(offices().all(), list(offices().kinds))) == []
