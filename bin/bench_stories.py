"""What stories cost: lists, a story with twenty answers, an answer; against one page that never changes.

The yardstick is a Litestar handler that renders a static page of 13 KB through Jinja, compressed as ours are,
measured in the same run. `--grow N` fills the database with N stories first.
"""

import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any
from uuid import UUID, uuid4

from jinja2 import Environment
from litestar import Litestar, Request, Response, get

from care.matching import INTERESTS, SITUATIONS, Likes
from care.shared import Draft, Words, pack
from care.stories import Facts, Story

Cpu = Callable[..., Awaitable[float]]
Beside = Callable[..., Awaitable[tuple[float, float]]]
Work = Callable[[], Awaitable[Any]]
MADE_OF = (
    "bus rain glass corridor kettle friend morning walk canal letter sister list window song drawing class "
    "night bread shift neighbour stairs phone garden practice exam train quiet laugh door kitchen dog"
)
WORDS = MADE_OF.split()
AT_ONCE = 5_000
ITEMS = """INSERT INTO item (id, author, cid, kind, band, side, sealed, intent, created_at,
    published_at, notes, topics, state, reason, tier, about, labels, rules, read_by) VALUES """
STORIES = "INSERT INTO story (item, situations, interests, after, lang, letters, search, replies) VALUES "
ITEM_REST = ", '', '', 'published', '', 'none', 'none', '', '', ''"


async def measure_stories(ask: Any, cpu: Cpu, beside: Beside, asker: Callable[..., Any], grow: int) -> None:
    from db import controls, devices
    from db.engine import count_queries
    from web.guards import COOKIE

    reader, story, replier = await _community()
    for size in (1_000, grow) if grow > 1_000 else (1_000,):
        await _fill(size)
        await controls.like(reader, Likes(frozenset({"exam-stress", "cant-sleep"}), frozenset({"music"})))
        cookie = f"{COOKIE}={await devices.begin(reader.person, devices.Caller('', ''))}"
        status, _, body = await ask("/stories/new", cookie)
        floor = _floor(asker, body)
        plain = await _plain(cpu, asker, reader)
        ground = await cpu(floor)
        print(f"static 13 KB page: {ground:.0f} µs CPU, plain template: {plain:.0f} µs; {size:,} stories")
        for path in ("/stories", "/stories/new", "/stories/about/exam-stress", f"/stories/{story}"):
            await ask(path, cookie)
            with count_queries() as counted:
                status, _, body = await ask(path, cookie)
            if status != 200:
                raise SystemExit(f"{path} answered {status}")
            cost, ratio = await beside(lambda path=path, cookie=cookie: ask(path, cookie), floor)
            name = path if len(path) < 30 else "a story with 20 answers"
            print(
                f"  {name}: {counted.n} statements, {cost:.0f} µs CPU = {ratio:.2f} × static"
                f" = {cost / plain:.2f} × plain, {len(body) / 1024:.1f} KB"
            )
        await _search(beside, reader, floor)
    await _reply(beside, replier, floor)


def _floor(asker: Callable[..., Any], body: bytes) -> Work:
    """A page of the same kind as ours, so that compressing it costs the same: our own list, cut to 13 KB."""
    import brotli

    from web.app import COMPRESSION

    html = brotli.decompress(body).decode()
    text = (html * 3)[: 13 * 1024].replace("{", "").replace("}", "")
    template = Environment(autoescape=True).from_string(text)

    @get("/static", sync_to_thread=False)
    def static() -> Response[bytes]:
        return Response(template.render().encode(), media_type="text/html")

    bare = asker(Litestar([static], openapi_config=None, logging_config=None, compression_config=COMPRESSION))
    return lambda: bare("/static")


async def _plain(cpu: Cpu, asker: Callable[..., Any], reader: Any) -> float:
    """The list of stories drawn by Jinja alone, each time anew: no database, nobody recognised."""
    from db import stories_reading
    from web import fragments
    from web.app import COMPRESSION
    from web.render import page
    from web.routes import stories_drawn

    shelf = await stories_reading.newest(reader)

    @get("/plain")
    async def plain(request: Request[Any, Any, Any]) -> Response[bytes]:
        fragments.forget()
        cards = stories_drawn.cards(request, shelf.items)
        more: Any = {"missing": [], "older": "", "question": None, "name": None}
        return page(request, "stories/index.html", which="new", shelf=shelf, cards=cards, **more)

    bare = asker(Litestar([plain], openapi_config=None, logging_config=None, compression_config=COMPRESSION))
    return await cpu(lambda: bare("/plain"), times=60)


async def _search(beside: Beside, reader: Any, floor: Work) -> None:
    from db import stories_reading

    for question in ("kettle", "kettle neighbour", "submarine"):
        found = await stories_reading.search(reader, question)
        cost, ratio = await beside(
            lambda question=question: stories_reading.search(reader, question), floor, 20
        )
        print(f"  search “{question}”: {len(found.items)} found, {cost:.0f} µs CPU = {ratio:.2f} × static")


