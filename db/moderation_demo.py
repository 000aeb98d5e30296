"""A desk for the demonstration: words of every risk that wait, all invented, through the verbs members use.

Where a real text would say how, where or who, these say [method], [street] or [name].
"""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID, uuid5

from care import clock
from care.shared import Draft, Words
from care.stories import Facts, Story
from db import decisions, moderation, moderation_mine, people_demo, reports, stories
from db.decisions import Decision
from db.devices import Viewer
from db.engine import transaction
from db.moderation_tables import Hold
from db.stories_demo import SPACE, item_of, publish


class Line(NamedTuple):
    """`at` is minutes ago; `place` the title of a demonstration story that it answers, if any."""

    who: str
    at: int
    text: str
    place: str = ""


class Report(NamedTuple):
    """`kind` is item, or person for its author."""

    who: str
    at: int
    reason: str
    text: str = ""
    kind: str = "item"


BUS, LAUNDRY, FRIDGE, TILL = (
    "The bus driver who nodded",
    "The laundry room",
    "The timetable on our fridge",
    "The whiteboard by the till",
)
WAITING = (
    Line("moth", 7, "Custard again today. I ate it in the hall and nothing happened."),
    Line("fern", 16, "I count bus stops too. Forty-one is my record.", BUS),
    Line("sorrel", 31, "Thank you for writing this. I read it twice.", FRIDGE),
    Line("comet", 52, "You could talk to me somewhere else, add me on [app], I am [handle].", BUS),
    Line("brook", 66, "I cannot stop crying today, everything is grey and I feel so hopeless."),
    Line("thistle", 24, "I hurt myself again last night. I have not told anybody, so I am telling you."),
    Line("minnow", 4, "I don’t want to be here any more. I am going to end it tonight. I have [method]."),
    Line("lark", 95, "What worked for me was [method], and it takes [number] of them."),
    Line("otter", 140, "Last week I ate [number] calories a day and got down to [number] kilos."),
    Line("kestrel", 43, "My friend says she wants to die and I promised to tell nobody. What do I do?"),
    Line("juniper", 12, "Day three of the new job. I know where the cups are now.", TILL),
    Line("pollen", 58, "Send me a picture of you, and don’t tell your mum about us."),
    Line("marram", 9, "My friend just told me she is going to kill herself tonight. She locked her door."),
    Line("slate", 110, "Some nights I think everybody would be better off without me."),
    Line("saffron", 180, "You are so pathetic, shut up and stop moaning.", LAUNDRY),
    Line("heron", 320, "Free gift cards for everybody here: https://example.invalid/[name]"),
    Line("wren", 75, "If you want to talk, ring me, my number is 07700 900123, or add me on [app]."),
    Line("cedar", 200, "I feel so hopeless and empty this week. No reason, it is just grey.", LAUNDRY),
)
PRIVATE = "slate"
"""Asked that people on duty read it and nobody else."""
TOLD = (
    (
        Line("ember", 88, "The wrong bus on purpose"),
        "I got on the wrong bus on purpose. I wanted to see if anybody would notice that I was late, and "
        "nobody did, and that was sad for about four stops. Then there was a canal I had never seen, with a "
        "heron in it, and I stood there with my maths book and felt like somebody in a film. When I got in I "
        "told the truth: I took the wrong bus. My teacher said, was it a good one? Nobody has asked me a "
        "better question.",
    ),
    (
        Line("tarn", 150, "The manager’s cardigan"),
        "In my second week I cried in the stock room, behind the crates, quietly, as I thought. My manager "
        "came in, said nothing at all, and put her cardigan over the security camera. Then she went out and "
        "served my queue as well as her own. We have never talked about it. I have learned to do the "
        "deliveries since, and last month there was somebody new behind the crates, and I knew what to do "
        "with my cardigan.",
    ),
)
REPORTED = (
    (
        Line("pumice", 1500, "People who cry at school just want attention, everybody knows that.", BUS),
        (
            Report("fern", 400, "upsetting"),
            Report("dune", 260, "bullying", "This is about me, I think."),
            Report("lark", 130, "upsetting"),
        ),
    ),
    (
        Line("anise", 1300, "Some of you make being sad your whole personality.", LAUNDRY),
        (Report("juniper", 210, "bullying", "It made me want to delete mine."),),
    ),
    (
        Line("kestrel", 900, "I will not be around at the weekend, or after it. You were all kind.", FRIDGE),
        (Report("thistle", 6, "danger", "This sounds like goodbye."),),
    ),
    (
        Line("quartz", 1100, "I could bring round what you need, I am never far from your shop.", TILL),
        (
            Report("willowherb", 170, "personal"),
            Report("willowherb", 165, "contact", "He keeps asking where I work.", "person"),
        ),
    ),
)
"""Shown until somebody told us about it."""
APPEALED = Line("cobalt", 1800, "Has [name] not answered you either? Ring her until she does: 07700 900456.")
APPEAL = (
    "I can take the number out. I did not want to hurt anybody, I wanted to say it was lonely on that course."
)
ASKED = Line("pebble", 1600, "I talked to the nurse at [school]. Ask for [name], she has biscuits.", FRIDGE)


