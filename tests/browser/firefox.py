"""Firefox, driven over WebDriver BiDi: enough to open pages and run scripts in them."""

import itertools
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.browser.line import free_port

# Nothing of its own goes out, and it never decides by itself that there is no network.
PREFS: dict[str, Any] = {
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.safebrowsing.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.manage-offline-status": False,
    "remote.active-protocols": 1,
    "services.settings.server": "data:,none",
    "toolkit.telemetry.enabled": False,
}


class Firefox:
    """One window. `script` is a JavaScript expression; what it resolves to comes back by way of JSON.

    `also` are further preferences. With `inside`, `ask_inside` reaches the browser's own parts.
    """

    def __init__(self, program: str, also: dict[str, Any] | None = None, inside: bool = False) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="beside-firefox-"))
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
            for name, value in {**PREFS, **(also or {})}.items()
        ]
        (self._home / "user.js").write_text("".join(lines))
        port = free_port()
        command = [program, "--headless", "--no-remote", "--profile", str(self._home)]
        command += ["--remote-allow-system-access"] if inside else []
        with (self._home / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [*command, "--remote-debugging-port", str(port), "about:blank"], stdout=log, stderr=log
            )
        self._ids = itertools.count(1)
        self._line = self._reach(f"ws://127.0.0.1:{port}/session")
        self._tell("session.new", capabilities={})
        self._window = self._tell("browsingContext.getTree")["contexts"][0]["context"]

    def open(self, url: str) -> None:
        self._tell("browsingContext.navigate", context=self._window, url=url, wait="complete")

    def tap(self, selector: str) -> None:
        """A finger on the middle of it, as a person's: the browser counts it as a wish."""
        self.ask(f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block: 'center'}})")
        box = self.ask(f"document.querySelector({json.dumps(selector)}).getBoundingClientRect()")
        at = {"x": round(box["x"] + box["width"] / 2), "y": round(box["y"] + box["height"] / 2)}
        steps = [{"type": "pointerMove", **at}, {"type": "pointerDown", "button": 0}]
        finger = {"type": "pointer", "id": "finger", "actions": [*steps, {"type": "pointerUp", "button": 0}]}
        self._tell("input.performActions", context=self._window, actions=[finger])

    def ask(self, script: str) -> Any:
        return self._ask(self._window, script)

    def ask_inside(self, script: str, where: str = "browser.xhtml") -> Any:
        """In one of the browser's own windows, with all its rights; waits until it is there."""
        deadline = time.monotonic() + 20
        while True:
            found = self._tell("browsingContext.getTree", **{"moz:scope": "chrome"})["contexts"]
            windows = [each["context"] for each in found if each["url"].endswith(where)]
            if windows:
                return self._ask(windows[0], script)
            assert time.monotonic() < deadline, f"Firefox has no {where}"
            time.sleep(0.1)

    def windows(self) -> list[str]:
        """What is open in each."""
        return [each["url"] for each in self._tell("browsingContext.getTree")["contexts"]]

    def _ask(self, window: str, script: str) -> Any:
        answer = self._tell(
            "script.callFunction",
            functionDeclaration=f"async () => JSON.stringify(await ({script}))",
            awaitPromise=True,
            target={"context": window},
            userActivation=True,
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        said = answer["result"].get("value")
        return None if said is None else json.loads(said)

    def until(self, script: str, seconds: float = 20) -> None:
        """Waits until it is true; a page that is just changing is asked again."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                if self.ask(script):
                    return
            except RuntimeError:
                pass
            assert time.monotonic() < deadline, f"not within {seconds} s: {script}"
            time.sleep(0.1)

    def close(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._line.close()
        shutil.rmtree(self._home, ignore_errors=True)

    def _reach(self, address: str) -> ClientConnection:
        deadline = time.monotonic() + 60
        while True:
            try:
                return connect(address, max_size=None, open_timeout=3)
            except (OSError, TimeoutError):
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self._process.kill()
                    raise RuntimeError((self._home / "log").read_text()[-2000:]) from None
                time.sleep(0.2)

    def _tell(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._ids)
        self._line.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer: dict[str, Any] = json.loads(self._line.recv(timeout=60))
            if answer.get("id") == number:
                break
        if answer["type"] == "error":
            raise RuntimeError(f"{method}: {answer['error']}: {answer['message']}")
        result: dict[str, Any] = answer["result"]
        return result
