"""Exports or times the original VideoCrafter1 U-Net (AILab-CVC/VideoCrafter, lvdm.modules.networks.openaimodel3d.UNetModel).

Needs PyTorch and checkouts VideoCrafter and einops. See peer.py.
"""
import peer

peer.checkouts("VideoCrafter", "einops")
peer.stand_in("cv2")
peer.use_fast_attention("xformers")

from lvdm.modules.networks.openaimodel3d import UNetModel  # noqa: E402

peer.main(
    lambda config: UNetModel(**config["params"]),
    lambda model, inputs: model(inputs["x"], inputs["timesteps"], context=inputs["context"], fps=inputs["fps"]),
    autocast=True)
