namespace Cil.Kubernetes.Tests;

/// <summary>
/// The manifests by the schemas of Kubernetes and of KEDA, which npm has as `kubernetes-models`. They know the values of
/// fields, and let unknown fields pass.
/// </summary>
public sealed class SchemaTests : IClassFixture<Schemas>
{
    public static TheoryData<string> Overlays => [.. Manifests.Overlays];

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Overlay_FitsTheSchemas(string overlay)
    {
        Manifests manifests = await Manifests.BuildAsync(overlay);

        Assert.Equal($"{manifests.All.Count} read\n", await Schemas.ValidateAsync(manifests.Yaml));
    }

    [Theory]
    [InlineData("containerPort: 8300", "containerPort: eighty", "containerPort must be integer")]
    [InlineData("maxReplicaCount: 4", "maxReplicaCount: many", "maxReplicaCount must be integer")]
    public async Task Value_ThatDoesNotFit_IsFound(string right, string wrong, string words)
    {
        Manifests manifests = await Manifests.BuildAsync(Path.Combine("k8s", "overlays", "production"));

        Assert.Contains(
            words, await Schemas.ValidateAsync(manifests.Yaml.Replace(right, wrong, StringComparison.Ordinal)), StringComparison.Ordinal);
    }
}
