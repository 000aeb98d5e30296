"""Builds web/static/icons/sprite.svg from an unpacked lucide-static package: `python bin/icons.py FOLDER`."""

import re
import sys
from pathlib import Path

NAMES = [
    "sunrise", "notebook-text", "plus", "book-open", "users", "life-buoy", "chevron-left",
    "check", "x", "pencil", "trash-2", "search", "user", "smartphone",
    "cloud-off", "heart", "message-circle", "phone", "lock", "download", "undo-2",
    "calendar", "key-round", "eye", "eye-off", "feather", "share", "log-out",
    "clock", "globe", "mail",
]  # fmt: skip


def main(folder: Path) -> None:
    symbols = []
    for name in NAMES:
        svg = (folder / "icons" / f"{name}.svg").read_text()
        inside = re.sub(
            r"\s+", " ", svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
        ).strip()
        drawn = inside.replace("> <", "><").replace(" />", "/>")
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{drawn}</symbol>')
    version = re.search(r'"version": "([^"]+)"', (folder / "package.json").read_text())
    note = f"<!-- Lucide {version[1] if version else ''}, ISC licence, lucide.dev -->"
    out = Path(__file__).parent.parent / "web/static/icons/sprite.svg"
    out.write_text(f'{note}<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n')


if __name__ == "__main__":
    main(Path(sys.argv[1]))
