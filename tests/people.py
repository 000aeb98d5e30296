"""The cast, each with a reason to be here, and how they join: through the real form."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from care.ages import today
from care.clock import now


@dataclass(frozen=True)
class Who:
    name: str
    age: int
    passphrase: str
    why: str

    @property
    def form(self) -> dict[str, str]:
        """Born in the month before this one, so that the age holds whenever the tests run."""
        before = today(now()).replace(day=1) - timedelta(days=1)
        return {
            "name": self.name,
            "passphrase": self.passphrase,
            "birth_month": str(before.month),
            "birth_year": str(before.year - self.age),
            "country": "GB",
            "consent_journal": "yes",
            "consent_community": "yes",
        }


CAST = {
    "ana": Who("Ana", 14, "lantern otter gravy violin", "14 and new here"),
    "ben": Who("Ben", 17, "saddle comet walnut ribbon", "17, in Ana's group"),
    "cho": Who("Cho", 23, "harbor puzzle thimble onion", "23, a peer supporter"),
    "mo": Who("Mo Night", 24, "cactus marble engine pillow", "a moderator"),
    "stranger": Who("Stranger", 16, "velvet dragon sixty pencils", "blocked by Ana"),
}


async def join(client: Any, who: str) -> Any:
    """Signs the client in as one of the cast; its cookie jar keeps the session."""
    answer = await client.post("/account/join", data=CAST[who].form, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer
