"""Made-up labelled cascades: arithmetic, answered by models of known skill."""

import json
from pathlib import Path
from random import Random
from typing import Any

SKILLS = {"small": 0.5, "other": 0.5, "better": 0.8}
STRONG = 0.95
THINGS = ("eggs", "ducks", "trains", "apples", "coins", "letters", "stones", "birds")


def rows(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Labelled questions, as the files have them; the models fail independently."""
    generator = Random(seed)
    return [_row(number, generator) for number in range(count)]


def _row(number: int, generator: Random) -> dict[str, Any]:
    right = generator.randint(2, 400)
    names = " and ".join(generator.sample(THINGS, 3))
    cheap = []
    for model, skill in SKILLS.items():
        is_right = generator.random() < skill
        said = right if is_right else right + generator.randint(1, 60)
        cheap.append(
            {"model": model, "correct": float(is_right), "answer": f"{said}.0", "chars": 300}
        )
    return {
        "id": f"q{number}",
        "domain": "made up",
        "prompt": f"Case {chr(97 + number % 26)}{chr(97 + number // 26 % 26)}: how many {names}?",
        "strong": float(generator.random() < STRONG),
        "cheap": cheap,
    }


def write(path: Path, lines: list[dict[str, Any]]) -> Path:
    """The rows as a file of JSON lines."""
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path
