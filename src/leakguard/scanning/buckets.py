"""Buckets as their owner names them, such as `oss://cn-hangzhou/backups`, and where a provider answers for them."""

from __future__ import annotations

import re
from functools import cache

from leakguard.frozen import Frozen

_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}"
_REGION = r"[a-z0-9][a-z0-9-]{0,62}"
_PATTERNS = {
    "bucket": _NAME,
    "container": _NAME,
    "region": _REGION,
    "account": r"[a-z0-9]{3,24}",
    "tenant": r"AUTH_[A-Za-z0-9_-]{1,128}",
}
"""What each word of a bucket's address may look like; an account of Azure has 3 to 24 letters and digits."""


class Provider(Frozen):
    """One provider's way to name a bucket, and the host that answers for it."""

    scheme: str
    name: str
    words: tuple[str, ...]
    """What stands behind `scheme://`, separated by `/`."""
    host: str | None
    """A template over the words; `None` where there is no host that everybody shares."""
    asked_as: tuple[str, ...] = ("bucket",)
    """The words that name the bucket to the host."""
    kind: str = "s3"
    """The probe that speaks its language."""

    @property
    def form(self) -> str:
        """`oss://REGION/BUCKET`, to show to a person."""
        return f"{self.scheme}://{'/'.join(word.upper() for word in self.words)}"


PROVIDERS = {
    provider.scheme: provider
    for provider in (
        Provider(scheme="s3", name="Amazon S3", words=("bucket",), host="{bucket}.s3.amazonaws.com"),
        Provider(
            scheme="gs", name="Google Cloud Storage", words=("bucket",), kind="gcs", host="storage.googleapis.com",
        ),
        Provider(
            scheme="az", name="Azure Blob Storage", words=("account", "container"), kind="azblob",
            host="{account}.blob.core.windows.net", asked_as=("account", "container"),
        ),
        Provider(
            scheme="swift", name="OpenStack Swift", words=("tenant", "container"), kind="swift", host=None,
            asked_as=("tenant", "container"),
        ),
        *(
            Provider(scheme=scheme, name=name, words=("region", "bucket"), host=host)
            for scheme, name, host in (
                ("oss", "Alibaba Cloud OSS", "{bucket}.oss-{region}.aliyuncs.com"),
                ("cos", "Tencent Cloud COS", "{bucket}.cos.{region}.myqcloud.com"),
                ("obs", "Huawei Cloud OBS", "{bucket}.obs.{region}.myhuaweicloud.com"),
                ("spaces", "DigitalOcean Spaces", "{bucket}.{region}.digitaloceanspaces.com"),
                ("wasabi", "Wasabi", "{bucket}.s3.{region}.wasabisys.com"),
                ("linode", "Linode Object Storage", "{bucket}.{region}.linodeobjects.com"),
                ("scaleway", "Scaleway Object Storage", "{bucket}.s3.{region}.scw.cloud"),
                ("vultr", "Vultr Object Storage", "{bucket}.{region}.vultrobjects.com"),
                ("dreamhost", "DreamObjects", "{bucket}.s3.{region}.dream.io"),
                ("b2", "Backblaze B2", "{bucket}.s3.{region}.backblazeb2.com"),
                ("ibm", "IBM Cloud Object Storage", "{bucket}.s3.{region}.cloud-object-storage.appdomain.cloud"),
            )
        ),
    )
}  # fmt: skip
"""By scheme. The hosts are those of each provider's own documentation of anonymous or virtual-hosted access."""


_REGIONAL = ("s3.{region}.amazonaws.com", "s3-{region}.amazonaws.com", "s3.{region}.amazonaws.com.cn")
"""Further hosts of Amazon S3, with the bucket in front or in the path (Amazon S3 User Guide, "Virtual hosting")."""
_HTTPS = 443


class Bucket(Frozen):
    """One bucket of ours."""

    scheme: str
    name: str
    """As the host is asked for it: `backups`, or `account/container`."""
    host: str | None = None
    """The provider's host that answers for it."""


def parse_bucket(text: str, *, with_folders: bool = False) -> Bucket:
    """`oss://cn-hangzhou/backups` taken apart, and folders behind it dropped `with_folders`.

    Raises `ValueError`, whose text says how the provider's buckets are written.
    """
    scheme, _, rest = text.strip().partition("://")
    provider = PROVIDERS.get(scheme)
    if provider is None:
        raise ValueError(f"no provider of buckets is called `{scheme[:20]}`; known are {', '.join(sorted(PROVIDERS))}")
    parts = rest.rstrip("/").split("/")[: len(provider.words) if with_folders else None]
    words = dict(zip(provider.words, parts, strict=False))
    if len(parts) != len(provider.words) or not all(re.fullmatch(_PATTERNS[word], words[word]) for word in words):
        own = "; so is one of a store of your own, beside the store's address" if ":" in parts[0] else ""
        raise ValueError(f"a bucket of {provider.name} is written `{provider.form}`{own}")
    return Bucket(
        scheme=scheme,
        name="/".join(words[word] for word in provider.asked_as),
        host=provider.host.format(**words).lower() if provider.host else None,
    )


def bucket_text(name: str, *, kind: str, host: str | None, place: str) -> str:
    """The bucket as a person would name it again: by its provider, or at `place`, a `host:port` of our own."""
    for provider in PROVIDERS.values():
        words = _words_at(provider, name, host or "") if provider.kind == kind else None
        if words is not None:
            return f"{provider.scheme}://{'/'.join(words[word] for word in provider.words)}"
    own = next((provider.scheme for provider in PROVIDERS.values() if provider.kind == kind), "s3")
    return f"{own}://{place}/{name}"


def _words_at(provider: Provider, name: str, host: str) -> dict[str, str] | None:
    """The words of a bucket's address, from the provider's host and the name that the host was asked for."""
    if provider.host is None:
        return None
    pattern = re.escape(provider.host)
    for word in provider.words:
        pattern = pattern.replace(re.escape(f"{{{word}}}"), f"(?P<{word}>{_PATTERNS[word]})")
    found = re.fullmatch(pattern, host)
    words = dict(zip(provider.asked_as, name.split("/"), strict=False)) | (found.groupdict() if found else {})
    fits = found is not None and "/".join(words[word] for word in provider.asked_as) == name
    return words if fits else None


def is_bucket_host(host: str, port: int) -> bool:
    """Whether a provider keeps everybody's buckets there, at whatever address it has; a store of one's own does not."""
    return port == _HTTPS and any(pattern.fullmatch(host) for pattern in _hosts_of_providers())


@cache
def _hosts_of_providers() -> tuple[re.Pattern[str], ...]:
    """The hosts of providers, with or without the bucket or the account in front."""
    hosts = [provider.host for provider in PROVIDERS.values() if provider.host is not None]
    shared = [re.sub(r"^\{(bucket|account)\}\.", "", host) for host in (*hosts, *_REGIONAL)]
    patterns = [re.escape(host).replace(r"\{region\}", _REGION) for host in shared]
    return tuple(re.compile(rf"(?:{_NAME}\.)?{pattern}", re.IGNORECASE) for pattern in patterns)


def is_bucket(text: str) -> bool:
    """Whether the text is written as a bucket, rightly or wrongly."""
    return text.strip().partition("://")[0] in PROVIDERS
