"""Where lines carry what a model says; calls come whole."""

from headgate.wire.ndjson import data_of, with_data
from headgate.wire.speech import Piece, Speech

SPEECH = Speech(
    pieces=(
        Piece(path=("message", "content"), is_answer=True),
        Piece(path=("message", "thinking")),
        Piece(path=("response",), is_answer=True),
        Piece(path=("thinking",)),
    ),
    data_of=data_of,
    with_data=with_data,
    ending_members=(("done",), ("error",)),
    needed=frozenset({"role"}),
)
