namespace Cil.Interfaces.Statistics;

/// <summary>Where measured statistics lie in storage, as `RenderRequest.AnalyticInit` takes them.</summary>
public static class StatisticsNames
{
    private const string Folder = "statistics", File = "statistics.safetensors";

    public static string Blob(RenderJobId id) => $"{Folder}/{id}/{File}";

    /// <summary>Whose statistics a blob is; null for any other blob.</summary>
    public static RenderJobId? Id(string blob) =>
        blob.Split('/') is [Folder, var id, File] && RenderJobId.IsId(id) ? new RenderJobId(id) : null;
}
