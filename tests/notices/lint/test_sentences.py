"""Sentences that tell nothing: each rule with bad ones, and with good ones that are near to them."""

from __future__ import annotations

import pytest

from leakguard.models.languages import Lang
from leakguard.notices.lint.sentence_rules import MOST_COMPARED
from support.linting import broken, linted, rules

pytestmark = pytest.mark.untraced

BAD: list[tuple[str, Lang, str]] = [
    ("empty_value", "en", "Our parent or affiliated company is none."),
    ("empty_value", "en", "The help that we offer is not applicable."),
    ("empty_value", "en", "You can reach the consumer reporting agencies here: none."),
    ("empty_value", "zh", "我们的母公司或者关联公司为：无。"),
    ("empty_value", "zh", "您可以联系无。"),
    ("empty_value", "de", "Unsere Muttergesellschaft ist keine."),
    ("empty_value", "fr", "Notre société mère est aucune."),
    ("empty_value", "es", "Nuestra empresa matriz es ninguna."),
    ("empty_value", "pt", "Nossa controladora é nenhuma."),
    ("empty_value", "ja", "当社の親会社は該当なし。"),
    ("empty_value", "ko", "당사의 모회사는 없음입니다."),
    ("only_the_law", "en", "Example Inc. tells you about this incident as the law of California demands."),
    ("only_the_law", "en", "This notice is provided to you as required by applicable law."),
    ("only_the_law", "en", "We write to you because the law requires it."),
    ("only_the_law", "zh", "示例公司依照加利福尼亚州法律，就本次事件向您告知。"),
    ("only_the_law", "zh", "现依法向您告知。"),
    ("only_the_law", "de", "Beispiel GmbH informiert Sie über den Vorfall, wie es das Gesetz verlangt."),
    ("only_the_law", "fr", "Exemple vous informe de cet incident, comme la loi l'exige."),
    ("only_the_law", "es", "Ejemplo le informa del incidente, como lo exige la ley."),
    ("only_the_law", "pt", "Exemplo informa você do incidente, como a lei exige."),
    ("only_the_law", "ja", "法律が求めるとおりお知らせします。"),
    ("only_the_law", "ko", "이 사고를 법에서 정한 대로 알려 드립니다."),
    ("self_answered", "en", "Did a law enforcement investigation delay this notice? No."),
    ("self_answered", "zh", "本通知是否因执法机关调查而延迟：否。"),
    ("self_answered", "zh", "数据被复制了吗？没有。"),
    ("self_answered", "de", "Hat die Polizei um Aufschub gebeten? Nein."),
    ("self_answered", "fr", "La police a-t-elle demandé un délai ? Non."),
    ("self_answered", "es", "¿Pidió la policía un aplazamiento? No."),
    ("self_answered", "pt", "A polícia pediu um adiamento? Não."),
    ("self_answered", "ja", "警察から延期の要請はありましたか。いいえ。"),
    ("self_answered", "ko", "경찰이 연기를 요청했습니까? 아니요."),
    ("empty_invitation", "en", "You can ask us what this incident means for you."),
    ("empty_invitation", "en", "Please do not hesitate to contact us."),
    ("empty_invitation", "zh", "您可以向我们询问本次事件对您的影响。"),
    ("empty_invitation", "de", "Bei Fragen wenden Sie sich gern an uns."),
    ("empty_invitation", "fr", "N’hésitez pas à nous écrire."),
    ("empty_invitation", "es", "Si tiene preguntas, no dude en escribirnos."),
    ("empty_invitation", "pt", "Em caso de dúvidas, entre em contato conosco."),
    ("empty_invitation", "ja", "ご不明な点がございましたら、お気軽にお申し付けください。"),
    ("empty_invitation", "ko", "궁금한 점이 있으시면 언제든지 문의하십시오."),
    ("fragment", "en", "24 months of credit monitoring by Example Watch at no cost to you."),
    ("fragment", "en", "E-mail addresses, postal addresses and dates of birth."),
    ("fragment", "zh", "24个月免费信用监测服务。"),
    ("fragment", "zh", "电子邮箱地址、电话号码和通信地址。"),
    (
        "told_twice",
        "en",
        "Our team closed the server on 24 May 2026.\n\n1. The server was closed by our team on 24 May 2026.",
    ),
    ("told_twice", "zh", "服务器部署时未启用登录认证。\n\n| 原因 | 服务器部署时未启用登录认证 |"),
    ("stiff_words", "en", "The personal data concerned are names."),
    ("stiff_words", "zh", "现对您进行告知。"),
]

