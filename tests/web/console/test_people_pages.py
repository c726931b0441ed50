"""People, accounts, tokens and who is on call, on pages."""

from __future__ import annotations

import re

import pyotp
import segno

from leakguard.accounts.rights import Role
from leakguard.accounts.totp import totp_link
from leakguard.web.console.outside import ROLES
from leakguard.web.console.qr import MOST, QUIET, qr_code
from support.accounts import PASSWORD
from support.door import ANNA, BEN, SAME, Served
from support.visitor import Visitor

HTML = {"accept": "text/html", **SAME}


def code_on(visitor: Visitor) -> set[tuple[int, int]]:
    """The dark modules of the QR code as it is drawn on the page, without the quiet zone."""
    (drawn,) = visitor.html.xpath("//svg[@role='img']")
    (path,) = drawn.xpath("./path/@d")
    runs = re.findall(r"M(\d+) (\d+)\.5h(\d+)", path)
    assert "".join(f"M{x} {y}.5h{width}" for x, y, width in runs) == path
    assert not drawn.xpath(".//@style | .//script | .//style | .//image")
    return {(int(y) - QUIET, int(x) - QUIET + at) for x, y, width in runs for at in range(int(width))}


def modules_of(text: str) -> set[tuple[int, int]]:
    rows = segno.make_qr(text, error="m").matrix
    return {(y, x) for y, row in enumerate(rows) for x, dark in enumerate(row) if dark}


def secret_on(visitor: Visitor) -> str:
    return "".join(str(visitor.html.xpath("//code[@class='p-secret']")[0].text_content()).split())


def test_an_admin_adds_somebody_who_logs_in_with_the_password_that_was_shown_once(served: Served) -> None:
    anna = Visitor(served, ANNA).open("/people/new")
    anna.send("/people/new", {"name": "Nina <b>New</b>", "mail": "nina@example.edu", "roles": ["dpo"]}, status=200)
    password = secret_on(anna)
    nina = served.client().post("/login", json={"name": "nina@example.edu", "password": password}, headers=SAME)

    assert "shown this once" in anna.text
    assert nina.status_code == 200
    assert "Nina <b>New</b>" in anna.open("/people").text
    assert password not in anna.text


def test_a_refused_account_comes_back_with_what_was_typed(served: Served) -> None:
    anna = Visitor(served, ANNA).open("/people/new")
    anna.send("/people/new", {"name": BEN, "roles": ["dpo", "viewer"]}, status=409)

    assert "another account has the name" in anna.text
    assert anna.form("/people/new").fields["name"] == BEN
    assert [one.get("value") for one in anna.html.xpath("//input[@name='roles'][@checked]")] == ["viewer", "dpo"]


def test_roles_are_given_and_taken_with_a_reason(served: Served) -> None:
    anna, actor = Visitor(served, ANNA), served.people[BEN].actor
    at = f"/people/accounts/{actor}"
    anna.open(at)
    form = next(one for one in anna.html.forms if one.fields.get("role") == "counsel")
    form.fields["reason"] = "she reads law"
    sent = anna.client.post(form.get("action"), data=dict(form.form_values()), headers=SAME)
    with served.wiring() as wiring:
        told = [one.content.get("reason") for one in wiring.store.of_kinds(("role_granted",))]

    assert sent.headers["location"] == f"{at}?done=change_role"
    assert told[-1] == "she reads law"
    assert "comments that stay privileged" in anna.open(at).text


def test_somebody_is_disabled_enabled_recovered_and_erased(served: Served) -> None:
    anna, at = Visitor(served, ANNA), f"/people/accounts/{served.people[BEN].actor}"
    anna.open(at).send(f"{at}/disable", {"reason": "on leave"})
    assert "The account is disabled" in anna.text
    anna.send(f"{at}/enable", {})
    anna.send(f"{at}/recover", {"reason": "lost it"}, status=200)
    made = secret_on(anna)
    assert served.client().post("/login", json={"name": BEN, "password": made}, headers=SAME).status_code == 200
    anna.open(at).send(f"{at}/erase", {"reason": "left the team"})
    assert BEN not in anna.text
    assert "were erased" in anna.open(at).text


def test_who_is_no_admin_sees_people_and_no_button_that_changes_them(served: Served) -> None:
    ben = Visitor(served, BEN)
    pages = ("/people", f"/people/accounts/{served.people[ANNA].actor}", "/people/rights", "/people/on-call")
    actions = {one.get("action") for page in pages for one in ben.open(page).html.forms}

    assert actions == {"/search", "/language", None}
    assert "/people/new" not in ben.open("/people").links()
    ben.open("/people/new", status=403)
    assert "admin" in ben.text


def test_a_shift_is_recorded_in_the_zone_of_the_reader(served: Served) -> None:
    anna = Visitor(served, ANNA).open("/account")
    anna.send("/account/preferences", {"language": "en", "zone": "Asia/Shanghai"})
    anna.open("/people/on-call")
    anna.send(
        "/people/on-call", {"role": "commander", "people": [served.people[ANNA].actor], "until": "2099-01-01T09:00"}
    )
    with served.wiring() as wiring:
        kept = next(iter(wiring.store.of_kinds(("oncall_set",)))).content

    assert ANNA in anna.text
    assert kept["until"].startswith("2099-01-01T01:00")


