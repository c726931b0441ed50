"""Names give kinds of data away, in English, Chinese and pinyin, however their words are joined; look-alikes do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.sensitivity.dictionary import HUBS, LONGEST_NAME, tokens_of
from leakguard.sensitivity.names import (
    classify_collection,
    classify_extension,
    classify_fields,
    signs_of,
)
from support.books import kind_book

WORDS = kind_book().words


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("phone_number", "contact.phone"),
        ("phoneNumber", "contact.phone"),
        ("PhoneNumber2", "contact.phone"),
        ("user.contact.e-mail", "contact.email"),
        ("useremail", "contact.email"),
        ("yonghushouji", "contact.phone"),
        ("shouji_hao", "contact.phone"),
        ("shenfenzheng", "identification_number.cn_resident_id"),
        ("ShenFenZhengHaoMa", "identification_number.cn_resident_id"),
        ("sfzh", "identification_number.cn_resident_id"),
        ("xingming", "basic.name"),
        ("dizhi", "contact.address"),
        ("yinhangkahao", "payment.card"),
        ("mima", "credentials"),
        ("zzmm", "political"),
        ("SSN", "identification_number.us_ssn"),
        ("icd10_code", "health"),
        ("cvv2", "payment.card"),
        ("IMEI", "profile.device"),
        ("clientIp", "location.ip_address"),
        ("user_agent", "profile.user_agent"),
        ("lastLoginGPSLat", "location"),
        ("身份证号", "identification_number.cn_resident_id"),
        ("用户手机号码", "contact.phone"),
        ("家庭住址", "contact.address"),
        ("idCardFrontPhoto", "official_document.id_card_photo"),
        ("blood-type", "health.blood_type"),
        ("身份證號碼", "identification_number.cn_resident_id"),
        ("電郵", "contact.email"),
        ("IP地址", "location.ip_address"),
        ("登录ip", "location.ip_address"),
        ("QQ号", "contact.messenger"),
        ("MAC地址", "profile.device"),
        ("用户PhoneNumber", "contact.phone"),
        ("電話番号", "contact.phone"),
        ("メールアドレス", "contact.email"),
        ("주민등록번호", "identification_number.national_id"),
        ("prénom", "basic.name"),
        ("Straße und Hausnummer", "contact.address"),
        ("fecha_nacimiento", "basic.birth_date"),
        ("contraseña", "credentials"),
        ("ｐｈｏｎｅ", "contact.phone"),
        ("heart_rate_max", "health.body_metrics"),
        ("pregnancy_status", "health"),
    ],
)
def test_a_name_gives_its_kind_away(name: str, kind: str) -> None:
    assert kind in signs_of(name, WORDS).kinds


@pytest.mark.parametrize("name", ["邮箱地址", "IP地址", "MAC地址", "電子郵件地址"])
def test_an_address_of_another_kind_is_no_place_to_live(name: str) -> None:
    assert "contact.address" not in signs_of(name, WORDS).kinds


@pytest.mark.parametrize(
    "name",
    [
        "file_name", "hostName", "host.name", "index_name", "email_template", "mail_server", "race_condition", "raceId",
        "ssh_fingerprint", "csrf_token", "tokenCount", "ip_pool", "memory_address", "iris_dataset", "valid_from",
        "telemetry", "healthcheck", "name", "xm", "age", "ip", "id", "user_id", "message", "status", "sex_ratio_x1",
        "email_count", "phone_verified", "PasswordPolicy", "passport_js", "access_token_expires_at", "gender_stats",
        "hôtel_id", "健康检查", "服务器地址", "固定资产", "手机型号", "密码策略", "名字空间", "健康檢查",
        "direccion_ip", "データ",
        "jindu", "userthing", "zz", "mm", "pan", "from", "", "___", "2019.05.22", "\x00\x1b[2J",
    ],
)  # fmt: skip
def test_a_look_alike_or_a_weak_name_alone_gives_nothing_away(name: str) -> None:
    assert signs_of(name, WORDS).kinds == ()


def test_a_weak_name_counts_beside_a_word_for_people() -> None:
    assert signs_of("customer_address", WORDS).kinds == ("contact.address",)
    assert signs_of("student_weight", WORDS).kinds == ("health.body_metrics",)


def test_weak_names_count_in_a_collection_of_people_and_beside_two_other_kinds() -> None:
    assert classify_fields("yonghu", ["xm", "nl"], WORDS) == {"xm": ("basic.name",), "nl": ("basic.age",)}
    assert classify_fields("t1", ["xm", "sfzh", "sjh"], WORDS)["xm"] == ("basic.name",)
    assert classify_fields("t1", ["xm", "sfzh"], WORDS) == {"sfzh": ("identification_number.cn_resident_id",)}


def test_weak_names_of_one_kind_count_together() -> None:
    assert classify_fields("logs", ["lat", "lon", "ts"], WORDS) == {"lat": ("location",), "lon": ("location",)}
    assert classify_fields("logs", ["lat", "ts"], WORDS) == {}
    assert classify_fields("queue", ["from", "to"], WORDS) == {}
    assert classify_fields("mail-2019.05", ["from"], WORDS) == {
        "from": ("contact.email", "profile.communication_metadata")
    }


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("customers", ("basic",)),
        ("t_user_info", ("basic",)),
        ("patients-2020", ("health",)),
        ("mail-2019.05", ("contact.email", "profile.communication_metadata")),
        ("用户表", ("basic",)),
        ("订单", ("economic.transactions",)),
        ("passport_scans", ("official_document",)),
        ("logs", ()),
        (".kibana_1", ()),
    ],
)
def test_the_name_of_a_collection_says_who_is_inside(name: str, kinds: tuple[str, ...]) -> None:
    assert classify_collection(name, WORDS) == kinds


@pytest.mark.parametrize(
    "name",
    ["contact_lens", "staff_pick", "customer_satisfaction_model", "medical_devices_catalog", "genome_browser",
     "user_agent_stats", "mail_templates", "card_games"],
)  # fmt: skip
def test_a_word_for_one_counts_only_where_it_ends_the_name(name: str) -> None:
    assert classify_collection(name, WORDS) == ()


ECS = (
    "agent.name", "client.address", "cloud.account.id", "destination.address", "destination.ip", "dns.question.name",
    "event.code", "file.name", "geo.city_name", "group.name", "host.ip", "host.mac", "host.name", "host.os.name",
    "http.request.body.bytes", "http.request.referrer", "network.name", "observer.ip", "organization.name",
    "process.name", "rule.name", "server.ip", "source.mac", "threat.technique.name", "x509.subject.common_name",
)  # fmt: skip
"""Names of the Elastic Common Schema that tell of machines; every log store has them beside those of people."""


def test_names_of_machines_stay_names_of_machines_beside_those_of_people() -> None:
    of_people = ("user.email", "user.full_name", "source.ip", "user_agent.name")

    found = classify_fields("logs", [*ECS, *of_people], WORDS)

    assert set(found) == set(of_people)
    assert found["user_agent.name"] == ("profile.user_agent",)


def test_how_the_name_of_a_file_ends_says_what_is_inside() -> None:
    assert classify_extension("DCM", WORDS) == "health"
    assert classify_extension("css", WORDS) is None


def test_the_longest_entry_takes_its_words_from_the_others() -> None:
    assert signs_of("email_address", WORDS).kinds == ("contact.email",)
    assert signs_of("ip_address", WORDS).weak == ()


def test_a_long_name_is_looked_at_up_to_a_cap() -> None:
    assert signs_of("x" * LONGEST_NAME + "_phone", WORDS).kinds == ()
    assert tokens_of("a1" * 100) == ("a", "1") * 8


@given(st.text(max_size=300))
def test_no_name_breaks_the_rules(name: str) -> None:
    found = {*classify_collection(name, WORDS), *signs_of(name, WORDS).kinds}
    fields = classify_fields(name, [name, name[::-1]], WORDS)

    assert {kind.partition(".")[0] for kind in found} <= HUBS
    assert all(kinds for kinds in fields.values())
