"""A phone in somebody's hand: a browser context, and what a person does with it."""

import itertools
import re
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page, expect

from tests.browser.line import Line
from tests.browser.server import Row, Server
from tests.people import CAST

SKIES = ("Heavy", "Low", "So-so", "Okay", "Bright")
_numbers = itertools.count(101)


class Phone:
    """`page` is the tab in front. The server's rows are read past the line, so that it may be cut."""

    def __init__(self, context: BrowserContext, line: Line, server: Server) -> None:
        self.context, self.line, self.server = context, line, server
        self.page: Page = context.pages[0] if context.pages else context.new_page()
        self.name = ""

    def join(self, who: str = "ana") -> str:
        """Makes an account of its own for this test, without the pages for it. Any line will do."""
        self.name = f"Quiet Fox {next(_numbers)}"
        self._post("/account/join", CAST[who].form | {"name": self.name})
        return self.name

    def enter(self, name: str, who: str = "ana") -> None:
        self._post("/account/enter", {"name": name, "passphrase": CAST[who].passphrase})
        self.name = name

    def _post(self, path: str, fields: dict[str, str]) -> None:
        form: dict[str, str | float | bool] = {**fields}
        answer = self.context.request.post(f"{self.line.site}{path}", form=form, max_redirects=0)
        assert answer.status == 303, answer.text()

    def open(self, path: str) -> None:
        self.page.goto(path)

    def ready(self, path: str = "/") -> None:
        """Open, and the worker in charge: from here on it works without a network."""
        self.open(path)
        self.until(lambda: self.ask("!!navigator.serviceWorker.controller"), 20)

    def check_in(self, sky: str = "Okay") -> None:
        """One tap on Today; what is on the screen then is already safe."""
        self.page.locator("form[data-quick]").get_by_text(sky, exact=True).click()
        expect(self.page.locator("form[data-quick] .after")).to_be_visible()

    def write(self, note: str, sky: str = "Okay", *, wait: bool = True) -> None:
        """A check-in with words, by the form behind the ＋."""
        self.open("/journal/new")
        self.fill(note, sky)
        self.save()
        if wait:
            self.page.wait_for_url(re.compile(r"/journal#"))

    def fill(self, note: str, sky: str = "Okay") -> None:
        self.page.locator("form[data-outbox]").get_by_text(sky, exact=True).first.click()
        self.page.locator("form[data-outbox] textarea[name=note]").fill(note)

    def save(self) -> None:
        form = self.page.locator("form[data-outbox]").first
        form.locator("button:not([type=button]):visible").last.click()

    def waiting(self) -> list[dict[str, Any]]:
        """What the outbox holds for whoever this page writes as."""
        found: list[dict[str, Any]] = self.ask("Outbox.all(Queue.uid)")
        return found

    def ask(self, script: str) -> Any:
        """Evaluates it; again where the page was just on its way to the next, which may be more than once."""
        for _ in range(5):
            try:
                return self.page.evaluate(script)
            except Error as broken:
                if "context was destroyed" not in broken.message:
                    raise
                self.page.wait_for_load_state()
        return self.page.evaluate(script)

    def shown(self) -> list[str]:
        """The notes of all entries on the screen, newest first: waiting ones and the server's."""
        return self.page.locator(".entry:not(.example) .note").all_inner_texts()

    def shows(self, notes: list[str]) -> None:
        """Waits until exactly these are on the screen: the phone draws its own after the page is there."""
        self.until(lambda: self.shown() == notes)

    def drain(self) -> None:
        """What a person does who looks at the phone again: the page knocks at once."""
        self.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    def rows(self) -> list[Row]:
        return [row for row in self.server.rows(self.name) if not row.removed]

    def journal(self) -> str:
        """The journal as the server has it, with every word."""
        return self.context.request.get(f"{self.line.site}/journal").text()

    def sent(self, count: int, seconds: float = 20) -> None:
        """Waits until the phone is empty; then exactly so many entries are on the server, each once."""
        self.until(lambda: not self.waiting(), seconds)
        found = [row.cid for row in self.rows()]
        assert len(found) == len(set(found)) == count

    def until(self, true: Callable[[], Any], seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, f"not within {seconds} s on {self.page.url}"
            self.page.wait_for_timeout(50)
