"""Learning: a linear support vector machine in plain Python, the same result every time it runs.

Dual coordinate descent for the squared hinge loss (Hsieh et al., ICML 2008), one pass after another over the
examples in an order drawn from a fixed seed.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

Bag = Sequence[int]
"""The signs an example has, as numbers."""
PASSES = 40


@dataclass(frozen=True, slots=True)
class Task:
    """Examples, several questions about each, how dear a mistake is, and how many signs there are."""

    bags: Sequence[Bag]
    wanted: Sequence[Sequence[bool]]
    costs: Sequence[Sequence[float]]
    size: int
    common: float = 0.5
    """What counts for a sign, when only some are kept: how many texts have it, to this power."""

    def only(self, kept: Sequence[bool]) -> "Task":
        return Task(
            list(compress(self.bags, kept)),
            [list(compress(one, kept)) for one in self.wanted],
            [list(compress(one, kept)) for one in self.costs],
            self.size,
            self.common,
        )


def fit(bags: Sequence[Bag], wanted: Sequence[bool], costs: Sequence[float], size: int) -> list[float]:
    """One weight for each of `size` signs. `costs` says how dear a mistake at each example is."""
    weights = [0.0] * size
    free = leanings(bags, wanted, size)
    signs = [1.0 if want else -1.0 for want in wanted]
    slack = [0.5 / cost for cost in costs]
    square = [sum([free[one] for one in bag]) + loose for bag, loose in zip(bags, slack, strict=True)]
    pull = [0.0] * len(bags)
    order = list(range(len(bags)))
    draw = random.Random(7)  # noqa: S311, no secret: the same order every time
    for _ in range(PASSES):
        draw.shuffle(order)
        moved = 0.0
        for at in order:
            bag, sign, old = bags[at], signs[at], pull[at]
            slope = sign * sum([weights[one] for one in bag]) - 1 + slack[at] * old
            new = max(old - slope / square[at], 0.0)
            if new != old:
                step = (new - old) * sign
                moved = max(moved, abs(step))
                pull[at] = new
                for one in bag:
                    weights[one] += step * free[one]
        if moved < 1e-5:
            break
    return weights


def leanings(bags: Sequence[Bag], wanted: Sequence[bool], size: int) -> list[float]:
    """How freely each sign's weight may move: the more, the more its texts lean to one side.

    The log ratio of naive Bayes, by which Wang and Manning (ACL 2012) scale features; here its root, which
    lies between theirs and none. Sign 0, in every text, is left free.
    """
    yes, no = [1.0] * size, [1.0] * size
    for bag, want in zip(bags, wanted, strict=True):
        for one in bag:
            (yes if want else no)[one] += 1
    share = sum(wanted) / max(1, len(wanted) - sum(wanted))
    lean = [abs(math.log(one / other / share)) for one, other in zip(yes, no, strict=True)]
    return [1.0, *lean[1:]]


def score(weights: Sequence[float], bag: Bag) -> float:
    return sum([weights[one] for one in bag])


def folds(texts: Sequence[str], count: int = 5) -> list[int]:
    """A fold for every text; texts that share most of their words are in the same one, so that none leaks."""
    words = [frozenset(text.lower().split()) for text in texts]
    leader = list(range(len(texts)))
    seen: dict[str, list[int]] = {}

    def root(at: int) -> int:
        while leader[at] != at:
            at = leader[at]
        return at

    common = {word for word, times in _times(words).items() if times > 40}
    for at, mine in enumerate(words):
        near: dict[int, int] = {}
        for word in mine - common or mine:
            for other in seen.get(word, ()):
                near[other] = near.get(other, 0) + 1
            seen.setdefault(word, []).append(at)
        for other in near:
            both = len(mine & words[other])
            if 2 * both >= len(mine | words[other]):
                # The first of a family leads it, in whatever order its members are met.
                one, two = sorted((root(at), root(other)))
                leader[two] = one
    draw = random.Random(11)  # noqa: S311
    roots = sorted({root(at) for at in range(len(texts))})
    draw.shuffle(roots)
    fold = {one: nth % count for nth, one in enumerate(roots)}
    return [fold[root(at)] for at in range(len(texts))]


def _times(words: Sequence[frozenset[str]]) -> dict[str, int]:
    times: dict[str, int] = {}
    for row in words:
        for word in row:
            times[word] = times.get(word, 0) + 1
    return times


def few(task: Task, most: int) -> list[list[float]]:
    """Weights for several questions, of the `most` signs that matter most to any; the others have none.

    What a sign matters is its weight times how many texts have it, to the power `common`. Learned again with
    those that are left.
    """
    bags, size = task.bags, task.size
    questions = list(zip(task.wanted, task.costs, strict=True))
    first = [fit(bags, *one, size) for one in questions]
    times = [0] * size
    for bag in bags:
        for one in bag:
            times[one] += 1
    matter = [max(abs(weights[at]) for weights in first) * times[at] ** task.common for at in range(size)]
    kept = {0, *sorted(range(1, size), key=lambda at: (-matter[at], at))[:most]}
    left = [[one for one in bag if one in kept] for bag in bags]
    return [fit(left, *one, size) for one in questions]


def out_of_fold(task: Task, fold: Sequence[int], most: int) -> list[list[float]]:
    """For each question and example, what weights learned without its fold say of it."""
    scores = [[0.0] * len(task.bags) for _ in task.wanted]
    for held in sorted(set(fold)):
        weights = few(task.only([one != held for one in fold]), most)
        for at in (at for at, here in enumerate(fold) if here == held):
            for said, column in zip(scores, weights, strict=True):
                said[at] = score(column, task.bags[at])
    return scores
