"""Where chunks of chats and completions carry what a model says."""

from headgate.wire.speech import EACH, Piece, Speech
from headgate.wire.sse import data_of, with_data

_DELTA = ("choices", EACH, "delta")

SPEECH = Speech(
    pieces=(
        Piece(path=(*_DELTA, "content"), is_answer=True),
        Piece(path=(*_DELTA, "content", EACH, "text"), is_answer=True),
        Piece(path=(*_DELTA, "content", EACH, "thinking", EACH, "text")),
        Piece(path=("choices", EACH, "text"), is_answer=True),
        Piece(path=(*_DELTA, "reasoning_content")),
        Piece(path=(*_DELTA, "reasoning")),
        Piece(path=(*_DELTA, "reasoning_details", EACH, "text")),
        Piece(path=(*_DELTA, "reasoning_details", EACH, "summary")),
        Piece(path=(*_DELTA, "refusal")),
        Piece(path=(*_DELTA, "tool_calls", EACH, "function", "arguments"), is_json=True),
        Piece(path=(*_DELTA, "tool_calls", EACH, "custom", "input")),
        Piece(path=(*_DELTA, "function_call", "arguments"), is_json=True),
        Piece(path=(*_DELTA, "audio", "transcript"), is_answer=True),
    ),
    data_of=data_of,
    with_data=with_data,
    ending_members=(("choices", EACH, "finish_reason"), ("error",)),
)
