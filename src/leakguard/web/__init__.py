"""The web: `/api/v1`, and what a browser is shown. Each request is parsed, one use case is called, its result is shown.

A handler is a plain function, `handler(call: Call) -> Answer`. It runs in a thread of the pool, with a `Wiring` of its
own that records as the caller, and is reached only by who has the operation's right. It calls the use case and the
function of `outputs` that the command with `--format json` calls. `operations.OPERATIONS` is the one register: routes,
the OpenAPI document, the documentation page and the tests of rights follow from it. `dispatch.perform` runs an
operation for a request that the door has let in.

May import everything below it, adapters only through `wiring`; Starlette, uvicorn, anyio, jinja2, msgspec and pydantic.
Never decides anything, never names a path of this machine that a request brought, and never renders what was uploaded.
"""
