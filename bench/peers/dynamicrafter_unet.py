#!/usr/bin/env python3
"""Times the original DynamiCrafter U-Net (Doubiiu/DynamiCrafter, lvdm.modules.networks.openaimodel3d.UNetModel).

Needs PyTorch, einops and a checkout of the original repository, the last two on PYTHONPATH:

    PYTHONPATH=DynamiCrafter:einops python3 bench/peers/dynamicrafter_unet.py CONFIG SAMPLE OUTPUT --threads 2

CONFIG names the network's parameters as the original does (`params`); SAMPLE is a safetensors file with its weights and,
under "input.", what goes in. One pass is written to OUTPUT (float32, little-endian) and "ready" printed; then every line
on standard input asks for one more pass, answered by its seconds.
"""
import argparse
import importlib.util
import json
import sys
import time
import types

import torch
import torch.utils.checkpoint  # the original uses it without importing it

if importlib.util.find_spec("cv2") is None:  # imported by the original, not used by the network
    sys.modules["cv2"] = types.ModuleType("cv2")

from lvdm.modules.networks.openaimodel3d import UNetModel  # noqa: E402

TYPES = {"F32": torch.float32, "I64": torch.int64}


def read_safetensors(path):
    """Tensors by name: 8 bytes of header length, JSON, numbers."""
    with open(path, "rb") as file:
        data = bytearray(file.read())
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        kind = TYPES[entry["dtype"]]
        begin, end = entry["data_offsets"]
        count = (end - begin) // torch.empty((), dtype=kind).element_size()
        tensors[name] = torch.frombuffer(data, dtype=kind, count=count, offset=start + begin).reshape(entry["shape"]).clone()
    return tensors


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("config")
    parser.add_argument("sample")
    parser.add_argument("output")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    with open(args.config, encoding="utf-8") as file:
        model = UNetModel(**json.load(file)["params"]).eval()
    tensors = read_safetensors(args.sample)
    inputs = {name[len("input."):]: value for name, value in tensors.items() if name.startswith("input.")}
    model.load_state_dict({name: value for name, value in tensors.items() if not name.startswith("input.")})
    del tensors

    def forward():
        with torch.no_grad():
            return model(inputs["x"], inputs["timesteps"], context=inputs["context"], fs=inputs["fps"])

    with open(args.output, "wb") as file:
        file.write(forward().contiguous().numpy().tobytes())
    print(f"ready torch {torch.__version__}", flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        forward()
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main()
