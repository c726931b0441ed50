"""Chinese letters as an office in China writes them."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from leakguard.errors import LetterIncomplete
from leakguard.models.letters import Fields, Heading, Letter, Paragraph, as_sent
from leakguard.notices.letters.breach_words import breach_words
from leakguard.notices.lint.passages import passages_of
from leakguard.notices.phrases import Phrases
from leakguard.notices.vocabulary import BOTH, Lang
from support.notices import CAC, GDPR_33, PIPL_AUTHORITY, PIPL_PEOPLE, book, both, complete, facts_of, letter_of

RESPONSIBLE = {"value": {"name": {"en": "Wang Wei, vice president", "zh": "王某（副校长）"}, "phone": "+86 21 1"}}
IN_TIME, LONG_AFTER = datetime(2026, 6, 10, 15, tzinfo=UTC), datetime(2026, 6, 30, tzinfo=UTC)
NO_BREAK = "\N{NO-BREAK SPACE}"
CONTACT = {
    "value": "security@university.example",
    "for": {
        "authority": {"name": {"en": "Zhang Min", "zh": "张某"}, "phone": "+86 21 2", "email": "z@university.example"}
    },
}


def chinese(**facts: Any) -> dict[str, Any]:  # noqa: ANN401  (a facts file holds anything)
    """A complete facts file of an organisation in Shanghai."""
    values = complete(**unshared(facts))
    values["organisation"]["region"] = "CN-SH"
    return values


def unshared(facts: dict[str, Any]) -> dict[str, Any]:
    """Each fact for itself: a facts file may not name one value twice."""
    return {name: copy.deepcopy(fact) for name, fact in facts.items()}


def text_of(letter: Letter) -> str:
    """All words of its blocks, with usual spaces."""
    return "\n".join(passage.whole for passage in passages_of(letter)).replace(NO_BREAK, " ")


@pytest.mark.parametrize("duty", [CAC, PIPL_AUTHORITY, "cn-csl-44-authority", "cn-dsl-29-authority"])
def test_a_report_is_addressed_to_the_office_by_its_name(duty: str) -> None:
    assert letter_of(duty, "zh", chinese()).salutation == "上海市互联网信息办公室："


def test_a_report_to_an_office_has_the_place_for_the_seal_and_the_date_below_it() -> None:
    letter = letter_of(PIPL_AUTHORITY, "zh", chinese(reporter=both("Li Lei", "李某")))

    assert letter.signature == ("示例大学（盖章）", "报告人：李某", "2026年6月12日")
    assert letter.title == "示例大学关于个人信息安全事件的报告"


@pytest.mark.parametrize(("duty", "lang"), [(PIPL_PEOPLE, "zh"), (PIPL_AUTHORITY, "en")])
def test_letters_to_people_and_in_other_languages_have_no_seal(duty: str, lang: Lang) -> None:
    assert not any("盖章" in line for line in letter_of(duty, lang, chinese()).signature)


@pytest.mark.parametrize("duty", [CAC, PIPL_AUTHORITY])
def test_the_office_is_told_who_is_responsible_and_whom_it_can_ask(duty: str) -> None:
    letter = letter_of(duty, "zh", chinese(responsible_person=RESPONSIBLE, org_contact=CONTACT))
    contact = "张某，电子邮箱：z@university.example，电话：+86 21 2"

    assert f"负责人：王某（副校长），电话：+86 21 1。联系人：{contact}。" in text_of(letter)
    assert letter.sender[1].replace(NO_BREAK, " ") == contact


def test_an_office_without_a_letter_of_its_own_is_told_who_is_responsible() -> None:
    letter = letter_of("cn-csl-44-authority", "zh", chinese(responsible_person=RESPONSIBLE))
    rows = [row for block in letter.blocks if isinstance(block, Fields) for row in block.rows]

    assert ("负责人", "王某（副校长），电话：+86 21 1") in [
        (label, text.replace(NO_BREAK, " ")) for label, text in rows
    ]


def test_people_are_told_the_contact_for_people_and_not_the_one_for_authorities() -> None:
    letter = letter_of(PIPL_PEOPLE, "zh", chinese(org_contact=CONTACT))

    assert "张某" not in text_of(letter)
    assert not any("张某" in line for line in letter.sender)


def test_article_57_is_told_in_its_order() -> None:
    copied = {"exfiltration": {"value": True}}
    letters = (letter_of(duty, "zh", chinese(**copied)) for duty in (PIPL_AUTHORITY, PIPL_PEOPLE))
    of_authority, of_people = ([block.text for block in one.blocks if isinstance(block, Heading)] for one in letters)

    assert of_authority == [
        "一、事件基本情况", "二、泄露的个人信息种类", "三、事件原因", "四、可能造成的危害", "五、已采取的补救措施",
        "六、个人可以采取的减轻危害的措施", "七、联系方式",
    ]  # fmt: skip
    assert of_people == [
        "一、事件经过", "二、涉及的个人信息种类", "三、事件原因", "四、可能造成的危害", "五、我们已采取的补救措施",
        "六、您可以采取的减轻危害的措施", "七、我们将采取的措施", "八、您的权利", "九、联系方式",
    ]  # fmt: skip


UNKNOWN = {"unknown": {"en": "no logs", "zh": "无日志"}}
YES, NO = {"value": True}, {"value": False}


@pytest.mark.parametrize(
    ("facts", "zh", "en"),
    [
        ({"exposure": YES, "access": UNKNOWN, "exfiltration": UNKNOWN}, (None, "泄露"), (None, "leaked")),
        ({"exposure": YES, "access": NO, "exfiltration": NO}, (None, None), (None, None)),
        ({"exposure": YES, "access": YES, "exfiltration": NO}, ("泄露", None), ("leaked", None)),
        ({"exposure": NO, "access": None, "exfiltration": UNKNOWN}, (None, None), (None, None)),
        ({"exposure": None, "access": None, "exfiltration": UNKNOWN}, (None, "泄露"), (None, "leaked")),
        ({"exposure": None, "access": None, "exfiltration": None}, (None, None), (None, None)),
        (
            {"access": YES, "integrity_loss": {"value": "recoverable"}, "availability_loss": UNKNOWN},
            ("篡改", "泄露"), ("altered", "leaked"),
        ),
        (
            {"access": YES, "exfiltration": YES, "integrity_loss": {"value": "recoverable"}},
            ("泄露、篡改", None), ("leaked and altered", None),
        ),
        ({"access": YES, "exfiltration": UNKNOWN, "acquisition": YES}, ("泄露", None), ("leaked", None)),
        (
            {
                "access": NO, "exfiltration": NO, "integrity_loss": {"value": "none"},
                "availability_loss": {"value": "full"},
            },
            ("丢失", None), ("lost", None),
        ),
    ],
)  # fmt: skip
def test_what_happened_to_the_data_is_said_in_the_words_of_the_law(
    facts: dict[str, Any], zh: tuple[str | None, ...], en: tuple[str | None, ...]
) -> None:
    told = facts_of(complete(**unshared(facts)))
    words = (tuple(breach_words(told, lang, book().vocabulary).values()) for lang in ("zh", "en"))

    assert tuple(words) == (zh, en)


@pytest.mark.parametrize(
    ("facts", "report", "notice", "english"),
    [
        (
            {"access": YES, "exfiltration": YES},
            "现将示例大学发生个人信息泄露的有关情况报告如下",
            "示例大学处理的您的个人信息发生泄露，",
            "personal information was leaked.",
        ),
        (
            {"access": YES, "exfiltration": UNKNOWN},
            "现将示例大学处理的个人信息被未经授权的人员查看、可能已经泄露的有关情况报告如下",
            "示例大学处理的您的个人信息被未经授权的人员查看，可能已经泄露，",
            "personal information was seen by somebody without permission and may have been leaked.",
        ),
        (
            {"access": YES, "exfiltration": UNKNOWN, "integrity_loss": {"value": "recoverable"}},
            "处理的个人信息被未经授权的人员查看并发生篡改、可能已经泄露的有关情况报告如下",
            "您的个人信息被未经授权的人员查看并发生篡改，可能已经泄露，",
            "was seen by somebody without permission, was altered, and may have been leaked.",
        ),
        (
            {"access": UNKNOWN, "exfiltration": UNKNOWN},
            "现将示例大学可能发生个人信息泄露的有关情况报告如下",
            "示例大学处理的您的个人信息可能发生泄露，",
            "personal information may have been leaked.",
        ),
        (
            {"access": UNKNOWN, "exfiltration": UNKNOWN, "availability_loss": {"value": "full"}},
            "现将示例大学发生个人信息丢失，并可能发生个人信息泄露的有关情况报告如下",
            "示例大学处理的您的个人信息发生丢失，并可能发生泄露，",
            "personal information was lost and may have been leaked.",
        ),
        (
            {"exposure": None, "access": None, "exfiltration": None},
            "发生或者可能发生个人信息泄露、篡改、丢失",
            "发生或者可能发生泄露、篡改、丢失",
            "was or may have been leaked, altered or lost.",
        ),
    ],
)
def test_a_known_leak_is_told_as_one(facts: dict[str, Any], report: str, notice: str, english: str) -> None:
    values = chinese(**facts)

    assert report in text_of(letter_of(PIPL_AUTHORITY, "zh", values))
    assert notice in text_of(letter_of(PIPL_PEOPLE, "zh", values))
    assert english in text_of(letter_of(PIPL_AUTHORITY, "en", values))


@pytest.mark.parametrize(
    ("name", "fact", "problem"),
    [
        ("cause", {"value": "the server asked for no login at all"}, "add it under `zh`"),
        ("cause", {"value": {"en": "no login"}}, "add it under `zh`"),
        ("cause", {"unknown": "the logs were not read yet"}, "add it under `zh`"),
        ("data_categories", {"value": ["health.rare_code"]}, "`health.rare_code` has no words in this language"),
    ],
)
def test_a_fact_in_another_language_alone_keeps_a_chinese_letter_from_being_written(
    name: str, fact: object, problem: str
) -> None:
    with pytest.raises(LetterIncomplete) as refused:
        letter_of(PIPL_PEOPLE, "zh", chinese(**{name: fact}))

    assert f"{name}: " in str(refused.value)
    assert problem in str(refused.value)


def test_names_stand_in_a_chinese_letter_as_they_are() -> None:
    values = chinese()
    values["organisation"]["name"] = "Example University of Applied Sciences"
    letter = letter_of(CAC, "zh", values)

    assert letter.signature[0] == "Example University of Applied Sciences（盖章）"
    assert not any("org_identity" in remark for remark in letter.remarks)


@pytest.mark.parametrize(
    ("text", "en", "zh"),
    [
        ("19 days", "19 days", "19天"),
        ("1 month", "1 month", "1个月"),
        ("24 months", "24 months", "24个月"),
        ("3小时", "3 hours", "3小时"),
        ("600 people", "600 people", "600人"),
        ("30 %", "30 per cent", "30%"),
        ("about 3 days", "about 3 days", "about 3 days"),
        ("3 dragons", "3 dragons", "3 dragons"),
    ],
)
def test_a_number_with_its_unit_is_told_in_the_words_of_the_language(text: str, en: str, zh: str) -> None:
    facts = facts_of(complete(duration={"value": text}))
    told = [Phrases(book().vocabulary, lang, zone="UTC").line(facts.stated["duration"]) for lang in BOTH]

    assert [one.replace("\N{NO-BREAK SPACE}", " ") for one in told] == [en, zh]


def test_ways_to_reach_somebody_stand_behind_their_names() -> None:
    contact = {"value": {"email": "desk@university.example", "phone": "12345", "web": "https://university.example"}}
    facts = facts_of(complete(hotline=contact))
    told = Phrases(book().vocabulary, "zh", zone="UTC").line(facts.stated["hotline"])

    assert told == "电子邮箱：desk@university.example，电话：12345，网址：https://university.example"


def test_the_report_of_the_measures_has_the_words_of_article_7() -> None:
    headings = [block.text for block in letter_of(CAC, "zh", chinese()).blocks if isinstance(block, Heading)]

    assert headings == [
        "一、事发单位及涉事设施、系统、平台的基本情况",
        "二、事件基本情况、已造成的影响和危害、已采取的措施及效果",
        "三、事态发展趋势及可能进一步造成的影响和危害",
        "四、事件原因分析",
        "五、进一步调查分析所需的线索",
        "六、拟进一步采取的应对措施以及请求支援事项",
        "七、事件现场的保护情况",
        "八、其他应当报告的情况",
    ]


@pytest.mark.parametrize("duty", [CAC, PIPL_AUTHORITY, GDPR_33])
def test_the_words_of_a_chinese_report_address_no_person(duty: str) -> None:
    """`您` is for people; what facts say is another matter."""
    assert "您" not in text_of(letter_of(duty, "zh", chinese(individual_steps=both("be careful", "请提高警惕"))))


def test_attachments_stand_between_the_closing_and_the_signature() -> None:
    values = chinese(
        supporting_evidence={"value": {"en": ["Access log", "Sample notice"], "zh": ["访问日志。", "告知书样本"]}}
    )
    letter = letter_of(PIPL_AUTHORITY, "zh", values)

    assert [block.text for block in letter.blocks[-1:] if isinstance(block, Paragraph)] == ["特此报告。"]
    assert letter.closing == "附件：1.访问日志；2.告知书样本"
    assert text_of(letter).count("附件") == 0
    one = letter_of("cn-csl-44-authority", "zh", chinese(supporting_evidence=both("Access log", "访问日志")))
    assert one.closing == "附件：访问日志"


def test_attachments_of_an_english_letter_stand_in_its_body() -> None:
    letter = letter_of(PIPL_AUTHORITY, "en", chinese(supporting_evidence=both("Access log", "访问日志")))

    assert "Attachments\nAccess log." in text_of(letter)
    assert letter.closing == "Respectfully reported."


def test_who_was_held_to_account_is_for_the_office_and_no_right_of_a_person() -> None:
    values = chinese(
        accountability=both("the head of operations was reprimanded", "已对运维负责人作出处理"),
        rights_remedies=both("a complaint to the data protection authority", "可以向网信部门投诉"),
    )
    report = text_of(letter_of(CAC, "zh", values, stage="final"))
    people = text_of(letter_of("cn-minors-35-people", "zh", values))

    assert "责任认定与追究情况\n已对运维负责人作出处理。" in report
    assert "投诉" not in report
    assert "可以向网信部门投诉。" in people
    assert "作出处理" not in people


@pytest.mark.parametrize("duty", ["cn-minors-35-people", "cn-children-21-people"])
def test_what_children_are_told_is_written_to_their_guardians(duty: str) -> None:
    steps = both("be careful", "请提高警惕")
    steps["for"] = {"guardian": {"en": "help your child", "zh": "请帮助孩子修改密码"}}
    values = chinese(individual_steps=steps)
    chinese_letter, english = (letter_of(duty, lang, values) for lang in ("zh", "en"))

    assert chinese_letter.salutation == "各位未成年用户及监护人："
    assert "如果您是未成年用户本人：本告知书同样告知您。" in text_of(chinese_letter)
    assert "涉及您孩子的下列信息：" in text_of(chinese_letter)
    assert "请帮助孩子修改密码" in text_of(chinese_letter)
    assert "您如为监护人" not in text_of(chinese_letter)
    assert as_sent(english).addressee == ("To the young users affected, their parents and guardians",)
    assert "These data about your child are involved:" in text_of(english)
    assert "about you " not in text_of(english)


@pytest.mark.parametrize("duty", [PIPL_PEOPLE, "cn-minors-35-people", "cn-csl-44-users", "cn-ndsmr-11-interested"])
def test_people_read_that_their_data_are_offered_for_sale(duty: str) -> None:
    sold = chinese(malicious_suspected=both("the data were offered for sale", "相关数据已被公开叫卖"))

    assert "经初步判断，本次事件涉及恶意行为：相关数据已被公开叫卖。" in text_of(letter_of(duty, "zh", sold))
    assert "We suspect a malicious act: the data were offered for sale." in text_of(letter_of(duty, "en", sold))
    assert "恶意" not in text_of(letter_of(duty, "zh", chinese(malicious_suspected=both("no", "否"))))


@pytest.mark.parametrize(("lang", "words"), [("zh", "未能在规定时限内"), ("en", "after the time limit")])
def test_a_late_report_gives_its_reason_or_says_nothing_of_the_limit(lang: Lang, words: str) -> None:
    reason = both("the log could not be read for a day", "日志一日内无法读取")
    with_reason = text_of(letter_of(CAC, lang, chinese(delay_reason=reason), now=LONG_AFTER))

    assert words in with_reason
    assert reason["value"][lang] in with_reason
    assert words not in text_of(letter_of(CAC, lang, chinese(), now=LONG_AFTER))
    assert words not in text_of(letter_of(CAC, lang, chinese(delay_reason=reason), now=IN_TIME))


@pytest.mark.parametrize("duty", ["cn-csl-44-authority", "cn-gbt35273-10-report"])
def test_a_report_that_is_due_at_once_and_comes_days_later_says_why_or_that_it_is_not_known(duty: str) -> None:
    still_open = {"unknown": {"en": "we are still finding out why", "zh": "未能及时报告的原因尚在核查"}}
    known = both("the person who files was on leave", "负责报送的人员休假")
    ruled_out = {"not_applicable": {"en": "we reported at once", "zh": "已及时报告"}}

    def told(reason: dict[str, Any], now: datetime) -> str:
        return text_of(letter_of(duty, "zh", chinese(delay_reason=reason), now=now))

    assert "未能及时报告的原因尚在核查" in told(still_open, LONG_AFTER)
    assert "负责报送的人员休假" in told(known, LONG_AFTER)
    assert "已及时报告" not in told(ruled_out, LONG_AFTER)
    assert "未能及时报告的原因尚在核查" not in told(still_open, IN_TIME)


@pytest.mark.parametrize(("lang", "words"), [("zh", "迟报原因"), ("en", "Reasons for the delay")])
def test_a_report_that_is_due_at_once_and_comes_within_days_confesses_no_delay(lang: Lang, words: str) -> None:
    """No length of time ended: a reason that another law asks for would read as a confession."""
    reason = both("the grade was settled in the evening", "事件级别当晚方研判确定")
    for duty in ("cn-csl-44-authority", "cn-dsl-29-authority", "cn-gbt35273-10-report"):
        told = text_of(letter_of(duty, lang, chinese(delay_reason=reason), now=IN_TIME))
        assert words not in told
        assert reason["value"][lang] not in told


def test_the_final_report_goes_back_to_the_first_one_and_promises_no_other() -> None:
    first, final = (text_of(letter_of(CAC, "zh", chinese(), stage=stage)) for stage in ("initial", "final"))

    assert "将及时补报" in first
    assert "贵机关报告" not in first
    assert "此前已就本次网络安全事件向贵机关报告" in final
    assert "补报" not in final
    for label in ("发现时间", "发生地点", "事件级别"):
        assert label in final


@pytest.mark.parametrize(
    "duty", ["cn-csl-44-authority", "cn-dsl-29-authority", "cn-ndsmr-11-authority", "cn-miit-24-14"]
)
def test_an_office_whose_law_names_few_items_still_reads_the_core_of_the_incident(duty: str) -> None:
    values = chinese(individuals_status=both("all were told by e-mail", "已通过邮件告知全部人员"))
    told = text_of(letter_of(duty, "zh", values))

    for fact in (
        "电子邮箱地址",
        "处于可被未经授权访问的状态",
        "得知该事件",
        "服务器未设登录认证",
        "可能收到欺诈信息",
        "排查全部服务器",
        "已通过邮件告知全部人员",
    ):
        assert fact in told, fact


def test_the_police_read_the_leads_the_earlier_report_and_what_is_asked_of_them() -> None:
    values = chinese(
        law_enforcement_status=both("reported on 23 November 2026", "已于2026年11月23日报案"),
        malicious_suspected=both("the data were offered for sale", "相关数据已被公开叫卖"),
        iocs=both("the address is in the annex", "来源服务器的IP地址见附件"),
    )
    told = text_of(letter_of("cn-police-14", "zh", values))

    for fact in (
        "已于2026年11月23日报案",
        "相关数据已被公开叫卖",
        "来源服务器的IP地址见附件",
        "请贵机关依法受理、审查，并依法决定是否立案",
    ):
        assert fact in told, fact


def test_a_recommended_standard_is_a_guide_and_no_legal_basis() -> None:
    letter = letter_of("cn-gbt35273-10-report", "zh", chinese())

    assert letter.title == "示例大学关于个人信息安全事件的报告"
    assert "参照《信息安全技术 个人信息安全规范》" in text_of(letter)
    assert "根据《信息安全技术" not in text_of(letter)
    assert "个人数据泄露" not in text_of(letter)


@pytest.mark.parametrize(
    "duty",
    ["cn-minors-35-authority", "cn-children-21-authority", "cn-csl-44-authority", "cn-gbt35273-10-report",
     "cn-police-14", CAC, PIPL_AUTHORITY],
)  # fmt: skip
def test_every_report_counts_the_minors_and_the_children_under_fourteen(duty: str) -> None:
    told = text_of(letter_of(duty, "zh", chinese(minors_count={"value": 41000}, under_14_count={"value": 12600})))

    assert "受影响的人员中，未成年人为41,000人。" in told
    assert "受影响的未成年人中，不满十四周岁的儿童为12,600人。" in told
    assert "老年人" not in told


def test_an_office_reads_what_people_were_advised_as_advice_to_them() -> None:
    told = text_of(letter_of(PIPL_AUTHORITY, "zh", chinese()))

    assert "我单位建议受影响的个人采取下列措施：\n谨慎点击链接。" in told


def test_people_read_their_own_data_alone_where_the_facts_name_them() -> None:
    values = chinese(data_elements_specific={"value": ["contact.email"]})
    told = text_of(letter_of("cn-csl-44-users", "zh", values))

    assert "涉及您的信息" in told
    assert "涉及您的下列信息：电子邮箱地址。" in told
    assert "IP地址" not in told


def test_people_are_told_when_the_organisation_learned_of_the_incident_not_that_it_found_it() -> None:
    told = [text_of(letter_of(duty, "zh", chinese(discovery_date={"value": "2026-06-10"}))) for duty in TO_PEOPLE]

    assert all("我们于2026年6月10日得知该事件。" in one for one in told)


TO_PEOPLE = (PIPL_PEOPLE, "cn-csl-44-users", "cn-minors-35-people", "cn-ndsmr-11-interested")


@pytest.mark.parametrize("duty", [PIPL_PEOPLE, "cn-csl-44-users", "cn-minors-35-people"])
def test_people_read_that_a_copy_is_still_an_open_question_and_only_then(duty: str) -> None:
    words = "上述信息是否已被复制，目前尚未查明。"

    assert words in text_of(letter_of(duty, "zh", chinese(exfiltration=UNKNOWN)))
    assert words not in text_of(letter_of(duty, "zh", chinese(exfiltration=YES)))


@pytest.mark.parametrize(
    ("duty", "open_words", "known_words"),
    [
        (
            "kr-pipa-34-individuals",
            "was seen by somebody without permission and may have been leaked",
            "has been leaked",
        ),
        ("jp-appi-26-individuals", "was seen by somebody without permission and may have been copied", "was leaked"),
        (PIPL_PEOPLE, "was seen by somebody without permission and may have been leaked", "was leaked"),
    ],
)
def test_no_reader_is_told_of_a_leak_where_only_an_access_is_known(
    duty: str, open_words: str, known_words: str
) -> None:
    more = {
        name: both("stated", "已说明")
        for name in ("remedies_offered", "rights_remedies", "secondary_damage", "other_authorities")
    }
    own = {"data_elements_specific": {"value": ["contact.email"]}}
    seen, copied = (
        text_of(letter_of(duty, "en", chinese(**more, **own, access=YES, exfiltration=copy))) for copy in (UNKNOWN, YES)
    )

    assert open_words in seen
    assert known_words not in seen
    assert known_words in copied
    assert "somebody without permission" not in copied


def test_the_report_under_article_57_says_what_became_of_the_data_and_whether_people_were_told() -> None:
    values = chinese(
        malicious_suspected=both("the data were offered for sale", "相关数据已被公开叫卖"),
        individuals_status=both("all were told by e-mail", "已通过邮件告知全部人员"),
    )
    told = text_of(letter_of(PIPL_AUTHORITY, "zh", values))

    assert "本次事件涉及恶意行为：相关数据已被公开叫卖。" in told
    assert "告知受影响个人的情况\n已通过邮件告知全部人员。" in told
    assert "我单位于2026年6月10日22:30（北京时间）得知该事件。" in told


def test_harm_so_far_and_harm_that_may_follow_are_told_apart() -> None:
    told = text_of(letter_of("cn-csl-44-authority", "zh", chinese()))

    assert "目前未发现。\n可能造成的危害：\n可能收到欺诈信息。" in told
    assert "可能造成的危害：" not in text_of(letter_of("cn-csl-44-authority", "zh", chinese(consequences=None)))


def test_no_letter_tells_the_history_of_a_statute() -> None:
    for duty in ("cn-csl-44-users", "cn-csl-44-authority", "tw-pdpa-12-individuals"):
        for lang in BOTH:
            told = text_of(letter_of(duty, lang, chinese()))
            assert not any(words in told for words in ("修正前", "现行", "before the amendment", "in force"))


def test_a_letter_to_users_names_the_standard_that_it_follows_as_a_recommended_one() -> None:
    told = text_of(letter_of("cn-gbt35273-10-individuals", "zh", chinese()))

    assert "推荐性国家标准《信息安全技术 个人信息安全规范》（GB/T 35273-2020）第10.2条" in told
