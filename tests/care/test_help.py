"""Wrong numbers harm: these tests stand between the data and the person who dials."""

import json
import re
from datetime import date, time, timedelta

import pytest

from care import help, helpline

TODAY = date(2026, 11, 23)
RAW = json.loads(helpline.DATA.read_text(encoding="utf-8"))["records"]
ALL = helpline.read()

REQUIRED = {
    ("US", "988"), ("US", "741741"), ("GB", "85258"), ("GB", "08001111"), ("GB", "116123"),
    ("IE", "116123"), ("IE", "1800666666"), ("CA", "988"), ("CA", "18006686868"), ("AU", "131114"),
    ("AU", "1800551800"), ("NZ", "1737"), ("DE", "08001110111"), ("DE", "116111"), ("FR", "3114"),
    ("FR", "0800235236"), ("ES", "024"), ("ES", "717003717"), ("IT", "19696"), ("NL", "113"), ("BR", "188"),
    ("IN", "14416"), ("JP", "0120279338"), ("KR", "109"), ("ZA", "0800567567"), ("MX", "5552598121"),
    ("PL", "116111"), ("SE", "90101"), ("CH", "143"), ("AT", "147"),
}  # fmt: skip
EMERGENCY = {
    "GB": "999",
    "US": "911",
    "CA": "911",
    "AU": "000",
    "NZ": "111",
    "DE": "112",
    "JP": "119",
    "UA": "112",
}
EU = set(re.findall("..", "ATBEBGHRCYCZDKEEFIFRDEGRHUIEITLVLTLUMTNLPLPTROSKSIESSE"))


def digits(number: str) -> str:
    return re.sub(r"\D", "", number)


def shown() -> list[tuple[str, helpline.Line]]:
    return [(c, line) for c in sorted(help.countries()) for line in help.lines(c, TODAY)]


def test_the_lines_nobody_may_lose_are_there() -> None:
    held = {(c, digits(p.number)) for c, line in shown() for p in line.phones}
    held |= {(c, digits(line.text.number)) for c, line in shown() if line.text}
    assert held >= REQUIRED


def test_the_emergency_numbers_are_right() -> None:
    assert {c: help.emergency(c)[0].number for c in EMERGENCY} == EMERGENCY
    assert all("112" in [p.number for p in help.emergency(c)] for c in EU)
    assert all(help.emergency(c) for c in help.countries())
    assert help.emergency("KZ") == (), "an unknown number is never guessed"


@pytest.mark.parametrize("record", RAW, ids=lambda r: f"{r['country']}-{r['name']}")
def test_every_record_can_be_trusted_and_dialled(record: dict[str, object]) -> None:
    line = ALL[RAW.index(record)]
    assert re.fullmatch("[A-Z]{2}", line.country) and line.name and line.source
    assert re.fullmatch(r"\d{4}-\d{2}(-\d{2})?|undated", str(record["as_of"]))
    assert line.confidence in {"A", "B", "C"}
    assert line.phones or line.text or line.chat or line.site or "site" in record.get("unverified", [])  # type: ignore[operator]
    for phone in line.phones:
        assert re.fullmatch(r"\*?[\d -]+", phone.number), "as the service writes it, and never +44…"
        assert re.fullmatch(r"tel:(%2A)?\d{2,12}", phone.href)
        assert re.fullmatch(r"\d?", phone.then)
    if line.text:
        assert re.fullmatch(r"sms:\d{3,10}(\?&body=[A-Za-z0-9]+)?", line.text.href)
    for address in (line.chat, line.site):
        assert not address or re.fullmatch(r"https://[a-z0-9.-]+/?[\w/.-]*", address)


def test_only_known_fields_stand_in_the_data() -> None:
    known = {"country", "kind", "name", "who", "ages", "phone", "text", "whatsapp", "chat", "site", "hours"}
    known |= {"hours_heard", "languages", "more_languages", "cost", "source", "as_of", "confidence", "note"}
    assert {key for record in RAW for key in record} <= known | {"unverified"}


def test_a_doubtful_line_stays_in_the_file_and_out_of_sight() -> None:
    doubtful = [line for line in ALL if line.confidence == "C"]
    assert len(doubtful) == 7
    seen = [line for _, line in shown()] + help.oldest(TODAY) + help.directories()
    assert not set(doubtful) & set(seen)
    assert "7333" not in help.numbers() and "0299777" not in help.numbers()


def test_an_unconfirmed_address_is_never_linked() -> None:
    doubted = [
        (r, line) for r, line in zip(RAW, ALL, strict=True) if {"site", "chat"} & {*r.get("unverified", [])}
    ]
    assert doubted
    assert not any(line.site or line.chat for _, line in doubted)


def test_a_short_code_stays_short_and_a_star_survives() -> None:
    [us] = [line for line in help.lines("US", TODAY) if line.name.startswith("988")]
    assert us.phones[0].href == "tel:988" and us.text and us.text.href == "sms:988"
    [cl] = help.lines("CL", TODAY)
    assert cl.phones[0].href == "tel:%2A4141"
    [pe] = help.lines("PE", TODAY)
    assert (pe.phones[0].href, pe.phones[0].then) == ("tel:113", "5")
    shout = help.lines("GB", TODAY)[0]
    assert shout.text and shout.text.href == "sms:85258?&body=SHOUT"


