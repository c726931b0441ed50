"""The canonical text of a finding, written in one pass: a scan of a university writes tens of thousands of them.

It is what `canonical(finding_to_json(finding))` gives, in a fifth of its time; a test holds both against one another.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from json.encoder import encode_basestring as _text

from leakguard.ledger.canonical import MAX_SAFE
from leakguard.models.finding_json import SCHEMA
from leakguard.models.findings import Finding, Proof, ProofRequest, ReasonCode, SeverityAxes, Size
from leakguard.models.kinds import Category, DataSeen, Growth, People, Sensitive
from leakguard.models.moments import to_z

_FINDING = (
    '{"access":%s,"address":%s,"categories":%s,"check_id":%s,"check_version":%s,"cluster_id":%s,"datastore":%s,'
    '"decoy":{"signals":%s,"verdict":%s},"exposed_since":{"earliest":%s,"latest":%s,"source":%s},%s"host":%s,"id":%s,'
    '"lifecycle":%s,"observed_at":%s,"outcome":%s,%s"permissions":{},"port":%s,"product":%s,"proof":%s,'
    '"ransomed":{"markers":%s,"verdict":%s},"reason":%s,%s"references":%s,"remediation":%s,"run":%s,%s'
    f'"schema":"{SCHEMA}",%s"severity":%s,"severity_axes":%s,"size":%s,"target":%s,"tls":null,"transport":%s,'
    '"vantage":%s,"version":%s}'
)
"""What is told of the data stands between the others in the order of the names, and only where it is known."""
_CATEGORY = '{"by":%s,"category":%s,"where":%s}'
_COUNTED = '{"by":%s,"category":%s,"count":%s,"looked_at":%s,"where":%s}'
_SENSITIVE = '{"category":%s,"class":%s,"confidence":%s,"standard":%s,"version":%s}'
_PEOPLE = '"people":{"high":%s,"low":%s,"method":%s},'
_GROWTH = '"growth":{"bytes":%s,"records":%s,"records_per_day":%s,"run":%s,"since":%s},'
_REQUEST = '{"bytes":%s,"method":%s,"status":%s,"what":%s}'
_AXES = '{"aggravation":%s,"authority":%s,"sensitivity":%s,"volume":%s}'
_SIZE = '{"bytes":%s,"collections":%s,"exact":%s,"method":%s,"records":%s}'


_NO_DATA = DataSeen()


def quick_text(finding: Finding) -> str | None:
    """The text, or `None` for a finding with anything rare: a certificate, permissions, a look from outside.

    Nor is there one for what JSON cannot hold, such as half a character.
    """
    verdict = finding.verdict
    if finding.tls is not None or finding.reach or verdict.permissions:
        return None
    try:
        text = _FINDING % _values(finding)
        if not text.isascii():
            text.encode("utf-8")
    except (TypeError, ValueError):
        return None
    return text


def _values(finding: Finding) -> tuple[str, ...]:
    """In the order of `_FINDING`, which is that of the names. Raises `TypeError` and `ValueError` for what is rare."""
    verdict, since = finding.verdict, finding.exposed_since
    decoy, ransomed, data = verdict.decoy, verdict.ransomed, verdict.data or _NO_DATA
    return (
        _text(verdict.access), _text(finding.address), _categories(data.categories), _text(finding.check_id),
        _number(finding.check_version), _word(verdict.cluster_id), _text(finding.datastore), _texts(decoy.signals),
        _text(decoy.verdict), _moment(since.earliest), _moment(since.latest), _text(since.source),
        _growth(data.growth), _word(finding.host), _text(finding.id), _text(finding.lifecycle),
        _moment(finding.observed_at), _text(verdict.outcome), _people(data.people), _number(finding.port),
        _word(verdict.product), _proof(finding.proof), _texts(ransomed.markers), _text(ransomed.verdict),
        _stated(verdict.reason), _reason_code(verdict.reason_code), _stated_texts(finding.references),
        _stated(finding.remediation), _stated(finding.run), _sampled(data.sampled),
        _sensitive(data.sensitive), _text(verdict.severity), _axes(verdict.severity_axes),
        _size(verdict.size), _text(finding.target), _text(finding.transport), _text(finding.vantage),
        _word(verdict.version),
    )  # fmt: skip


def _word(text: str | None) -> str:
    return "null" if text is None else _text(text)


def _texts(several: Sequence[str]) -> str:
    return f"[{','.join(map(_text, several))}]" if several else "[]"


_stated = lru_cache(maxsize=1024)(_text)
"""Of what a check states, which thousands of findings repeat."""
_stated_texts = lru_cache(maxsize=1024)(_texts)


def _number(number: int | None) -> str:
    """Raises `ValueError` for one that has to be tagged, and for what only looks like a number."""
    if number is None:
        return "null"
    if type(number) is not int or not -MAX_SAFE <= number <= MAX_SAFE:
        raise ValueError("a rare number")
    return str(number)


def _categories(several: Sequence[Category]) -> str:
    return f"[{','.join(map(_category, several))}]" if several else "[]"


def _category(one: Category) -> str:
    by, category, where = _text(one.by), _text(one.category), _text(one.where)
    if one.count is None:
        return _CATEGORY % (by, category, where)
    return _COUNTED % (by, category, _number(one.count), _number(one.looked_at), where)


@lru_cache(maxsize=1024)
def _sensitive(several: tuple[Sensitive, ...]) -> str:
    """Follows from the kinds of data, and these are few."""
    return f'"sensitive":[{",".join(map(_one_sensitive, several))}],' if several else ""


def _one_sensitive(one: Sensitive) -> str:
    of_standard = (_text(one.confidence), _text(one.standard), _text(one.version))
    return _SENSITIVE % (_text(one.category), _text(one.data_class), *of_standard)


def _people(people: People | None) -> str:
    if people is None:
        return ""
    return _PEOPLE % (_number(people.high), _number(people.low), _stated(people.method))


def _growth(growth: Growth | None) -> str:
    if growth is None:
        return ""
    numbers = (_number(growth.bytes), _number(growth.records), _number(growth.records_per_day))
    return _GROWTH % (*numbers, _stated(growth.run), _moment(growth.since))


def _reason_code(code: ReasonCode | None) -> str:
    return "" if code is None else f'"reason_code":{_text(code)},'


def _sampled(told: str) -> str:
    return f'"sampled":{_text(told)},' if told else ""


def _moment(moment: datetime | None) -> str:
    return "null" if moment is None else f'"{to_z(moment)}"'


def _proof(proof: Proof) -> str:
    requests = ",".join(map(_request, proof.requests))
    return f'{{"requests":[{requests}],"transcript_sha256":{_text(proof.transcript_sha256)}}}'


def _request(one: ProofRequest) -> str:
    return _REQUEST % (_number(one.bytes), _text(one.method), _number(one.status), _text(one.what))


def _axes(axes: SeverityAxes | None) -> str:
    if axes is None:
        return "null"
    return _AXES % (_text(axes.aggravation), _text(axes.authority), _text(axes.sensitivity), _text(axes.volume))


def _size(size: Size | None) -> str:
    if size is None:
        return "null"
    if type(size.exact) is not bool:
        raise TypeError("neither true nor false")
    exact = "true" if size.exact else "false"
    return _SIZE % (_number(size.bytes), _number(size.collections), exact, _stated(size.method), _number(size.records))
