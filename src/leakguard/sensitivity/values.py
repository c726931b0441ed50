"""Values: the kind of one value by checksum and pattern. What is given back is a kind; the value is nowhere kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from leakguard.sensitivity.checksums import is_hk_id, is_sg_id, is_tw_id, passes
from leakguard.sensitivity.shapes import kinds_inside

LONGEST_VALUE = 2_000
"""Letters of a value that are looked at."""
_ID = "identification_number"
_Rule = tuple[str, re.Pattern[str], Callable[[str], bool]]


def _numbered(kind: str, pattern: str, module: str) -> _Rule:
    return f"{_ID}.{kind}", re.compile(pattern, re.ASCII), partial(passes, module)


_WHOLE: tuple[_Rule, ...] = (
    (f"{_ID}.tw_id", re.compile(r"[A-Z][1289][0-9]{8}", re.ASCII), is_tw_id),
    (f"{_ID}.hk_id", re.compile(r"[A-Z]{1,2}[0-9]{6}\([0-9A]\)", re.ASCII), is_hk_id),
    (f"{_ID}.sg_nric", re.compile(r"[STFGM][0-9]{7}[A-Z]", re.ASCII), is_sg_id),
    _numbered("kr_rrn", r"[0-9]{6}-[1-8][0-9]{6}", "kr.rrn"),
    _numbered("in_pan", r"[A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z]", "in_.pan"),
    _numbered("in_aadhaar", r"[2-9][0-9]{3} [0-9]{4} [0-9]{4}", "in_.aadhaar"),
    _numbered("my_nric", r"[0-9]{6}-[0-9]{2}-[0-9]{4}", "my.nric"),
    _numbered("th_pin", r"[1-8]-[0-9]{4}-[0-9]{5}-[0-9]{2}-[0-9]", "th.pin"),
    _numbered("es_dni", r"[0-9]{8}-?[A-Z]", "es.dni"),
    _numbered("es_nie", r"[XYZ]-?[0-9]{7}-?[A-Z]", "es.nie"),
    _numbered("it_codice_fiscale", r"[A-Z]{6}[0-9]{2}[A-Z][0-9]{2}[A-Z][0-9]{3}[A-Z]", "it.codicefiscale"),
    _numbered("fr_nir", r"[12] ?[0-9]{2} ?[0-9]{2} ?[0-9AB]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}", "fr.nir"),
    _numbered("fi_hetu", r"[0-9]{6}[-+A][0-9]{3}[0-9A-Y]", "fi.hetu"),
    _numbered("se_personnummer", r"[0-9]{6}(?:[0-9]{2})?[-+][0-9]{4}", "se.personnummer"),
    _numbered("mx_curp", r"[A-Z]{4}[0-9]{6}[A-Z]{6}[0-9A-Z][0-9]", "mx.curp"),
    _numbered("br_cpf", r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}", "br.cpf"),
    _numbered("ch_ahv", r"756\.[0-9]{4}\.[0-9]{4}\.[0-9]{2}", "ch.ssn"),
    _numbered("cn_uscc", r"9[1-3][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}", "cn.uscc"),
)
"""Whole values whose letters or marks, beside their checksum, leave little to chance."""
_LIKELY: tuple[_Rule, ...] = (
    _numbered("id_nik", r"[1-9][0-9]{15}", "id.nik"),
    _numbered("dk_cpr", r"[0-9]{6}-[0-9]{4}", "dk.cpr"),
    _numbered("gb_nhs", r"[0-9]{3} [0-9]{3} [0-9]{4}", "gb.nhs"),
    _numbered("pl_pesel", r"[0-9]{11}", "pl.pesel"),
    _numbered("tr_tckimlik", r"[1-9][0-9]{10}", "tr.tckimlik"),
    _numbered("br_cpf", r"[0-9]{11}", "br.cpf"),
    _numbered("de_idnr", r"[1-9][0-9]{10}", "de.idnr"),
    _numbered("in_aadhaar", r"[2-9][0-9]{11}", "in_.aadhaar"),
    _numbered("jp_my_number", r"[0-9]{12}", "jp.in_"),
    _numbered("th_pin", r"[1-8][0-9]{12}", "th.pin"),
    _numbered("nl_bsn", r"[0-9]{9}", "nl.bsn"),
    _numbered("ca_sin", r"[1-79][0-9]{8}", "ca.sin"),
    ("profile.device", re.compile(r"[0-9]{15}", re.ASCII), partial(passes, "imei")),
)
"""Digits with at most one digit of a checksum: believed of a field whose values nearly all pass."""
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段"
    "雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
"""The hundred most frequent family names, as the Ministry of Public Security counts them."""
_CN_NAME = re.compile(f"[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}")


def sure_kinds(text: str) -> tuple[str, ...]:
    """The kinds that a value is, or has inside, whatever its field is called."""
    looked_at = text[:LONGEST_VALUE].strip()
    found = kinds_inside(looked_at)
    return found or tuple(kind for kind, pattern, holds in _WHOLE if pattern.fullmatch(looked_at) and holds(looked_at))


def likely_kinds(text: str) -> tuple[str, ...]:
    """The kinds that a value may be by chance as well; only a field full of them is believed."""
    bare = text[:LONGEST_VALUE].strip()
    if _CN_NAME.fullmatch(bare):
        return ("basic.name",)
    return tuple(kind for kind, pattern, holds in _LIKELY if pattern.fullmatch(bare) and holds(bare))