async def fill(mo: Viewer, lead: Viewer) -> None:
    """All that is missing; what stands already, whatever became of it, is left alone."""
    async with transaction():
        for line in WAITING:
            item = await _write(line)
            if item and line.who == PRIVATE and (who := await people_demo.find(line.who)):
                await moderation.keep_private(who, item)
        for line, text in TOLD:
            await _write(line, text)
        for line, told in REPORTED:
            if item := await _write(line):
                await _report(mo, line, item, told)
        if item := await _write(APPEALED):
            await _appealed(lead, item)
        if item := await _write(ASKED):
            await _asked(mo, item)


async def _write(line: Line, story: str = "") -> UUID | None:
    """None when it was written before, or its author has left."""
    cid = uuid5(SPACE, line.text)
    who = await people_demo.find(line.who)
    if who is None or await item_of(cid):
        return None
    with clock.ago(timedelta(minutes=line.at)):
        if story:
            parts = (line.text, story, "", "", "")
            told = Story(Draft("story", Words(parts), intent="listen", cid=cid), Facts(after="months"))
            return (await stories.share(who, told)).id
        place = await item_of(uuid5(SPACE, line.place)) if line.place else None
        kind = "reply" if place else "post"
        return (await moderation.share(who, Draft(kind, Words((line.text,)), place=place, cid=cid))).id


async def _report(mo: Viewer, line: Line, item: UUID, told: tuple[Report, ...]) -> None:
    with clock.ago(timedelta(minutes=line.at - 15)):
        await publish(mo, item)
    author = await people_demo.find(line.who)
    for one in told:
        who = await people_demo.find(one.who)
        if who is not None and author is not None:
            with clock.ago(timedelta(minutes=one.at)):
                subject = item if one.kind == "item" else author.person
                await reports.report(who, one.kind, subject, one.reason, text=one.text)


async def _appealed(lead: Viewer, item: UUID) -> None:
    """Decided by the lead, so that the moderator is the somebody else who looks again."""
    with clock.ago(timedelta(minutes=APPEALED.at - 60)):
        await _decide(lead, item, Decision("remove", 1, "contact", APPEALED.text))
    if who := await people_demo.find(APPEALED.who):
        with clock.ago(timedelta(minutes=120)):
            await moderation_mine.appeal(who, item, APPEAL)


async def _asked(mo: Viewer, item: UUID) -> None:
    sentence = "Ask for [name], she has biscuits."
    with clock.ago(timedelta(minutes=ASKED.at - 40)):
        await _decide(mo, item, Decision("return", 1, "personal", sentence, "We like the biscuits."))


async def _decide(by: Viewer, item: UUID, decision: Decision) -> None:
    row = await Hold.select(Hold.id).where(Hold.subject == item, Hold.ended_at.is_null()).first()
    if row:
        await decisions.decide(by, row["id"], decision)
