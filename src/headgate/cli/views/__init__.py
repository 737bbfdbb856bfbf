"""How results look on a terminal; a command is none of these files."""
