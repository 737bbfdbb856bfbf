"""Presidio's share of `bench.scan_speed`, run by the Python of its own virtual environment.

Reads texts as JSON from standard input, writes milliseconds for each to standard output. No
model: the recognizers for English, without the two requests that the one for e-mail makes.
"""

import json
import sys
from time import perf_counter, process_time


def analyzer():
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NoOpNlpEngine

    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    registry = RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"])
    registry.remove_recognizer("SpacyRecognizer")
    engine = NoOpNlpEngine(models=[{"lang_code": "en", "model_name": "no_op"}])
    engine.load()
    return AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])


def main() -> None:
    started = perf_counter()
    presidio = analyzer()
    import_s = perf_counter() - started
    taken = []
    for text in json.load(sys.stdin):
        began = process_time()
        presidio.analyze(text, language="en")
        taken.append((process_time() - began) * 1e3)
    json.dump({"import_s": import_s, "ms": taken}, sys.stdout)


if __name__ == "__main__":
    main()
