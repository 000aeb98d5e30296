"""Reads a form without complaint: a person needs their own words back, not a parser's opinion."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from litestar import Request
from litestar.datastructures import UploadFile
from litestar.exceptions import ClientException, InternalServerException

from care import stories

MOST_FIELDS = 20_000
WHOLE = {"text", "situation", "now", "took", "title", "note", *stories.BOXES, *(f"part{n}" for n in range(9))}
"""Fields in which one word is worth keeping, too; of others only those that hold several."""


@dataclass(frozen=True)
class Form:
    """Fields in the order they came. Text has tidy newlines and nothing a database refuses."""

    fields: list[tuple[str, str]] = field(default_factory=list)

    def text(self, name: str, default: str = "") -> str:
        return next((value for key, value in self.fields if key == name), default)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key == name]

    def has(self, name: str) -> bool:
        return any(key == name for key, _ in self.fields)

    @property
    def written(self) -> str:
        """What somebody put into words, an empty line between."""
        words = [value.strip() for key, value in self.fields if key in WHOLE or " " in value.strip()]
        return "\n\n".join(filter(None, words))


async def read(request: Request[Any, Any, Any]) -> Form:
    """Any whole body gives a Form; one that cannot be understood gives an empty one. Read before it is asked
    who sends it, so that who is refused gets their words back.

    Raises ClientException when the line broke half way: half a form must change nothing.
    """
    try:
        form = Form(await _fields(request))
    except InternalServerException:  # the framework's word for "they went away"
        raise ClientException from None
    request.state.form = form
    return form


async def _fields(request: Request[Any, Any, Any]) -> list[tuple[str, str]]:
    if "multipart/form-data" in request.headers.get("content-type", ""):
        return [(clean(k), clean(v)) for k, v in await _multipart(request)]
    body = (await request.body()).decode("utf-8", "replace")
    try:
        pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="replace")
    except ValueError:  # more fields than any form of ours has
        pairs = []
    return [(clean(key), clean(value)) for key, value in pairs]


async def _multipart(request: Request[Any, Any, Any]) -> list[tuple[str, str]]:
    try:
        parts = (await request.form()).multi_items()
    except (ClientException, ValueError, UnicodeError, LookupError):
        return []
    return [(key, value) for key, value in parts if not isinstance(value, UploadFile)]


def clean(text: str) -> str:
    """CRLF becomes LF; NUL and lone surrogates go, since no database keeps them."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return "".join(c for c in text if not 0xD800 <= ord(c) <= 0xDFFF) if _odd(text) else text


def _odd(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
