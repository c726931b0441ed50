"""Which redirects demand a login, and which merely hold the letters of one."""

from __future__ import annotations

import pytest

from leakguard.checks.logins import sends_to_login
from leakguard.models.findings import Outcome
from leakguard.models.observations import Ending, Reply
from support.replays import Canned, Case, Expected, replay
from support.shipped import LIBRARY

LOGINS = {
    "a page": "/login",
    "Devise of Rails": "http://app.example.edu/users/sign_in?next=/",
    "Django": "/accounts/login/?next=/api/clusters",
    "WordPress": "https://www.example.edu/wp-login.php?redirect_to=%2F",
    "Apache Drill": "/mainLogin",
    "Kibana": "/login?next=%2F",
    "Kibana with a provider": "/internal/security/capture-url?next=%2F&auth_provider_hint=saml1",
    "OpenSearch Dashboards": "/app/login?nextUrl=%2F",
    "OpenSearch Dashboards with OpenID": "/auth/openid/login?nextUrl=%2F",
    "CrushFTP": "/WebInterface/login.html",
    "a page by its fragment": "/ui/#/login",
    "Tomcat": "/app/login.jsp;jsessionid=0A1B",
    "a page by its query": "/index.php?action=login",
    "a page by the name in its query": "/?login",
    "OpenCart": "/index.php?route=account/login",
    "Spring with OAuth": "/oauth2/authorization/keycloak",
    "Spring with SAML": "https://app.example.edu/saml2/authenticate/okta",
    "oauth2-proxy": "/oauth2/start?rd=%2Fapi%2Fclusters",
    "Authelia": "https://auth.example.edu/?rd=https%3A%2F%2Fapp.example.edu%2F&rm=GET",
    "authentik": "https://app.example.edu/outpost.goauthentik.io/start?rd=%2F",
    "Keycloak": "https://sso.example.edu/realms/campus/protocol/openid-connect/auth?client_id=a&response_type=code",
    "any server of OAuth": "https://who.example.edu/a?response_type=code&client_id=a&redirect_uri=x",
    "any server of SAML": "https://who.example.edu/redirect?SAMLRequest=fZJNT",
    "AD FS": "https://fs.example.edu/adfs/ls/?wa=wsignin1.0&wtrealm=x",
    "CAS": "https://www.example.edu/cas/login?service=x",
    "Shibboleth": "/Shibboleth.sso/Login?target=x",
    "Entra ID": "https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=a&response_type=code",
    "App Service": "/.auth/login/aad?post_login_redirect_uri=/",
    "Cloudflare Access": "https://campus.cloudflareaccess.com/cdn-cgi/access/login/app.example.edu?kid=a",
    "Identity-Aware Proxy": "https://accounts.google.com/o/oauth2/v2/auth?client_id=a&response_type=code",
    "traefik-forward-auth": "/_oauth?state=a",
    "Knox": "https://knox.example.edu/gateway/knoxsso/api/v1/websso?originalUrl=x",
    "BIG-IP APM": "/my.policy",
}
"""As the documentation of each product, or our recordings of it, has them."""
ELSEWHERE = {
    "nowhere": "",
    "a list of authors": "/blog/author-list",
    "authors": "https://www.example.edu/authors/",
    "a host with the letters": "https://login-free.example/",
    "a domain with the letters": "https://www.authority.example/welcome",
    "a blog in": "/blogin/",
    "an article": "/blog/login-problems",
    "an association": "/ssociety/",
    "maintenance": "/maintenance",
    "another scheme": "https://auth.example.edu/api/clusters",
    "a file": "/assets/oauth2client.js",
    "a language": "https://app.example.edu/de/api/clusters",
    "a query that names an author": "/list?author=login-team",
    "no address": "http://[your-server]/login",
    "campaign": "/offers?utm_source=auth-mail",
}


def redirect(location: str, status: int = 302) -> Reply:
    headers = {"location": location}
    return Reply(
        request="clusters", method="GET", what="/api/clusters", ended=Ending.COMPLETE, status=status, headers=headers
    )


@pytest.mark.parametrize("location", LOGINS.values(), ids=LOGINS)
def test_a_redirect_to_a_login_is_known_for_one(location: str) -> None:
    assert sends_to_login(redirect(location))


@pytest.mark.parametrize("location", ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_redirect_elsewhere_demands_no_login(location: str) -> None:
    assert not sends_to_login(redirect(location))


def test_a_page_that_is_no_redirect_sends_nobody_to_a_login() -> None:
    assert not sends_to_login(redirect("/login", status=200))


@pytest.mark.parametrize(("location", "wanted"), [("/blog/author-list", "inconclusive"), ("/login", "not_exposed")])
def test_a_store_whose_list_leads_elsewhere_is_not_called_protected(location: str, wanted: str) -> None:
    check = next(item for item in LIBRARY if item.id == "kafka_ui_open")
    case = Case(
        name="a redirect",
        shows="protected",
        source="composed",
        answers={
            "GET /": Canned(
                status=200, headers={"content-type": "text/html"}, body="<title>UI for Apache Kafka</title>"
            )
        },
        otherwise=Canned(status=302, headers={"location": location}),
        expect=Expected(outcome=Outcome.INCONCLUSIVE),
    )

    assert replay(check, case).outcome == wanted


def test_a_query_of_very_many_fields_is_left_unread() -> None:
    many = "&".join(f"f{number}=x" for number in range(200))

    assert not sends_to_login(redirect(f"/?{many}&action=login"))
    assert sends_to_login(redirect("/?f0=x&action=login"))
