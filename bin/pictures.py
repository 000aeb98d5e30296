"""Draws the icons from icon.svg: `python bin/pictures.py` (needs the development set-up and Chromium)."""

import re
from pathlib import Path

from playwright.sync_api import sync_playwright

ICONS = Path(__file__).parent.parent / "web/static/icons"
ARGS = ["--no-sandbox", "--disable-gpu"]


def main() -> None:
    svg = (ICONS / "icon.svg").read_text()
    full = svg.replace(' rx="116"', "")
    inset = re.sub(r"(<circle.*)</svg>", r'<g transform="translate(256 256) scale(.8) translate(-256 -256)">\1</g></svg>', full)
    mono = re.sub(r"<rect[^>]*/>", "", full)
    wanted = [
        ("icon-192.png", svg, 192), ("icon-512.png", svg, 512), ("icon-maskable-512.png", inset, 512),
        ("icon-monochrome-512.png", mono, 512), ("apple-touch-icon.png", full, 180),
    ]  # fmt: skip
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        for name, drawing, size in wanted:
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(f"<style>*{{margin:0}}svg{{display:block;width:{size}px;height:{size}px}}</style>{drawing}")
            page.screenshot(path=ICONS / name, omit_background=True)
        browser.close()


if __name__ == "__main__":
    main()
