"""A picture, and what the stand-ins call it."""

import base64
import hashlib

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
DATA_URL = "data:image/png;base64," + base64.b64encode(PICTURE).decode()
SEEN = f"I see {hashlib.sha256(PICTURE).hexdigest()[:12]}."
