namespace Cil.Training.Losses;

/// <summary>What TimeNoise fine-tuning does to the projected image tokens (the published setting clip_type).</summary>
public enum ImageTokenNoise
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Adds noise of a strength drawn for the same time (clip_type 1).</summary>
    Add,

    /// <summary>With probability 0.95, for the whole batch, puts pure noise in their place (clip_type 2, the published default).</summary>
    Replace,
}
