"""Contact: phone numbers, e-mail addresses and handles, however they are spelled.

Crisis lines are never among them: a number that helps must stay readable.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from care import helpline, links
from care.flat import Flat
from care.links import DATA, DOT

Found = tuple[str, str, int, int]  # rule id, label, and the place in the folded text

_PROVIDER = "|".join(DATA["mail_providers"])
_MAIL = re.compile(
    rf"[\w.+-]{{1,64}}\s?(?:@|\(at\)|\[at\]|\(a\)|\barroba\b|\{{at\}})\s?[\w-]{{1,63}}(?:\.[\w-]{{1,30}}|{DOT}[\w-]{{2,20}}){{1,3}}"
    rf"|[\w.+-]{{1,64}}\s(?:at|arroba)\s(?:{_PROVIDER})(?:(?:{DOT}|\s?\.\s?|\s)(?:com|co|net|org|es|uk|de|me|mx|ar|edu))?\b"
    rf"|[\w.+-]{{1,64}}(?<!\blook)(?<!\bgo)(?<!\bsite)(?<!\bis)(?<!\bare)(?<!\bfound)(?<!\bforum)(?<!\bread)\s(?:at|arroba)\s[\w-]{{2,40}}{DOT}(?:com|co|net|org|es|edu|uk|example|test|me|io|eu|info|mx|ar|de|fr|ac|school|mail)\b"
    rf"|[\w.+-]{{1,64}}@(?:{_PROVIDER})\b"
)
# Most texts have none of these, and are done.
_AT = re.compile(rf"@|arroba|[(\[{{]a|\sat\s(?:{_PROVIDER}|[\w-]{{2,40}}{DOT})")
_TAG = re.compile(r"\b[a-z][\w.]{1,31}#\d{4}\b")
_HANDLE = re.compile(r"(?<![\w.@/])@(?!\d)(?=[a-z_.]*[\d_.])[\w.]{3,30}(?<![.])")
_UNDERSCORED = re.compile(
    r"(?<![\w/.#])(?=[\w.]{0,60}[a-z])(?:xx?_[\w]{2,24}_xx?|[a-z0-9.]{2,20}(?:_[a-z0-9.]{1,20}){1,4})(?!\w)"
)
_POSTCODE = re.compile(r"\b[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2}\b")
_LIVES = re.compile(r"\b(?:live|living|address|post ?code|zip|come|house|home|vivo|direccion|codigo)\b")
_DIGITS = re.compile(r"(?<![\w.#])(?:\+\s?)?\(?\d(?:(?:[ ().\-/·*]|\)\s|\s-\s){0,3}\d){6,40}(?![\w%])")
_DIALLED = re.compile(r"(?<!\w)\+?\d(?:[ ().\-/]{0,2}\d){1,18}(?!\w)")
_GROUPS = re.compile(r"\d+")
_ASKS = re.compile(DATA["phone_words"])
_COUNTED = re.compile(DATA["counted_before"] + r"\W{0,3}(?:\w+\W{1,3}){0,2}$")
_COUNTED_AFTER = re.compile(r"^\W{0,2}" + DATA["counted_after"])
_DATE = re.compile(r"(?:\d{1,2}[/.\- ]\d{1,2}[/.\- ](?:19|20)\d\d|(?:19|20)\d\d[/.\-]\d{1,2}[/.\-]\d{1,2})")
_HELPLINE = re.compile(DATA["helpline_numbers"])
NUMBERS: dict[str, int] = DATA["number_words"]
_BREATH = re.compile(DATA["breath_words"])
_FILLERS = frozenset(DATA["fillers"])


def find(flat: Flat) -> Iterator[Found]:
    """Every address, number, handle and link in the text; mail addresses are not links as well."""
    text = flat.normal.text
    named = list(_named(text))
    mails = [place for rule, place in named if rule == "contact.mail"]
    sites = [place for place in links.find(text) if not _within(place, mails)]
    for start, end in sites:
        yield "link.address", "link", start, end
    for rule, place in named:
        if rule == "contact.mail" or not _within(place, sites):
            yield rule, "contact_info", *place
    for start, end in _phones(text):
        if not _within((start, end), sites):
            yield "contact.phone", "contact_info", start, end
    for start, end in _spoken(flat):
        yield "contact.spelled", "contact_info", start, end


def _within(place: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    return any(place[0] < end and start < place[1] for start, end in others)


def _named(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    if _AT.search(text):
        for found in _MAIL.finditer(text):
            yield "contact.mail", found.span()
        for found in _HANDLE.finditer(text):
            yield "contact.handle", found.span()
    if "#" in text:
        for found in _TAG.finditer(text):
            yield "contact.tag", found.span()
    if "_" in text:
        for found in _UNDERSCORED.finditer(text):
            if any(sign.isdigit() for sign in found.group()) or len(found.group()) > 5:
                yield "contact.handle", found.span()
    if _LIVES.search(text):
        for found in _POSTCODE.finditer(text):
            yield "contact.postcode", found.span()


@cache
def _numbers() -> frozenset[str]:
    """Digits of every crisis line, as they are dialled at home."""
    known: set[str] = set(DATA["help_numbers"])
    for line in helpline.read():
        known.update(phone.number for phone in line.phones)
        known.update(way.number for way in (line.text, line.whatsapp) if way)
    return frozenset(re.sub(r"\D", "", number) for number in known)


def helps(text: str) -> bool:
    """Whether the folded text names a crisis line or a place that helps; then nobody guesses about it."""
    return links.helps(text) or any(_helps(text, *found.span()) for found in _DIALLED.finditer(text))


def _helps(text: str, start: int, end: int) -> bool:
    groups = _GROUPS.findall(text[start:end])
    # Two digits are an age sooner than a number to call, unless somebody says which.
    return _known("".join(groups), groups) and (
        end - start > 2 or bool(_ASKS.search(text[max(0, start - 30) : end]))
    )


def _phones(text: str) -> Iterator[tuple[int, int]]:
    for found in _DIGITS.finditer(text):
        before = text[max(0, found.start() - 60) : found.start()]
        after = text[found.end() : found.end() + 40]
        if _is_phone(found.group(), before, after):
            yield found.span()


def _is_phone(run: str, before: str, after: str) -> bool:
    groups = re.findall(r"\d+", run)
    digits = "".join(groups)
    if not 7 <= len(digits) <= 15 or _known(digits, groups) or re.search(r"[£$€]\s?$", before):
        return False
    if _DATE.fullmatch(run.strip()) or all(re.fullmatch(r"(?:19|20)\d\d", group) for group in groups):
        return False
    if _counts([int(group) for group in groups]) or _COUNTED.search(before) or _COUNTED_AFTER.search(after):
        return False
    if "+" in run or _ASKS.search(before) or _ASKS.search(after):
        return True
    return _looks_dialled(run, groups, digits)


def _looks_dialled(run: str, groups: list[str], digits: str) -> bool:
    """Whether a number nobody announced is written as phone numbers are."""
    longest = max(map(len, groups))
    if len(groups) == 1:
        return 9 <= len(digits) <= 12 and not digits.endswith("00000")
    if longest <= 2:
        return len(digits) in (9, 10, 11) and (digits[0] == "0" or longest == 1)
    if len(groups) == 2 and "." in run:
        return False  # a decimal number
    if set(groups[1:]) == {"000"} or all(len(group) == 4 and group < "2400" for group in groups):
        return False  # a round sum; times of day
    return longest <= 7


def _known(digits: str, groups: list[str]) -> bool:
    """A crisis line, also behind a country's prefix, or several of them one after the other."""
    known = _numbers()
    if digits in known or any(digits[cut:] in known for cut in (1, 2, 3) if len(digits) - cut > 5):
        return True
    if _HELPLINE.match(digits):
        return True
    at, rest = 0, digits
    while rest:
        head = next((rest[:size] for size in range(len(rest), 2, -1) if rest[:size] in known), "")
        if not head:
            return False
        at, rest = at + 1, rest[len(head) :]
    return at > 0


