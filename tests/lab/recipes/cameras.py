"""A camera's stream by GStreamer's RTSP server from Debian: for everybody, and behind a login."""

from __future__ import annotations

from lab.clients.lines import accepts
from lab.model import PASSWORD, NotAsNamed, Server
from lab.recipes.asked import debian_version, place
from lab.site import Site
from lab.trees import PYTHON

PATH = "/live"
_SERVE = """
import sys, gi
gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer, GLib

port, path, password = sys.argv[1:]
Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(port)
stream = GstRtspServer.RTSPMediaFactory()
picture = "videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=5/1 ! rtpvrawpay name=pay0 pt=96"
stream.set_launch(f"( {picture} audiotestsrc is-live=true ! rtpL16pay name=pay1 pt=97 )")
stream.set_shared(True)
if password:
    auth, token = GstRtspServer.RTSPAuth(), GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "user")
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic("lab", password), token)
    server.set_auth(auth)
    rights = "media.factory.access=(boolean)true, media.factory.construct=(boolean)true"
    stream.add_role_from_structure(Gst.Structure.new_from_string(f"user, {rights}"))
server.get_mount_points().add_factory(path, stream)
server.attach(None)
GLib.MainLoop().run()
"""
_PLAY = """
import sys, gi
gi.require_version("Gst", "1.0")
from gi.repository import Gst

Gst.init(None)
line = Gst.parse_launch(f"rtspsrc location={sys.argv[1]} protocols=tcp ! fakesink num-buffers=3 sync=false")
line.set_state(Gst.State.PLAYING)
said = line.get_bus().timed_pop_filtered(60 * Gst.SECOND, Gst.MessageType.ERROR | Gst.MessageType.EOS)
print("played" if said and said.type == Gst.MessageType.EOS else said and said.parse_error())
line.set_state(Gst.State.NULL)
"""


async def gstreamer_open(site: Site) -> list[Server]:
    """Whoever comes may watch."""
    return [await _gstreamer(site, "gstreamer-open")]


async def gstreamer_protected(site: Site) -> list[Server]:
    """A name and a password."""
    return [await _gstreamer(site, "gstreamer-protected")]


async def _gstreamer(site: Site, name: str) -> Server:
    await site.shelf.debian("gst-rtsp-server", "gst-base", "gst-good", "python-gi")
    where = place(site, name)
    login = "" if where.is_open else PASSWORD
    process = await site.start(where.workdir, [PYTHON, "-c", _SERVE, str(where.port), PATH, login])
    await site.until(process, where.workdir, lambda: accepts(where.port))
    played = await site.ask(where.workdir, [PYTHON, "-c", _PLAY, f"rtsp://127.0.0.1:{where.port}{PATH}"])
    if ("played" in played.text) is not where.is_open:
        raise NotAsNamed(f"{name} played a stranger {played.text[-300:]}")
    version, form = await debian_version(site.shelf, "gst-rtsp-server"), "open" if where.is_open else "protected"
    return Server(
        name=name, datastore="rtsp", form=form, version=version, port=where.port, path=PATH, pid=process.pid,
        collections=2 if where.is_open else None,
    )  # fmt: skip
