"""Codes that lead to a group's door: a school or a charity gives them to those it made the group for."""

from dataclasses import dataclass
from datetime import timedelta

from care.account import plain_code
from care.groups import Form, Problems
from care.words import N_

PARTS, LETTERS = 3, 4
"""Three times four of 32 letters are 60 bits."""
DAYS = {"7": N_("A week"), "30": N_("A month"), "90": N_("Three months")}
USUAL_DAYS, USUAL_CAP = "30", 15
MOST = 200
"""People by one code."""


@dataclass(frozen=True, slots=True)
class CodePlan:
    lasts: timedelta
    cap: int


def read_code_plan(form: Form) -> CodePlan | Problems:
    """Fields `days` (of DAYS) and `cap`."""
    problems = Problems()
    text = form.text("cap").strip() or str(USUAL_CAP)
    cap = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not 1 <= cap <= MOST:
        problems["cap"] = N_("Between 1 and 200 people, please.")
    if form.text("days") not in DAYS:
        problems["days"] = N_("Please choose how long it works.")
    return problems or CodePlan(timedelta(days=int(form.text("days"))), cap)


def read_code(form: Form) -> str | Problems:
    """Field `code`, as it was made, however it was typed."""
    return plain_code(form.text("code")) or Problems(code=N_("Please type the code first."))
