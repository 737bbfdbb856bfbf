"""Where the events of a message carry what a model says."""

from headgate.wire.speech import Piece, Speech
from headgate.wire.sse import data_of, with_data

SPEECH = Speech(
    pieces=(
        Piece(path=("content_block", "text"), lane="text", is_answer=True),
        Piece(path=("delta", "text"), lane="text", is_answer=True),
        Piece(path=("content_block", "thinking"), lane="thinking"),
        Piece(path=("delta", "thinking"), lane="thinking"),
        Piece(path=("delta", "partial_json"), is_json=True),
    ),
    data_of=data_of,
    with_data=with_data,
    indices=("index",),
    ending_types=frozenset(
        {"content_block_start", "content_block_stop", "message_delta", "message_stop", "error"}
    ),
)