def test_a_shift_that_is_over_is_refused_on_its_page(served: Served) -> None:
    anna = Visitor(served, ANNA).open("/people/on-call")
    anna.send("/people/on-call", {"role": "commander", "people": [], "until": "2020-01-01T09:00"}, status=400)

    assert "over before" in anna.text


def test_language_and_zone_go_with_the_account_to_another_browser(served: Served) -> None:
    anna = Visitor(served, ANNA).open("/account")
    anna.send("/account/preferences", {"language": "zh", "zone": "Asia/Shanghai"})
    other = Visitor(served, ANNA).open("/account")

    assert other.html.get("lang") == "zh"
    assert other.form("/account/preferences").fields["zone"] == "Asia/Shanghai"
    other.client.post("/language", data={"language": "en", "to": "/account"}, headers=HTML)
    assert Visitor(served, ANNA, language="zh-CN").open("/account").html.get("lang") == "en"


def test_a_second_factor_is_set_up_and_a_wrong_code_does_not_lose_the_key(served: Served) -> None:
    anna = Visitor(served, ANNA).open("/account")
    anna.send("/account/second-factor/begin", status=200)
    secret = secret_on(anna)
    drawn = code_on(anna)
    anna.send("/account/second-factor", {"code": "000000"}, status=401)
    assert secret_on(anna) == secret
    assert code_on(anna) == drawn == modules_of(totp_link(secret, ANNA))
    anna.send("/account/second-factor", {"code": pyotp.TOTP(secret).at(served.time.now())})
    asked = served.client().post("/login", data={"name": ANNA, "password": PASSWORD}, headers=HTML)

    assert "The second factor is set." in anna.text
    assert "autofocus required" in asked.text


def test_a_link_that_no_telephone_would_read_gets_no_code_and_leaves_the_key(served: Served) -> None:
    assert qr_code("x" * MOST) is not None
    long_name = "阿" * 200
    served.add(long_name, Role.RESPONDER)
    page = Visitor(served, long_name).open("/account").send("/account/second-factor/begin", status=200)

    assert not page.html.xpath("//svg[@role='img']")
    assert "add an account by typing its key" in page.text
    assert len(secret_on(page)) == 32


def test_what_is_no_key_of_ours_is_not_drawn(served: Served) -> None:
    page = Visitor(served, ANNA).open("/account").send("/account/second-factor/begin", status=200)
    page.send("/account/second-factor", {"secret": "<b>no key</b>", "code": "000000"}, status=400)

    assert "Nothing is begun." in page.text


def test_another_password_ends_the_session_and_the_login_says_so(served: Served) -> None:
    anna = Visitor(served, ANNA).open("/account")
    anna.send("/account/password", {"old": "wrong wrong wrong", "new": "another horse 99"}, status=401)
    assert "the old password is wrong" in anna.text
    anna.send("/account/password", {"old": PASSWORD, "new": "another horse 99"})

    assert "Your password is changed." in anna.text


def test_other_sessions_end_by_a_button(served: Served) -> None:
    other = Visitor(served, ANNA)
    anna = Visitor(served, ANNA).open("/account")
    anna.send("/account/sessions")

    assert "The session has ended." in anna.text
    assert other.client.get("/account", headers=HTML).headers["location"] == "/login?to=%2Faccount"


def test_a_token_is_shown_once_and_ends_at_once(served: Served) -> None:
    anna = Visitor(served, ANNA).open("/account/tokens")
    anna.send("/account/tokens", {"name": "tickets", "days": "30", "scopes": ["read_incidents"]}, status=200)
    secret = secret_on(anna)
    bearer = {"authorization": f"Bearer {secret}"}
    assert served.client().get("/api/v1/incidents", headers=bearer).status_code == 200
    anna.open("/account/tokens").send("/account/tokens/revoke")
    assert served.client().get("/api/v1/incidents", headers=bearer).status_code == 401
    assert "tickets" in Visitor(served, ANNA).open("/account/tokens?everybody=1").text


def test_who_has_no_role_sees_what_to_do_and_can_log_out(served: Served) -> None:
    served.add("Nora Norole")
    nora = Visitor(served, "Nora Norole").open("/account")
    assert "Your account has no role yet" in nora.text
    assert f"These people can give you a role: {ANNA}." in nora.text
    assert nora.open("/", status=303).answer.headers["location"] == "/account"
    nora.open("/account")
    nora.send("/logout")
    assert nora.path == "/login"


def test_what_to_do_first_follows_from_what_is_there(served: Served) -> None:
    anna = Visitor(served, ANNA).open("/welcome")

    assert {"/incidents/new", "/people/new", "/scope", "/account"} <= set(anna.links())
    assert Role.ADMIN not in {Role(one) for one in ROLES}
