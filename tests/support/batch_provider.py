"""Providers that take batches: OpenAI's files and batches, Anthropic's message batches.

What a batch holds is answered when `finish` is called, or at once while `at_once`; a line
whose text is in `refuses` gets that status, one in `forgets` no result at all.
"""

import json
from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from types import TracebackType
from typing import Any, Self

USAGE = {"input": 12, "output": 3}


class BatchProvider:
    """On a free loopback port; a context manager."""

    def __init__(self) -> None:
        self.at_once = True
        self.refuses: dict[str, int] = {}
        self.forgets: set[str] = set()
        self.fails_after_taking = False
        """The next batch is taken, but whoever sent it is not told."""
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self.lines: dict[str, list[dict[str, Any]]] = {}
        self.direct: list[dict[str, Any]] = []
        """Bodies of requests that came by themselves."""
        self.changed = Condition()
        provider = self

        class Handler(_Handler):
            kept = provider

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, daemon=True)

    @property
    def root_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

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

    def wait_batches(self, count: int) -> None:
        """Block until so many batches were taken."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.batches) >= count, 10)

    def finish(self) -> None:
        """Answer every batch that was taken."""
        with self.changed:
            for batch_id, batch in self.batches.items():
                if batch.get("status") == "in_progress":
                    self._finish(batch_id)
                batch["processing_status"] = "ended"

    def take(self, lines: list[dict[str, Any]], more: Mapping[str, Any]) -> dict[str, Any]:
        """Take a batch."""
        with self.changed:
            batch_id = f"batch_{len(self.batches) + 1}"
            self.lines[batch_id] = lines
            batch = {"id": batch_id, "status": "in_progress", "object": "batch", **more}
            self.batches[batch_id] = batch
            if self.at_once:
                self._finish(batch_id)
            self.changed.notify_all()
            return batch

    def _finish(self, batch_id: str) -> None:
        batch = self.batches[batch_id]
        batch["status"], batch["processing_status"] = "completed", "ended"
        good, bad = [], []
        for line in self.lines[batch_id]:
            text = _text(line["body"])
            if text in self.forgets:
                continue
            status = self.refuses.get(text, 200)
            response = {"status_code": status, "request_id": "r", "body": {"error": {}}}
            if status == 200:
                response["body"] = completion(line["body"])
            result = {"custom_id": line["custom_id"], "response": response, "error": None}
            (good if status == 200 else bad).append(result)
        for kind, results in (("output", good), ("error", bad)):
            if results:
                name = f"file-{batch_id}-{kind}"
                self.files[name] = "\n".join(map(json.dumps, results)).encode()
                batch[f"{kind}_file_id"] = name

    def message_results(self, batch_id: str) -> bytes:
        """Anthropic's lines."""
        lines = []
        for line in self.lines[batch_id]:
            text = _text(line["body"])
            result: dict[str, Any] = {"type": "succeeded", "message": message(line["body"])}
            if text in self.forgets:
                result = {"type": "expired"}
            elif text in self.refuses:
                error = {"type": "error", "error": {"type": "invalid_request_error"}}
                result = {"type": "errored", "error": error}
            lines.append(json.dumps({"custom_id": line["custom_id"], "result": result}))
        return "\n".join(lines).encode() + b"\n"


def completion(body: Mapping[str, Any]) -> dict[str, Any]:
    """What OpenAI answers."""
    answer = {"role": "assistant", "content": f"echo: {_text(body)}", "refusal": None}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_795_000_000,
        "model": body["model"],
        "choices": [{"index": 0, "message": answer, "finish_reason": "stop", "logprobs": None}],
        "usage": {
            "prompt_tokens": USAGE["input"],
            "completion_tokens": USAGE["output"],
            "total_tokens": USAGE["input"] + USAGE["output"],
        },
    }


def message(body: Mapping[str, Any]) -> dict[str, Any]:
    """What Anthropic answers."""
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": body["model"],
        "content": [{"type": "text", "text": f"echo: {_text(body)}"}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": USAGE["input"], "output_tokens": USAGE["output"]},
    }


def _text(body: Mapping[str, Any]) -> str:
    content = body["messages"][-1]["content"]
    return content if isinstance(content, str) else content[0]["text"]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    kept: BatchProvider

    def log_message(self, *_: Any) -> None:
        """Nothing: the test says what it wants to see."""

    def do_GET(self) -> None:
        kept = self.kept
        match self.path.partition("?")[0].split("/")[2:]:
            case ["batches"]:
                self._say({"object": "list", "data": list(kept.batches.values())})
            case ["batches", name] | ["messages", "batches", name]:
                self._say(kept.batches[name])
            case ["messages", "batches", name, "results"]:
                self._say(kept.message_results(name))
            case ["files", name, "content"]:
                self._say(kept.files[name])
            case _:
                self._say({"error": {"message": "not here"}}, 404)

    def do_POST(self) -> None:
        kept, body = self.kept, self.rfile.read(int(self.headers["content-length"]))
        match self.path.split("/")[2:]:
            case ["files"]:
                head = b"content-type: " + self.headers["content-type"].encode() + b"\r\n\r\n"
                form = BytesParser(policy=HTTP).parsebytes(head + body)
                name = f"file-{len(kept.files) + 1}"
                kept.files[name] = form.get_payload()[1].get_payload(decode=True)
                self._say({"id": name, "object": "file"})
            case ["batches"]:
                asked = json.loads(body)
                lines = kept.files[asked["input_file_id"]].splitlines()
                self._taken(kept.take([json.loads(line) for line in lines], asked))
            case ["messages", "batches"]:
                requests = json.loads(body)["requests"]
                lines = [{"custom_id": r["custom_id"], "body": r["params"]} for r in requests]
                self._taken(kept.take(lines, {"processing_status": "in_progress"}))
            case [*_, name, "cancel"]:
                kept.batches[name]["status"] = "cancelled"
                self._say(kept.batches[name])
            case ["chat", "completions"]:
                kept.direct.append(json.loads(body))
                self._say(completion(json.loads(body)))
            case ["messages"]:
                kept.direct.append(json.loads(body))
                self._say(message(json.loads(body)))
            case _:
                self._say({"error": {"message": "not here"}}, 404)

    def _taken(self, batch: Mapping[str, Any]) -> None:
        if self.kept.fails_after_taking:
            self.kept.fails_after_taking = False
            self._say({"error": {"message": "something broke"}}, 500)
        else:
            self._say({**batch, "processing_status": batch.get("processing_status")})

    def _say(self, said: Any, status: int = 200) -> None:
        data = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
