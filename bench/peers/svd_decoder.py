"""Exports or times the original temporal decoder of Stable Video Diffusion (huggingface/diffusers 0.25.1, AutoencoderKLTemporalDecoder).

Needs what svd_unet.py needs. See peer.py.
"""
import peer

peer.checkouts("diffusers/src", "huggingface_hub/src")
peer.stand_in("safetensors", "safetensors.torch")
peer.use_fast_attention("torch")

from diffusers.models.autoencoders.autoencoder_kl_temporal_decoder import AutoencoderKLTemporalDecoder  # noqa: E402

peer.main(
    AutoencoderKLTemporalDecoder.from_config,
    lambda model, inputs: model.decode(inputs["latents"], num_frames=len(inputs["latents"])).sample)
