"""Time stamps (RFC 3161) over tree heads: requests and responses as bytes. This module does not use the network.

A stamp is the statement of an outside authority that the head existed no later than its time.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen

_SEQUENCE, _CONTEXT_0 = 0x30, 0xA0
_LONGEST = 4
"""The most bytes of a DER length; no response needs more."""


class _DerElement(Frozen):
    """One DER element: its tag, and the offsets of the element, of its value and of its end."""

    tag: int
    start: int
    value: int
    end: int


def with_sorted_certificates(answer: bytes) -> bytes:
    """The response with the certificates of its token sorted, as DER requires of a SET (X.690, 11.6).

    Some authorities do not sort them, and the reader of `rfc3161_client` would refuse their responses. The signature
    does not cover this set. Anything that is not such a response is returned unchanged, and the reader refuses it.
    """
    try:
        (response,) = _elements(answer, 0, len(answer))
        token = _elements(answer, response.value, response.end)[1]
        content = _elements(answer, token.value, token.end)[1]
        (signed,) = _elements(answer, content.value, content.end)
        certificates = _elements(answer, signed.value, signed.end)[3]
        found = _elements(answer, certificates.value, certificates.end)
    except (IndexError, ValueError):
        return answer
    if (content.tag, signed.tag, certificates.tag) != (_CONTEXT_0, _SEQUENCE, _CONTEXT_0):
        return answer
    ordered = b"".join(sorted(answer[der_element.start : der_element.end] for der_element in found))
    return answer[: certificates.value] + ordered + answer[certificates.end :]


def _elements(data: bytes, start: int, end: int) -> list[_DerElement]:
    """The elements between `start` and `end`; raises `IndexError` or `ValueError` if the last does not end at `end`."""
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
        found.append(_DerElement(tag=data[start], start=start, value=value, end=value + length))
        start = value + length
    return found


HEAD_KEPT, HEAD_STAMPED = "head_kept", "head_stamped"
"""Kinds of entries: a head that was kept outside the store too, and a time stamp over one of these."""
_REQUEST = "Ask again with a fresh request: leakguard evidence stamp request"


class Stamp(Frozen):
    """A time stamp that verified."""

    at: datetime
    authority: str
    """The name of the certificate that signed, as RFC 4514 writes it."""
    serial: str


def request_for(note: str) -> bytes:
    """The request for a time stamp over a note, in DER, with a random nonce; it asks for the certificates."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder  # noqa: PLC0415  (few commands need it)

    builder = TimestampRequestBuilder().data(note.encode()).hash_algorithm(HashAlgorithm.SHA512)
    return builder.nonce(nonce=True).cert_request(cert_request=True).build().as_bytes()


def covers(note: str, answer: bytes) -> bool:
    """Whether the response contains the hash of this note; it checks no signature."""
    digests = (hashlib.sha512(note.encode()).digest(), hashlib.sha256(note.encode()).digest())
    return any(digest in answer for digest in digests)


def verified(note: str, answer: bytes, roots: bytes) -> Stamp:
    """Verify a response over `note` against root certificates in PEM.

    Raises `UsageProblem` for bytes that are no response, a stamp over something else, a signature that does not chain
    to a root, and roots without a certificate.
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
        response = decode_timestamp_response(with_sorted_certificates(answer))
        builder.build().verify_message(response, note.encode())
        info = response.tst_info
    except ValueError as error:
        raise UsageProblem("this is no answer to a request for a time stamp", next_step=_REQUEST) from error
    except VerificationError as error:
        why = str(error).partition(": ErrorStack")[0]
        raise UsageProblem(f"the time stamp does not verify: {why}", next_step=_REQUEST) from error
    signers = {signer.serial_number for signer in response.signed_data.signer_infos}
    in_response = map(x509.load_der_x509_certificate, sorted(response.signed_data.certificates))
    signing = (certificate for certificate in in_response if certificate.serial_number in signers)
    authority = "; ".join(certificate.subject.rfc4514_string() for certificate in signing)
    return Stamp(at=info.gen_time, authority=authority, serial=f"{info.serial_number:x}")
