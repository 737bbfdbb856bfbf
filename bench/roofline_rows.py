"""Published measurements of serving speed, as rows that the roofline can answer.

Machines and names are in `roofline_tables`.
"""

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from bench.roofline_tables import (
    APPLES,
    BITS,
    DESKS,
    GEERLING_MODELS,
    IOG_MODELS,
    MAC_MODELS,
    PROCESSORS,
    Q4_K_M,
    SERVER_MODELS,
    TRT_SYSTEMS,
    Spec,
)
from headgate.catalog.hardware import Hardware, Kind
from headgate.catalog.models import Model, models
from headgate.estimate.deployment import Deployment, Lengths
from headgate.estimate.efficiency import MachineClass, machine_class
from headgate.estimate.memory import most_sequences
from headgate.estimate.replica import Replica
from headgate.estimate.roofline import work
from headgate.estimate.serving import speed

BURST_WAVES = 10
"""InferenceX sends ten prompts per concurrent client, the first of all clients at once."""
HELD_OUT_MACHINES = frozenset(
    {
        "h200_sxm",
        "4090 24GB",
        "3080 Ti 12GB",
        "RTX A6000 48GB",
        "RTX 6000 Ada 48GB",
        "Intel 265K Custom PC (Nvidia RTX 4070 Ti)",
        "M1 Max 32-Core GPU 64GB",
        "M1 Ultra (48 GPU Core) 64GB",
        "Framework 13 (Ryzen AI 5 340)",
    }
)
HELD_OUT_MODELS = frozenset({"qwen3-235b-a22b", "kimi-k2", "llama-3.1-405b", "qwen3-14b"})

HELD_OUT_IOG = frozenset({"phi-4", "qwen2.5-32b", "llama-3.1-70b"})

Predict = Callable[[Deployment, Lengths], float]


class Row(NamedTuple):
    """One measurement, and how the roofline answers it."""

    source: str
    metric: str
    deployment: Deployment
    lengths: Lengths
    measured: float
    predict: Predict

    @property
    def machine(self) -> MachineClass:
        return machine_class(self.deployment.hardware)

    @property
    def is_held_out(self) -> bool:
        deployment = self.deployment
        return (
            deployment.hardware.id in HELD_OUT_MACHINES
            or deployment.model.id in HELD_OUT_MODELS
            or (self.source == "iog" and deployment.model.id in HELD_OUT_IOG)
        )

    def error(self) -> float:
        return self.predict(self.deployment, self.lengths) / self.measured - 1


def machine(
    name: str, kind: Kind, spec: Spec, *, devices: int = 1, link: float | None = None
) -> Hardware:
    return Hardware(
        id=name,
        name=name,
        maker="",
        kind=kind,
        memory_gib=spec.memory,
        bandwidth_gb_s=spec.bandwidth,
        bf16_tflops=spec.bf16,
        fp8_tflops=spec.fp8,
        fp4_tflops=spec.fp4,
        max_watts=0,
        idle_watts=0,
        devices_per_node=devices,
        link_gb_s=link,
        sources=(),
    )


def decode_rate(deployment: Deployment, lengths: Lengths) -> float:
    return 1 / work(deployment, lengths).step_s(1)


def prompt_rate(deployment: Deployment, lengths: Lengths) -> float:
    return lengths.input_tokens / work(deployment, lengths).prompt_s


def first_token_s(deployment: Deployment, lengths: Lengths) -> float:
    return work(deployment, lengths).prompt_s


def tpot_at(concurrency: int) -> Predict:
    def predict(deployment: Deployment, lengths: Lengths) -> float:
        replica = Replica.of(deployment, lengths)
        return replica.tpot_s(concurrency, replica.rate(concurrency))

    return predict


def ttft_at(concurrency: int) -> Predict:
    """At a fixed number of clients, the crowd at the start included."""

    def predict(deployment: Deployment, lengths: Lengths) -> float:
        replica = Replica.of(deployment, lengths)
        burst_s = concurrency * replica.work.shared_prompt_s / 2 / BURST_WAVES
        return replica.ttft_alone_s(concurrency) + burst_s

    return predict


def output_rate_at(batch: int) -> Predict:
    def predict(deployment: Deployment, lengths: Lengths) -> float:
        return Replica.of(deployment, lengths).rate(batch) * lengths.output_tokens

    return predict