def _spoken(flat: Flat) -> Iterator[tuple[int, int]]:
    """Seven or more number words in a row are a phone number said aloud, unless somebody is counting."""
    if sum(map(NUMBERS.__contains__, flat.words)) < 3:
        return
    row: list[int] = []
    values: list[int] = []
    for at, word in enumerate((*flat.words, "")):
        value = NUMBERS.get(word, int(word) if word.isdigit() and len(word) < 3 else -1)
        if value >= 0:
            row.append(at)
            values.append(value)
        elif word not in _FILLERS or not row:
            spelled = sum(not flat.words[place].isdigit() for place in row)
            if len(row) >= 7 and spelled >= 3 and not _counts(values) and not _breathes(flat, row):
                yield flat.places[row[0]][0], flat.places[row[-1]][1]
            row, values = [], []


def _breathes(flat: Flat, row: list[int]) -> bool:
    start, end = flat.places[row[0]][0], flat.places[row[-1]][1]
    return _BREATH.search(flat.normal.text[max(0, start - 80) : end + 80]) is not None


def _counts(values: list[int]) -> bool:
    """Counting up, down or by steps, or the same few numbers again and again (a breathing pattern)."""
    if len(values) < 4:
        return False
    steps = [b - a for a, b in pairwise(values)]
    common = max(set(steps), key=steps.count)
    if steps.count(common) >= 0.7 * len(steps):
        return True
    return any(
        len(values) >= 2 * size and all(a == b for a, b in zip(values, values[size:], strict=False))
        for size in (1, 2, 3, 4)
    )
