namespace Cil.Diffusion.Pipelines.LatentVideo;

/// <summary>Tensors of released checkpoints that nothing needs at inference.</summary>
public static class LvdmLeftovers
{
    // Schedules are computed from the configuration; the towers' other halves are not used.
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "betas", "alphas_cumprod", "alphas_cumprod_prev", "sqrt_alphas_cumprod",
        "sqrt_one_minus_alphas_cumprod", "log_one_minus_alphas_cumprod", "sqrt_recip_alphas_cumprod",
        "sqrt_recipm1_alphas_cumprod", "posterior_variance", "posterior_log_variance_clipped",
        "posterior_mean_coef1", "posterior_mean_coef2", "scale_arr", "logvar",
        "embedder.model.positional_embedding", "embedder.model.text_projection",
        "embedder.model.logit_scale", "embedder.model.token_embedding.weight",
        "embedder.model.ln_final.weight", "embedder.model.ln_final.bias", "embedder.model.attn_mask", "embedder.mean", "embedder.std",
        "cond_stage_model.model.text_projection", "cond_stage_model.model.logit_scale", "cond_stage_model.model.attn_mask",
    };

    private static readonly string[] Beginnings = ["model_ema.", "first_stage_model.loss."];

    public static bool Contains(string name) =>
        Names.Contains(name) || Beginnings.Any(beginning => name.StartsWith(beginning, StringComparison.Ordinal));
}
