"""Web roots that give away more than pages: real dumps of a database under usual names, and a PHP framework's log."""

from __future__ import annotations

import asyncio

from lab.clients.web import Web
from lab.model import CANARY, NotAsNamed, Server, records_of
from lab.recipes.front import start_nginx
from lab.recipes.tables import start_mariadb
from lab.site import Site

DUMP = "/dump.sql"
LOG = "/storage/logs/laravel.log"


async def dump_open(site: Site) -> list[Server]:
    """What `mariadb-dump` wrote of a database with records, and no listing that names it."""
    name = "dump-open"
    workdir = site.workdir(name)
    _, database, _ = await start_mariadb(site, f"{name}-database", password="")
    (workdir / "www").mkdir()
    words = ["mariadb-dump", "--no-defaults", "-h", "127.0.0.1", "-P", str(database), "-u", "root", "shop"]
    dumped = await site.ask(workdir, words)
    rows = [one["email"] for one in records_of(f"{name}-database")]
    if dumped.code or not all(row in dumped.text for row in rows):
        raise NotAsNamed(f"the dump lacks its records: {dumped.text[-200:]}")
    (workdir / "www" / DUMP[1:]).write_text(dumped.text, encoding="utf-8")
    (workdir / "www" / "index.html").write_text("<html><title>Shop</title></html>\n", encoding="utf-8")
    port, pid, version = await start_nginx(site, workdir, f"root {workdir}/www; index index.html;")
    file = await asyncio.to_thread(Web(port=port).ask, "GET", DUMP)
    if CANARY.encode() not in file.body or len(file.body) != len(dumped.text.encode()):
        raise NotAsNamed(f"{name} answered a stranger's question for its dump with {file.status}")
    return [Server(name=name, datastore="http", form="open", version=version, transport="http", port=port, pid=pid)]


async def laravel_open(site: Site) -> list[Server]:
    """The whole project lies in the web root, its log as well."""
    return [await _laravel(site, "laravel-open", root="")]


async def laravel_protected(site: Site) -> list[Server]:
    """The web root is the folder that is meant to be."""
    return [await _laravel(site, "laravel-protected", root="public")]


async def _laravel(site: Site, name: str, *, root: str) -> Server:
    await site.shelf.debian("laravel", "php", "php-xml", "php-mbstring")
    workdir, port = site.workdir(name), site.port()
    project = workdir / "www"
    for folder in (
        "config",
        "public",
        "bootstrap/cache",
        *(f"storage/{each}" for each in ("logs", "sessions", "views")),
    ):
        (project / folder).mkdir(parents=True)
    for place, text in _PROJECT.items():
        (project / place).write_text(f"<?php\n{text}", encoding="utf-8")
    process = await site.start(workdir, ["php", "-S", f"127.0.0.1:{port}", "-t", project / root])
    web = Web(port=port)
    await site.until(process, workdir, lambda: b"<title>Shop" in web.ask("GET", "/").body)
    failed = await asyncio.to_thread(web.ask, "GET", f"/buy?email={records_of(name)[0]['email']}")
    log = project / LOG[1:]
    if failed.status != 500 or CANARY not in log.read_text(encoding="utf-8"):
        raise NotAsNamed(f"{name} logged nothing of an error")
    told = await asyncio.to_thread(web.ask, "GET", LOG)
    if (told.body == log.read_bytes()) is bool(root):
        raise NotAsNamed(f"{name} answered a stranger's question for its log with {told.status}")
    stated = await site.ask(workdir, ["dpkg-query", "-W", "-f=${Version}", "php-laravel-framework"])
    form, version = "protected" if root else "open", stated.text.partition("+")[0]
    return Server(
        name=name, datastore="laravel", form=form, version=version, transport="http", port=port, pid=process.pid
    )


_PROVIDERS = (
    "Session\\SessionServiceProvider", "Cookie\\CookieServiceProvider", "Encryption\\EncryptionServiceProvider",
    "Filesystem\\FilesystemServiceProvider", "View\\ViewServiceProvider", "Translation\\TranslationServiceProvider",
    "Foundation\\Providers\\FoundationServiceProvider",
)  # fmt: skip
_PROVIDED = ", ".join(f"'Illuminate\\{one}'" for one in _PROVIDERS)
_PROJECT = {
    "index.php": "require 'public/index.php';\n",
    "public/index.php": """require 'Illuminate/autoload.php';
class Kernel extends Illuminate\\Foundation\\Http\\Kernel {
    protected $middleware = [Illuminate\\Cookie\\Middleware\\AddQueuedCookiesToResponse::class,
        Illuminate\\Session\\Middleware\\StartSession::class];
}
$app = new Illuminate\\Foundation\\Application(dirname(__DIR__));
$app->singleton(Illuminate\\Contracts\\Http\\Kernel::class, Kernel::class);
$app->singleton(Illuminate\\Contracts\\Debug\\ExceptionHandler::class,
    Illuminate\\Foundation\\Exceptions\\Handler::class);
$kernel = $app->make(Illuminate\\Contracts\\Http\\Kernel::class);
$app->booted(function () use ($app) {
    $app['router']->get('/', fn () => '<html><title>Shop</title></html>');
    $app['router']->get('/buy', function (Illuminate\\Http\\Request $request) {
        throw new Exception('no such customer: ' . $request->query('email'));
    });
});
$response = $kernel->handle($request = Illuminate\\Http\\Request::capture());
$response->send();
$kernel->terminate($request, $response);
""",
    "config/app.php": (
        "return ['name' => 'Shop', 'env' => 'production', 'debug' => false, 'timezone' => 'UTC', 'locale' => 'en',\n"
        "'fallback_locale' => 'en', 'key' => str_repeat('a', 32), 'cipher' => 'AES-256-CBC', 'aliases' => [],\n"
        f"'providers' => [{_PROVIDED}]];\n"
    ),
    "config/session.php": (
        "return ['driver' => 'file', 'lifetime' => 120, 'expire_on_close' => false, 'encrypt' => false,\n"
        "'files' => dirname(__DIR__) . '/storage/sessions', 'lottery' => [2, 100], 'cookie' => 'laravel_session',\n"
        "'path' => '/', 'domain' => null, 'secure' => null, 'http_only' => true, 'same_site' => 'lax'];\n"
    ),
    "config/logging.php": (
        "return ['default' => 'single', 'channels' => ['single' => ['driver' => 'single', 'level' => 'debug',\n"
        "'path' => dirname(__DIR__) . '/storage/logs/laravel.log']]];\n"
    ),
    "config/view.php": "return ['paths' => [], 'compiled' => dirname(__DIR__) . '/storage/views'];\n",
}
"""A small project of the framework: one page, and one that fails and is logged."""
