"""Today, and the pages a phone keeps for when there is no network."""

from typing import Any

from litestar import Request, Response, Router, get

from care.clock import now
from care.controls import NOTES
from care.matching import label
from care.stories import WANTS, teaser
from db import journal
from db import today as verbs
from web.guards import viewer
from web.render import page


@get("/")
async def today(request: Request[Any, Any, Any]) -> Response[bytes]:
    who = viewer(request)
    if who is None:
        return page(request, "home/welcome.html")
    recent = await journal.recent(who.person)
    day = recent.days[-1].date if recent.days else now().date()
    found = await verbs.of(who, day)
    return page(
        request,
        "home/today.html",
        recent=recent,
        found=found,
        due=found.due,
        names=NOTES,
        teaser=teaser,
        wants=WANTS,
        label=label,
    )


@get("/offline", opt={"anonymous": True}, sync_to_thread=False)
def offline(request: Request[Any, Any, Any]) -> Response[bytes]:
    return page(request, "home/offline.html", anonymous=True)


@get("/away", opt={"anonymous": True}, sync_to_thread=False)
def away(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Where Leave goes with no network: a blank sheet that belongs to nobody."""
    return page(request, "home/away.html", anonymous=True)


@get("/journal/shell", opt={"anonymous": True}, sync_to_thread=False)
def shell(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The journal without a person in it: what this phone holds is drawn by the phone."""
    return page(request, "home/shell.html", anonymous=True)


router = Router(path="/", route_handlers=[today, offline, away, shell])
