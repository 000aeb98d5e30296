"""Reads what somebody says of a meeting of a group, or says in plain words what to mend."""

from datetime import datetime
from uuid import UUID

from care import controls
from care import meetings as rules
from care.groups import Form, Problems
from care.meetings import Leaders, Plan
from care.moments import the_day, the_time
from care.words import N_


def read(form: Form, leaders: Leaders, at: datetime) -> Plan | Problems:
    """Fields `title`, `about`, `day`, `time`, `zone`, `minutes`, `mode`, `cap`, `host`, `second`, `notes`,
    `note_own`, `access`, `lang`, `area`, `address`, `expect`, `series`, `times`."""
    problems = Problems()
    title, about = _line(form, "title"), form.text("about").strip()
    if not 1 <= len(title) <= rules.TITLE_LONGEST:
        problems["title"] = N_("A title of one to sixty letters, please.")
    if len(about) > rules.ABOUT_LONGEST:
        problems["about"] = N_("At most 1,000 letters, please.")
    wall, tz = _when(form, at, problems)
    minutes, cap = _number(form.text("minutes"), rules.USUAL), _number(form.text("cap"), rules.PLACES)
    if not rules.SHORTEST <= minutes <= rules.LONGEST:
        problems["minutes"] = N_("Between 15 and 240 minutes, please.")
    if not rules.FEWEST <= cap <= rules.MOST:
        problems["cap"] = N_("Between 2 and 40 places, please.")
    mode = form.text("mode") if form.text("mode") in rules.MODES else rules.ONLINE
    said = {name: _line(form, name) for name in ("access", "area", "address", "expect", "lang")}
    _places(mode, said, leaders, problems)
    host, second = _leader(form, "host", leaders, problems), _leader(form, "second", leaders, problems)
    if host and host == second:
        problems["second"] = N_("Two different people, please: nobody looks after a meeting alone.")
    often = _often(form, problems)
    notes = controls.read_notes(form)
    if isinstance(notes, controls.Problems):
        problems.update(notes)
        return problems
    if problems or wall is None or host is None or second is None:
        return problems
    plan = Plan(title, wall, tz, host, second, about, minutes, mode, cap, notes, often[0], often[1], **said)
    if not leaders.may(plan):
        return Problems(second=N_("In person, both who look after it are from the team."))
    return plan


def read_cancel(form: Form, own: bool) -> str | Problems:
    """Fields `why`, a key of care.meetings.REASONS, and for the team (`own`) `words`, which come first."""
    words = _line(form, "words") if own else ""
    if len(words) > rules.WORDS_LONGEST:
        return Problems(words=N_("At most 300 letters, please."))
    if not words and form.text("why") not in rules.REASONS:
        return Problems(why=N_("Please say why: it is kinder to those who wanted to come."))
    return words or form.text("why")


def _when(form: Form, at: datetime, problems: Problems) -> tuple[datetime | None, str]:
    day, clock, tz = (
        the_day(form.text("day")),
        the_time(form.text("time")),
        rules.named_zone(form.text("zone")),
    )
    if day is None:
        problems["day"] = N_("Please choose a day.")
    if clock is None:
        problems["time"] = N_("Please say when it begins, like 18:00.")
    if not tz:
        problems["zone"] = N_("Please say which clock to go by, like Europe/London.")
    if day is None or clock is None or not tz:
        return None, tz
    wall = datetime.combine(day, clock)
    if not at < rules.moment(wall, tz) <= at + rules.AHEAD:
        problems["day"] = N_("Please choose a time that is still to come, within a year.")
    return wall, tz


def _places(mode: str, said: dict[str, str], leaders: Leaders, problems: Problems) -> None:
    for name, words in said.items():
        if len(words) > (rules.LANGUAGE_LONGEST if name == "lang" else rules.WORDS_LONGEST):
            problems[name] = N_("That is too long. Could you say it shorter?")
    if mode == rules.ONLINE:
        said |= {"area": "", "address": "", "expect": ""}
        return
    if not leaders.by_team:
        problems["mode"] = N_(
            "Only the team invites people to meet in person: it has checked who is there, and the place."
        )
    needed = {
        "area": N_("Please say roughly where, so that people know whether they can come."),
        "address": N_("Please give the address of a public place."),
        "expect": N_("Please say what to expect: it makes coming easier."),
    }
    problems.update({name: words for name, words in needed.items() if not said[name]})


def _leader(form: Form, name: str, leaders: Leaders, problems: Problems) -> UUID | None:
    try:
        found = UUID(form.text(name))
    except ValueError:
        found = None
    if found in leaders.names:
        return found
    problems[name] = N_("Please choose who: an adult who looks after this group, or somebody from the team.")
    return None


def _often(form: Form, problems: Problems) -> tuple[str, int]:
    series = form.text("series") if form.text("series") in rules.SERIES else rules.ONCE
    times = _number(form.text("times"), 1) if series != rules.ONCE else 1
    if not 1 <= times <= rules.MOST_TIMES:
        problems["times"] = N_("At most twelve times, please.")
    return series, times


def _line(form: Form, name: str) -> str:
    return " ".join(form.text(name).split())


def _number(text: str, otherwise: int) -> int:
    """-1 for what is no number, so that it is refused."""
    text = text.strip()
    if not text:
        return otherwise
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1
