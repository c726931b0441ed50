"""The web server as the settings name it."""

from __future__ import annotations

from leakguard.frozen import Frozen


class Provider(Frozen):
    """The table `[web.oidc]`: an OpenID provider that people log in at."""

    issuer: str
    """Its address, which begins with `https://`."""
    client_id: str
    client_secret_env: str = ""
    """The environment variable with the client's secret; empty for a public client."""
    name: str = ""
    """What its link on the login page says."""


class WebSettings(Frozen):
    """The table `[web]`: where the server is reached, and by whose word people log in."""

    bind: str = ""
    port: int = 0
    hosts: tuple[str, ...] = ()
    tls_cert: str = ""
    tls_key: str = ""
    behind_proxy: str = ""
    login_header: str = ""
    """In which header the proxy says who somebody is."""
    proxy_secret_env: str = ""
    """The environment variable with the secret by which the proxy proves that it wrote that header."""
    oidc: Provider | None = None
