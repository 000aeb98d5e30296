"""When the rules change, what is published is read again by the new ones (`db/moderation_again.py`)."""

from db import moderation_again
from db.moderation_again import Place

BATCH = 50
MOST_BATCHES = 20
"""In one round: the other duties want their turn too. A thousand items take one, a million some hours."""


async def published(batch: int = BATCH, most: int = MOST_BATCHES) -> None:
    """When nothing is due this is one question, answered from an index."""
    left = most
    for version in await moderation_again.due():
        place: Place | None = Place(version)
        while place and left:
            place, left = await moderation_again.read(place, batch), left - 1
