"""Where Amazon S3 answers for a bucket that is named alone."""

from __future__ import annotations

from leakguard.scanning.buckets import parse_bucket


def bucket_host(name: str) -> str:
    """The provider's host for `s3://name`."""
    return parse_bucket(f"s3://{name}").host or ""
