"""The JSON Schema of the catalogue's files: `python -m headgate.catalog.schema`."""

import json

import msgspec

from headgate.catalog.kinds import KINDS


def json_schema() -> str:
    """One schema with a definition of every type; a file is a list of one of them."""
    kinds = tuple(KINDS.values())
    entries, definitions = msgspec.json.schema_components(
        [kind.type for kind in kinds], ref_template="#/$defs/{name}"
    )
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Headgate's catalogue",
        "description": "Each property is the content of the file `<name>.yaml`.",
        "type": "object",
        "properties": {
            kind.name: {"type": "array", "items": entry}
            for kind, entry in zip(kinds, entries, strict=True)
        },
        "$defs": definitions,
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(json_schema(), end="")
