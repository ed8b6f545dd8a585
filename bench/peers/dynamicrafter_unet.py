"""Exports or times the original DynamiCrafter U-Net (Doubiiu/DynamiCrafter, lvdm.modules.networks.openaimodel3d.UNetModel).

Needs PyTorch and checkouts DynamiCrafter and einops. See peer.py.
"""
import peer

peer.checkouts("DynamiCrafter", "einops")
peer.stand_in("cv2")
peer.use_fast_attention("xformers")

import torch  # noqa: E402
from lvdm.modules.networks.openaimodel3d import UNetModel  # noqa: E402

peer.main(
    lambda config: UNetModel(**config["params"]),
    lambda model, inputs: model(inputs["x"], inputs["timesteps"], context=inputs["context"], fs=inputs["fps"]),
    inputs=lambda: {
        "x": torch.randn(1, 8, 16, 40, 64), "context": torch.randn(1, 77 + 16 * 16, 1024),
        "timesteps": torch.tensor([500]), "fps": torch.tensor([24]),
    },
    autocast=True)
