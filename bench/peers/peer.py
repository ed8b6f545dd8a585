"""What the scripts beside this one share: they time an original implementation, a pass whenever they are asked.

Each is started as  SCRIPT CONFIG SAMPLE OUTPUT --threads N  with CIL_PEERS naming a folder of checkouts. CONFIG is the network's
parameters as the original spells them; SAMPLE a safetensors file with its weights and, under "input.", what goes in. One
pass is written to OUTPUT (float32, little-endian), then "ready", PyTorch's version and the most memory the process held in
10^6 bytes are printed; then every line on standard input asks for one more pass, answered by its seconds.
"""
import argparse
import importlib.machinery
import importlib.util
import json
import os
import sys
import time
import types

import torch
import torch.utils.checkpoint  # some originals use it without importing it

TYPES = {"F32": torch.float32, "I64": torch.int64}


def checkouts(*names):
    """Puts checkouts, or the folders inside that hold the packages, first on the path."""
    root = os.environ["CIL_PEERS"]
    for name in names:
        if not os.path.isdir(os.path.join(root, name)):
            sys.exit(f"CIL_PEERS: {root} has no {name}")
    sys.path[:0] = [os.path.join(root, name) for name in names]


def stand_in(*names):
    """Empty modules for what an original imports and a network's forward pass does not use, where it is not installed."""
    for name in names:
        if importlib.util.find_spec(name.split(".")[0]) is None or name.split(".")[0] in names:
            module = types.ModuleType(name)
            module.__spec__ = importlib.machinery.ModuleSpec(name, None)
            sys.modules[name] = module


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
        tensors[name] = torch.frombuffer(data, dtype=kind, count=count, offset=start + begin).reshape(entry["shape"])
    return tensors


def peak_megabytes():
    with open("/proc/self/status", encoding="ascii") as file:
        line = next(line for line in file if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024 / 1e6


def main(build, forward):
    """build(config) gives the network; forward(network, inputs) its output."""
    parser = argparse.ArgumentParser()
    parser.add_argument("config")
    parser.add_argument("sample")
    parser.add_argument("output")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    with open(args.config, encoding="utf-8") as file:
        model = build(json.load(file)).eval()
    tensors = read_safetensors(args.sample)
    inputs = {name[len("input."):]: value.clone() for name, value in tensors.items() if name.startswith("input.")}
    model.load_state_dict({name: value for name, value in tensors.items() if not name.startswith("input.")})
    del tensors

    def run():
        with torch.no_grad():
            return forward(model, inputs)

    with open(args.output, "wb") as file:
        file.write(run().contiguous().numpy().tobytes())
    print(f"ready {torch.__version__} {peak_megabytes():.1f}", flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        run()
        print(time.perf_counter() - start, flush=True)