def peak_output_rate(deployment: Deployment, lengths: Lengths) -> float:
    """Offline: as many at once as fit, TensorRT-LLM's limit of 2,048 permitting."""
    batch = min(2048, max(1, most_sequences(deployment, lengths.context_tokens)))
    return output_rate_at(batch)(deployment, lengths)


def tpot_at_rate(rate: float) -> Predict:
    return lambda deployment, lengths: speed(deployment, lengths, rate).tpot_p50_s


def ttft_at_rate(rate: float) -> Predict:
    return lambda deployment, lengths: speed(deployment, lengths, rate).ttft_p50_s


def all_rows(folder: Path) -> list[Row]:
    server = server_hardware(folder / "gpu_specs_aiconfigurator_0.12.csv")
    return [
        *llama_cpp(folder / "llamacpp_llama3_gpus_xiongjiedai.csv"),
        *macs(folder / "mac_llm_bench_2026-04.csv"),
        *geerling(folder / "geerling_ai_benchmarks_tg_power.csv"),
        *inferencex(folder / "inferencex_silicon_sample_aiconfigurator_0.12.csv", server),
        *trt_batches(folder / "trtllm_perf_throughput_v0.5-0.9.csv", server),
        *trt_first_tokens(folder / "trtllm_perf_ttft_v0.5-0.9.csv", server),
        *trt_peaks(folder / "trtllm_perf_overview_v1.0.csv", server),
        *iog(folder / "iog_vllm085_sharegpt_qps_sweeps.csv", server),
    ]


def read(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="") as lines:
        yield from csv.DictReader(lines)


def server_hardware(path: Path) -> dict[str, Hardware]:
    return {
        row["system"]: machine(
            row["system"],
            "gpu",
            Spec(
                float(row["mem_gib"]),
                float(row["mem_bw_GBs"]),
                float(row["bf16_TF"]),
                float(row["fp8_TF"]) or None,
                float(row["fp4_TF"]) or None,
            ),
            devices=int(row["gpus_per_node"]),
            link=float(row["intra_node_GBs"]),
        )
        for row in read(path)
    }


def alone(hardware: Hardware, model: Model, bits: float = Q4_K_M) -> Deployment:
    return Deployment(model=model, hardware=hardware, weight_bits=bits)


def single_stream(source: str, deployment: Deployment, test: str, measured: float) -> Row:
    """`pp512` reads 512 tokens, `tg128` writes 128."""
    phase, tokens = test[:2], float(test[2:])
    if phase == "pp":
        lengths = Lengths(input_tokens=tokens, output_tokens=1)
        return Row(source, "prompt tokens/s", deployment, lengths, measured, prompt_rate)
    lengths = Lengths(input_tokens=1, output_tokens=tokens)
    return Row(source, "decode tokens/s", deployment, lengths, measured, decode_rate)


def llama_cpp(path: Path) -> Iterator[Row]:
    model = models()["llama-3.1-8b"]
    for row in read(path):
        kind: Kind = "apple" if row["gpu"].startswith("M") else "gpu"
        spec = (APPLES if kind == "apple" else DESKS).get(row["gpu"])
        if spec is None or not row["tok_per_s"]:
            continue  # Cards of servers run other engines.
        deployment = alone(machine(row["gpu"], kind, spec), model)
        test = f"{row['phase']}{row['tokens']}"
        yield single_stream("xiongjiedai", deployment, test, float(row["tok_per_s"]))


def macs(path: Path) -> Iterator[Row]:
    for row in read(path):
        if row["model"] not in MAC_MODELS or row["quant"] != "Q4_K_M":
            continue
        model = models()[MAC_MODELS[row["model"]]]
        bits = float(row["file_gb"]) * 2**30 * 8 / model.parameters_b / 1e9
        deployment = alone(machine(row["chip"], "apple", APPLES[row["chip"]]), model, bits)
        yield single_stream("mac-llm-bench", deployment, row["test"], float(row["tok_per_s"]))


def geerling(path: Path) -> Iterator[Row]:
    for row in read(path):
        name = row["system"]
        spec = DESKS.get(name) or APPLES.get(name) or PROCESSORS.get(name)
        if row["model"] not in GEERLING_MODELS or spec is None:
            continue
        kind: Kind = "gpu" if name in DESKS else "apple" if name in APPLES else "cpu"
        model, bits = GEERLING_MODELS[row["model"]]
        deployment = alone(machine(name, kind, spec), models()[model], bits)
        yield single_stream("geerling", deployment, "tg256", float(row["tg_tok_per_s"]))


