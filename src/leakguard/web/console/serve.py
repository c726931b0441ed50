"""Requests of the console: who it is, the page or the act, and what went wrong, shown where it can be put right."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from leakguard.errors import LeakGuardError, NotFound, NotLoggedIn, RightMissing, UsageProblem
from leakguard.translations.catalogue import LANGUAGES
from leakguard.use_cases.accounts.callers import refuse_without
from leakguard.use_cases.accounts.own_account import keep_preferences
from leakguard.web.call import Answer, fitted
from leakguard.web.console.desk import Desk, Refusal
from leakguard.web.console.files import file_response
from leakguard.web.console.forms import Form, read_form
from leakguard.web.console.once_more import for_person, for_reader, refuse_kept_problem
from leakguard.web.console.reader import language_cookie, reader_zone, words_of
from leakguard.web.console.render import rendered
from leakguard.web.console.screen import Act, Done, Screen
from leakguard.web.console.screens import ACT, ACTS, SCREEN, SCREENS
from leakguard.web.console.shell import first_facts, head_of, shell_of
from leakguard.web.console.static import KEPT, static
from leakguard.web.console.ways import login_behind, login_path, to_screen
from leakguard.web.forms import local_path
from leakguard.web.marks import KEEPS, PART, mark_page, request_id
from leakguard.web.once import CutOff, KeyedRequest
from leakguard.web.operation import PREFIX
from leakguard.web.operations import BY_NAME
from leakguard.web.problems import problem_document, status_of
from leakguard.web.sessions import TOKEN_FIELD, form_token, refuse_foreign_page, refuse_without_token
from leakguard.web.who import Credentials, caller_of, page_credentials

if TYPE_CHECKING:
    from starlette.requests import Request

    from leakguard.web.door import Door

KEY_FIELD = "form_key"
"""A random text in each form: a form that is sent twice does nothing twice."""
HTML = "text/html; charset=utf-8"


class Console:
    """The pages of a server."""

    def __init__(self, door: Door, *, has_passkeys: bool = False) -> None:
        """`door` is what all requests come through; `has_passkeys` is whether somebody can log in by one."""
        self.door, self._has_passkeys = door, has_passkeys

    def routes(self) -> tuple[Route, ...]:
        """Every route, those without places first."""
        found = [Route(screen.path, self._screen(screen), methods=["GET"], name=screen.name) for screen in SCREENS]
        found += [Route(act.path, self._act(act), methods=["POST"], name=act.name) for act in ACTS]
        found.sort(key=lambda route: route.path.count("{"))
        more = (
            Route("/static/{hash}/{name}", self._static, methods=["GET"]),
            Route("/favicon.ico", self._icon, methods=["GET"]),
            Route("/language", self._language, methods=["POST"]),
        )
        return (*more, *found)

    def rest(self) -> tuple[Route, ...]:
        """Behind all other routes: the address of a form that is opened as a page, and pages that there are not."""
        found = [Route(act.path, to_screen(act), methods=["GET"]) for act in ACTS]
        return (*found, Route("/{path:path}", self._nowhere, methods=["GET"]))

    async def _nowhere(self, request: Request) -> Response:
        """Somebody who is logged in gets a page with the menu; a stranger one without, and a program a document."""
        if "text/html" not in request.headers.get("accept", "") or request.url.path.startswith(PREFIX):
            raise HTTPException(404)
        try:
            given = page_credentials(request, self.door.site)
            return await to_thread.run_sync(self._missing, request, given)
        except NotLoggedIn:
            raise HTTPException(404) from None

    def _missing(self, request: Request, given: Credentials) -> Response:
        with ExitStack() as closing:
            error = NotFound("there is no such page", next_step="Go on from Now, or find it by its name above.")
            return self._problem(request, self._desk(request, given, closing), SCREEN["now"], error)

    def _screen(self, screen: Screen) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            request.scope[PART] = f"page_{screen.name}"
            try:
                given = page_credentials(request, self.door.site)
                return await to_thread.run_sync(self._shown, screen, request, given)
            except NotLoggedIn:
                return RedirectResponse(login_path(request), 303)

        return endpoint

    def _shown(self, screen: Screen, request: Request, given: Credentials) -> Response:
        with ExitStack() as closing:
            desk = self._desk(request, given, closing)
            try:
                _refuse_odd_places(desk)
                if screen.path == "/" and not desk.caller.roles:
                    return RedirectResponse("/account", 303)  # it says who can give a role
                refuse_without(desk.caller, screen.right) if screen.right is not None else None
                return _page(request, desk, screen, {**screen.show(desk), "done": _done(desk)})
            except LeakGuardError as error:
                begin = first_facts(desk, screen) if isinstance(error, NotFound) else ""
                if begin:
                    return RedirectResponse(begin, 303)
                return self._problem(request, desk, screen, for_reader(error))

    def _desk(self, request: Request, given: Credentials, closing: ExitStack) -> Desk:
        shared = self.door.shared
        wiring = shared.for_caller(None)
        closing.callback(wiring.close)
        caller = caller_of(wiring, given)
        self.door.limiters.caller.take(caller.actor)
        vars(wiring)["store"] = wiring.existing_store
        wiring.speak_for(caller)
        return Desk(
            caller=caller, wiring=wiring, jobs=self.door.jobs, words=words_of(request, caller),
            zone=reader_zone(request, caller, shared.settings.zone), now=wiring.now(), operations=BY_NAME,
            path=dict(request.path_params), query=dict(request.query_params),
            environment=given.environment, token=form_token(given.secret), has_passkeys=self._has_passkeys,
        )  # fmt: skip

    def _act(self, act: Act) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            request.scope[PART] = f"act_{act.name}"
            with ExitStack() as closing:
                try:
                    given = page_credentials(request, self.door.site)
                    refused = await to_thread.run_sync(self._refused_unread, act, given)
                    form = Form()
                    if refused is None:
                        form, refused = await _form_of(act, request, given, closing)
                    return await to_thread.run_sync(self._acted, act, request, given, form, refused)
                except NotLoggedIn:
                    return RedirectResponse(login_behind(act, request), 303)

        return endpoint

    def _refused_unread(self, act: Act, given: Credentials) -> LeakGuardError | None:
        """Why nothing that was sent is read: nobody fills the disk without a login and the right.

        Raises `NotLoggedIn`.
        """
        wiring = self.door.shared.for_caller(None)
        try:
            caller = caller_of(wiring, given)
            refuse_without(caller, act.right) if act.right is not None else None
        except RightMissing as error:
            return error
        finally:
            wiring.close()
        return None

    def _acted(
        self, act: Act, request: Request, given: Credentials, form: Form, refused: LeakGuardError | None
    ) -> Response:  # fmt: skip
        with ExitStack() as closing:
            desk = self._desk(request, given, closing)
            desk.form, desk.uploads = form.fields, form.files
            key = "" if act.keeps_nothing else desk.one(KEY_FIELD)[:100]
            try:
                if refused is not None:
                    raise refused
                _refuse_odd_places(desk)
                refuse_without(desk.caller, act.right) if act.right is not None else None
                made = partial(self._performed, act, desk)
                if not key:
                    return _answered(request, act, desk, made())
                digest = sha256(f"{request.url.path}\n{form.digest}".encode()).hexdigest()
                answer = self._once(act, desk, key, request).answered(desk.wiring, digest, made, 303)
                refuse_kept_problem(answer)
                return _answered(request, act, desk, answer)
            except LeakGuardError as error:
                problem = for_person(error)
                desk.refusal = Refusal(act=act.name, error=problem, problems=getattr(error, "problems", ()))
                if isinstance(error, CutOff):
                    desk.form = {}  # what is recorded already is not offered for sending once more
                return self._again(request, desk, SCREEN[act.screen], problem)

    def _performed(self, act: Act, desk: Desk) -> Answer:
        made = act.perform(desk)
        if isinstance(made, Answer):
            return made
        if isinstance(made, Done):
            path, mark, place = made.path.partition("#")
            more = "&" if "?" in path else "?"
            query = f"&said={act.also.index(made.say)}" if made.say in act.also else ""
            return Answer(status=303, headers={"location": f"{path}{more}done={act.name}{query}{mark}{place}"})
        return Answer(document=dict(made), media=HTML, status=200)

    def _once(self, act: Act, desk: Desk, key: str, request: Request) -> KeyedRequest:
        return KeyedRequest(
            at_work=self.door.limiters.at_work, actor=desk.caller.actor, key=f"form:{key}",
            starts_process=act.starts_process, explain=lambda error: problem_document(error, request_id(request)),
        )  # fmt: skip

    def _again(self, request: Request, desk: Desk, screen: Screen, error: LeakGuardError) -> Response:
        """The page of the form once more, with what was sent and what is wrong with it."""
        try:
            _refuse_odd_places(desk)
            refuse_without(desk.caller, screen.right) if screen.right is not None else None
            return _page(request, desk, screen, screen.show(desk), status=status_of(error))
        except LeakGuardError:
            return self._problem(request, desk, screen, error)

    def _problem(self, request: Request, desk: Desk, screen: Screen, error: LeakGuardError) -> Response:
        context = {**shell_of(desk, screen), "error": error, "is_there": not isinstance(error, NotFound)}
        mark_page(request)
        return Response(rendered("problem.html", context), status_of(error), media_type=HTML)

    async def _static(self, request: Request) -> Response:
        found = static().get(request.path_params["name"])
        if found is None or request.url.path != found.path:
            raise NotFound("there is no such file", next_step="Load the page again.")
        request.scope[KEEPS] = KEPT
        return Response(found.content, media_type=found.media)

    async def _icon(self, _: Request) -> Response:
        """Browsers ask for it by this name, whatever a page says."""
        icon = static()["icon.svg"]
        return Response(icon.content, media_type=icon.media)

    async def _language(self, request: Request) -> Response:
        """Choose the language of this browser and of who is logged in; the login page has a language too."""
        refuse_foreign_page(request, self.door.site, needs_proof=True)
        with ExitStack() as closing:
            form = await read_form(request, closing, takes_files=False)
        chosen = (form.fields.get("language") or ("",))[0]
        if chosen not in LANGUAGES:
            raise UsageProblem("the console has no such language", next_step=f"Choose one of: {', '.join(LANGUAGES)}")
        await to_thread.run_sync(self._keep_language, request, chosen)
        response = RedirectResponse(local_path((form.fields.get("to") or ("/",))[0]), 303)
        response.headers.append("set-cookie", language_cookie(chosen, is_secure=self.door.site.is_secure))
        return response

    def _keep_language(self, request: Request, chosen: str) -> None:
        """With the account, where somebody is logged in."""
        wiring = self.door.shared.for_caller(None)
        try:
            caller = caller_of(wiring, page_credentials(request, self.door.site))
            keep_preferences(wiring.existing_store, caller, language=chosen, zone=caller.zone)
        except LeakGuardError:
            return  # nobody is logged in, so the browser alone keeps it
        finally:
            wiring.close()


async def _form_of(
    act: Act, request: Request, given: Credentials, closing: ExitStack
) -> tuple[Form, LeakGuardError | None]:  # fmt: skip
    """What was sent, and why nothing is done with it."""
    form = Form()
    try:
        form = await read_form(request, closing, takes_files=act.takes_files)
        refuse_without_token(given.secret, (form.fields.get(TOKEN_FIELD) or ("",))[0])
    except LeakGuardError as error:
        return form, error
    return form, None


def _refuse_odd_places(desk: Desk) -> None:
    """No database keeps these signs, so nothing is called so."""
    if any("\0" in text for text in (*desk.path.values(), *desk.query.values())):
        raise NotFound("there is no such page", next_step="Go on from Now, or find it by its name above.")


def _done(desk: Desk) -> str:
    """What was done before this page: a message of the register, never a text of the address."""
    act = ACT.get(desk.query.get("done", ""))
    if act is None:
        return ""
    more = {str(number): text for number, text in enumerate(act.also)}
    return more.get(desk.query.get("said", ""), act.done)


def _page(
    request: Request, desk: Desk, screen: Screen, context: Mapping[str, Any], *, status: int = 200, template: str = ""
) -> Response:  # fmt: skip
    mark_page(request)
    around = {**shell_of(desk, screen), **head_of(desk), **context, "key": desk.wiring.token(24)}
    page = rendered(template or screen.template, around)
    return Response(page, status, media_type=HTML)


def _answered(request: Request, act: Act, desk: Desk, answer: Answer) -> Response:
    if answer.media == HTML and answer.chunks is None and answer.document is not None:
        return _page(request, desk, SCREEN[act.screen], answer.document, template=act.template)
    headers = dict(answer.headers)
    if answer.file_name:
        headers["content-disposition"] = f'attachment; filename="{fitted(answer.file_name)}"'
    return file_response(answer, headers)
