"""What the scripts beside this one share: they export an original implementation, or time a pass of it whenever they are asked.

With --export FILE the network is traced and written as TorchScript, with FILE's weights in it, so that another libtorch runs it
without Python; its attention is libtorch's own (which is newer than the PyTorch that traces: the archive's text is changed to
today's name), as the originals choose it where they find a fast one. With --half it is cast to bfloat16 before, norms that the
original computes in float32 apart.

Otherwise each is started as  SCRIPT CONFIG SAMPLE OUTPUT --threads N --device NAME  with CIL_PEERS naming a folder of checkouts. CONFIG is
the network's parameters as the original spells them; SAMPLE a safetensors file with its weights and, under "input.", what goes
in; with "random" for it and for OUTPUT, weights are random and inputs the script's own. One pass is written to OUTPUT (float32,
little-endian), then "ready", PyTorch's version and the most memory the process (on a GPU: its tensors there) held in 10^6
bytes are printed; then every line on standard input asks for one more pass, in bfloat16 if it says "half", answered by its
seconds.
"""
import argparse
import contextlib
import copy
import importlib.machinery
import importlib.util
import json
import os
import re
import sys
import time
import types
import zipfile

import torch
import torch.utils.checkpoint  # some originals use it without importing it

# A line of an archive's code: OUTPUT, UNUSED, = torch._scaled_dot_product_attention(QUERY, KEY, VALUE, ...)
ATTENTION = re.compile(rb"(\w+), \w+,? = torch\._scaled_dot_product_attention\(([^,]+, [^,]+, [^,)]+)[^\n]*\)")

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


def peak_megabytes(device):
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 1e6
    with open("/proc/self/status", encoding="ascii") as file:
        line = next(line for line in file if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024 / 1e6


def to_half(inputs):
    """Inputs in bfloat16, but those that are numbers about them."""
    return {name: value if not value.is_floating_point() or "numbers." in name else value.bfloat16() for name, value in inputs.items()}


def random_weights(model, device):
    """Weights of the size that trained ones have, made where they are used."""
    model.to_empty(device=device)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() > 1:
                parameter.normal_(0, 0.02)
            elif name.endswith("weight"):
                parameter.fill_(1)
            else:
                parameter.zero_()
    return model


def fast_attention(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False):
    """torch.nn.functional.scaled_dot_product_attention, also where PyTorch 1.13 has it under another name."""
    functional = torch.nn.functional
    if hasattr(torch._C._nn, "scaled_dot_product_attention"):
        return functional.scaled_dot_product_attention(query, key, value, attn_mask, dropout_p, is_causal)
    return functional._scaled_dot_product_attention(query, key, value, attn_mask, dropout_p, False, is_causal)[0]


def use_fast_attention(module):
    """Before the original is imported: what it looks for, torch.nn.functional's (diffusers) or xformers' (lvdm)."""
    if module == "xformers":
        stand_in("xformers", "xformers.ops")
        sys.modules["xformers"].ops = sys.modules["xformers.ops"]
        sys.modules["xformers.ops"].memory_efficient_attention = lambda q, k, v, attn_bias=None, op=None: fast_attention(q, k, v)
    elif not hasattr(torch.nn.functional, "scaled_dot_product_attention"):
        torch.nn.functional.scaled_dot_product_attention = fast_attention


def export(model, forward, given, half, path):
    """Traces the network on the inputs, in the order of their names, and writes it."""
    if half:
        model.bfloat16()
        for module in model.modules():
            if isinstance(module, torch.nn.GroupNorm) and type(module) is not torch.nn.GroupNorm:
                module.float()  # lvdm's casts what comes in
            if getattr(module, "dtype", None) is torch.float32:
                module.dtype = torch.bfloat16  # lvdm casts its input to it
        given = to_half(given)
    names = sorted(given)

    class Positional(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.network = model

        def forward(self, *values):
            return forward(self.network, dict(zip(names, values)))

    with torch.no_grad():
        traced = torch.jit.trace(Positional().eval(), tuple(given[name] for name in names), check_trace=False)
    whole = path + ".whole"
    traced.save(whole)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename.endswith(".py"):
                data = ATTENTION.sub(rb"\1 = torch.scaled_dot_product_attention(\2)", data)
            if not entry.filename.endswith(".debug_pkl"):
                new.writestr(entry.filename, data)
    os.remove(whole)


def main(build, forward, inputs=None, autocast=False):
    """build(config) gives the network; forward(network, inputs) its output; inputs() what goes in where no sample is given.

    In bfloat16 the network is cast, or with autocast=True run as scripts run it whose norms do not take bfloat16.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("config")
    parser.add_argument("sample")
    parser.add_argument("output")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--export", metavar="FILE", help="write TorchScript instead")
    parser.add_argument("--half", action="store_true", help="with --export: in bfloat16")
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    torch.backends.cudnn.allow_tf32 = False  # float32 means float32 on both sides
    device = torch.device(args.device)
    with open(args.config, encoding="utf-8") as file:
        config = json.load(file)
    if args.sample == "random":
        with torch.device("meta"):
            model = build(config).eval()
        model = random_weights(model if autocast else model.bfloat16(), device)
        given = {name: value.to(device) for name, value in inputs().items()}
    else:
        model = build(config).eval()
        tensors = read_safetensors(args.sample)
        given = {name[len("input."):]: value.clone().to(device) for name, value in tensors.items() if name.startswith("input.")}
        model.load_state_dict({name: value for name, value in tensors.items() if not name.startswith("input.")})
        model.to(device)
        del tensors
    always_half = args.sample == "random"
    cast = {}

    def run(half):
        if half and not cast:
            cast["model"] = model if autocast or always_half else copy.deepcopy(model).bfloat16()
            cast["inputs"] = given if autocast else to_half(given)
        guard = torch.autocast(device.type, torch.bfloat16) if half and autocast else contextlib.nullcontext()
        with torch.no_grad(), guard:
            output = forward(cast["model"], cast["inputs"]) if half else forward(model, given)
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        return output

    first = run(always_half)
    if args.output != "random":
        with open(args.output, "wb") as file:
            file.write(first.float().cpu().contiguous().numpy().tobytes())
    del first
    if args.export:
        export(model, forward, given, args.half, args.export)
        return
    print(f"ready {torch.__version__} {peak_megabytes(device):.1f}", flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        run(always_half or line.strip() == "half")
        print(time.perf_counter() - start, flush=True)
