"""How long a plan takes over HTTP: `python -m bench.plan_speed`.

The page's default workload, the volume changed each time as a drag of the slider does, over one
kept connection to a real `headgate serve`.
"""

import json
import sys
import tempfile
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from support.headgate_server import HeadgateServer

WARM_UP, PLANS = 20, 400
TOKENS = 10_000_000


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        HeadgateServer(Path(folder), None) as server,
    ):
        address = urlsplit(server.root_url)
        connection = HTTPConnection(address.hostname or "", address.port, timeout=30)
        for number in range(WARM_UP):
            ask(connection, number)
        times_ms = sorted(ask(connection, number) for number in range(PLANS))
        connection.close()
    for share in (0.5, 0.95, 0.99):
        print(f"p{share * 100:g}: {times_ms[round(share * (PLANS - 1))]:.1f} ms")


def ask(connection: HTTPConnection, number: int) -> float:
    body = json.dumps({"monthly_tokens": TOKENS * (1 + number / PLANS)})
    start = perf_counter()
    connection.request("POST", "/api/plan", body, {"content-type": "application/json"})
    response = connection.getresponse()
    content = response.read()
    took_ms = (perf_counter() - start) * 1000
    assert response.status == 200, content
    return took_ms


if __name__ == "__main__":
    main()
