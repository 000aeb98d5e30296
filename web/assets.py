"""Static files: one content hash in each URL, compressed once at start, served for ever.

`app.css` and `app.js` are their parts joined in order: one request each on a slow phone.
"""

import gzip
import hashlib
import json
import mimetypes
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import brotli
import rjsmin

from config import ROOT

STATIC = ROOT / "web" / "static"
CSS_FIRST = ("tokens.css", "base.css", "layout.css", "components.css")
# Not on anybody's first page: linked where they are needed.
CSS_APART = ("moderation.css", "stories.css", "write.css")
JS_CORE = ("queue.js", "checkin.js", "phone.js", "bring.js", "reach.js", "app.js")
HASHED = re.compile(r"^(?P<stem>.+)\.(?P<hash>[0-9a-f]{10})(?P<ext>\.[a-z0-9]+)$")
BIG = 100_000  # bytes; beyond them the last tenth saved would take a second of every start
TEXT = {".css", ".js", ".svg", ".json", ".txt", ".html"}


@dataclass(frozen=True)
class Asset:
    name: str
    body: bytes

    @cached_property
    def hash(self) -> str:
        return hashlib.sha256(self.body).hexdigest()[:10]

    @property
    def url(self) -> str:
        stem, _, ext = self.name.rpartition(".")
        return f"/static/{stem}.{self.hash}.{ext}"

    @property
    def type(self) -> str:
        kind = mimetypes.guess_type(self.name)[0] or "application/octet-stream"
        return kind

    @cached_property
    def encoded(self) -> dict[str, bytes]:
        if Path(self.name).suffix not in TEXT:
            return {}
        quality = 11 if len(self.body) < BIG else 9
        return {
            "br": brotli.compress(self.body, quality=quality),
            "gzip": gzip.compress(self.body, 9, mtime=0),
        }


class Assets:
    """Every static file by name, and what a page or the service worker needs to know of them."""

    def __init__(self, made: dict[str, bytes] | None = None) -> None:
        found = {str(p.relative_to(STATIC)): p.read_bytes() for p in sorted(STATIC.rglob("*")) if p.is_file()}
        found |= {name: rjsmin.jsmin(body) for name, body in found.items() if _ours(name)}
        found |= {"app.css": _styles(found), "app.js": _joined(found, [f"js/{n}" for n in JS_CORE])}
        self.all = {name: Asset(name, body) for name, body in (found | (made or {})).items()}

    def url(self, name: str) -> str:
        return self.all[name].url

    def find(self, path: str) -> tuple[Asset, bool] | None:
        """The asset behind a requested path, and whether the hash in it is today's."""
        match = HASHED.match(path)
        name = match["stem"] + match["ext"] if match else path
        asset = self.all.get(name)
        return (asset, bool(match) and match["hash"] == asset.hash) if asset and match else None

    def warm(self) -> None:
        for asset in self.all.values():
            _ = asset.encoded

    @cached_property
    def build(self) -> str:
        """Changes when anything a phone may have stored changes: files, pages or their data."""
        seen = hashlib.sha256("".join(a.hash for a in self.all.values()).encode())
        for folder in (ROOT / "web" / "templates", ROOT / "care" / "data", ROOT / "web" / "locale"):
            for path in sorted(p for p in folder.rglob("*") if p.is_file()):
                seen.update(path.read_bytes())
        return seen.hexdigest()[:10]

    def worker(
        self, pages: list[str], files: list[str], later_pages: list[str], later_files: list[str]
    ) -> bytes:
        """The service worker with this build's name and lists of things to keep written in: the ones at
        once, the others when somebody first needs them."""
        source = self.all["sw.js"].body.decode()
        shell = pages + [self.url(name) for name in files]
        later = later_pages + [self.url(name) for name in later_files]
        return (
            source.replace("__BUILD__", self.build)
            .replace("__OUTBOX__", self.url("js/outbox.js"))
            .replace('"__SHELL__"', json.dumps(shell))
            .replace('"__LATER__"', json.dumps(later))
            .encode()
        )


def _ours(name: str) -> bool:
    """Scripts written to be read: phones get them without their comments."""
    return name == "sw.js" or (name.startswith("js/") and name.endswith(".js"))


def _styles(found: dict[str, bytes]) -> bytes:
    names = [f"css/{n}" for n in CSS_FIRST]
    apart = {"css/utilities.css", *(f"css/{name}" for name in CSS_APART)}
    names += [n for n in found if n.startswith("css/") and n not in names and n not in apart]
    css = _joined(found, [*names, "css/utilities.css"]).decode()
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    return re.sub(r"\s*([{};,>])\s*", r"\1", re.sub(r"\s+", " ", css)).strip().encode()


def _joined(found: dict[str, bytes], names: list[str]) -> bytes:
    return b"\n".join(found[name].rstrip() for name in names if name in found) + b"\n"
