"""Where the events of a chat carry what a model says."""

from headgate.wire.speech import EACH, Piece, Speech
from headgate.wire.sse import data_of, with_data

_MESSAGE = ("delta", "message")
_CALL = ("function", "arguments")

SPEECH = Speech(
    pieces=(
        Piece(path=(*_MESSAGE, "content"), lane="text", is_answer=True),
        Piece(path=(*_MESSAGE, "content", "text"), lane="text", is_answer=True),
        Piece(path=(*_MESSAGE, "content", "thinking")),
        Piece(path=(*_MESSAGE, "tool_plan")),
        Piece(path=(*_MESSAGE, "tool_calls", *_CALL), lane="call", is_json=True),
        Piece(path=(*_MESSAGE, "tool_calls", EACH, *_CALL), is_json=True),
    ),
    data_of=data_of,
    with_data=with_data,
    indices=("index",),
    # Citations come between the pieces of a text.
    ending_types=frozenset(
        {"content-start", "content-end", "tool-call-start", "tool-call-end", "message-end"}
    ),
)
