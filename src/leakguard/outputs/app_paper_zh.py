"""Checked apps as a report in Chinese: the same parts in the same order as the English one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from leakguard import __version__
from leakguard.apps.definitions import AppRules, Category, Confidence, Need, Source
from leakguard.apps.judging import PROBLEMS, AppSign, AppVerdict, SignKind
from leakguard.models.moments import to_z
from leakguard.models.shipped import ShippedFindings
from leakguard.outputs.app_words import listed, permission_words, tone_of
from leakguard.outputs.words import printable
from leakguard.reports.paper import Block, Cell, Facts, Listed, Paper, Paragraph, Section, Table, code, line
from leakguard.use_cases.apps.check_apps import CheckedApp, CheckedApps

TITLE = "App索取权限与所属类别必要个人信息对照报告"
KINDS = {"apk": "安卓App（APK）", "aab": "安卓App Bundle（AAB）", "ipa": "iOS App（IPA）"}
NEEDS = {
    Need.UNRELATED: "与类别无关", Need.EXPLAINABLE: "可以解释：须由用户自愿选择，并在使用相应功能时申请",
    Need.NEEDED: "类别所必要", Need.NO_INFORMATION: "不涉及个人信息",
}  # fmt: skip
SURE: dict[Confidence, str] = {
    "sourced": "已读原文", "secondary": "已读文本转载件", "from-memory": "凭记忆：请核对正式文本",
    "inference": "我们自己的推断",
}  # fmt: skip
SPEAKS = {"part": "部分反映", "hint": "仅有线索", "nothing": "不反映"}
SIGNS = {
    SignKind.GRANTED_AT_INSTALL: "目标API级别为{where}：低于23时，安卓在安装时即授予全部权限",
    SignKind.EMPTY_PURPOSE: "申请前未说明目的：{where}",
    SignKind.SECRET_SHIPPED: "安装包内含密钥，任何安装者均可取得：{where}",
    SignKind.TRACKING: "声明跨App跟踪用户：{where}",
    SignKind.NEARBY_MAY_LOCATE: "可能通过附近设备推知位置（未设neverForLocation）：{where}",
    SignKind.NEVER_GRANTED: "仅对App不运行的安卓版本声明，不计入：{where}",
}
CONCERNS = {
    "permissions": "权限", "purpose strings": "目的说明", "privacy manifests": "隐私清单", "libraries": "第三方代码库",
    "secrets": "密钥", "backends": "后端地址",
}  # fmt: skip
LIMITS = "声明权限不等于收集个人信息，非必要也不等于违法：是否违法由人判断。"
_TONES = {Need.UNRELATED: "bad", Need.EXPLAINABLE: "risk", Need.NEEDED: "good", Need.NO_INFORMATION: "soft"}


def apps_paper_zh(checked: CheckedApps, *, made_at: datetime, is_drill: bool) -> Paper:
    """A section for all, one for each package, and one for what the rules rest on."""
    sections = (
        _all(checked), *(_app(number, app, checked.rules) for number, app in enumerate(checked.apps, start=1)),
        _rests_on(checked.rules),
    )  # fmt: skip
    return Paper(
        language="zh-CN", title=f"【演练】{TITLE}" if is_drill else TITLE, heading=TITLE,
        under=(f"{made_at:%Y-%m-%d %H:%M} UTC，由LeakGuard {__version__}仅依据安装包生成。",),
        drill="演练" if is_drill else "", contents="目录", known_at=to_z(made_at), sections=sections,
        footer="LeakGuard",
    )  # fmt: skip


def sum_words_zh(checked: CheckedApps) -> str:
    """How many ask for more or have something else to correct, and what was not checked."""
    refused = len(checked.apps) - len(checked.read)
    partly = sum(not app.is_whole for app in checked.apps) - refused
    sentence = f"{len(checked.read):,}款App中有{checked.asking_for_more:,}款索取的权限超出类别所需"
    sentence += f"；另有{checked.wrong_otherwise:,}款存在其他须改正的问题" if checked.wrong_otherwise else ""
    sentence += f"；{refused:,}个文件未核查" if refused else ""
    return f"{sentence}；{partly:,}款仅部分核查。" if partly else f"{sentence}。"


def _all(checked: CheckedApps) -> Section:
    tone = tone_of(checked)
    table = Table(
        caption="各App索取的权限", columns=("App", "类别", "无关", "须可选", "必要", "核查"),
        widths=(26, 16, 20, 18, 10, 10), rows=tuple(_row(app) for app in checked.apps),
    )  # fmt: skip
    blocks: tuple[Block, ...] = (
        Paragraph(text=sum_words_zh(checked), tone=tone), table, Paragraph(text=LIMITS, tone="soft"),
    )  # fmt: skip
    return Section(name="all", title="总览", blocks=blocks)


def _row(app: CheckedApp) -> tuple[Cell, ...]:
    name, category = line(printable(app.file)), line(app.category.words.zh)
    if app.verdict is None:
        return name, category, line(""), line(""), line(""), line("未核查", "risk")
    return (
        name, category, *(_names(app.verdict, need) for need in (Need.UNRELATED, Need.EXPLAINABLE, Need.NEEDED)),
        line("全部") if app.is_whole else line("部分", "risk"),
    )  # fmt: skip


def _names(verdict: AppVerdict, need: Need) -> Cell:
    named = "、".join(access.access.words.zh for access in verdict.with_need(need))
    return line(named, _TONES[need]) if named else line("无")


def _app(number: int, app: CheckedApp, rules: AppRules) -> Section:
    facts = (
        ("类别", line(f"{app.category.words.zh}（{app.category.number}）")),
        ("必要个人信息", line(_necessary(app.category))), ("文件SHA-256", code(app.sha256 or "未知")),
    )  # fmt: skip
    blocks: list[Block] = [Facts(caption="App及其类别", rows=facts)]
    if app.verdict is None:
        blocks.append(Paragraph(text=f"未核查。程序给出的原因：{printable(app.refused)}", tone="risk"))
    else:
        blocks += _verdict(app.verdict, rules)
    return Section(name=f"app-{number}", title=_title(app), blocks=tuple(blocks))


def _title(app: CheckedApp) -> str:
    if app.verdict is None:
        return printable(app.file)
    facts = app.verdict.facts
    level = f"，目标API级别{facts.target_sdk}" if facts.target_sdk is not None else ""
    named = f"{KINDS[facts.kind]} {printable(facts.package)} {printable(facts.version)}".rstrip()
    return f"{printable(app.file)}：{named}{level}"


def _necessary(category: Category) -> str:
    return f"{'；'.join(each.zh for each in category.necessary) or '无'}［{SURE[category.confidence]}］"


def _verdict(verdict: AppVerdict, rules: AppRules) -> Iterator[Block]:
    rows = tuple(
        (
            line(access.access.words.zh), line(NEEDS[access.fit.need], _TONES[access.fit.need]),
            Cell((access.fit.why.zh, f"［{SURE[access.fit.confidence]}］")), line(permission_words(access.by)),
        )
        for access in verdict.asked
    )  # fmt: skip
    if rows:
        columns = ("索取内容", "结论", "理由", "权限")
        yield Table(caption="索取内容，问题大的在前", columns=columns, widths=(18, 24, 30, 28), rows=rows)
    else:
        is_known = not any("permissions" in part.concerns for part in verdict.facts.unread)
        yield Paragraph(text="未索取任何涉及个人信息的权限。" if is_known else "尚不清楚。")
    for sign in verdict.signs:
        yield Paragraph(text=_sign(sign), tone="bad" if sign.kind in PROBLEMS else "")
    if verdict.facts.sdks:
        yield Paragraph(text="第三方代码库（隐私政策须逐一列明）：")
        named = (rules.sdks[sdk.id] for sdk in verdict.facts.sdks)
        yield Listed(entries=tuple(f"{sdk.title}（{sdk.purpose.zh}）" for sdk in named))
    yield from _shipped(verdict.facts.shipped)
    if verdict.not_judged:
        yield Paragraph(text=f"不在对照表内，未作判断：{listed(verdict.not_judged)}", tone="soft")
    for part in verdict.facts.unread:
        concerns = "、".join(CONCERNS.get(concern, concern) for concern in part.concerns)
        yield Paragraph(text=f"未核查（{concerns}）：{printable(part.part)}。程序给出的原因：{part.why}", tone="risk")


def _sign(sign: AppSign) -> str:
    return f"{SIGNS[sign.kind].format(where=listed(sign.where))}。"


def _shipped(shipped: ShippedFindings) -> Iterator[Block]:
    found = (
        ("内含密钥", [f"{secret.kind}：{secret.where}第{secret.line}行" for secret in shipped.secrets]),
        ("连接的后端", [backend.entry for backend in shipped.backends]),
        ("访问的数据表", [table.name for table in shipped.tables]),
        ("未读取其脚本的主机", list(shipped.unread_hosts)),
    )  # fmt: skip
    for name, values in found:
        if values:
            yield Paragraph(text=f"{name}：{printable('、'.join(dict.fromkeys(values)), longest=4000)}。")
    if shipped.left_out:
        yield Paragraph(text=f"另有{shipped.left_out:,}项发现未列出。")


def _rests_on(rules: AppRules) -> Section:
    groups = tuple(
        (line(f"{group.number} {group.words.zh}"), line(SPEAKS[group.speaks]), line(group.what.zh))
        for group in rules.groups
    )
    sources = (rules.provisions, rules.method, rules.accesses_source, rules.sdks_source)
    inference = (
        "标为“必要”的，以《规定》文本为依据；标为“可以解释”或“无关”的，是我们自己的推断："
        "《规定》只列个人信息，未列权限。"
    )
    blocks: tuple[Block, ...] = (
        Table(caption="六类违法违规收集使用行为，及本报告对每类的反映程度", columns=("类别", "反映程度", "依据"),
              widths=(40, 14, 46), rows=groups),
        Facts(caption="来源", rows=tuple((source.title.zh, _source(source)) for source in sources)),
        Paragraph(text=inference),
    )  # fmt: skip
    return Section(name="rules", title="依据与局限", blocks=blocks)


def _source(source: Source) -> Cell:
    return Cell((source.url, f"{source.checked_on}核对，{SURE[source.confidence]}"))
