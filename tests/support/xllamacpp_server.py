"""llama.cpp's server out of the `xllamacpp` wheel, over TCP: a program for `llama_server`."""

import signal
import sys
import threading

import xllamacpp


def main(model: str, context_tokens: str, slots: str) -> None:
    """Serve `model` on a free loopback port until SIGTERM."""
    params = xllamacpp.CommonParams()
    params.model.path = model
    params.model_alias = {"tiny"}
    params.n_ctx = int(context_tokens)
    params.n_parallel = int(slots)
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.ui = False
    params.embedding = True
    params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    params.endpoint_slots = True
    params.cache_ram_mib = 0
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.verbosity = 3
    server = xllamacpp.Server(params)
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    print(f"listening on {server.listening_address}", flush=True)
    stopped.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
