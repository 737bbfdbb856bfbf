"""Where the events of a response carry what a model says.

Every text is said again, whole, when it is done, and once more with its item and with the
response.
"""

from headgate.wire.speech import Piece, Speech
from headgate.wire.sse import data_of, with_data

_ANSWER = frozenset({"response.output_text.delta"})
_ARGUMENTS = frozenset(
    {"response.function_call_arguments.delta", "response.mcp_call_arguments.delta"}
)
_OTHER = frozenset(
    {
        "response.refusal.delta",
        "response.reasoning_text.delta",
        "response.reasoning_summary_text.delta",
        "response.custom_tool_call_input.delta",
        "response.code_interpreter_call_code.delta",
        "response.output_audio_transcript.delta",
        "response.audio.transcript.delta",
    }
)
_ENDS = (
    "response.content_part.added",
    "response.content_part.done",
    "response.output_item.added",
    "response.output_item.done",
    "response.reasoning_summary_part.added",
    "response.reasoning_summary_part.done",
    "response.completed",
    "response.incomplete",
    "response.failed",
    "error",
)

SPEECH = Speech(
    pieces=(
        Piece(path=("delta",), types=_ANSWER, lane="answer", is_answer=True),
        Piece(path=("delta",), types=_ARGUMENTS, lane="arguments", is_json=True),
        *(Piece(path=("delta",), types=frozenset({kind}), lane=kind) for kind in sorted(_OTHER)),
    ),
    data_of=data_of,
    with_data=with_data,
    indices=("output_index", "content_index", "summary_index"),
    ending_types=frozenset(
        [*_ENDS, *(kind.removesuffix("delta") + "done" for kind in _ANSWER | _ARGUMENTS | _OTHER)]
    ),
)
