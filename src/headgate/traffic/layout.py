"""How a usage file is laid out: its container, its columns, where its rows are."""

from array import array
from pathlib import Path
from typing import Literal

from msgspec import Struct, field

from headgate.traffic.database import quoted

Container = Literal["csv", "lines", "document", "array"]
"""`lines`: a JSON object a line; `array`: a list of objects; `document`: any other JSON."""

LONGEST_LINE = 16 * 2**20


class Layout(Struct, frozen=True, kw_only=True):
    """Where the values of a file are to be found."""

    container: Container
    names: tuple[str, ...]
    """Columns, or members of rows with a dot between the levels."""
    relation: str
    """SQL that yields the cells of each row (`c0`, `c1`, …) or its text (`doc`)."""
    delimiter: str = ","
    lines: str
    """SQL that yields the file line by line."""
    is_list: bool = False
    """Of documents: they are in one list."""
    lists: tuple[str, ...] = ()
    """Of documents: the members that hold rows, outermost first."""
    origins: "array[int]" = field(default_factory=lambda: array("Q"))
    """Of documents: for each row, which element of the outer list it is from."""


def lines_relation(path: Path, compression: str, column: str = "line") -> str:
    """SQL that yields a file line by line, as texts of one column."""
    # Not strict: a cell of CSV may hold line ends of another kind than those of the file.
    return (
        f"read_csv({quoted(str(path))}, auto_detect=false, header=false, delim='\x01', quote='',"
        f" escape='', max_line_size={LONGEST_LINE}, compression={quoted(compression)},"
        f" columns={{'{column}': 'VARCHAR'}}, strict_mode=false)"
    )


def rows_relation(path: Path, compression: str) -> str:
    """SQL that yields each line of JSON as `doc`; lines that are none of it are remembered."""
    return lines_relation(path, compression, "doc").removesuffix(")") + ", store_rejects=true)"


def items_relation(layout: Layout) -> str:
    """SQL that yields `record` and `item`, the text, of each row of a JSON file."""
    numbered = f"(SELECT row_number() OVER () AS record, doc FROM {layout.relation})"
    return f"(SELECT record, doc::VARCHAR AS item FROM {numbered} WHERE trim(doc::VARCHAR) <> '')"
