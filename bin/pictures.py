"""Draws the icons, and takes the screenshots of README and manifest: `.venv/bin/python -m bin.pictures`.

Needs the development set-up and Chromium. The screenshots show the demonstration instance, started here
and stopped again. `icons`, `shots` or `community` makes only those.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from db import stories_demo
from jobs import demo

STATIC = Path(__file__).parent.parent / "web/static"
ICONS, SHOTS = STATIC / "icons", STATIC / "shots"
DOCS = Path(__file__).parent.parent / "docs" / "pictures"
CHROMIUM = "/usr/bin/chromium"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PORT = 8197
PHONE = {"width": 390, "height": 844}


def main() -> None:
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        wanted = sys.argv[1:] or ["icons", "shots", "community"]
        if "icons" in wanted:
            icons(browser)
        if {"shots", "community"} & set(wanted):
            with demonstration() as env:
                if "shots" in wanted:
                    shots(browser)
                if "community" in wanted:
                    community(browser, env)
        browser.close()


def icons(browser: Browser) -> None:
    svg = (ICONS / "icon.svg").read_text()
    full = svg.replace(' rx="116"', "")
    inset = re.sub(
        r"(<circle.*)</svg>",
        r'<g transform="translate(256 256) scale(.8) translate(-256 -256)">\1</g></svg>',
        full,
    )
    mono = re.sub(r"<rect[^>]*/>", "", full)
    wanted = [
        ("icon-192.png", svg, 192), ("icon-512.png", svg, 512), ("icon-maskable-512.png", inset, 512),
        ("icon-monochrome-512.png", mono, 512), ("apple-touch-icon.png", full, 180),
    ]  # fmt: skip
    for name, drawing, size in wanted:
        page = browser.new_page(viewport={"width": size, "height": size})
        page.set_content(
            f"<style>*{{margin:0}}svg{{display:block;width:{size}px;height:{size}px}}</style>{drawing}"
        )
        page.screenshot(path=ICONS / name, omit_background=True)


@contextmanager
def demonstration() -> Iterator[dict[str, str]]:
    """Its environment, while it answers."""
    with tempfile.TemporaryDirectory() as data:
        env = {**os.environ, "BESIDE_DATA": data, "PORT": str(PORT)}
        run = [sys.executable, "-m", "web", "--demo"]
        server = subprocess.Popen(run, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait()
            yield env
        finally:
            server.terminate()
            server.wait(10)


def phone(browser: Browser, scheme: str) -> Page:
    context = browser.new_context(
        base_url=f"http://localhost:{PORT}", viewport=PHONE, color_scheme=scheme, locale="en-GB",  # type: ignore[arg-type]
        timezone_id="Europe/London", service_workers="block", reduced_motion="reduce",
    )  # fmt: skip
    return context.new_page()


def enter(page: Page, name: str) -> None:
    words = {each[0]: each[2] for each in (*demo.WHO, demo.MODERATOR)}
    page.goto("/account/enter")
    page.fill("[name=name]", name)
    page.fill("[name=passphrase]", words[name])
    page.click("main form button:not([type=button])")
    page.wait_for_url("**/")


def shots(browser: Browser) -> None:
    for scheme in ("light", "dark"):
        page = phone(browser, scheme)
        for path, name in (("/", "welcome"), ("/account/join", "join"), ("/help", "help")):
            page.goto(path)
            page.screenshot(path=DOCS / f"{name}-{scheme}.png")
        enter(page, "willow")
        for path, name in (("/", "today"), ("/journal", "journal"), ("/journal/new", "checkin")):
            page.goto(path)
            if name == "checkin":
                page.check("input[name=mood][value='4']", force=True)
                page.wait_for_timeout(500)
            page.screenshot(path=DOCS / f"{name}-{scheme}.png")
        if scheme == "light":
            page.set_viewport_size({"width": 1280, "height": 800})
            page.goto("/journal")
            page.screenshot(path=SHOTS / "wide.png")
        page.context.close()
    for name in ("today", "journal", "help"):
        (SHOTS / f"{name}.png").write_bytes((DOCS / f"{name}-light.png").read_bytes())


def community(browser: Browser, env: dict[str, str]) -> None:
    for scheme in ("light", "dark"):
        page = phone(browser, scheme)
        enter(page, "pebble")
        page.goto("/stories")
        page.screenshot(path=DOCS / f"stories-{scheme}.png")
        page.get_by_role("link", name=stories_demo.KEEPS["pebble"]).first.click()
        page.wait_for_url("**/stories/*-*")
        page.wait_for_load_state()
        page.screenshot(path=DOCS / f"story-{scheme}.png")
        page.context.close()
    page = phone(browser, "light")
    enter(page, demo.MODERATOR[0])
    asked = [sys.executable, "-m", "bin.beside", "demo", "code", demo.MODERATOR[0]]
    code = subprocess.run(asked, env=env, check=True, capture_output=True, text=True).stdout.strip()
    page.goto("/moderation")
    page.fill("[name=code]", code)
    page.click("main form button:not([type=button])")
    page.wait_for_url("**/moderation")
    page.screenshot(path=DOCS / "desk-light.png")
    page.context.close()


def wait() -> None:
    for _ in range(900):  # the community takes a while
        try:
            urllib.request.urlopen(f"http://localhost:{PORT}/healthz", timeout=1)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The demonstration server did not start.")


if __name__ == "__main__":
    main()