async def _reply(beside: Beside, replier: Any, floor: Work) -> None:
    """Each to another story, so that each is somebody who had not answered yet."""
    from db import devices, limits, stories
    from db.moderation_tables import Item
    from db.tables import Attempt

    text = "Thank you for this. I felt less alone reading it, and I told my sister about the kettle too."

    async def one() -> None:
        await stories.reply(replier, Draft("reply", Words((text,)), place=next(places), cid=uuid4()))

    stories.REPLIES = limits.Limit("bench", 1_000_000, timedelta(hours=1))
    theirs = (Item.kind == "story") & (Item.state == "published") & (Item.author != replier.person)
    places = cycle([row["id"] for row in await Item.select(Item.id).where(theirs).limit(1_000)])
    # As a request brings them: with what they chose to see.
    replier = await devices.recognise(await devices.begin(replier.person, devices.Caller()))
    cost, ratio = await beside(one, floor, 40)
    await Attempt.delete(force=True)
    print(f"  an answer, with the reader, sides and ledger: {cost:.0f} µs CPU = {ratio:.2f} × static")


async def _community() -> tuple[Any, UUID, Any]:
    """An open one, with a story of twenty answers; its reader, its id, and somebody who answers."""
    from db import decisions, instance, shifts, stories
    from db.decisions import Decision
    from db.moderation_tables import Hold
    from tests.members import member

    await instance.adopt()
    mo = await member("bench desk", "c", "moderator")
    await shifts.begin(mo)
    people = [await member(f"bench {n}", "c", days=400) for n in range(22)]

    async def shown(item: UUID) -> None:
        row = await Hold.select(Hold.id).where(Hold.subject == item, Hold.ended_at.is_null()).first()
        if row:
            await decisions.decide(mo, row["id"], Decision("publish", 1))

    made = (await stories.share(people[0], _story(random.Random(1)))).id  # noqa: S311 - made-up words
    await shown(made)
    for n, who in enumerate(people[1:21]):
        words = Words((f"Answer {n}: " + " ".join(WORDS[n % 9 : n % 9 + 20]),))
        await shown((await stories.reply(who, Draft("reply", words, place=made))).id)
    await of_long_standing(people[21])
    return people[21], made, people[21]


async def of_long_standing(who: Any) -> None:
    """Whose answers are published at once: five of theirs were."""
    from db.moderation_tables import Item

    for _ in range(5):
        row = Item(id=uuid4(), author=who.person, cid=uuid4(), kind="post", band="c", side="y", sealed=b"x")
        row.state, row.intent, row.notes, row.topics, row.reason = "published", "", "", "", ""
        row.tier = row.about = row.labels = row.rules = row.read_by = ""
        row.created_at = row.published_at = datetime(2020, 1, 1, tzinfo=UTC)
        await row.save()


def _story(dice: random.Random) -> Story:
    parts = tuple(" ".join(dice.choices(WORDS, k=40)).capitalize() + "." for _ in range(4))
    likes = Likes(frozenset(dice.sample(sorted(SITUATIONS), 2)), frozenset(dice.sample(sorted(INTERESTS), 1)))
    return Story(
        Draft("story", Words((" ".join(dice.choices(WORDS, k=4)).capitalize(), *parts))), Facts(likes)
    )


async def _fill(size: int) -> None:
    """Written past the door, in bulk: only how much there is matters here."""
    from db import stories_search
    from db.cipher import Place
    from db.engine import transaction
    from db.ids import uuid7
    from db.keys import key_of
    from db.moderation_tables import Item
    from db.stories_tables import Story as Row
    from tests.members import member

    begun, dice = time.monotonic(), random.Random(size)  # noqa: S311 - made-up words
    there = int(await Row.count())
    authors = [(await member(f"bench author {size} {n}", "c")).person for n in range(50)]
    made = [_story(dice) for _ in range(200)]
    found = [stories_search.index(one.draft.words.text, "en") for one in made]
    for first in range(there, size, AT_ONCE):
        items, rows, tags = [], [], []
        for n in range(first, min(size, first + AT_ONCE)):
            k, author, item = n % 200, authors[n % 50], uuid7()
            at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=n)
            sealed = (await key_of(author)).seal(
                Place("item", "sealed", author, item), pack(made[k].draft.words)
            )
            items.append((item, author, item, "story", "c", "y", sealed, "listen", at, at))
            likes = made[k].facts.likes
            rows.append(
                (item, " ".join(likes.situations), " ".join(likes.interests), "", "en", 900, found[k], 2)
            )
            tags += [(item, tag, "y", at) for tag in likes.tags]
        async with transaction():
            for values, sql in (
                (items, ITEMS),
                (rows, STORIES),
                (tags, "INSERT INTO story_tag (item, tag, side, at) VALUES "),
            ):
                more = ITEM_REST if values is items else ""
                gaps = "(" + ", ".join(["{}"] * len(values[0])) + more + ")"
                for k in range(0, len(values), 500):
                    part = values[k : k + 500]
                    await Item.raw(sql + ", ".join([gaps] * len(part)), *(v for one in part for v in one))
    print(f"filled to {size:,} stories in {time.monotonic() - begun:.0f} s")