def inferencex(path: Path, server: dict[str, Hardware]) -> Iterator[Row]:
    for row in read(path):
        found = re.search(r"concurrency=(\d+)", row["silicon_data_source"])
        if row["mode"] != "agg" or row["model_path"] not in SERVER_MODELS or not found:
            continue
        if int(row["tp_size"]) > 8 or row["attention_dp_size"] not in {"", "1"}:
            continue
        deployment = Deployment(
            model=models()[SERVER_MODELS[row["model_path"]]],
            hardware=server[row["system"]],
            devices=int(row["tp_size"]),
            weight_bits=BITS[row["precision"]],
            kv_bits=16 if row["precision"] == "" else 8,
        )
        lengths = Lengths(input_tokens=float(row["isl"]), output_tokens=float(row["osl"]))
        clients = int(found[1])
        if clients > most_sequences(deployment, lengths.context_tokens):
            continue  # They queue for memory.
        tpot_s, ttft_s = float(row["silicon_tpot_ms"]) / 1e3, float(row["silicon_ttft_ms"]) / 1e3
        source = f"inferencex {row['backend']}"
        yield Row(source, "tpot", deployment, lengths, tpot_s, tpot_at(clients))
        if row["backend"] == "vllm" and "source_file=/" not in row["silicon_data_source"]:
            yield Row(source, "ttft", deployment, lengths, ttft_s, ttft_at(clients))


def trt_deployment(row: dict[str, str], server: dict[str, Hardware]) -> Deployment | None:
    if row["model"] not in SERVER_MODELS:
        return None
    bits = BITS[row["quant"]]
    return Deployment(
        model=models()[SERVER_MODELS[row["model"]]],
        hardware=server[TRT_SYSTEMS[row["gpu"]]],
        devices=int(row["tp"]),
        weight_bits=bits,
        kv_bits=8 if bits == 8 else 16,
    )


def trt_batches(path: Path, server: dict[str, Hardware]) -> Iterator[Row]:
    for row in read(path):
        deployment = trt_deployment(row, server)
        if deployment is None or row["version"] not in {"v0.8.0", "v0.9.0"}:
            continue
        lengths = Lengths(input_tokens=float(row["isl"]), output_tokens=float(row["osl"]))
        devices = deployment.devices if row["reported_is_per_gpu"] == "True" else 1
        measured = float(row["reported"]) * devices
        predict = output_rate_at(int(row["batch_size"]))
        yield Row("trt-llm 0.8, 0.9", "output tokens/s", deployment, lengths, measured, predict)


def trt_first_tokens(path: Path, server: dict[str, Hardware]) -> Iterator[Row]:
    for row in read(path):
        deployment = trt_deployment(row, server)
        if deployment is None or row["version"] != "v0.8.0":
            continue
        lengths = Lengths(input_tokens=float(row["isl"]), output_tokens=1)
        measured = float(row["first_token_ms"]) / 1e3
        yield Row("trt-llm 0.8", "prompt alone", deployment, lengths, measured, first_token_s)


def trt_peaks(path: Path, server: dict[str, Hardware]) -> Iterator[Row]:
    for row in read(path):
        deployment = trt_deployment(row, server)
        if deployment is None:
            continue
        lengths = Lengths(input_tokens=float(row["isl"]), output_tokens=float(row["osl"]))
        measured = float(row["total_output_tok_s"])
        yield Row("trt-llm 1.0", "peak tokens/s", deployment, lengths, measured, peak_output_rate)


def iog(path: Path, server: dict[str, Hardware]) -> Iterator[Row]:
    """Random arrivals; only rates that the card kept up with."""
    for row in read(path):
        rate, reached = float(row["request_rate"]), float(row["request_throughput"])
        if row["model"] not in IOG_MODELS or reached < 0.8 * rate:
            continue
        name, bits = IOG_MODELS[row["model"]]
        deployment = Deployment(
            model=models()[name],
            hardware=server["h100_pcie"],
            devices=int(row["n_gpu"]),
            weight_bits=bits,
        )
        prompts = float(row["num_prompts"])
        lengths = Lengths(
            input_tokens=float(row["total_input_tokens"]) / prompts,
            output_tokens=float(row["total_output_tokens"]) / prompts,
        )
        for metric, column, predict in (
            ("tpot", "median_tpot_ms", tpot_at_rate(reached)),
            ("ttft", "median_ttft_ms", ttft_at_rate(reached)),
        ):
            measured = float(row[column]) / 1e3
            yield Row("iog", f"{metric} p50", deployment, lengths, measured, predict)
