"""What the rows of `roofline_rows` call machines and models, and what those machines are.

Figures from their makers' pages, for the evaluation only: what a plan uses is in the catalogue.
"""

from typing import NamedTuple

Q4_K_M = 4.8
"""Bits per parameter."""


class Spec(NamedTuple):
    """A machine in figures: memory GiB, GB/s, dense bf16 TFLOP/s, fp8, fp4.

    GeForce cards: with 32-bit sums, half of their rate with 16-bit ones.
    """

    memory: float
    bandwidth: float
    bf16: float
    fp8: float | None = None
    fp4: float | None = None


DESKS = {
    "3070 8GB": Spec(8, 448, 40.6),
    "3080 10GB": Spec(10, 760, 59.5),
    "3080 Ti 12GB": Spec(12, 912, 68),
    "4080 16GB": Spec(16, 717, 97.5, 195),
    "3090 24GB": Spec(24, 936, 71),
    "4090 24GB": Spec(24, 1008, 165, 330),
    "RTX A6000 48GB": Spec(48, 768, 155),
    "RTX 6000 Ada 48GB": Spec(48, 960, 364, 728),
    "Intel 265K Custom PC (Nvidia RTX 4090)": Spec(24, 1008, 165, 330),
    "Intel 265K Custom PC (Nvidia RTX 3080 Ti)": Spec(12, 912, 68),
    "Intel 265K Custom PC (Nvidia RTX 4070 Ti)": Spec(12, 504, 80, 160),
    "Intel 265K Custom PC (Nvidia RTX 3060)": Spec(12, 360, 51),
    "Intel 265K Custom PC (Nvidia RTX A4000)": Spec(16, 448, 77),
}
APPLES = {
    "M1 Max 32-Core GPU 64GB": Spec(48, 400, 10.4),
    "M2 Ultra 76-Core GPU 192GB": Spec(144, 800, 27.2),
    "Apple M1": Spec(11, 68, 2.3),
    "Apple M2 Max": Spec(24, 400, 10.7),
    "Mac Studio (M3 Ultra 512GB)": Spec(450, 819, 28.2),
    "M1 Ultra (48 GPU Core) 64GB": Spec(48, 800, 15.9),
    "M1 Max Mac Studio (10 core - 64GB)": Spec(48, 400, 10.4),
    "M4 Mac mini (10 core - 32GB)": Spec(24, 120, 4.3),
}
PROCESSORS = {
    "AmpereOne A192-32X (512GB)": Spec(500, 333, 8.0),
    "AmpereOne A192-32X - 512GB": Spec(500, 333, 8.0),
    "Framework 13 (Ryzen AI 5 340)": Spec(14, 90, 1.5),
    "Framework 13 (Ryzen AI 5 340 16GB)": Spec(14, 90, 1.5),
    "GMKtec G3 Plus (Intel N150) - 16GB": Spec(14, 25.6, 0.2),
    "GMKtek G3 Plus (Intel N150) - 16GB": Spec(14, 25.6, 0.2),
    "Pi 5 - 16GB": Spec(14, 17, 0.15),
    "Minisforum MS-R1": Spec(60, 96, 1.0),
}
MAC_MODELS = {
    "Llama 3.1 8B Instruct": "llama-3.1-8b",
    "Llama 3.2 1B Instruct": "llama-3.2-1b",
    "Llama 3.2 3B Instruct": "llama-3.2-3b",
    "Mistral 7B Instruct v0.3": "mistral-7b",
    "Mistral Nemo 12B": "mistral-nemo",
    "Mistral Small 3.1 24B": "mistral-small-24b",
    "Gemma 3 4B": "gemma-3-4b",
    "Gemma 3 12B": "gemma-3-12b",
    "Gemma 3 27B": "gemma-3-27b",
    "Phi 4 14B": "phi-4",
    "Qwen 2.5 Coder 7B": "qwen2.5-7b",
    "Qwen 2.5 Coder 14B": "qwen2.5-14b",
    "Qwen 2.5 Coder 32B": "qwen2.5-32b",
    "Qwen 3 4B": "qwen3-4b",
    "Qwen 3 8B": "qwen3-8b",
    "Qwen 3 14B": "qwen3-14b",
    "Qwen 3 32B": "qwen3-32b",
    "Qwen 3 30B-A3B MoE": "qwen3-30b-a3b",
}
GEERLING_MODELS = {
    "DeepSeek R1 14b": ("qwen2.5-14b", Q4_K_M),
    "Llama 3.2:3b": ("llama-3.2-3b", 5.0),
    "Llama 3.1:70b": ("llama-3.1-70b", Q4_K_M),
    "gpt-oss 20b": ("gpt-oss-20b", 4.5),
}
SERVER_MODELS = {
    "deepseek-ai/DeepSeek-R1": "deepseek-r1",
    "Qwen/Qwen3-32B": "qwen3-32b",
    "openai/gpt-oss-120b": "gpt-oss-120b",
    "meta-llama/Llama-3.1-8B-Instruct": "llama-3.1-8b",
    "Qwen/Qwen3-235B-A22B-FP8": "qwen3-235b-a22b",
    "meta-llama/Llama-3.1-70B": "llama-3.1-70b",
    "moonshotai/Kimi-K2.5": "kimi-k2",
    "Llama-3.1-405B": "llama-3.1-405b",
    "Llama-3.1-8B": "llama-3.1-8b",
    "Llama-3.3-70B": "llama-3.3-70b",
    "Llama-4-Maverick": "llama-4-maverick",
    "Llama-4-Scout": "llama-4-scout",
    "Qwen3-235B-A22B": "qwen3-235b-a22b",
    "LLaMA 70B": "llama-3.1-70b",
    "Mistral 7B": "mistral-7b",
    "Mixtral 8x7B": "mixtral-8x7b",
}
BITS = {"fp8": 8.0, "fp4": 4.5, "int4": 4.5, "bf16": 16.0, "": 16.0, "FP8": 8.0, "FP16": 16.0}
TRT_SYSTEMS = {"A100": "a100_sxm", "H100": "h100_sxm", "H200": "h200_sxm", "L40S": "l40s"}
IOG_MODELS = {
    "Meta-Llama-3-8B-Instruct": ("llama-3.1-8b", 16.0),
    "DeepSeek-R1-Distill-Llama-8B": ("llama-3.1-8b", 16.0),
    "DeepSeek-R1-Distill-Qwen-7B": ("qwen2.5-7b", 16.0),
    "DeepSeek-R1-Distill-Qwen-14B": ("qwen2.5-14b", 16.0),
    "DeepSeek-R1-Distill-Qwen-32B": ("qwen2.5-32b", 16.0),
    "phi-4": ("phi-4", 16.0),
    "Llama-3.1-Nemotron-70B-Instruct-HF-FP8-dynamic": ("llama-3.1-70b", 8.0),
}
