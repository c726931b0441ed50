"""The part of the documentation that is written from the rules about apps."""

from __future__ import annotations

from leakguard.apps.definitions import FOLDER, Need
from leakguard.apps.reading import parse_rules
from leakguard.bundled import BundledFiles
from leakguard.outputs.app_paper_zh import SURE
from leakguard.outputs.app_words import necessary_words


def app_categories() -> str:
    """One row a category of apps: what it needs, and what else may be explained."""
    rows = ["| no | id | name | necessary | explainable (our own inference) |", "| --- | --- | --- | --- | --- |"]
    for one in parse_rules(BundledFiles().texts(FOLDER)).categories.values():
        may = ", ".join(name.replace("_", " ") for name, fit in one.fits.items() if fit.need is Need.EXPLAINABLE)
        name = f"{one.words.en} {one.words.zh}"
        rows.append(f"| {one.number} | `{one.id}` | {name} | {necessary_words(one)} | {may} |")
    return "\n".join(rows)


def app_categories_zh() -> str:
    """The same table in Chinese, of the Chinese words of the rules."""
    rules = parse_rules(BundledFiles().texts(FOLDER))
    rows = ["| 序号 | 编号 | 类别 | 必要个人信息 | 可以解释（我们自己的推断） |", "| --- | --- | --- | --- | --- |"]
    for one in rules.categories.values():
        may = "、".join(rules.accesses[name].words.zh for name, fit in one.fits.items() if fit.need is Need.EXPLAINABLE)
        needs = "；".join(each.zh for each in one.necessary) or "无"
        rows.append(f"| {one.number} | `{one.id}` | {one.words.zh} | {needs}［{SURE[one.confidence]}］ | {may} |")
    return "\n".join(rows)
