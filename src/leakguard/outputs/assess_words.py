"""The words of the screen of `notice assess`, each in English and Chinese; no sentence of it stands elsewhere."""

from __future__ import annotations

from typing import Literal

ScreenLang = Literal["en", "zh"]
"""The languages of the screen, in the order of the texts; letters have more of them."""
LANGS: tuple[ScreenLang, ...] = ("en", "zh")

# A text that begins with a number has a second form in English, behind `|`, for every number but 1.
TEXTS: dict[str, tuple[str, str]] = {
    # The verdict.
    "apply": ("{n} duty applies|{n} duties apply", "{n}项义务适用"),
    "need_fact": ("{n} needs a fact|{n} need a fact", "{n}项尚缺事实"),
    "no_rule": ("{n} place has no known rule|{n} places have no known rule", "{n}个地区规则未知"),
    "none_apply": ("No known duty applies", "没有已知义务适用"),
    "late": ("{n} deadline passed|{n} deadlines passed", "{n}项已逾期"),
    "next": ("next in {left}", "最近一项还剩{left}"),
    "law_of": ("Judged by the law of {day}, by {by}.", "依据{day}的法律判断（以{by}为准）。"),
    "law_of_today": (
        (
            "Judged by the law of today, {day}, because nothing says when the incident came into sight: state an event "
            "or `discovery_date`."
        ),
        "依据今日（{day}）的法律判断，因为没有说明何时发现：请填写事件或`discovery_date`。",
    ),
    "to": ("{first} to {last}", "{first}至{last}"),
    "by_event": ("the event {name}", "事件{name}"),
    "by_fact": ("the fact {name}", "事实{name}"),
    # The table.
    "LIMIT": ("DEADLINE (LOCAL)", "截止时间（当地）"),
    "LEFT": ("LEFT", "剩余时间"),
    "STATE": ("STATE", "状态"),
    "DUTY": ("DUTY", "义务"),
    "RECIPIENT": ("RECIPIENT", "报告或告知对象"),
    "KIND": ("TO", "对象"),
    "applies": ("applies", "适用"),
    "fact": ("fact {numbers}", "缺事实{numbers}"),
    "number_gap": (" ", "、"),
    "needs_fact": ("needs fact", "缺事实"),
    "late_by": ("late {length}", "逾期{length}"),
    "missed": ("missed", "已错过"),
    "due_now": ("due now", "即将到期"),
    "paused": ("paused", "暂停计时"),
    "no_limit": ("without undue delay", "尽快，无固定时限"),
    "starts_later": ("starts later", "尚未起算"),
    "once_begun": ("then {length}", "限{length}"),
    "after": ("{length} after {events}", "自{events}起{length}"),
    "no_start": ("start not stated", "起算时间未填"),
    "from_memory": ("from memory", "凭记忆"),
    "provisional": ("provisional", "暂定"),
    "soft": ("not statute", "非强制"),
    "for": ("for {names}", "由{names}履行"),
    "for_all": ("for all {n}", "{n}个单位均适用"),
    "for_both": ("for both", "两单位均适用"),
    "form": ("form: ", "表单："),
    "which_open": ("{name} (which one is open)", "{name}（具体机关未定）"),
    "each_office": ("each of {n} authorities", "{n}个机关"),
    "whose": ("for: {names}", "义务主体：{names}"),
    "then": ("then {stages}", "其后：{stages}"),
    "group": ("{who} in {places}", "{places}的{who}"),
    "us_states": ("{n} US states", "美国{n}个州"),
    "us_parts": ("{n} US places", "美国{n}个地区"),
    "parts": ("{n} parts of {country}", "{country}的{n}个地区"),
    "countries": ("{n} place|{n} places", "{n}个法域"),
    "duties": ("{n} duty|{n} duties", "{n}项义务"),
    "more_rows": (
        "{n} row more, none sooner: see --all|{n} rows more, none sooner: see --all",
        "另有{n}行，期限均不早于以上各行：见 --all",
    ),
    "no_rows": ("No duty that is known here applies to these facts.", "按现有事实，没有已知义务适用。"),
    # Facts to find out.
    "find_out": ("Find out next:", "接下来须查明："),
    "opens": ("decides {duties}", "决定：{duties}"),
    "starts": ("starts the clock of {duties}", "起算：{duties}"),
    "moment_of": ("the moment of {kinds} (under `events`)", "{kinds}的时间（填入`events`）"),
    "or": (" or ", "或"),
    "and_more": ("{duties} +{n}", "{duties} +{n}"),
    "more_facts": (
        "{n} fact more: leakguard notice next-fact {file}|{n} facts more: leakguard notice next-fact {file}",
        "另有{n}项：leakguard notice next-fact {file}",
    ),
    "more_facts_and_notices": (
        (
            "{n} fact more, first notices: leakguard notice next-fact {file}|"
            "{n} facts more, first notices: leakguard notice next-fact {file}"
        ),
        "另有{n}项，以及首次报告：leakguard notice next-fact {file}",
    ),
    "first_notices": (
        "First notices: leakguard notice next-fact {file}",
        "首次报告：leakguard notice next-fact {file}",
    ),
    "first_notice": (
        "First notice{until}: leakguard notice draft {file} --duty {duty} --stage {stage}",
        "首次报告{until}：leakguard notice draft {file} --duty {duty} --stage {stage}",
    ),
    "organisation_country": ("The country that the organisation is established in", "本单位所在国家或地区"),
    # Places.
    "unknown_places": (
        "No rule is known here; a law may have one. Look it up, then settle each:",
        "以下地区规则未知，不等于没有义务。请查明后逐项登记：",
    ),
    "more_places": ("{n} place more: see --all|{n} places more: see --all", "另有{n}个地区：见 --all"),
    "named_place": ("{name} ({code})", "{name}（{code}）"),
    "in": ("in {length}", "还剩{length}"),
    "place": ("{place}: {roles}", "{place}：{roles}"),
    "day_unknown": ("law of the day: {duties}", "当日法律：{duties}"),
    "only_day_unknown": ("law of the day", "当日法律"),
    "no_rule_known": ("{role}, {place}: no rule known: {text}", "{role}，{place}：规则未知：{text}"),
    "tried_on": ("tried on {on}", "{on}查过"),
    "settled": ("settled by {by}: {text}", "由{by}确认：{text}"),
    "none_to": ("nothing to: {whom}: {text}", "无须告知{whom}：{text}"),
    "none_by_law": ("{role}, {place}: the law sets no duty: {text}", "{role}，{place}：法律未规定义务：{text}"),
    "read_at": ("read on {on}: {source}", "{on}查阅：{source}"),
    "rule": ("{role}, {place}: {duties}", "{role}，{place}：{duties}"),
    "unknown_places_in_file": (
        "No rule is known here; a law may have one. Look it up, then add to {file}:",
        "以下地区规则未知，不等于没有义务。请查明后写入{file}：",
    ),
    # Behind --all.
    "behind": ("--all: {what}. Not legal advice.", "--all 另列：{what}。不构成法律意见。"),
    "reasons": ("reasons, sources", "理由和依据"),
    "do_not_apply": ("{n} not applicable|{n} not applicable", "{n}项不适用"),
    "dormant": ("{n} not in force|{n} not in force", "{n}项当日未生效"),
    "done": ("{n} clock ended|{n} clocks ended", "{n}项时限已结束"),
    "no_duty_places": ("{n} place without duty|{n} places without duty", "{n}个地区无义务"),
    "comma": (", ", "，"),
    "list": (", ", "、"),
    "colon": (": ", "："),
    "brackets": ("{text} ({inside})", "{text}（{inside}）"),
    "semicolon": ("; ", "；"),
    "stop": (".", "。"),
    "no_advice": ("Nothing here is legal advice.", "以上内容不构成法律意见。"),
    # The whole of it.
    "counts": (
        "{all}: {yes} apply, {fact} need a fact, {no} do not apply, {dormant} not law on the day{unknown}.",
        "共{all}：{yes}项适用，{fact}项尚缺事实，{no}项不适用，{dormant}项当日未生效{unknown}。",
    ),
    "APPLIES": ("APPLIES", "是否适用"),
    "STAGE": ("STAGE", "阶段"),
    "STANDS": ("STANDS", "进展"),
    "LIMIT_ALONE": ("DEADLINE", "截止时间"),
    "yes": ("yes", "适用"),
    "YES": ("YES", "适用"),
    "needs fact": ("needs fact", "缺事实"),
    "NEEDS FACT": ("NEEDS FACT", "缺事实"),
    "lacks": ("lacks {facts}", "缺：{facts}"),
    "missing": ("missing: {facts}", "缺：{facts}"),
    "waiting": (
        "No event says when these clocks began, and no fact starts a clock. State under `events` the moment of:",
        "以下时限没有起算事件，事实本身也不能起算。请在`events`中填写以下事件的时间：",
    ),
    "roles": (
        "Its sector suggests that the organisation has further roles, and with them further duties. State each:",
        "从行业看，本单位可能还有其他身份，并因此承担其他义务。请逐项确认：",
    ),
    "role_question": ("{fact}: {text} It would bring {duties}.", "{fact}：{text}由此产生：{duties}。"),
    "role_answer": (
        "Add the role to `obligated_as`, or to `not_obligated_as` each that it is not.",
        "属于的写入`obligated_as`，不属于的写入`not_obligated_as`。",
    ),
    "is_soft": ("(recommended or expected, not statute)", "（推荐标准或监管期望，非法定义务）"),
    "soft_limit": (" (soft)", "（非强制）"),
    "remembered": (" (from memory)", "（凭记忆）"),
    "to_whom": ("{law}; to: {whom}", "{law}；对象：{whom}"),
    "because": ("because {text}", "理由（原文）：{text}"),
    "trigger": ("rule: {text}", "触发条件（原文）：{text}"),
    "consider": ("consider: {text}", "另须考虑（原文）：{text}"),
    "stage_line": ("{stage}: {clock}", "{stage}：{clock}"),
    "pause_ignored": ("pause {event} is ignored", "暂停{event}不被采纳"),
    "waits_for": ("waits for {words}", "自{words}起算"),
    "no_hours": ("no hours are set", "未规定小时数"),
    "unstated": ("no start stated", "起算时间未填"),
    "checked": ("rule checked on {day}, {confidence}", "规则核对日期：{day}，{confidence}"),
    "to_verify": ("; to be verified: {fields}", "；尚待核实：{fields}"),
    "source": ("source ({kind}): {url}", "来源（{kind}）：{url}"),
    "ruled_out": ("Do not apply:", "不适用："),
    "duty_line": ("{duty}: {text}", "{duty}：{text}"),
    "not_law": ("Not law on the day of the incident:", "事件当日未生效："),
    "and_unknown": (", {n} not known on the day|, {n} not known on the day", "，{n}项当日法律不明"),
    "not_known": ("Their text on the day of the incident is not known:", "事件当日条文不明："),
    "sourced": ("sourced", "已查证"),
    "own-knowledge": ("own-knowledge", "未经查证"),
    "primary": ("primary", "法律原文"),
    "primary-quoted": ("primary-quoted", "引用法律原文的网页"),
    "official": ("official", "主管机关网页"),
    "secondary": ("secondary", "评论文章"),
    "unread": ("unread", "法律原文网址，尚未查阅"),
    "places": ("Places and roles:", "各地区和身份："),
    "no_watch": (
        "No alert is raised for duties that may apply and that nobody watches: {duties}.",
        "以下义务可能适用，但无人跟踪，因此不会提醒：{duties}。",
    ),
    "record_place": (
        "Record where people live, and their clocks are watched: an event with `jurisdiction={places}`.",
        "登记受影响人员所在地后，即跟踪其时限：事件带`jurisdiction={places}`。",
    ),
    "and_others": (", and {n} more|, and {n} more", "等，另有{n}项"),
    "write_settings": (
        "Write into leakguard.toml, and `watchman run` and `clock list` have them:",
        "写入leakguard.toml后，`watchman run`和`clock list`即予跟踪：",
    ),
    "split": (
        "{event} ({kind}) names `{name}`, which is now {legs}: correct it, naming the one meant.",
        "{event}（{kind}）所填`{name}`现已拆分为{legs}：请更正为所指的一项。",
    ),
    "look_at": ("Look at {text}.", "请核对：{text}。"),
    # How a clock stands.
    "start unknown": ("start unknown", "起算不明"),
    "not started": ("not started", "未起算"),
    "running": ("running", "计时中"),
    "at_risk": ("at risk", "临近"),
    "overdue": ("overdue", "已逾期"),
    "met_on_time": ("met on time", "按时完成"),
    "met_late": ("met late", "逾期完成"),
    "not_applicable": ("not applicable", "不适用"),
}
"""By name: English, Chinese."""
RECIPIENTS: dict[str, tuple[str, str, str]] = {
    "individuals": ("people", "people", "个人"),
    "regulator": ("authority", "authorities", "主管机构"),
    "controller": ("controller", "controllers", "委托方"),
    "media": ("media", "media", "媒体"),
    "cert": ("CSIRT", "CSIRTs", "应急机构"),
    "public": ("the public", "the public", "社会公众"),
    "investors": ("investors", "investors", "投资者"),
    "register": ("own record", "own records", "内部登记"),
    "processor": ("processor", "processors", "受托方"),
    "consumer_agencies": ("credit bureaus", "credit bureaus", "征信机构"),
    "other": ("other", "others", "其他对象"),
}
"""By type of recipient: one in English, several, Chinese."""
