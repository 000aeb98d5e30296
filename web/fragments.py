"""Pieces of pages that are the same for everybody who may see them, drawn once.

A piece knows nothing but what its key names: no viewer, no request. So one person's page can never end
up in another's, whatever a template does.
"""

from collections.abc import Callable, Hashable
from typing import Any

from markupsafe import Markup

from web.language import Language
from web.render import environment

MOST = 4_000
_drawn: dict[Hashable, Markup] = {}


def fragment(speech: Language, template: str, key: Hashable, make: Callable[[], dict[str, Any]]) -> Markup:
    """`make` gives what the template is drawn with; all that can change in it must stand in `key`."""
    known = (template, speech.tag, key)
    html = _drawn.get(known)
    if html is None:
        drawn = environment(speech.catalog).get_template(template)
        # The template escapes all it is given.
        html = Markup(drawn.render({"speech": speech, **make()}))  # noqa: S704
        if len(_drawn) >= MOST:
            del _drawn[next(iter(_drawn))]
        _drawn[known] = html
    return html


def forget() -> None:
    """For tests."""
    _drawn.clear()
