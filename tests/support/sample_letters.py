"""A short letter in each language, written by hand: for tests about how letters look."""

from __future__ import annotations

from datetime import date

from leakguard.frozen import replace
from leakguard.models.letters import Fields, Heading, Letter, Numbered, Paragraph

_FRAME = Letter(
    duty="eu-gdpr-34-individuals",
    lang="en",
    title="Your data were open to others",
    sender=("Example University", "Security Office, security@university.example"),
    addressee=("Ms Alexandra Example", "27 Long Lane", "Oxford OX1 2AB"),
    reference="Reference: IR-2026-0007",
    written_on=date(2026, 6, 12),
    date_line="12 June 2026",
    salutation="Dear Ms Example,",
    blocks=(
        Paragraph(text="A search server of ours was open to the internet. Your data were on it."),
        Heading(text="What happened"),
        Fields(rows=(("When it happened", "between 1 June 2026 and 9 June 2026"), ("Closed on", "10 June 2026"))),
        Heading(text="What you can do"),
        Numbered(
            entries=("Change your password by 30 June 2026, because others may know it.", "Be careful with links.")
        ),
        Heading(text="What we do"),
        Numbered(entries=("We switched the login on.", "We keep the logs.")),
    ),
    closing="Yours sincerely,",
    signature=("Example University",),
    footer=("Rule eu-gdpr-34-individuals, version 2026-11-24.", "This draft is not legal advice."),
)
_CHINESE = replace(
    _FRAME,
    lang="zh",
    title="个人信息安全事件告知书",
    sender=("示例大学", "安全办公室，security@university.example"),
    addressee=("受影响的个人",),
    reference="事件编号：IR-2026-0007",
    date_line="",
    salutation="您好：",
    blocks=(
        Paragraph(
            text="示例大学处理的您的个人信息发生泄露。根据《中华人民共和国个人信息保护法》第五十七条的规定，现告知如下。"
        ),
        Heading(text="一、事件经过"),
        Fields(rows=(("发生时间", "2026年6月1日至2026年6月9日之间"), ("关闭时间", "2026年6月10日"))),
        Heading(text="二、您可以采取的措施"),
        Numbered(entries=("请于2026年6月30日前修改密码，因为他人可能已经知道。", "谨慎点击链接。")),
        Heading(text="三、我们采取的措施"),
        Numbered(entries=("已启用登录认证。", "已留存日志。")),
    ),
    closing="特此告知。",
    signature=("示例大学", "2026年6月12日"),
    footer=("规则：cn-pipl-57-individuals，版本2026-11-24。", "本草稿不构成法律意见。"),
)
_JAPANESE = replace(
    _FRAME,
    lang="ja",
    title="個人データの漏えいに関するお詫びとお知らせ",
    sender=("東京示範大学", "情報セキュリティ室、security@university.example"),
    addressee=("〒100-0001", "東京都千代田区千代田1-1", "直江 骨太郎 様"),
    reference="管理番号：IR-2026-0007",
    date_line="2026年6月12日",
    salutation="直江 骨太郎 様",
    blocks=(
        Paragraph(
            text="このたび、本学の検索サーバーがインターネットから閲覧できる状態となっていました。深くお詫び申し上げます。"
        ),
        Heading(text="発生した事実"),
        Fields(rows=(("発生日", "2026年6月1日から2026年6月9日までの間"), ("停止日", "2026年6月10日"))),
        Heading(text="お願い"),
        Numbered(entries=("6月30日までにパスワードを変更してください。", "不審なリンクを開かないでください。")),
    ),
    closing="以上",
    signature=("東京示範大学",),
    footer=("規則：jp-appi-26-individuals、版2026-11-24。", "本草稿は法的助言ではありません。"),
)
_KOREAN = replace(
    _FRAME,
    lang="ko",
    title="개인정보 유출 통지",
    sender=("예시대학교", "정보보호실, security@university.example"),
    addressee=("정보주체 여러분",),
    reference="사건 번호: IR-2026-0007",
    date_line="",
    salutation="안녕하십니까.",
    blocks=(
        Paragraph(
            text="예시대학교는 귀하의 개인정보가 유출된 사실을 확인하여 다음과 같이 알려 드립니다. 깊이 사과드립니다."
        ),
        Heading(text="1. 유출된 시점과 그 경위"),
        Fields(rows=(("발생 시점", "2026년 6월 1일 ~ 2026년 6월 9일"), ("조치 시점", "2026년 6월 10일"))),
        Heading(text="2. 하실 수 있는 일"),
        Numbered(entries=("6월 30일까지 비밀번호를 변경해 주십시오.", "의심스러운 링크를 열지 마십시오.")),
    ),
    closing="감사합니다.",
    signature=("2026년 6월 12일", "예시대학교"),
    footer=("규칙: kr-pipa-34-individuals, 판 2026-11-24.", "이 초안은 법률 자문이 아닙니다."),
)
_FRENCH = replace(
    _FRAME,
    lang="fr",
    title="Avis d’incident de confidentialité",
    addressee=("Madame Zoé Lefèvre", "12, rue de l’Élysée", "75008 Paris"),
    salutation="Madame, Monsieur,",
    closing="Veuillez agréer, Madame, Monsieur, nos salutations distinguées.",
)
_GERMAN = replace(
    _FRAME,
    lang="de",
    title="Ihre personenbezogenen Daten waren offen zugänglich",
    addressee=("Frau Dr. Erika Großmann", "Heidestraße 17", "51147 Köln"),
    salutation="Sehr geehrte Frau Dr. Großmann,",
    closing="Mit freundlichen Grüßen",
)
_SPANISH = replace(_FRAME, lang="es", title="Aviso de vulneración de datos", salutation="Estimada señora:")
_PORTUGUESE = replace(_FRAME, lang="pt", title="Comunicado de incidente de segurança", salutation="Prezada Senhora,")
_ITALIAN = replace(
    _FRAME,
    lang="it",
    title="Comunicazione di una violazione dei Suoi dati",
    addressee=("Gentile Signora Zoe D'Angelo", "Via dell'Università, 7", "00185 Roma"),
    salutation="Gentile Signora D'Angelo,",
    closing="Distinti saluti",
)
_DUTCH = replace(_FRAME, lang="nl", title="Uw gegevens waren vrij toegankelijk", salutation="Geachte mevrouw,")
_POLISH = replace(_FRAME, lang="pl", title="Zawiadomienie o naruszeniu ochrony danych", salutation="Szanowna Pani,")
_TRADITIONAL = replace(
    _CHINESE,
    lang="zh-hant",
    title="個人資料外洩事故通知書",
    sender=("示例大學", "資訊安全室，security@university.example"),
    addressee=("受影響人士",),
    reference="事故編號：IR-2026-0007",
    blocks=(
        Paragraph(text="示例大學處理的您的個人資料發生外洩。現按有關法例通知如下。"),
        Heading(text="一、事故經過"),
        Fields(rows=(("發生時間", "2026年6月1日至2026年6月9日之間"), ("關閉時間", "2026年6月10日"))),
        Heading(text="二、您可以採取的措施"),
        Numbered(entries=("請於2026年6月30日前更改密碼，因為他人可能已經知道。", "請小心點擊連結。")),
    ),
    closing="特此通知。",
    signature=("示例大學", "2026年6月12日"),
    footer=("規則：any-individuals，版本2026-11-24。", "本草稿不構成法律意見。"),
)
_ALL = (
    _FRAME, _CHINESE, _JAPANESE, _KOREAN, _PORTUGUESE, _FRENCH, _SPANISH, _GERMAN, _ITALIAN, _DUTCH, _POLISH,
    _TRADITIONAL,
)  # fmt: skip
SAMPLES = {letter.lang: letter for letter in _ALL}


def texts_of(letter: Letter) -> list[str]:
    """Every text that a reader of the letter must find, in the order of the letter but for the frame."""
    body: list[str] = []
    for block in letter.blocks:
        if isinstance(block, Fields):
            body += [text for row in block.rows for text in row]
        elif isinstance(block, Numbered):
            body += block.entries
        else:
            body.append(block.text)
    frame = (*letter.sender, letter.date_line, letter.reference, letter.title, letter.salutation)
    return [text for text in (*frame, *body, letter.closing, *letter.signature, *letter.footer) if text]
