"""OpenAI's `/v1/files` and `/v1/batches` as a server that really keeps what it is sent."""

import json
import sys
from collections.abc import Mapping
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import parse_qs, urlsplit

CREATED = 1_795_000_000


class FileStore:
    """On a free loopback port; a context manager. Only requests with `key` are served."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.files: dict[str, tuple[dict[str, Any], bytes]] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[str, str, Mapping[str, str]]] = []
        """Method, target and headers of every request."""
        self.manner: Literal["whole", "chunked", "cut", "silent"] = "whole"
        """How it answers from now on."""
        self.heard = Event()
        """Somebody waits for an answer that does not come."""
        self.left = Event()
        """Whoever did has left."""
        store = self

        class Handler(_Handler):
            files_and_batches = store

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, daemon=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def keep(self, content_type: str, body: bytes) -> dict[str, Any]:
        """Keep what a multipart form holds."""
        form = BytesParser(policy=HTTP).parsebytes(
            b"content-type: " + content_type.encode() + b"\r\n\r\n" + body
        )
        parts = {
            part.get_param("name", header="content-disposition"): part for part in _parts(form)
        }
        content = parts["file"].get_payload(decode=True)
        assert isinstance(content, bytes)
        card = {
            "id": f"file-{len(self.files) + 1}",
            "object": "file",
            "bytes": len(content),
            "created_at": CREATED,
            "filename": parts["file"].get_filename(),
            "purpose": parts["purpose"].get_payload(decode=True).decode().strip(),  # type: ignore[union-attr]
            "status": "processed",
        }
        self.files[card["id"]] = (card, content)
        return card

    def begin(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Begin a batch over a file that is here."""
        batch = {
            "id": f"batch_{len(self.batches) + 1}",
            "object": "batch",
            "endpoint": asked["endpoint"],
            "input_file_id": asked["input_file_id"],
            "completion_window": asked["completion_window"],
            "status": "validating",
            "created_at": CREATED,
        }
        self.batches[batch["id"]] = batch
        return batch


def _parts(form: Message) -> list[Message]:
    payload = form.get_payload()
    assert isinstance(payload, list)
    return payload


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever left in the middle was refused something; all else is a fault of the test's."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, ValueError)):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    files_and_batches: FileStore

    def log_message(self, *_: Any) -> None:
        """Nothing: the test says what it wants to see."""

    def do_GET(self) -> None:
        self._answer(b"")

    def do_DELETE(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        if self.headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            length = int(self.headers.get("content-length", 0))
            body = self.rfile.read(length)
            if len(body) < length:
                raise ConnectionResetError("who sent it left in the middle")
        self._answer(body)

    def _answer(self, body: bytes) -> None:
        store = self.files_and_batches
        store.asked.append((self.command, self.path, dict(self.headers.items())))
        if store.manner == "silent":
            store.heard.set()
            self.close_connection = True
            if not self.connection.recv(1):
                store.left.set()
            return
        if self.headers.get("authorization") != f"Bearer {store.key}":
            self._say(401, {"error": {"message": f"wrong key {store.key}", "code": "invalid"}})
            return
        _, _, collection, *item = urlsplit(self.path).path.split("/")
        try:
            found = self._files(item, body) if collection == "files" else self._batches(item, body)
        except KeyError as missing:
            self._say(404, {"error": {"message": f"no such thing: {missing}", "code": "gone"}})
            return
        self._say(200, found)

    def _files(self, item: list[str], body: bytes) -> Any:
        files = self.files_and_batches.files
        match self.command, item:
            case "POST", []:
                return self.files_and_batches.keep(self.headers["content-type"], body)
            case "GET", []:
                wanted = parse_qs(urlsplit(self.path).query).get("purpose", [None])[0]
                cards = [card for card, _ in files.values() if wanted in {None, card["purpose"]}]
                return {"object": "list", "data": cards, "has_more": False}
            case "DELETE", [identity]:
                del files[identity]
                return {"id": identity, "object": "file", "deleted": True}
            case "GET", [identity, "content"]:
                return files[identity][1]
            case _, [identity]:
                return files[identity][0]
        raise KeyError(self.path)

    def _batches(self, item: list[str], body: bytes) -> Any:
        batches = self.files_and_batches.batches
        match self.command, item:
            case "POST", []:
                return self.files_and_batches.begin(json.loads(body))
            case "GET", []:
                return {"object": "list", "data": list(batches.values()), "has_more": False}
            case "POST", [identity, "cancel"]:
                batches[identity]["status"] = "cancelling"
                return batches[identity]
            case "GET", [identity]:
                return batches[identity]
        raise KeyError(self.path)

    def _say(self, status: int, said: Any) -> None:
        data = said if isinstance(said, bytes) else json.dumps(said).encode()
        kind = "application/octet-stream" if isinstance(said, bytes) else "application/json"
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("set-cookie", "not=for-clients")
        match self.files_and_batches.manner:
            case "chunked":
                self.send_header("transfer-encoding", "chunked")
                data = b"%x\r\n%b\r\n0\r\n\r\n" % (len(data), data)
            case "cut":
                self.send_header("content-length", str(len(data) + 1))
                self.close_connection = True
            case _:
                self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
