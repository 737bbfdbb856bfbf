"""A detector of somebody else's, installed as a package, that fails as the text tells it to."""

from pathlib import Path

NAME = "troubled"
TROUBLE = "TROUBLE-"
_SOURCE = """
import time

from headgate.privacy.detector import Detector, Hit


def find(text):
    said = text.value.partition("TROUBLE-")[2].split(" ")[0].strip('"}],. ')
    match said:
        case "raises":
            raise RuntimeError(f"cannot make sense of {text.value!r}")
        case "exits":
            raise SystemExit(text.value)
        case "recurses":
            yield from find(text)
        case "out-of-memory":
            raise MemoryError
        case "sleeps":
            time.sleep(SLEEP_S)
        case "returns-none":
            yield None
        case "outside":
            yield Hit(len(text.value) + 5, len(text.value) + 90)
        case "before":
            yield Hit(-9, 4)
        case "backwards":
            yield Hit(9, 2)
        case "words":
            yield Hit("first", "last")
        case "fractions":
            yield Hit(0.5, 2.5)
        case "endless":
            while True:
                yield Hit(0, 1)
        case "bytes":
            yield b"\\\\x00\\\\x01"
        case "score":
            yield Hit(0, 4, "", float("nan"))
        case "well":
            start = text.value.index("well")
            yield Hit(start, start + 4)


DETECTOR = Detector(
    name="troubled",
    find=find,
    examples=("TROUBLE-well",),
    counter_examples=("nothing",),
    certainty="identifier",
)
"""


def install(folder: Path, *, sleep_s: float = 3.0) -> Path:
    """A folder for `PYTHONPATH` in which the package is installed."""
    folder.mkdir()
    (folder / "troubled_detector.py").write_text(
        _SOURCE.replace("SLEEP_S", str(sleep_s)), encoding="utf-8"
    )
    about = folder / "troubled_detector-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: troubled-detector\nVersion: 1.0\n"
    )
    (about / "entry_points.txt").write_text(
        f"[headgate.privacy.detectors]\n{NAME} = troubled_detector:DETECTOR\n"
    )
    return folder
