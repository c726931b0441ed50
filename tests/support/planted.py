"""Invented secrets of each kind, and backends as scripts name them: planted in pages, and searched for by tests."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from support.search_hosts import ALGOLIA_KEY, MEILI_KEY

A = "a" * 200


def token(**claims: str) -> str:
    """A JSON web token with a signature that nobody made."""
    head, payload = (
        base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in ({"alg": "HS256"}, claims)
    )
    return f"{head}.{payload}.{'s' * 43}"


SECRETS = {
    "supabase_secret_key": "sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz",
    "supabase_service_role": token(iss="supabase", role="service_role"),
    "supabase_access_token": "sbp_" + "0123456789" * 4,
    "google_service_account": '"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----' + A + '"',
    "private_key": "-----BEGIN RSA PRIVATE KEY-----" + A + "-----END RSA PRIVATE KEY-----",
    "aws_access_key": "AKIAQYLPMN5HFIQR7XYA",
    "alibaba_access_key": "LTAI5tAbCdEfGhIjKlMnOpQr",
    "tencent_secret_id": "AKID" + "z8krbsJ5yKBZQpn7" * 2,
    "digitalocean_token": "dop_v1_" + "0123456789abcdef" * 4,
    "google_oauth_secret": "GOCSPX-" + "a" * 28,
    "stripe_key": "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
    "square_secret": "sq0csp-" + "A" * 43,
    "shopify_token": "shpat_" + "0123456789abcdef" * 2,
    "openai_key": "sk-proj-" + "a" * 20 + "T3BlbkFJ" + "b" * 20,
    "anthropic_key": "sk-ant-api03-" + "a" * 93,
    "hugging_face_token": "hf_" + "aB" * 17,
    "github_token": "ghp_" + "a1B2" * 9,
    "gitlab_token": "glpat-" + "a1B2_" * 4,
    "npm_token": "npm_" + "a1B2" * 9,
    "slack_token": "xoxb-" + "123456789012-abcdefghijkl",
    "slack_webhook": "hooks.slack.com/services/T01234567/B01234567/" + "a" * 24,
    "sendgrid_key": "SG." + "a" * 22 + "." + "b" * 43,
    "airtable_token": "pat" + "a" * 14 + "." + "0123456789abcdef" * 4,
    "notion_token": "ntn_" + "1" * 11 + "a" * 35,
    "contentful_token": "CFPAT-" + "a" * 43,
    "connection_string": "postgres://app:Canary-7-Passw0rt@db.campus.example.edu:5432/chat",
}  # fmt: skip
"""Invented ones, of each kind."""
BACKENDS: Mapping[str, str] = {
    "https://abcdefghij0123456789abcdef.appsync-api.eu-west-1.amazonaws.com": (
        'fetch("https://abcdefghij0123456789abcdef.appsync-api.eu-west-1.amazonaws.com/graphql")'
    ),
    "https://campus.hasura.app": 'fetch("https://campus.hasura.app/v1/graphql")',
    "https://happy-animal-123.convex.cloud": 'fetch("https://happy-animal-123.convex.cloud/api/query")',
    "eu-west-1:01234567-89ab-cdef-0123-456789abcdef": (
        'client({ identityPoolId: "eu-west-1:01234567-89ab-cdef-0123-456789abcdef" })'
    ),
    "algolia://ABCDEF1234": (
        f'client("ABCDEF1234", "{ALGOLIA_KEY}"), fetch("https://ABCDEF1234-dsn.algolia.net/1/indexes/shop")'
    ),
    "appwrite://p": 'client().setEndpoint("https://cloud.appwrite.io/v1").setProject("p")',
    "appwrite://apps.example.edu/p": (
        'client().setEndpoint("https://apps.example.edu/v1").setProject("p"), '
        'client().listDocuments("main", "people"), client().listDocuments("main", "closed")'
    ),
    "https://api.airtable.com/v0/appABCDEFGHIJKLMN": 'fetch("https://api.airtable.com/v0/appABCDEFGHIJKLMN/Users")',
    "https://parseapi.back4app.com": 'fetch("https://parseapi.back4app.com/classes/Customer")',
    "https://graph.example.edu/v1/graphql": 'fetch("https://graph.example.edu/v1/graphql")',
    "https://cms.example.edu": 'client("https://cms.example.edu").with(client())',
    "meilisearch://search.example.edu": (
        f'client({{ host: "https://search.example.edu", apiKey: "{MEILI_KEY}" }}).index("people").search("a")'
    ),
    "postgrest://db.example.edu": (
        'client("https://db.example.edu", "sb_publishable_AbCdEfGhIjKlMnOpQrSt").from("invoices").select("id")'
    ),
}
"""Of each that no official client is needed for: as a scope names it, and a call that names it."""
MAP_ONLY = "glpat-" + "Zz9_" * 5
"""Stands in a comment of the sources, so that only a source map ships it."""


_OBJECT = "google_service_account"
"""Its members stand in an object."""


def script_with(secrets: Mapping[str, str], backends: Mapping[str, str]) -> str:
    """A module that a bundler cannot leave out."""
    calls = "".join(f"  {call};\n" for call in backends.values())
    texts = {kind: f"{{{secret}}}" if kind == _OBJECT else json.dumps(secret) for kind, secret in secrets.items()}
    keys = "".join(f"  {kind}: {text},\n" for kind, text in texts.items())
    return (
        f"globalThis.keys = {{\n  ...globalThis.keys,\n{keys}}};\n"
        f"globalThis.calls = (fetch, client) => {{\n{calls}}};\n"
    )
