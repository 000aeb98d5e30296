"""Stories and answers as pieces of pages, each drawn once for all readers who see it alike."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from litestar import Request
from markupsafe import Markup

from care import matching, stories
from care.clock import now
from care.controls import NOTES
from db.stories_rows import Told
from web.fragments import fragment
from web.language import Language
from web.render import language

Ask = Request[Any, Any, Any]


def cards(request: Ask, told: Iterable[Told], marked: bool = True, like: bool = False) -> Markup:
    """A list of stories; `marked` says which of them the reader kept, `like` that they are like one other."""
    speech, at = language(request), now()
    # Each is safe by itself, and so is what stands after it.
    return Markup("".join([_card(speech, one, at, marked and one.kept, like) for one in told]))  # noqa: S704


def seen(request: Ask, told: Iterable[Told]) -> tuple[Any, ...]:
    """All that can differ in how these stories or answers are drawn for one reader."""
    speech, at = language(request), now()
    return tuple([_differs(speech, one, at) for one in told])


def _differs(speech: Language, one: Told, at: datetime) -> tuple[Any, ...]:
    shown = one.shown
    when = speech.ago(shown.published_at or shown.created_at, at)
    own = (tuple(one.counts.values()), one.times_kept, one.heard, may_change(one)) if shown.mine else ()
    return one.mark, when, one.why, one.kept, one.given, own


def body(request: Ask, told: Told, asked: bool) -> Markup:
    """A story's own words, or what stands before them while they are folded."""
    folded = bool(told.shown.notes) and not asked
    return fragment(language(request), "stories/_body.html", (told.mark, folded), lambda: _body(told, folded))


def answers(request: Ask, told: Sequence[Told], story: Told, chosen: str) -> list[Markup | None]:
    """Each answer as its reader sees it; None for those of their own that wait, which are never kept."""
    speech = language(request)
    return [_answer(speech, one, story, chosen) if one.shown.state == "published" else None for one in told]


def may_change(told: Told) -> bool:
    at = told.shown.published_at
    return told.shown.editable and (at is None or now() - at < stories.EDIT_FOR)


def answer_facts(speech: Language, one: Told, story: Told, chosen: str = "") -> dict[str, Any]:
    return {
        "reply": one,
        "by": story.shown.name,
        "thanks": story.shown.mine,
        "when": speech.ago(one.shown.published_at or one.shown.created_at),
        "names": NOTES,
        "unfolded": not one.shown.notes or one.shown.mine or chosen == str(one.shown.id),
        "changing": may_change(one),
        "stories": stories,
    }


def _card(speech: Language, one: Told, at: datetime, kept: bool, like: bool) -> Markup:
    when, shown = speech.ago(one.shown.published_at or one.shown.created_at, at), one.shown
    key = (one.mark, when, one.why, kept, shown.mine, like)

    def facts() -> dict[str, Any]:
        return {
            "id": shown.id,
            "name": shown.name,
            "by_staff": shown.by_staff,
            "when": when,
            "title": one.title,
            "teaser": "" if shown.notes else stories.teaser(shown.said.parts),
            "notes": shown.notes,
            "names": NOTES,
            "wants": stories.WANTS.get(shown.intent, ""),
            "minutes": stories.minutes(one.letters),
            "replies": one.replies,
            "lang": one.lang,
            "why": matching.label(one.why) if one.why else "",
            "mine": shown.mine,
            "kept": kept,
            "like": like,
        }

    return fragment(speech, "stories/_card.html", key, facts)


def _answer(speech: Language, one: Told, story: Told, chosen: str) -> Markup:
    facts = answer_facts(speech, one, story, chosen)
    theirs = (one.shown.mine, one.given, tuple(one.counts.values()), story.shown.mine)
    key = (one.mark, story.mark, facts["when"], facts["unfolded"], facts["changing"], theirs)
    return fragment(speech, "stories/_answer.html", key, lambda: facts)


def _body(told: Told, folded: bool) -> dict[str, Any]:
    parts = () if folded else told.shown.said.parts
    boxes = [
        (stories.QUESTIONS[box], text) for box, text in zip(stories.BOXES, parts[1:], strict=False) if text
    ]
    return {
        "shown": told.shown,
        "title": told.title,
        "lang": told.lang,
        "boxes": boxes,
        "names": NOTES,
        "wants": stories.WANTS.get(told.shown.intent, ""),
        "after": stories.AFTER.get(told.after, ""),
        "minutes": stories.minutes(told.letters),
    }
