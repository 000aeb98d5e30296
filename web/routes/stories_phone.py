"""Kept stories that may be read without a network: their words for the phone, and which it may still hold."""

import json
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from care import controls, stories
from care.words import _
from db import stories_mine
from db.stories_mine import MOST
from web import forms
from web.errors import NotFound
from web.guards import member
from web.render import PERSONAL, page

Ask = Request[Any, Any, Any]
Answer = Response[bytes]


@get("/stories/kept/phone", opt={"anonymous": True}, sync_to_thread=False)
def shell(request: Ask) -> Answer:
    """Knows nobody: what this phone holds is drawn by the phone."""
    return page(request, "stories/write_kept.html", anonymous=True, most=MOST)


@post("/stories/kept/check", status_code=200)
async def check(request: Ask) -> Answer:
    """Fields `id`: those still kept and still to be seen, with the number of their words as they are now."""
    form, who = await forms.read(request), member(request)
    if request.headers.get("X-Uid", str(who.person)) != str(who.person):
        return Response(b"", status_code=409, headers=PERSONAL)
    asked = [name for name in map(stories_mine.name, form.all("id")) if name]
    if len(asked) > MOST:
        return Response(b"", status_code=422, headers=PERSONAL)
    found = await stories_mine.still(who, asked)
    return _json({"kept": {str(item): version for item, version in found.items()}})


@get("/stories/{item:uuid}/phone")
async def words(request: Ask, item: FromPath[UUID]) -> Answer:
    """One kept story as the phone shows it, in words ready to be read."""
    held = await stories_mine.held(member(request), item)
    if held is None:
        raise NotFound()
    shown = held.shown
    questions = ["", *(_(question) for question in stories.QUESTIONS.values())]
    boxes = [
        [asked, part] for asked, part in zip(questions, shown.said.parts, strict=False) if asked and part
    ]
    notes = [_(controls.NOTES[note]) if note in controls.NOTES else note for note in shown.notes]
    title, after = stories.title(shown.said.parts), _(stories.AFTER.get(held.after, ""))
    told = {"id": str(item), "version": shown.version, "title": title, "name": shown.name}
    return _json({**told, "boxes": boxes, "notes": notes, "after": after if held.after else ""})


def _json(told: dict[str, Any]) -> Answer:
    body = json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")
    return Response(body, media_type="application/json", headers=PERSONAL)


HANDLERS = [shell, check, words]