def test_young_people_first_and_writing_before_speaking() -> None:
    assert [line.name for line in help.lines("GB", TODAY)] == [
        "Shout", "Childline", "Samaritans", "CALM", "PAPYRUS HOPELINE247",
    ]  # fmt: skip
    for country in help.countries():
        fresh = [line for line in help.lines(country, TODAY) if not line.stale(TODAY, help.STALE)]
        young = [line.kind in {"youth", "text"} for line in fresh if line.who != "primary"]
        assert young == sorted(young, reverse=True), country


def test_pairs_are_both_there() -> None:
    assert {"nl", "fr"} <= {lang for line in help.lines("BE", TODAY) for lang in line.languages}
    assert {line.who for line in help.lines("PL", TODAY)} == {"under", "adults"}


def test_old_drops_below_fresh_as_days_pass() -> None:
    names = [line.name for line in help.lines("GB", date(2026, 6, 1))]
    assert names.index("PAPYRUS HOPELINE247") == 4
    names = [line.name for line in help.lines("GB", date(2025, 3, 1))]
    assert names.index("PAPYRUS HOPELINE247") < names.index("Samaritans")
    shout = date(2026, 6, 2)
    assert help.lines("GB", shout + timedelta(180))[0].name == "Shout"
    assert help.lines("GB", shout + timedelta(181))[0].name == "Childline"


def test_an_unnamed_button_fits_whoever_presses_it() -> None:
    named = {
        c: [(way, line.name) for way, line in help.doors(help.lines(c, TODAY))] for c in help.countries()
    }
    assert named["GB"] == [("text", "Shout"), ("call", "Samaritans")]
    assert named["US"] == [("text", "Crisis Text Line"), ("call", "988 Suicide & Crisis Lifeline")]
    assert named["DE"] == [("chat", "krisenchat"), ("call", "TelefonSeelsorge")]
    assert named["BE"] == [("call", "Zelfmoordlijn"), ("call", "Tele-Accueil")]
    assert [way for way, _ in named["PL"]] == ["call", "call"]
    assert named["UA"] == []
    assert all(bool(named[c]) == bool(help.lines(c, TODAY)) for c in named)


def test_a_child_is_sent_to_children_lines() -> None:
    first = {c: help.for_children(c, TODAY)[0].name for c in ("GB", "IE", "DE", "US", "KR", "UA", "QQ")}
    assert first["GB"] == "Childline" and first["IE"].startswith("Childline")
    assert first["US"].startswith("Childhelp") and first["KR"] == "Youth counselling"
    assert first["UA"] == first["QQ"] == "Find A Helpline (ThroughLine)"
    assert all(help.for_children(c, TODAY) for c in help.countries())
    assert "krisenchat" in [line.name for line in help.for_children("DE", TODAY)]
    assert "The Trevor Project" not in [line.name for line in help.for_children("US", TODAY)]


def test_numbers_are_digits_and_complete() -> None:
    numbers = help.numbers()
    assert all(number.isdigit() for number in numbers)
    assert {
        "988",
        "741741",
        "85258",
        "116123",
        "08001111",
        "4141",
        "112",
        "999",
        "911",
        "6591511767",
    } <= numbers
    assert "" not in numbers


@pytest.mark.parametrize(
    ("asked", "accept", "country"),
    [
        (None, "en-GB,en;q=0.9", "GB"),
        (None, "en,fr-CA;q=0.8", "CA"),
        (None, "zh-Hant-TW,zh;q=0.9", "TW"),
        (None, "es-419,es;q=0.9", "GB"),
        (None, "kk-KZ", "KZ"),
        (None, "", "GB"),
        (None, "*;q=0.1,,;;--", "GB"),
        ("ie", "en-GB", "IE"),
        ("<script>", "de-AT", "AT"),
        ("GBR", "de-AT", "AT"),
        ("g\n", "de-AT", "AT"),
    ],
)
def test_the_country_is_chosen_then_guessed_from_the_language(
    asked: str | None, accept: str, country: str
) -> None:
    assert help.choose(asked, accept, "GB") == country


def test_what_to_check_again() -> None:
    again = help.oldest(TODAY)
    dates = [line.as_of for line in again if line.as_of]
    assert dates == sorted(dates) and dates[0] == date(2021, 7, 24)
    assert max(dates) < TODAY - timedelta(help.AGEING)
    assert "Childline" in [line.name for line in again if line.as_of is None]
    assert not [line for line in help.oldest(date(2021, 7, 24)) if line.as_of]


def test_hours_are_said_in_words() -> None:
    def clock(at: time) -> str:
        return f"{at:%H:%M}"

    by_name = {line.name: [(s.way, s.words(clock)) for s in line.hours] for _, line in shown()}
    assert by_name["Shout"] == [("", "24 hours, every day")]
    assert by_name["CALM"] == [("", "17:00 to midnight, every day")]
    assert by_name["Nummer gegen Kummer (Kinder- und Jugendtelefon)"] == [
        ("phone", "14:00 to 20:00, Monday to Saturday")
    ]
    assert by_name["BørneTelefonen (Børns Vilkår)"][1] == ("chat", "11:00 to 23:00, every day")
    assert by_name["SOS Détresse"] == [], "what no source confirmed is not said"


def test_ages_are_said_in_words() -> None:
    words = {line.name: line.who_words() for _, line in shown()}
    assert words["Childline"] == "Under 19"
    assert words["Kids Helpline"] == "Ages 5 to 25"
    assert all(words.values())
