"""The XML of S3: sizes, counts, codes and grants to strangers; no key, name or owner is ever collected."""

from __future__ import annotations

from leakguard.probes.formats.store_xml import StoreAnswer

_GROUPS = {"AllUsers": "everyone", "AuthenticatedUsers": "any_authenticated"}
_PERMISSIONS = frozenset({"READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL"})
_LIST, _ACL = "ListBucketResult", "AccessControlPolicy"


class S3Answer(StoreAnswer):
    """What one answer says, in numbers and fixed words."""

    roots = frozenset({"Error", _LIST, "ListAllMyBucketsResult", _ACL})
    listing_root = _LIST

    def __init__(self) -> None:
        super().__init__()
        self.buckets = 0
        self.truncated = False
        self.grants: dict[str, set[str]] = {"everyone": set(), "any_authenticated": set()}
        self._group: str | None = None

    @property
    def goes_on(self) -> bool:
        """Whether there are more pages, by the word of the store."""
        return self.is_cut or self.truncated

    def take_bucket(self, _text: str) -> None:
        """The end of one bucket's entry."""
        self.buckets += 1

    def take_truncated(self, text: str) -> None:
        """Whether there are more pages."""
        self.truncated = text == "true"

    def take_group(self, text: str) -> None:
        """The last part of a group's URI, if it is one of the two groups that mean strangers."""
        self._group = _GROUPS.get(text.rpartition("/")[2])

    def take_permission(self, text: str) -> None:
        """What the grantee of this grant may do."""
        if self._group is not None and text in _PERMISSIONS:
            self.grants[self._group].add(text)

    def take_grant(self, _text: str) -> None:
        """The end of one grant."""
        self._group = None

    takers = {  # noqa: RUF012  (read only)
        ("Error", "Error", "Code"): StoreAnswer.take_code,
        (_LIST, "Contents", "Key"): StoreAnswer.take_name,
        (_LIST, "Contents", "Size"): StoreAnswer.take_size,
        (_LIST, _LIST, "Contents"): StoreAnswer.take_object,
        (_LIST, _LIST, "IsTruncated"): take_truncated,
        (_LIST, _LIST, "NextContinuationToken"): StoreAnswer.take_token,
        ("ListAllMyBucketsResult", "Buckets", "Bucket"): take_bucket,
        (_ACL, "Grantee", "URI"): take_group,
        (_ACL, "Grant", "Permission"): take_permission,
        (_ACL, "AccessControlList", "Grant"): take_grant,
    }


def read_answer(body: bytes) -> S3Answer:
    """Read one answer; raises `Garbled`."""
    return S3Answer.read(body)
