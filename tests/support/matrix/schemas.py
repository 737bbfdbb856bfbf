"""The tools, the schema and the picture that the matrix asks with."""

import base64

from support.matrix.question import Tool
from support.request_shapes import PIXEL as PIXEL_URL
from support.request_shapes import SCHEMA as VERDICT
from support.request_shapes import TOOL

PIXEL = base64.b64decode(PIXEL_URL.partition(",")[2])
WEATHER = Tool(
    name="get_weather",
    description=TOOL["function"]["description"],
    parameters=TOOL["function"]["parameters"],
)
TIME = Tool(
    name="get_time",
    description="What time it is.",
    parameters={"type": "object", "properties": {}},
)
__all__ = ["PIXEL", "TIME", "VERDICT", "WEATHER"]
