"""The pages of logins: no text of anybody stands in them unescaped, and they work without a script."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import DictLoader, Environment, StrictUndefined
from starlette.responses import Response

from leakguard.web.operation import PREFIX

if TYPE_CHECKING:
    from collections.abc import Mapping

_BASE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{% block title %}{% endblock %} · LeakGuard</title>
<link rel="stylesheet" href="{{ prefix }}/docs.css">
{% block script %}{% endblock %}
</head>
<body>
<main>
<h1>{{ self.title() }}</h1>
{% if problem %}<p role="alert"><strong>{{ problem }}.</strong> {{ next_step }}</p>{% endif %}
{% block body %}{% endblock %}
</main>
</body>
</html>
"""
_LOGIN = """{% extends "base" %}
{% block title %}Log in{% endblock %}
{% block script %}{% if passkeys %}<script src="/passkey.js" defer></script>{% endif %}{% endblock %}
{% block body %}
{% if first %}<p>This store has no account yet. Open the link that <code>leakguard web</code> printed.</p>{% endif %}
<form method="post" action="/login">
<input type="hidden" name="to" value="{{ to }}">
<p><label>Name or mail<br><input name="name" value="{{ name }}" autocomplete="username" required autofocus></label></p>
<p><label>Password<br><input name="password" type="password" autocomplete="current-password" required></label></p>
<p><label>Code of the second factor, if you have one<br>
<input name="code" inputmode="numeric" autocomplete="one-time-code"></label></p>
<p><button>Log in</button></p>
</form>
{% if passkeys %}<p><button type="button" id="passkey" hidden>Log in with a passkey</button></p>
<p id="passkey-problem" role="alert"></p>{% endif %}
{% if provider %}<p><a href="/login/oidc">Log in at {{ provider }}</a></p>{% endif %}
{% if proxy %}<p><a href="/login/proxy">Log in as {{ proxy }}</a></p>{% endif %}
{% endblock %}
"""
_FIRST = """{% extends "base" %}
{% block title %}The first account{% endblock %}
{% block body %}
<p>The first account is an admin's. The link works once.</p>
<form method="post" action="/first">
<input type="hidden" name="link" value="{{ link }}">
<p><label>Name, as records show it<br>
<input name="name" value="{{ name }}" autocomplete="name" required autofocus></label></p>
<p><label>Mail<br><input name="mail" type="email" value="{{ mail }}" autocomplete="email"></label></p>
<p><label>Password, at least 12 characters<br>
<input name="password" type="password" autocomplete="new-password" minlength="12" required></label></p>
<p><button>Create the account</button></p>
</form>
{% endblock %}
"""
_HOME = """{% extends "base" %}
{% block title %}{{ account.name }}{% endblock %}
{% block script %}{% if passkeys %}<script src="/passkey.js" defer></script>{% endif %}{% endblock %}
{% block body %}
<p>Roles: {{ account.roles | join(", ") or "none" }}. Id: <code>{{ account.id }}</code></p>
<p><a href="{{ prefix }}/docs">The API</a></p>
{% if passkeys %}
<p><button type="button" id="new-passkey" data-token="{{ form_token }}" hidden>Add a passkey</button></p>
<p id="passkey-problem" role="alert"></p>{% endif %}
<form method="post" action="/logout">
<input type="hidden" name="form_token" value="{{ form_token }}">
<p><button>Log out</button></p>
</form>
{% endblock %}
"""


@cache
def _environment() -> Environment:
    pages = {"base": _BASE, "login": _LOGIN, "first": _FIRST, "home": _HOME}
    return Environment(loader=DictLoader(pages), autoescape=True, undefined=StrictUndefined)


def page(name: str, status: int, told: Mapping[str, Any], *, problem: str = "", next_step: str = "") -> Response:
    """One of the pages."""
    text = _environment().get_template(name).render(prefix=PREFIX, problem=problem, next_step=next_step, **told)
    return Response(text, status, media_type="text/html; charset=utf-8")