GOOD: list[tuple[str, Lang, str]] = [
    ("empty_value", "en", "We have no parent company. We looked for a copy; there is none."),
    ("empty_value", "en", "None of your passwords was read. Support requested: none."),
    ("empty_value", "en", "| Parent company | none |"),
    ("empty_value", "zh", "请求支援事项：无。该服务器为无须登录即可访问的服务器。"),
    ("only_the_law", "en", "We send you this notice under Article 57 of the Personal Information Protection Law."),
    (
        "only_the_law",
        "en",
        "We write to you because your password was among the data, as Article 34 of the GDPR requires.",
    ),
    ("only_the_law", "en", "We deleted the copies, as required by law, and changed every key that stood in them."),
    ("only_the_law", "zh", "本告知书依据《中华人民共和国个人信息保护法》第五十七条作出。"),
    ("only_the_law", "zh", "根据法律规定，您有权要求我们删除您的信息，我们将在15日内答复。"),
    (
        "self_answered",
        "en",
        "No investigation delayed this notice. Was it read? No, nobody had opened it before we closed it.",
    ),
    ("self_answered", "en", "## Did somebody read my mail?\n\nNo. The logs hold no text."),
    ("self_answered", "zh", "本通知未因执法机关调查而延迟。是否被复制尚未查明。"),
    ("empty_invitation", "en", "You can ask us about your data at desk@shop.example."),
    ("empty_invitation", "en", "You can ask us what this means for you.\n\n| Telephone | +44 20 0000 0000 |"),
    ("empty_invitation", "en", "You can ask us for compensation."),
    ("empty_invitation", "zh", "如有疑问，请拨打010-0000-0000。"),
    ("fragment", "en", "We pay for 24 months of credit monitoring by Example Watch."),
    ("fragment", "en", "What was involved: e-mail addresses, postal addresses and dates of birth."),
    ("fragment", "en", "It lay with the firm that prints our letters. Change your password today."),
    ("fragment", "en", "Front Desk of Example University, desk@university.example."),
    ("fragment", "zh", "我们承担24个月信用监测服务的费用。"),
    ("fragment", "zh", "涉及下列信息：电子邮箱地址、电话号码和通信地址。"),
    ("told_twice", "en", "Our team closed the server on 24 May 2026. Our team closed the server on 25 May 2026."),
    ("told_twice", "en", "You can ask us here: desk@shop.example.\n\nYou can ask us here: desk@shop.example."),
    (
        "told_twice",
        "en",
        "| Mail server | closed on 24 May 2026 by our team |\n| Web server | closed on 24 May 2026 by our team |",
    ),
    ("told_twice", "zh", "服务器部署时未启用登录认证。服务器已于5月24日启用登录认证。"),
    ("stiff_words", "en", "The data that were involved are names."),
    ("stiff_words", "zh", "现将有关情况告知如下。"),
]


@pytest.mark.parametrize(("rule", "lang", "text"), BAD)
def test_a_sentence_that_tells_nothing_is_found(rule: str, lang: Lang, text: str) -> None:
    assert rule in broken(text, lang=lang)


@pytest.mark.parametrize(("rule", "lang", "text"), GOOD)
def test_a_good_sentence_that_is_near_to_a_bad_one_is_left_alone(rule: str, lang: Lang, text: str) -> None:
    assert rule not in broken(text, lang=lang)


def test_a_repetition_names_the_place_that_tells_it_first() -> None:
    found = linted("Our team closed the server on 24 May 2026.\n\nOur team closed the server on 24 May 2026.")
    words = [one.words for one in found.problems if one.rule == "told_twice"]

    assert words == ["line 1 tells it too: Our team closed the server on 24 May 2026."]


def test_a_letter_of_thousands_of_sentences_is_compared_in_its_first_part_alone() -> None:
    """Each sentence is held against all before it: without a bound a long file would take minutes."""
    words = "we closed the server of our mail system"
    text = " ".join(f"On day {number}, {words} {'x' * (number % 7)}." for number in range(3 * MOST_COMPARED))
    last = text + " One last sentence tells something quite new here. One last sentence tells something quite new here."

    assert "told_twice" not in broken(last)


@pytest.mark.parametrize(
    "step",
    [
        "请于今日修改密码，因密码已泄露。",
        "因密码已泄露，请于今日修改密码。",
        "请在24小时内修改密码，以防他人登录。",
        "请于本周内更换银行卡，避免被盗刷。",
        "今后每三个月修改一次密码，为防止旧密码被冒用，请勿重复使用。",
    ],
)
def test_a_chinese_step_with_its_time_and_its_reason_is_no_false_alarm(step: str) -> None:
    found = broken(f"您可以这样做：\n1. {step}", lang="zh")

    assert found.isdisjoint({"step_without_date", "step_without_reason"})


def test_a_chinese_step_without_time_and_reason_is_found() -> None:
    """The sign for `because` is part of the word for `cause`."""
    found = broken("您可以这样做：\n1. 请修改密码，事件原因正在分析。", lang="zh")

    assert {"step_without_date", "step_without_reason"} <= found


def test_every_rule_advises_in_chinese_on_a_chinese_letter() -> None:
    assert rules().finders["zh"].words.advice.keys() == rules().rules.keys()
    found = linted("您好,我们近日发现。" + "我们非常抱歉，" * 40, lang="zh").problems

    assert {one.rule for one in found} >= {"halfwidth_sign", "vague_time", "long_paragraph"}
    assert not [one for one in found if any("a" <= sign <= "z" for sign in one.says + one.instead + one.words)]


def test_other_languages_have_the_advice_in_english() -> None:
    advice = rules().advice("blame", "de")

    assert advice.says == rules().rules["blame"].says
