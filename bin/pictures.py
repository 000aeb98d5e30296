"""Draws the icons, and takes the screenshots of README and manifest: `.venv/bin/python -m bin.pictures`.

Needs the development set-up and Chromium. The screenshots show the demonstration instance, started here
and stopped again. `icons` or `shots` makes only those.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

STATIC = Path(__file__).parent.parent / "web/static"
ICONS, SHOTS = STATIC / "icons", STATIC / "shots"
DOCS = Path(__file__).parent.parent / "docs" / "pictures"
CHROMIUM = "/usr/bin/chromium"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PORT = 8197
WHO = {"name": "willow", "passphrase": "meadow lantern quiet river"}
PHONE = {"width": 390, "height": 844}


def main() -> None:
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        if "shots" not in sys.argv[1:]:
            icons(browser)
        if "icons" not in sys.argv[1:]:
            with tempfile.TemporaryDirectory() as data:
                shots(browser, data)
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


def shots(browser: Browser, data: str) -> None:
    env = {**os.environ, "BESIDE_DATA": data, "PORT": str(PORT)}
    server = subprocess.Popen(
        [sys.executable, "-m", "web", "--demo"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait()
        for scheme in ("light", "dark"):
            context = browser.new_context(
                base_url=f"http://localhost:{PORT}", viewport=PHONE, color_scheme=scheme, locale="en-GB",  # type: ignore[arg-type]
                timezone_id="Europe/London", service_workers="block",
            )  # fmt: skip
            page = context.new_page()
            for path, name in (("/", "welcome"), ("/account/join", "join"), ("/help", "help")):
                page.goto(path)
                page.screenshot(path=DOCS / f"{name}-{scheme}.png")
            page.goto("/account/enter")
            page.fill("[name=name]", WHO["name"])
            page.fill("[name=passphrase]", WHO["passphrase"])
            page.click("main form button:not([type=button])")
            page.wait_for_url("**/")
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
            context.close()
        for name in ("today", "journal", "help"):
            (SHOTS / f"{name}.png").write_bytes((DOCS / f"{name}-light.png").read_bytes())
    finally:
        server.terminate()
        server.wait(10)


def wait() -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://localhost:{PORT}/healthz", timeout=1)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The demonstration server did not start.")


if __name__ == "__main__":
    main()
