"""How long the planner's page takes from an input until its redraw is on the screen.

    python bench/page_redraw.py [--inputs 300] [--preset rag] [--each-ms 50]

Starts the real server and headless Chromium, moves the volume's slider, and reads the
page's own measures: from the time stamp of each input event until right after the frame
that shows its report was painted. An input that a newer one replaced counts until the
newer one's frame.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from statistics import median, quantiles

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from support.browser import chromium, watched_page
from support.headgate_server import HeadgateServer

MOVE = """
async ([inputs, pause]) => {
  const slider = document.querySelector("#monthly_tokens-slider, #requests_per_month-slider");
  for (let index = 0; index < inputs; index += 1) {
    slider.value = String(Number(slider.min) + ((index * 37) % 600) / 100);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
"""
DONE = "count => performance.getEntriesByName('headgate:redraw').length >= count"
READ = "performance.getEntriesByName('headgate:redraw').map(each => each.duration)"


def measured(url: str, *, inputs: int, each_ms: float) -> list[float]:
    """Milliseconds of each input, without the first few, which warm the page up."""
    with chromium() as browser, watched_page(browser) as watched:
        watched.page.set_viewport_size({"width": 1440, "height": 900})
        watched.page.goto(url)
        watched.page.wait_for_selector("#options table")
        watched.page.wait_for_selector("#inputs")
        watched.page.evaluate(MOVE, [10, 100])
        watched.page.wait_for_function(DONE, arg=11)
        warm = len(watched.page.evaluate(READ))
        watched.page.evaluate(MOVE, [inputs, each_ms])
        watched.page.wait_for_function(DONE, arg=warm + inputs)
        found: list[float] = watched.page.evaluate(READ)
        return found[warm:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--inputs", type=int, default=300)
    parser.add_argument("--preset", default="")
    parser.add_argument("--each-ms", type=float, default=50)
    parser.add_argument("--url", help="of a server that runs already")
    wanted = parser.parse_args()
    query = f"?v=1&preset={wanted.preset}" if wanted.preset else ""
    with tempfile.TemporaryDirectory() as folder:
        if wanted.url:
            times = measured(wanted.url + query, inputs=wanted.inputs, each_ms=wanted.each_ms)
        else:
            with HeadgateServer(Path(folder), None) as server:
                url = f"{server.root_url}/{query}"
                times = measured(url, inputs=wanted.inputs, each_ms=wanted.each_ms)
    p95 = quantiles(times, n=20)[-1]
    pace = f"{len(times)} inputs, one each {wanted.each_ms:g} ms"
    print(f"{pace}: p50 {median(times):.1f} ms, p95 {p95:.1f} ms, longest {max(times):.1f} ms")


if __name__ == "__main__":
    main()
