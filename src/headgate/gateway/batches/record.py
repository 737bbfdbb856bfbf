"""A batch and a file as OpenAI's API shows them, and as the store keeps them."""

from typing import Any, Literal

import msgspec
from msgspec import Struct

from headgate.ledger.batch_store import Counts

BATCH_PREFIX, FILE_PREFIX = "batch_hg_", "file-hg-"
"""Mark what is ours beside what a provider keeps."""
Status = Literal[
    "validating",
    "in_progress",
    "finalizing",
    "completed",
    "failed",
    "expired",
    "cancelling",
    "cancelled",
]
OVER: frozenset[Status] = frozenset({"completed", "failed", "expired", "cancelled"})
_encode = msgspec.json.Encoder().encode


class LineProblem(Struct, frozen=True):
    """Why a line, or a whole batch, cannot be begun."""

    code: str
    message: str
    line: int | None = None


class BatchRecord(Struct, kw_only=True):
    """Everything about a batch but its lines. Times are Unix seconds."""

    id: str
    endpoint: str
    input_file_id: str
    key_name: str | None = None
    labels: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    completion_window: str = "24h"
    metadata: dict[str, str] | None = None
    status: Status = "validating"
    created_at: int
    expires_at: int
    in_progress_at: int | None = None
    finalizing_at: int | None = None
    completed_at: int | None = None
    failed_at: int | None = None
    expired_at: int | None = None
    cancelling_at: int | None = None
    cancelled_at: int | None = None
    output_file_id: str | None = None
    error_file_id: str | None = None
    errors: list[LineProblem] = []

    @property
    def is_over(self) -> bool:
        """Nothing will happen to it any more."""
        return self.status in OVER

    def became(self, status: Status, at: float) -> None:
        """Note a change, with its time."""
        self.status = status
        if status != "validating":
            setattr(self, f"{status}_at", int(at))

    def encoded(self) -> bytes:
        """For the store."""
        return _encode(self)

    def shown(self, counts: Counts) -> dict[str, Any]:
        """For clients."""
        fields: dict[str, Any] = msgspec.to_builtins(self)
        for private in ("key_name", "labels", "tags", "errors"):
            del fields[private]
        errors = [{**msgspec.to_builtins(each), "param": None} for each in self.errors]
        return {
            **fields,
            "object": "batch",
            "errors": {"object": "list", "data": errors} if errors else None,
            "request_counts": {
                "total": counts.total,
                "completed": counts.completed,
                "failed": counts.failed,
            },
        }


class FileRecord(Struct, kw_only=True, frozen=True):
    """A file of a batch."""

    id: str
    filename: str
    purpose: Literal["batch", "batch_output"]
    size: int
    created_at: int
    key_name: str | None = None

    def encoded(self) -> bytes:
        """For the store."""
        return _encode(self)

    def shown(self) -> dict[str, Any]:
        """For clients."""
        return {
            "id": self.id,
            "object": "file",
            "bytes": self.size,
            "created_at": self.created_at,
            "filename": self.filename,
            "purpose": self.purpose,
            "status": "processed",
        }


read_batch = msgspec.json.Decoder(BatchRecord).decode
read_file = msgspec.json.Decoder(FileRecord).decode
