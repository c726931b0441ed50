"""Countries as settings and scopes name them: the codes of ISO 3166, and what people write in their place."""

from __future__ import annotations

import re

_CODES = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA
    CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA
    GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
    KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS
    MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS
    RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW
    TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(_CODES.split())
"""The two-letter codes of ISO 3166-1, and `XK`; the vocabulary of duties has the same."""
UNION = "EU"
"""The seat of an institution of the Union; no country."""
_ALIASES = {"UK": "GB", "EL": "GR"}
"""Codes that laws and offices use and ISO 3166 does not."""
_CODE = re.compile(r"([A-Z]{2})(-[A-Z0-9]{1,3})?", re.ASCII)


def codes_of(text: str) -> tuple[str, ...]:
    """The codes of a text such as `CN, US-CA`, each once, in the order in which they are written."""
    return tuple(dict.fromkeys(text.replace(",", " ").split()))


def wrong_code(text: str) -> tuple[str, str | None] | None:
    """The first word that is no code of a country, with the code that is probably meant; `None` where all are."""
    for word in codes_of(text) or (text,):
        if not _is_code(word):
            return word[:20], _nearest(word)
    return None


def code_problem(text: str) -> tuple[str, str | None] | None:
    """As `wrong_code`, with a sentence in the place of the word."""
    wrong = wrong_code(text)
    if wrong is None:
        return None
    return f"must be ISO codes, such as DE, CN or US-CA; `{wrong[0]}` is none", wrong[1]


def _is_code(word: str) -> bool:
    found = _CODE.fullmatch(word)
    return found is not None and (found[1] in COUNTRIES or found[1] == UNION)


def _nearest(word: str) -> str | None:
    """`GB` for `UK`, `DE` for `de`."""
    country, hyphen, part = word.upper().partition("-")
    country = _ALIASES.get(country, country)
    near = f"{country}{hyphen}{part}"
    return near if _is_code(near) else None
