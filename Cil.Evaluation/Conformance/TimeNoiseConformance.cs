using System.Globalization;
using Cil.Diffusion.TimeNoise;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>TimeNoise: the centres mu.aA of mu.t, and the strengths map.tT.beta_mB of map.normals.</summary>
internal sealed class TimeNoiseConformance : IConformanceComponent
{
    private const string Map = "map.t", Centre = "mu.a", Limit = ".beta_m";

    public string Name => "TimeNoise (mu_max, default_a)";

    public IReadOnlyCollection<string> Inputs { get; } = ["mu.t", "map.normals"];

    public bool Recognises(ConformanceCase reference) =>
        reference.Config.TryGetProperty("mu_max", out _) && reference.Config.TryGetProperty("default_a", out _);

    public IEnumerable<ConformanceValue> Run(ConformanceCase reference)
    {
        reference.Require("mu.t", "map.normals");
        var standard = new TimeNoiseDistribution(
            A: reference.Parameters<double>("default_a"), MuMax: reference.Parameters<double>("mu_max"));
        float[] times = reference["mu.t"].data<float>().ToArray(), normals = reference["map.normals"].data<float>().ToArray();
        foreach (string name in reference.Names.Order(StringComparer.Ordinal))
        {
            if (name.StartsWith(Centre, StringComparison.Ordinal))
            {
                TimeNoiseDistribution shaped = standard with { A = Number(name[Centre.Length..]) };
                yield return (name, tensor(times.Select(t => (float)shaped.Mu(t)).ToArray()));
            }
            else if (name.StartsWith(Map, StringComparison.Ordinal) && name.Split(Limit) is [var time, var limit])
            {
                TimeNoiseDistribution limited = standard with { BetaM = Number(limit) };
                double t = Number(time[Map.Length..]);
                yield return (name, tensor(normals.Select(normal => (float)limited.Strength(t, normal)).ToArray()));
            }
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
