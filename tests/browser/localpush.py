"""A push service for Firefox: the browser's own line to it, and the address we send to (RFC 8030)."""

import base64
import json
import threading
import uuid
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

DELIVERED = 100
"""What Firefox says of a message that it could decrypt and gave to the worker."""


@dataclass(frozen=True)
class Posted:
    path: str
    headers: dict[str, str]
    body: bytes
    status: int


class PushService:
    """`posts` is what a server sent and what it was answered, `acks` what Firefox said of each message."""

    def __init__(self) -> None:
        self.posts: list[Posted] = []
        self.acks: list[int] = []
        self._channels: dict[str, ServerConnection] = {}
        self._doors = serve(self._talk, "127.0.0.1", 0, subprotocols=["push-notification"])  # type: ignore[list-item]
        self._web = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        for door in (self._doors, self._web):
            threading.Thread(target=door.serve_forever, daemon=True).start()

    @property
    def line(self) -> str:
        """For Firefox."""
        return f"ws://127.0.0.1:{self._doors.socket.getsockname()[1]}/"

    @property
    def origin(self) -> str:
        """Of the addresses it gives to browsers."""
        return f"http://127.0.0.1:{self._web.server_port}"

    @property
    def prefs(self) -> dict[str, Any]:
        """What a headless Firefox needs to use it; each was missed when it was left out."""
        return {
            "dom.push.serverURL": self.line,
            "dom.push.testing.allowInsecureServerURL": True,
            "dom.push.connection.enabled": True,  # being driven from outside switches it off
            "permissions.default.desktop-notification": 1,
            "alerts.useSystemBackend": False,  # there is no desktop to show anything on
        }

    def send(self, channel: str, headers: dict[str, str], body: bytes) -> int:
        browser = self._channels.get(channel)
        if browser is None:
            return 410
        data = base64.urlsafe_b64encode(body).rstrip(b"=").decode()
        told = {"encoding": headers.get("content-encoding", "")}
        message = {"messageType": "notification", "channelID": channel, "version": uuid.uuid4().hex}
        browser.send(json.dumps({**message, "data": data, "headers": told}))
        return 201

    def close(self) -> None:
        self._doors.shutdown()
        self._web.shutdown()
        self._web.server_close()

    def _talk(self, browser: ServerConnection) -> None:
        with suppress(ConnectionClosed):  # a browser that ends takes no leave
            for raw in browser:
                message = json.loads(raw)
                if not message:
                    browser.send("{}")  # it asks whether anyone is there
                elif answer := self._answer(browser, message):
                    browser.send(json.dumps({"messageType": message["messageType"], **answer}))

    def _answer(self, browser: ServerConnection, message: dict[str, Any]) -> dict[str, Any]:
        channel = str(message.get("channelID", ""))
        match message["messageType"]:
            case "hello":
                known = message.get("uaid") or uuid.uuid4().hex
                return {"uaid": known, "status": 200, "use_webpush": True, "broadcasts": {}}
            case "register":
                self._channels[channel] = browser
                return {"channelID": channel, "status": 200, "pushEndpoint": f"{self.origin}/wpush/{channel}"}
            case "unregister":
                self._channels.pop(channel, None)
                return {"channelID": channel, "status": 200}
            case "ack":
                self.acks += [update["code"] for update in message["updates"]]
        return {}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                status = service.send(self.path.rpartition("/")[2], headers, body)
                service.posts.append(Posted(self.path, headers, body, status))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: Any) -> None:
                """Quiet."""

        return Door
