"""Bedrock's wire shapes: Converse, its binary stream, errors, and who may ask.

Written from the published reference and checked against AWS's own SDK in
`tests/unit/support/test_bedrock_shapes.py`. Requests are read by the service's own model,
and signatures are computed again by the SDK's signer.
"""

import base64
import json
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

from support.answers import Answer, Asked, Call
from support.event_stream import event
from support.reply import Exchange
from support.shapes import ErrorSaid, Frame, Refused, dump

ACCESS_KEY, SECRET_KEY = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
"""Whose signatures are taken; AWS's own documentation shows them."""
BEARER = "bedrock-api-key-0123456789"
_FINISH = {"length": "max_tokens", "tool_calls": "tool_use", "content_filter": "content_filtered"}
_NAMES = {
    400: "ValidationException",
    401: "UnrecognizedClientException",
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    429: "ThrottlingException",
    503: "ServiceUnavailableException",
}
_EXCEPTIONS = {
    "requests": "throttlingException",
    "server_error": "internalServerException",
    "service_unavailable": "serviceUnavailableException",
}


class ConverseShape:
    """`/model/{model}/converse` and its stream."""

    stream_media_type = "application/vnd.amazon.eventstream"
    ping = event("unknownEvent", {"p": "abcdef"})

    def heard(self, exchange: Exchange) -> Mapping[str, Any] | Refused:
        """What is asked, in OpenAI's words."""
        if not _is_allowed(exchange):
            message = "The request signature we calculated does not match the one you provided."
            return Refused(403, ErrorSaid(message=message, type="InvalidSignatureException"))
        body = exchange.json
        if problems := problems_of(body):
            return Refused(400, ErrorSaid(message=problems, type="ValidationException"))
        config = body.get("toolConfig") or {}
        return {
            "model": unquote(exchange.path.split("/")[2]),
            "messages": [_message(message) for message in body["messages"]],
            "tools": [_tool(t["toolSpec"]) for t in config.get("tools", ()) if "toolSpec" in t],
            "tool_choice": _choice(config.get("toolChoice") or {}),
            "response_format": _format(body.get("outputConfig") or {}),
            "stream": exchange.path.endswith("-stream"),
        }

    def body(self, asked: Asked, answer: Answer) -> bytes:
        blocks: list[dict[str, Any]] = []
        if answer.reasoning:
            text = {"text": "".join(answer.reasoning), "signature": signature_of(asked)}
            blocks.append({"reasoningContent": {"reasoningText": text}})
        if answer.text:
            blocks.append({"text": answer.text})
        for number, call in enumerate(answer.calls):
            use = {**_use(asked, number, call), "input": json.loads(call.arguments)}
            blocks.append({"toolUse": use})
        return dump(
            {
                "output": {"message": {"role": "assistant", "content": blocks}},
                "stopReason": _finish(answer),
                "usage": _usage(answer),
                "metrics": {"latencyMs": 551},
            }
        )

    def frames(self, asked: Asked, answer: Answer) -> list[Frame]:
        blocks = [*_said_blocks(asked, answer)]
        blocks += [_call_block(asked, n, call) for n, call in enumerate(answer.calls)]
        found = [Frame("start", event("messageStart", {"role": "assistant"}))]
        for index, block in enumerate(blocks):
            place = {"contentBlockIndex": index}
            for kind, told in block:
                found.append(Frame("content", event(kind, {**told, **place})))
            found.append(Frame("content", event("contentBlockStop", place)))
        end = {"usage": _usage(answer), "metrics": {"latencyMs": 551}}
        return [
            *found,
            Frame("finish", event("messageStop", {"stopReason": _finish(answer)})),
            Frame("end", event("metadata", end)),
        ]

    def error(self, said: ErrorSaid) -> bytes:
        return dump({"message": said.message})

    def error_headers(self, status: int) -> dict[str, str]:
        return {"x-amzn-errortype": _NAMES.get(status, "InternalServerException")}

    def error_frame(self, said: ErrorSaid) -> bytes:
        return event(_EXCEPTIONS.get(said.type, "validationException"), {"message": said.message})

    def broken_frame(self) -> bytes:
        whole = event("contentBlockDelta", {"delta": {"text": "x"}, "contentBlockIndex": 0})
        return whole[:-1] + bytes([whole[-1] ^ 1])


def signature_of(asked: Asked) -> str:
    """The proof of a thought: different in every answer."""
    return base64.b64encode(f"thought {asked.number}".encode()).decode()


def problems_of(body: Mapping[str, Any]) -> str:
    """What AWS's own description of the service finds wrong with a request."""
    from botocore.validate import ParamValidator

    shape = _service().operation_model("Converse").input_shape
    given = {**_with_bytes(body, shape), "modelId": "m.m"}
    report = ParamValidator().validate(given, shape)
    found = str(report.generate_report())
    turns = [message["role"] for message in body["messages"]]
    if turns and (turns[0] != "user" or any(a == b for a, b in pairwise(turns))):
        found += " Turns must alternate and begin with the user's."
    blocks = [block for message in body["messages"] for block in message["content"]]
    uses_tools = any("toolUse" in block or "toolResult" in block for block in blocks)
    if uses_tools and "toolConfig" not in body:
        found += " The toolConfig field must be defined when using toolUse and toolResult blocks."
    return found


