"""Tokens before anybody has counted them.

No tokenizer: each model has its own, and the vocabularies are larger than Headgate. A token
is about four bytes of UTF-8. Against the tokenizers of GPT-4 and GPT-4o that is within 7 %
for English prompts; it gives a quarter too many for code, a sixth too few for dense JSON,
and .75 a character for Chinese or Japanese, which is between the two.
"""

from headgate.core.inbound import Inbound, Need, Operation

BYTES_PER_TOKEN = 4
BYTES_SAVED_PER_ESCAPE = 3
"""`\\u4f60` in JSON is six bytes for what UTF-8 writes in three."""
TOKENS_PER_MEDIUM = 1000
"""An image, a recording, a file: what one costs depends on the model; this is the usual order."""
SHORTEST_MEDIUM_BYTES = 256

USUAL_OUTPUT_TOKENS = 512
"""Of an answer nobody bounded."""
SHARE_OF_LARGE_BOUND = 4
"""A bound far above the usual is a safety margin more often than a wish: a quarter is expected."""

_MEDIA: frozenset[Need] = frozenset({"vision", "audio", "file"})
_MEDIA_MARKS = (b";base64,", b'"data"')


def tokens_of_length(length: int) -> int:
    """Tokens in text of `length` bytes (or characters, where it is mostly ASCII)."""
    return -(-length // BYTES_PER_TOKEN)


def input_tokens(inbound: Inbound) -> int:
    """Tokens a model will read for this request."""
    body = inbound.body
    length = len(body) - BYTES_SAVED_PER_ESCAPE * body.count(b"\\u")
    if inbound.needs.isdisjoint(_MEDIA):
        return tokens_of_length(length)
    count, encoded = _media(body)
    return tokens_of_length(length - encoded) + TOKENS_PER_MEDIUM * max(count, 1)


def expected_output_tokens(operation: Operation, max_output_tokens: int | None) -> int:
    """Tokens one choice is expected to be answered with; a guess to compare prices by."""
    if operation == "embedding":
        return 0
    if max_output_tokens is None:
        return USUAL_OUTPUT_TOKENS
    usual = max(USUAL_OUTPUT_TOKENS, max_output_tokens // SHARE_OF_LARGE_BOUND)
    return min(max_output_tokens, usual)


def _media(body: bytes) -> tuple[int, int]:
    """How many encoded media a body holds, and their bytes, which are no text."""
    count = encoded = 0
    for mark in _MEDIA_MARKS:
        at = body.find(mark)
        while at >= 0:
            start = at + len(mark)
            if mark.endswith(b'"'):
                start = body.find(b'"', start) + 1
            end = body.find(b'"', start)
            if start == 0 or end < 0:
                break
            if end - start >= SHORTEST_MEDIUM_BYTES:
                count, encoded = count + 1, encoded + end - start
            at = body.find(mark, end)
    return count, encoded
