"""Time stamps (RFC 3161) over tree heads: requests and answers as bytes; whoever carries them has a network, we do not.

A stamp says that the head existed no later than its time, by the word of somebody outside.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen

_SEQUENCE, _CONTEXT_0 = 0x30, 0xA0
_LONGEST = 4
"""Bytes of a length; a longer one is that of no answer."""


class _Part(Frozen):
    """One element: its tag, and where it, its value and its end lie."""

    tag: int
    start: int
    value: int
    end: int


def in_order(answer: bytes) -> bytes:
    """The answer with its certificates sorted; as it is where it is no answer, which its reader then says."""
    try:
        (response,) = _parts(answer, 0, len(answer))
        token = _parts(answer, response.value, response.end)[1]
        content = _parts(answer, token.value, token.end)[1]
        (signed,) = _parts(answer, content.value, content.end)
        certificates = _parts(answer, signed.value, signed.end)[3]
        found = _parts(answer, certificates.value, certificates.end)
    except (IndexError, ValueError):
        return answer
    if (content.tag, signed.tag, certificates.tag) != (_CONTEXT_0, _SEQUENCE, _CONTEXT_0):
        return answer
    ordered = b"".join(sorted(answer[one.start : one.end] for one in found))
    return answer[: certificates.value] + ordered + answer[certificates.end :]


def _parts(data: bytes, start: int, end: int) -> list[_Part]:
    """The elements between `start` and `end`; raises `IndexError` or `ValueError` where they do not end there."""
    found = []
    while start < end:
        length, value = data[start + 1], start + 2
        if length & 0x80:
            size = length & 0x7F
            if not 1 <= size <= _LONGEST:
                raise ValueError("a length that DER does not know")
            length, value = int.from_bytes(data[value : value + size], "big"), value + size
        if value + length > end:
            raise ValueError("longer than what it is in")
        found.append(_Part(tag=data[start], start=start, value=value, end=value + length))
        start = value + length
    return found


KEPT, STAMPED = "head_kept", "head_stamped"
"""Kinds of entries: a head that was signed or sent somewhere, and a time stamp for one of these."""
_REQUEST = "Ask again with a fresh request: leakguard evidence stamp request"


class Stamp(Frozen):
    """An answer that verified."""

    at: datetime
    authority: str
    """The name of the certificate that signed, as RFC 4514 writes it."""
    serial: str


def request_for(note: str) -> bytes:
    """The request for a time stamp over a note, in DER; asks for the certificates, with a nonce of the library's."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder  # noqa: PLC0415  (few commands need it)

    builder = TimestampRequestBuilder().data(note.encode()).hash_algorithm(HashAlgorithm.SHA512)
    return builder.nonce(nonce=True).cert_request(cert_request=True).build().as_bytes()


def covers(note: str, answer: bytes) -> bool:
    """Whether the answer is one over this note; says nothing about who signed it."""
    digests = (hashlib.sha512(note.encode()).digest(), hashlib.sha256(note.encode()).digest())
    return any(digest in answer for digest in digests)


def verified(note: str, answer: bytes, roots: bytes) -> Stamp:
    """Verify an answer against root certificates in PEM.

    Raises `UsageProblem` for an answer that is none, is over something else, or that no root vouches for.
    """
    from cryptography import x509  # noqa: PLC0415  (few commands need it)
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response  # noqa: PLC0415  (as above)

    try:
        certificates = x509.load_pem_x509_certificates(roots)
    except ValueError as error:
        raise UsageProblem("the roots hold no certificate in PEM", next_step="Name the authority's roots.") from error
    builder = VerifierBuilder()
    for certificate in dict.fromkeys(certificates):
        builder = builder.add_root_certificate(certificate)
    try:
        response = decode_timestamp_response(in_order(answer))
        builder.build().verify_message(response, note.encode())
        info = response.tst_info
    except ValueError as error:
        raise UsageProblem("this is no answer to a request for a time stamp", next_step=_REQUEST) from error
    except VerificationError as error:
        why = str(error).partition(": ErrorStack")[0]
        raise UsageProblem(f"the time stamp does not verify: {why}", next_step=_REQUEST) from error
    signers = {signer.serial_number for signer in response.signed_data.signer_infos}
    found = map(x509.load_der_x509_certificate, sorted(response.signed_data.certificates))
    authority = "; ".join(one.subject.rfc4514_string() for one in found if one.serial_number in signers)
    return Stamp(at=info.gen_time, authority=authority, serial=f"{info.serial_number:x}")
