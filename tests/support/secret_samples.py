"""Samples of each kind of secret with as much chance in them as real ones have: the same in every run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from support.planted import token

_LOWER, _HEX, _BASE32 = "abcdefghijklmnopqrstuvwxyz0123456789", "0123456789abcdef", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_MIXED = _LOWER + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _some(count: int, letters: str = _MIXED, seed: str = "") -> str:
    seeds = (f"{seed}{count}{letters}{block}" for block in range(count // 32 + 1))
    stream = b"".join(hashlib.sha512(each.encode()).digest() for each in seeds)
    return "".join(letters[byte % len(letters)] for byte in stream[:count])


SAMPLES: Mapping[str, str] = {
    "supabase_secret_key": f"sb_secret_{_some(31)}",
    "supabase_service_role": f"{token(iss='supabase', role='service_role').rpartition('.')[0]}.{_some(43)}",
    "supabase_access_token": f"sbp_{_some(40, _HEX)}",
    "google_service_account": f'"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----{_some(1600)}"',
    "private_key": f"-----BEGIN RSA PRIVATE KEY-----{_some(1600)}-----END RSA PRIVATE KEY-----",
    "aws_access_key": f"AKIA{_some(16, _BASE32)}",
    "alibaba_access_key": f"LTAI{_some(20, _LOWER)}",
    "tencent_secret_id": f"AKID{_some(32)}",
    "digitalocean_token": f"dop_v1_{_some(64, _HEX)}",
    "google_oauth_secret": f"GOCSPX-{_some(28)}",
    "stripe_key": f"sk_live_{_some(30)}",
    "square_secret": f"sq0csp-{_some(43)}",
    "shopify_token": f"shpat_{_some(32, _HEX)}",
    "openai_key": f"sk-proj-{_some(74)}T3BlbkFJ{_some(74, seed='b')}",
    "anthropic_key": f"sk-ant-api03-{_some(93)}AA",
    "hugging_face_token": f"hf_{_some(34, _LOWER[:26])}",
    "github_token": f"ghp_{_some(36)}",
    "gitlab_token": f"glpat-{_some(20)}",
    "npm_token": f"npm_{_some(36, _LOWER)}",
    "slack_token": f"xoxb-{_some(12, '1234567890')}-{_some(12, '1234567890', 'b')}-{_some(24)}",
    "slack_webhook": f"https://hooks.slack.com/services/T{_some(8, _BASE32)}/B{_some(8, _BASE32, 'b')}/{_some(24)}",
    "sendgrid_key": f"SG.{_some(22)}.{_some(43)}",
    "airtable_token": f"pat{_some(14)}.{_some(64, _HEX)}",
    "notion_token": f"ntn_{_some(11, '1234567890')}{_some(35)}",
    "contentful_token": f"CFPAT-{_some(43)}",
    "connection_string": f"postgres://app:{_some(18)}@db.campus.example.edu:5432/chat",
}
