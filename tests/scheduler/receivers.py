"""A mail server and a web server that can refuse, hang, and drop the line."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message as Mail
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Receiver:
    """What arrived, and how the next ones are met: each of `moods` once, then all are taken."""

    url: str = ""
    moods: list[str] = field(default_factory=list)
    taken: list[Any] = field(default_factory=list)
    asked: int = 0
    # So that a server that hangs ends with the test.
    is_over: threading.Event = field(default_factory=threading.Event)

    def mood(self) -> str:
        self.asked += 1
        return self.moods.pop(0) if self.moods else "take"


class _Handler:
    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.mood = self.receiver.mood()
        if self.mood == "refuse":
            return "550 nobody of that name"
        if self.mood == "later":
            return "451 come back later"
        if self.mood == "hang":
            await server.loop.run_in_executor(None, self.receiver.is_over.wait)
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  ditto
        if self.mood == "drop":
            _hang_up(server)
            return "421 gone"
        self.receiver.taken.append(message_from_bytes(envelope.original_content or b""))
        if self.mood == "drop after":
            # Taken, but nobody hears of it.
            _hang_up(server)
        return "250 taken"


def _hang_up(server: SMTP) -> None:
    assert server.transport is not None
    server.transport.close()


@contextmanager
def mail_server() -> Iterator[Receiver]:
    receiver = Receiver()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(_Handler(receiver), hostname="127.0.0.1", port=port)
    controller.start()
    receiver.url = f"smtp://127.0.0.1:{port}"
    try:
        yield receiver
    finally:
        receiver.is_over.set()
        controller.stop()


@contextmanager
def web_server() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            mood = receiver.mood()
            if mood == "hang":
                receiver.is_over.wait()
            if mood in ("hang", "drop"):
                self.connection.close()
                return
            if mood == "take":
                receiver.taken.append((dict(self.headers), body, json.loads(body)))
            self.send_response({"take": 204, "refuse": 500, "elsewhere": 302}[mood])
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    try:
        yield receiver
    finally:
        receiver.is_over.set()
        server.shutdown()
        server.server_close()


def parts_of(mail: Mail) -> dict[str, str]:
    """Its text and its page."""
    return {
        part.get_content_type(): part.get_payload(decode=True).decode()  # type: ignore[union-attr]  # decoded: bytes
        for part in mail.walk()
        if not part.is_multipart()
    }
