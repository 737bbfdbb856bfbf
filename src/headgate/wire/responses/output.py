"""The output items of a response while they grow, and the events that tell of it.

Each item says what happened to it as names and members of events; `events` numbers and
frames them. A thought is told as its summary, which is what clients show to people.
"""

from collections.abc import Mapping
from typing import Any

from headgate.core.stream import Citation

Said = tuple[str, dict[str, Any]]
"""An event's name and its members, numbers of its own left out."""
Item = dict[str, Any]


class OpenThought:
    """A `reasoning` item that is still coming."""

    def __init__(self, index: int, identity: str) -> None:
        """The item at `index` of the output."""
        self._place = {"item_id": identity, "output_index": index}
        self._identity = identity
        self._index = index
        self._pieces: list[str] = []

    def begin(self) -> list[Said]:
        """The item is there."""
        return [_added(self._index, self._item([], None))]

    def add(self, text: str) -> list[Said]:
        """A piece of the summary."""
        place = {**self._place, "summary_index": 0}
        said: list[Said] = []
        if not self._pieces:
            part = {"type": "summary_text", "text": ""}
            said.append(("response.reasoning_summary_part.added", {**place, "part": part}))
        self._pieces.append(text)
        return [*said, ("response.reasoning_summary_text.delta", {**place, "delta": text})]

    def end(self, encrypted: str | None = None) -> tuple[list[Said], Item]:
        """The item is complete; `encrypted` is what only a provider can read of it."""
        said: list[Said] = []
        summary = []
        if self._pieces:
            text = "".join(self._pieces)
            place = {**self._place, "summary_index": 0}
            part = {"type": "summary_text", "text": text}
            said.append(("response.reasoning_summary_text.done", {**place, "text": text}))
            said.append(("response.reasoning_summary_part.done", {**place, "part": part}))
            summary.append(part)
        item = self._item(summary, encrypted)
        return [*said, _done(self._index, item)], item

    def _item(self, summary: list[Any], encrypted: str | None) -> Item:
        item: Item = {"id": self._identity, "type": "reasoning", "summary": summary}
        return item if encrypted is None else {**item, "encrypted_content": encrypted}


class OpenMessage:
    """A `message` item: parts of text and refusals, one after the other."""

    def __init__(self, index: int, identity: str) -> None:
        """The item at `index` of the output."""
        self._identity = identity
        self._index = index
        self._parts: list[Item] = []
        self._kind: str | None = None
        self._pieces: list[str] = []
        self._annotations: list[Mapping[str, Any]] = []

    def begin(self) -> list[Said]:
        """The item is there."""
        return [_added(self._index, self._item("in_progress"))]

    def add(self, kind: str, text: str) -> list[Said]:
        """A piece of a part of `kind`, `output_text` or `refusal`."""
        said = self._part(kind)
        self._pieces.append(text)
        if kind == "refusal":
            return [*said, ("response.refusal.delta", {**self._place, "delta": text})]
        members = {**self._place, "delta": text, "logprobs": []}
        return [*said, ("response.output_text.delta", members)]

    def cite(self, citation: Citation) -> list[Said]:
        """The text rests on sources."""
        said = self._part("output_text")
        for annotation in _annotations(citation, len("".join(self._pieces))):
            number = len(self._annotations)
            self._annotations.append(annotation)
            members = {**self._place, "annotation_index": number, "annotation": annotation}
            said.append(("response.output_text.annotation.added", members))
        return said

    def end(self, status: str) -> tuple[list[Said], Item]:
        """The item is complete, or as complete as it gets."""
        said = self._end_part()
        item = self._item(status)
        return [*said, _done(self._index, item)], item

    @property
    def _place(self) -> dict[str, Any]:
        number = len(self._parts)
        return {"item_id": self._identity, "output_index": self._index, "content_index": number}

    def _part(self, kind: str) -> list[Said]:
        """Open a part of `kind`, unless it is open."""
        if self._kind == kind:
            return []
        said = self._end_part()
        self._kind = kind
        return [*said, ("response.content_part.added", {**self._place, "part": self._content()})]

    def _end_part(self) -> list[Said]:
        if self._kind is None:
            return []
        place, part, text = self._place, self._content(), "".join(self._pieces)
        if self._kind == "refusal":
            done: Said = ("response.refusal.done", {**place, "refusal": text})
        else:
            done = ("response.output_text.done", {**place, "text": text, "logprobs": []})
        self._parts.append(part)
        self._kind, self._pieces, self._annotations = None, [], []
        return [done, ("response.content_part.done", {**place, "part": part})]

    def _content(self) -> Item:
        text = "".join(self._pieces)
        if self._kind == "refusal":
            return {"type": "refusal", "refusal": text}
        return {
            "type": "output_text",
            "text": text,
            "annotations": list(self._annotations),
            "logprobs": [],
        }

    def _item(self, status: str) -> Item:
        return {
            "id": self._identity,
            "type": "message",
            "status": status,
            "role": "assistant",
            "content": list(self._parts),
        }


class OpenCall:
    """A `function_call` item whose arguments are still coming."""

    def __init__(self, index: int, identity: str, *, call_id: str, name: str) -> None:
        """The item at `index` of the output."""
        self.index = index
        self.signature: str | None = None
        self._place = {"item_id": identity, "output_index": index}
        self._head = {"id": identity, "type": "function_call", "call_id": call_id, "name": name}
        self._pieces: list[str] = []

    def begin(self) -> list[Said]:
        """The item is there."""
        return [_added(self.index, {**self._head, "arguments": "", "status": "in_progress"})]

    def add(self, arguments: str) -> list[Said]:
        """A piece of the arguments."""
        if not arguments:
            return []
        self._pieces.append(arguments)
        members = {**self._place, "delta": arguments}
        return [("response.function_call_arguments.delta", members)]

    def end(self, status: str) -> tuple[list[Said], Item]:
        """The item is complete, or as complete as it gets."""
        arguments = "".join(self._pieces)
        item: Item = {**self._head, "arguments": arguments, "status": status}
        if self.signature is not None:
            item["extra_content"] = {"google": {"thought_signature": self.signature}}
        members = {**self._place, "arguments": arguments}
        done: Said = ("response.function_call_arguments.done", members)
        return [done, _done(self.index, item)], item


def _added(index: int, item: Item) -> Said:
    return ("response.output_item.added", {"output_index": index, "item": item})


def _done(index: int, item: Item) -> Said:
    return ("response.output_item.done", {"output_index": index, "item": item})


def _annotations(citation: Citation, said_chars: int) -> list[Item]:
    """A page for a source with an address, a file for any other: there are no more words."""
    end = said_chars if citation.end is None else citation.end
    start = max(0, end - len(citation.text)) if citation.start is None else citation.start
    found: list[Item] = []
    for source in citation.sources:
        title = source.title or source.id or ""
        if source.url is not None:
            page = {"type": "url_citation", "url": source.url, "title": title}
            found.append({**page, "start_index": start, "end_index": end})
        else:
            file = {"type": "file_citation", "file_id": source.id or "", "filename": title}
            found.append({**file, "index": start})
    return found
