namespace Cil.Diffusion.AnalyticInit;

/// <summary>Whose formula starts the sampling.</summary>
public enum AnalyticInitMode
{
    /// <summary>The paper's mathematics, with the model's dynamic rescale s_t of x0 in both moments.</summary>
    Paper,

    /// <summary>What the published scripts compute: they leave s_t out.</summary>
    RepoCompat,
}
