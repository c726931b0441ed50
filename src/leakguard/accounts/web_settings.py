"""The table `[web]` of `leakguard.toml`. No secret stands in it: the names of environment variables do.

```toml
[web]
hosts = ["leakguard.example.edu"]
behind_proxy = "127.0.0.1"

[web.oidc]
issuer = "https://login.example.edu"
client_id = "leakguard"
client_secret_env = "LEAKGUARD_OIDC_SECRET"
```
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from leakguard.files.shapes import Shape, fit
from leakguard.files.yaml_text import ReadText
from leakguard.models.web_settings import Provider, WebSettings

_Variable = Annotated[str, Field(pattern=r"^([A-Z_][A-Z0-9_]{0,99})?$")]
_Word = Annotated[str, Field(max_length=300)]


class _ProviderShape(Shape):
    issuer: _Word
    client_id: Annotated[str, Field(min_length=1, max_length=300)]
    client_secret_env: _Variable = ""
    name: Annotated[str, Field(max_length=100)] = ""

    @field_validator("issuer")
    @classmethod
    def _is_protected(cls, value: str) -> str:
        if not is_protected(value):
            raise ValueError("must be an address that begins with https:// and has no question mark")
        return value


class _WebShape(Shape):
    bind: _Word = ""
    port: Annotated[int, Field(strict=True, ge=0, le=65535)] = 0
    hosts: Annotated[list[_Word], Field(max_length=50)] = Field(default_factory=list)
    tls_cert: _Word = ""
    tls_key: _Word = ""
    behind_proxy: _Word = ""
    login_header: Annotated[str, Field(pattern=r"^([A-Za-z][A-Za-z0-9-]{0,60})?$")] = ""
    proxy_secret_env: _Variable = ""
    oidc: _ProviderShape | None = None


class _Tables(Shape):
    """The table by its name, so that every problem says where it stands."""

    web: _WebShape


def web_settings(table: Mapping[str, Any], *, name: str) -> WebSettings:
    """Read the table; raises `BadFile` with every problem. `name` is the file's."""
    web = fit(ReadText(value={"web": {**table}}), _Tables, name=name).web
    provider = None if web.oidc is None else Provider(**web.oidc.model_dump())
    return WebSettings(**(web.model_dump() | {"hosts": tuple(web.hosts), "oidc": provider}))


def is_protected(url: str) -> bool:
    """Whether nobody on the way reads or changes what is sent there: TLS, or this machine itself."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if "@" in parts.netloc or parts.query or parts.fragment or not host:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_here(host))


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
