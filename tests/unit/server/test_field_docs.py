"""Descriptions come from the strings beneath fields."""

from msgspec import Struct

from headgate.server.field_docs import field_docs


class Box(Struct):
    """Something with sides."""

    width_mm: float
    """Outside,
    with the walls."""
    colour: str = "red"
    sides: int = 6
    """All of them."""


def test_a_field_is_described_by_the_string_beneath_it() -> None:
    assert field_docs(Box) == {"width_mm": "Outside, with the walls.", "sides": "All of them."}


def test_a_struct_without_source_has_no_descriptions() -> None:
    made: type[Struct] = type(Struct)("Made", (Struct,), {"__annotations__": {"x": int}})
    assert field_docs(made) == {}
