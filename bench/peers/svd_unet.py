"""Exports or times the original U-Net of Stable Video Diffusion (huggingface/diffusers 0.25.1, UNetSpatioTemporalConditionModel).

Needs PyTorch, checkouts diffusers 0.25.1 and huggingface_hub 0.20.3, and what they import: packaging, tqdm, filelock, fsspec,
importlib_metadata, regex, requests, yaml. See peer.py.
"""
import peer

peer.checkouts("diffusers/src", "huggingface_hub/src")
peer.stand_in("safetensors", "safetensors.torch")
peer.use_fast_attention("torch")

import torch  # noqa: E402
from diffusers.models.unet_spatio_temporal_condition import UNetSpatioTemporalConditionModel  # noqa: E402

peer.main(
    UNetSpatioTemporalConditionModel.from_config,
    lambda model, inputs: model(
        inputs["sample"], inputs["numbers.noise"], inputs["token"], added_time_ids=inputs["numbers.conditions"]).sample,
    inputs=lambda: {
        "sample": torch.randn(1, 14, 8, 72, 128), "token": torch.randn(1, 1, 1024),
        "numbers.noise": torch.tensor([1.2]), "numbers.conditions": torch.tensor([[6, 127, 0.02]]),
    })
