"""The real clock."""

import time


class SystemClock:
    """Implements `core.ports.Clock`."""

    # The functions themselves, not methods around them: they are asked ten times a request.
    now = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)