@cache
def _service() -> Any:
    # Only here: not every environment that needs stand-ins has AWS's SDK.
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    loaded = Loader().load_service_model("bedrock-runtime", "service-2")
    return ServiceModel(loaded, "bedrock-runtime")


def _with_bytes(value: Any, shape: Any) -> Any:
    """The same with base64 decoded where the service wants bytes; unknown members stay."""
    if shape.type_name == "blob":
        return base64.b64decode(value, validate=True)
    if shape.type_name == "list" and isinstance(value, list):
        return [_with_bytes(each, shape.member) for each in value]
    if shape.type_name == "structure" and isinstance(value, Mapping) and shape.members:
        unknown = value.keys() - shape.members.keys()
        assert not unknown, f"{shape.name} has no {unknown}"
        return {name: _with_bytes(each, shape.members[name]) for name, each in value.items()}
    return value


def _is_allowed(exchange: Exchange) -> bool:
    """Whether it holds the key, or a signature that AWS's own code computes, too."""
    authorization = exchange.headers.get("authorization", "")
    if authorization == f"Bearer {BEARER}":
        return True
    return is_signed(exchange.method, exchange.path, exchange.headers, exchange.body)


def is_signed(method: str, path: str, sent: Mapping[str, str], body: bytes) -> bool:
    """Whether these headers hold the signature of a request that AWS's own code computes."""
    authorization = sent.get("authorization", "")
    if not authorization.startswith("AWS4-HMAC-SHA256 "):
        return False
    fields = dict(
        field.strip().split("=", 1)
        for field in authorization.removeprefix("AWS4-HMAC-SHA256 ").split(",")
    )
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    access_key, _, region, service, _ = fields["Credential"].split("/")
    names = fields["SignedHeaders"].split(";")
    request = AWSRequest(
        method=method,
        url=f"http://{sent['host']}{path}",
        data=body,
        headers={name: sent[name] for name in names},
    )
    request.context["timestamp"] = sent["x-amz-date"]
    signer = SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), service, region)
    wanted = signer.signature(
        signer.string_to_sign(request, signer.canonical_request(request)), request
    )
    return (access_key, service, wanted) == (ACCESS_KEY, "bedrock", fields["Signature"])


def _message(message: Mapping[str, Any]) -> dict[str, Any]:
    if any("toolResult" in block for block in message["content"]):
        return {"role": "tool"}
    text = "".join(block.get("text", "") for block in message["content"])
    return {"role": message["role"], "content": text}


def _tool(spec: Mapping[str, Any]) -> dict[str, Any]:
    function = {"name": spec["name"], "parameters": spec["inputSchema"]["json"]}
    return {"type": "function", "function": function}


def _choice(choice: Mapping[str, Any]) -> Any:
    if "tool" in choice:
        return {"type": "function", "function": {"name": choice["tool"]["name"]}}
    return "required" if "any" in choice else "auto"


def _format(output: Mapping[str, Any]) -> dict[str, Any]:
    if "textFormat" not in output:
        return {}
    described = output["textFormat"]["structure"]["jsonSchema"]
    return {"type": "json_schema", "json_schema": {"schema": json.loads(described["schema"])}}


def _said_blocks(asked: Asked, answer: Answer) -> list[list[tuple[str, dict[str, Any]]]]:
    """Blocks of thoughts and of text, as the events inside them."""
    delta = "contentBlockDelta"
    blocks = []
    if answer.reasoning:
        thoughts = [{"text": piece} for piece in answer.reasoning]
        thoughts.append({"signature": signature_of(asked)})
        blocks.append([(delta, {"delta": {"reasoningContent": each}}) for each in thoughts])
    if answer.pieces:
        blocks.append([(delta, {"delta": {"text": piece}}) for piece in answer.pieces])
    return blocks


def _call_block(asked: Asked, position: int, call: Call) -> list[tuple[str, dict[str, Any]]]:
    third = max(1, len(call.arguments) // 3)
    pieces = [call.arguments[cut : cut + third] for cut in range(0, len(call.arguments), third)]
    deltas = [("contentBlockDelta", {"delta": {"toolUse": {"input": p}}}) for p in pieces]
    return [("contentBlockStart", {"start": {"toolUse": _use(asked, position, call)}}), *deltas]


def _use(asked: Asked, position: int, call: Call) -> dict[str, Any]:
    return {"toolUseId": f"tooluse_{asked.number}_{position}", "name": call.name}


def _finish(answer: Answer) -> str:
    return _FINISH.get(answer.finish, "end_turn")


def _usage(answer: Answer) -> dict[str, Any]:
    usage = {
        "inputTokens": answer.prompt_tokens - answer.cached_tokens,
        "outputTokens": answer.output_tokens,
        "totalTokens": answer.prompt_tokens + answer.output_tokens,
    }
    return {
        **usage,
        **({"cacheReadInputTokens": answer.cached_tokens} if answer.cached_tokens else {}),
    }
