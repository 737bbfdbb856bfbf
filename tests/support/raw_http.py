"""HTTP/1.1 by hand, for what a well-behaved client library never sends."""

import json
import socket
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

import h11

CHAT_PATH = "/v1/chat/completions"


def chat_body(**more: Any) -> bytes:
    """A small chat request."""
    return json.dumps(
        {"model": "auto", "messages": [{"role": "user", "content": "Hi"}], **more}
    ).encode()


def request_bytes(
    body: bytes = b"",
    *,
    method: str = "POST",
    path: str = CHAT_PATH,
    version: str = "1.1",
    headers: tuple[str, ...] = (),
    length: int | None = None,
) -> bytes:
    """A request as it goes over the wire; `length` is what it claims, if not the truth."""
    claimed = len(body) if length is None else length
    lines = [f"{method} {path} HTTP/{version}", "host: localhost", f"content-length: {claimed}"]
    return "\r\n".join([*lines, *headers, "", ""]).encode("latin-1") + body


@dataclass(frozen=True, slots=True)
class Response:
    """One answer, parsed strictly."""

    status: int
    headers: dict[str, str]
    raw_headers: list[tuple[bytes, bytes]]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> dict[str, Any]:
        """The error object, which has exactly OpenAI's four keys."""
        assert set(self.json) == {"error"}
        assert set(self.json["error"]) == {"message", "type", "param", "code"}
        found: dict[str, Any] = self.json["error"]
        return found


class RawClient:
    """One connection; a context manager. h11 parses the answers and refuses bad framing."""

    def __init__(self, root_url: str, *, receive_buffer: int | None = None) -> None:
        url = urlsplit(root_url)
        self.socket = socket.socket()
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(10)
        try:
            self.socket.connect((url.hostname or "", url.port or 0))
        except OSError:
            self.socket.close()
            raise
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._left = b""

    def send(self, data: bytes) -> None:
        """Bytes as they are."""
        self.socket.sendall(data)

    def response(self) -> Response:
        """The next answer; what follows it is kept for the one after."""
        parser = h11.Connection(h11.CLIENT)
        request = h11.Request(method="POST", target="/", headers=[("host", "x")])
        parser.send(request)
        parser.send(h11.EndOfMessage())
        if self._left:
            parser.receive_data(self._left)
        head: h11.Response | None = None
        body = b""
        while True:
            event = parser.next_event()
            if event is h11.NEED_DATA:
                parser.receive_data(self.socket.recv(65536))
            elif isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, (h11.EndOfMessage, h11.ConnectionClosed)):
                break
        self._left, _ = parser.trailing_data
        assert head is not None, "closed without an answer"
        names = {name.decode(): value.decode("latin-1") for name, value in head.headers}
        return Response(head.status_code, names, list(head.headers), body)

    def ask(self, data: bytes) -> Response:
        """Send, and read the answer."""
        self.send(data)
        return self.response()

    def is_closed(self) -> bool:
        """Whether the server has closed the connection, with nothing further on it."""
        try:
            return not self._left and self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()
