"""How a usage file is laid out: its container, its columns, where its rows are."""

from pathlib import Path
from typing import Literal

from msgspec import Struct

from headgate.traffic.database import quoted

Container = Literal["csv", "lines", "document", "array"]
"""`lines`: a JSON object a line; `document`: objects that hold lists; `array`: one list."""

LONGEST_LINE = 16 * 2**20


class Layout(Struct, frozen=True, kw_only=True):
    """Where the values of a file are to be found."""

    container: Container
    names: tuple[str, ...]
    """Columns, or members of rows with a dot between the levels."""
    relation: str
    """SQL that yields the cells of each row (`c0`, `c1`, …) or its text (`doc`)."""
    lists: tuple[str, ...] = ()
    """Members of a document that hold its rows, outermost first."""
    delimiter: str = ","
    lines: str
    """SQL that yields the file line by line."""


def lines_relation(path: Path, compression: str, column: str = "line") -> str:
    """SQL that yields a file line by line."""
    return (
        f"read_csv({quoted(str(path))}, auto_detect=false, header=false, delim='\x01', quote='',"
        f" escape='', max_line_size={LONGEST_LINE}, compression={quoted(compression)},"
        f" columns={{'{column}': 'VARCHAR'}}, store_rejects=true)"
    )


def items_relation(layout: Layout) -> str:
    """SQL that yields `record`, `item` and `parent` of each row of a JSON file."""
    documents = f"(SELECT row_number() OVER () AS record, doc FROM {layout.relation})"
    if not layout.lists:
        rows = f"{documents} WHERE doc IS NOT NULL"
        return f"(SELECT record, doc::VARCHAR AS item, NULL AS parent FROM {rows})"
    outer, *inner = layout.lists
    parents = (
        f"(SELECT row_number() OVER () AS record, parent FROM"
        f" (SELECT unnest(json_extract(doc, '$.{outer}[*]')) AS parent FROM {documents}))"
    )
    if not inner:
        return f"(SELECT record, parent::VARCHAR AS item, NULL AS parent FROM {parents})"
    children = f"json_extract(parent, '$.{inner[0]}[*]')"
    return (
        f"(SELECT record, parent::VARCHAR AS parent, item::VARCHAR AS item FROM (SELECT record,"
        f" parent, unnest(CASE WHEN len({children}) > 0 THEN {children} ELSE [NULL] END) AS item"
        f" FROM {parents}))"
    )
