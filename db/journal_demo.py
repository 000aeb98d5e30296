"""A made-up year for a demonstration person: the same every time, varied, and kind."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID, uuid5

from care.clock import now
from care.feelings import near
from care.journal import Words
from care.moments import local, zone
from db.ids import uuid7
from db.journal_rows import seal
from db.tables import Entry as Entries

TZ = "Europe/London"
AT_ONCE = 100
_NOTES = {
    1: (
        "Could not get out of bed until two. Nobody asked and I did not say.",
        "Everything was loud today. I put my hood up and counted bus stops.",
        "Cried in the toilets at break. Washed my face. Went back in.",
        "Told Mum I was tired. It was more than tired. Maybe I say it tomorrow.",
    ),
    2: (
        "Slept four hours again. My head is full of cotton wool.",
        "They went without me. I saw the photos. It is only a film, but still.",
        "Maths test. I knew it yesterday and then the page was just white.",
        "Nothing bad happened. I just felt far away from all of it.",
        "Argued with my brother about nothing. He knocked later with toast.",
        "Waiting for the letter from the clinic. Checked the post twice.",
    ),
    3: (
        "An ordinary day. Rain, two lessons moved, soup.",
        "Half good, half not. The walk home was the good half.",
        "Did my washing. It has been on the chair for two weeks, so that counts.",
        "Could not settle on anything, so I tidied one drawer.",
        "Group work was all right. I said two things out loud.",
    ),
    4: (
        "Slept. Actually slept. Texted a friend back.",
        "Walked the long way by the canal. A heron, very serious.",
        "Told my form tutor a bit of it. She did not make a face.",
        "Made pancakes. The third one looked like a pancake.",
        "Band practice. We are bad and it was great.",
        "Said no to something and nothing terrible happened.",
    ),
    5: (
        "Laughed so much on the bus that a lady laughed too.",
        "Finished the drawing. I like it. Writing that down so I remember.",
        "First swim of the year. Freezing. Brilliant.",
        "Six months since the worst week. I am here and there is sun on the wall.",
    ),
}
_ANSWERS = (
    ("friend", "She cancelled. I told myself I am too much. Jo would say: she had a dentist, you muppet."),
    ("still-true", "The dog is glad every single time. I can draw hands now. Gran rings on Sundays."),
    ("small-thing", "The heating came on before I woke up."),
    ("keep-this", "It moved before. It felt like it never would, and it moved."),
)
_LETTERS = (
    "Dear you in March, I know you think this is for ever. It is not. Keep the lamp on. Me, in autumn.",
    "Dad, I was not angry about the car. I was scared. I do not know how to start saying that.",
)
_TAGS = {
    1: ("slept-badly", "alone", "no-reason", "tense"),
    2: ("school", "slept-badly", "argument", "exam", "comparing", "waiting"),
    3: ("school", "chores", "online", "family", "resting"),
    4: ("walk", "friends", "talked", "slept-well", "music", "family"),
    5: ("friends", "outside", "went-well", "making", "kind-word", "walk"),
}


async def fill(person: UUID, days: int = 300) -> int:
    """Writes what is missing of the last `days` days and says how many entries that made."""
    chance = Random("beside")  # noqa: S311 - nothing secret: the same year every time
    today = now().astimezone(zone(TZ)).date()
    rows: list[Entries] = []
    for back in range(days, 0, -1):
        rows += await _day(person, today - timedelta(days=back), chance, back / days)
    made = 0
    for some in [rows[i : i + AT_ONCE] for i in range(0, len(rows), AT_ONCE)]:
        target = (Entries.person, Entries.cid)
        query = Entries.insert(*some).on_conflict(target=target, action="DO NOTHING")
        made += len(await query.returning(Entries.id))
    return made


async def _day(person: UUID, day: date, chance: Random, ago: float) -> list[Entries]:
    """None to three check-ins; a little lighter as the year goes on, with heavy weeks all the same."""
    if chance.random() < 0.16:
        return []
    heavy_week = day.toordinal() // 7 % 9 == 0
    centre = 3.7 - 1.3 * ago - (1.2 if heavy_week else 0) + (0.4 if day.weekday() >= 5 else 0)
    hours = sorted(chance.sample(range(7, 23), chance.choice((1, 1, 1, 2, 3))))
    rows = [await _checkin(person, day, hour, chance, centre) for hour in hours]
    if chance.random() < 0.06:
        key, note = chance.choice(_ANSWERS)
        rows.append(await _row(person, _felt(day, 21, chance), "prompt", None, Words(note, prompt=key)))
    if chance.random() < 0.015:
        words = Words(note=chance.choice(_LETTERS))
        rows.append(await _row(person, _felt(day, 22, chance), "letter", None, words))
    return rows


async def _checkin(person: UUID, day: date, hour: int, chance: Random, centre: float) -> Entries:
    mood = min(5, max(1, round(chance.gauss(centre, 0.8))))
    emotions = tuple(chance.sample(near(mood), chance.choice((0, 1, 2, 2, 3))))
    tags = tuple(chance.sample(_TAGS[mood], chance.choice((0, 1, 2, 2))))
    note = chance.choice(_NOTES[mood]) if chance.random() < 0.45 else ""
    return await _row(person, _felt(day, hour, chance), "checkin", mood, Words(note, emotions, tags))


def _felt(day: date, hour: int, chance: Random) -> datetime:
    return datetime.combine(day, time(hour, chance.randrange(60)), zone(TZ)).astimezone(UTC)


async def _row(person: UUID, felt: datetime, kind: str, mood: int | None, words: Words) -> Entries:
    cid = uuid5(person, f"{felt} {kind}")
    return Entries(
        id=uuid7(),
        person=person,
        cid=cid,
        kind=kind,
        mood=mood,
        energy=min(3, max(0, mood - 1 - felt.minute % 2)) if mood and felt.minute % 3 else None,
        sealed=await seal(person, cid, words),
        felt_at=felt,
        local_date=local(felt, TZ).date(),
        tz=TZ,
        edited_at=felt,
        created_at=felt,
    )
