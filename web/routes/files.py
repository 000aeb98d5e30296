"""Static files, the service worker, the manifest, and the two probes."""

import json
from typing import Any

from litestar import HttpMethod, MediaType, Request, Response, Router, get, route
from litestar.params import FromPath

from care import words
from care.words import _
from config import ROOT
from db import engine
from web.errors import NotFound
from web.render import assets, language

FOR_EVER = "public, max-age=31536000, immutable"
SHELL_PAGES = [
    "/journal/write/note",
    "/help",
    "/help/now",
    "/help/someone",
    "/help/world",
]
SHELL_PAGES += ["/offline", "/journal/shell", "/journal/new", "/away"]
SHELL_FILES = ["app.css", "app.js", "js/outbox.js", "js/leave.js", "icons/sprite.svg", "icons/icon.svg"]
LATER_PAGES = ["/stories/write/phone", "/stories/kept/phone", "/report/blank"]
LATER_FILES = [
    "css/stories.css",
    "css/write.css",
    "js/story_steps.js",
    "js/story.js",
    "js/kept.js",
    "js/care.js",
    "js/report.js",
    "css/moderation.css",
]
"""Kept by the phones of members who opened stories: a first visit need not carry it."""


@get("/static/{path:path}", opt={"anonymous": True}, sync_to_thread=False)
def static(request: Request[Any, Any, Any], path: FromPath[str]) -> Response[bytes]:
    found = assets.find(path.lstrip("/"))
    if found is None:
        raise NotFound()
    asset, current = found
    accepted = request.headers.get("accept-encoding", "")
    coding = next((c for c in ("br", "gzip") if c in accepted and c in asset.encoded), None)
    headers = {"Cache-Control": FOR_EVER if current else "no-cache", "Vary": "Accept-Encoding"}
    if coding:
        headers["Content-Encoding"] = coding
    return Response(asset.encoded[coding] if coding else asset.body, media_type=asset.type, headers=headers)


@get("/sw.js", opt={"anonymous": True}, sync_to_thread=False)
def worker() -> Response[bytes]:
    return Response(
        assets.worker(SHELL_PAGES, SHELL_FILES, LATER_PAGES, LATER_FILES),
        media_type="text/javascript",
        headers={"Cache-Control": "no-cache"},
    )


@get("/manifest.json", opt={"anonymous": True}, sync_to_thread=False)
def manifest(request: Request[Any, Any, Any]) -> Response[str]:
    words.set_language(language(request).catalog)
    told = json.loads((ROOT / "manifest.json").read_text())
    told |= {
        "lang": language(request).tag,
        "dir": language(request).direction,
        "description": _(told["description"]),
    }
    for picture in [
        *told["icons"],
        *told["screenshots"],
        *(i for s in told["shortcuts"] for i in s["icons"]),
    ]:
        picture["src"] = assets.url(picture["src"])
    for named in [*told["shortcuts"], *told["screenshots"]]:
        for key in {"name", "label"} & named.keys():
            named[key] = _(named[key])
    return Response(
        json.dumps(told, ensure_ascii=False),
        media_type="application/manifest+json",
        headers={"Cache-Control": "no-cache"},
    )


@route("/healthz", http_method=[HttpMethod.GET, HttpMethod.HEAD], opt={"anonymous": True})
async def health() -> Response[str]:
    await engine.ping()
    return Response("ok\n", media_type=MediaType.TEXT, headers={"Cache-Control": "no-store"})


@get("/robots.txt", opt={"anonymous": True}, sync_to_thread=False)
def robots() -> Response[str]:
    return Response(
        "User-agent: *\nAllow: /$\nAllow: /help\nAllow: /journal$\nDisallow: /\n", media_type=MediaType.TEXT
    )


@get("/favicon.ico", opt={"anonymous": True}, sync_to_thread=False)
def favicon() -> Response[bytes]:
    return Response(
        assets.all["icons/icon-192.png"].body,
        media_type="image/png",
        headers={"Cache-Control": "max-age=86400"},
    )


router = Router(path="/", route_handlers=[static, worker, manifest, health, robots, favicon])
