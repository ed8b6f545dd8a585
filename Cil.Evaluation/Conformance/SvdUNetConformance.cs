using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Networks.StableVideoDiffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>
/// Stable Video Diffusion's U-Net: sample, timestep, encoder_hidden_states, added_time_ids to out; timestep_scalar to
/// out_scalar_timestep; params_x0.05.out with all parameters times 0.05. Outputs of older diffusers mix up the samples of a
/// batch (<see cref="TimeContextOrder.Legacy"/>): config.json may say "time_context": "sample" or "legacy"; without it the one
/// that `out` is nearer to is taken.
/// </summary>
internal sealed class SvdUNetConformance : IConformanceComponent
{
    private const string Small = "params_x0.05.out", Scalar = "out_scalar_timestep", OrderName = "time_context";

    public string Name => "Stable Video Diffusion U-Net (UNetSpatioTemporalConditionModel)";

    public IReadOnlyCollection<string> Inputs { get; } =
        ["sample", "timestep", "timestep_scalar", "encoder_hidden_states", "added_time_ids"];

    public bool Recognises(ConformanceCase reference) => reference.IsClass("UNetSpatioTemporalConditionModel");

    public IEnumerable<ConformanceValue> Run(ConformanceCase reference)
    {
        reference.Require("sample", "timestep", "encoder_hidden_states", "added_time_ids", "out");
        CheckpointWeights weights = reference.Weights();
        var network = new SvdUNet(reference.Convert(SvdUNetConfig.Read), WeightScope.Root(weights));
        weights.Verify();
        Tensor Forward(string time, TimeContextOrder order) =>
            network.Forward(reference["sample"], reference[time], reference["encoder_hidden_states"], reference["added_time_ids"], order);

        (TimeContextOrder order, Tensor value) = Ordered(reference, order => Forward("timestep", order));
        yield return ("out", value);
        if (reference.Has(Scalar)) yield return (Scalar, Forward("timestep_scalar", order));
        if (!reference.Has(Small)) yield break;
        foreach (Tensor parameter in weights.Tensors) _ = parameter.mul_(0.05f);
        yield return (Small, Forward("timestep", order));
    }

    private static (TimeContextOrder Order, Tensor Value) Ordered(ConformanceCase reference, Func<TimeContextOrder, Tensor> forward)
    {
        if (reference.Config.TryGetProperty(OrderName, out _))
        {
            TimeContextOrder said = reference.Parameters<string>(OrderName) switch
            {
                "sample" => TimeContextOrder.Sample,
                "legacy" => TimeContextOrder.Legacy,
                var other =>
                    throw new ConformanceException($"{reference.Folder}: config.json: {OrderName}: expected sample or legacy, got {other}"),
            };
            return (said, forward(said));
        }

        Tensor expected = reference["out"], sample = forward(TimeContextOrder.Sample);
        if (reference["sample"].size(0) == 1 || !sample.shape.SequenceEqual(expected.shape)) return (TimeContextOrder.Sample, sample);
        Tensor legacy = forward(TimeContextOrder.Legacy);
        return Distance(legacy) < Distance(sample) ? (TimeContextOrder.Legacy, legacy) : (TimeContextOrder.Sample, sample);

        double Distance(Tensor value) => (value - expected).abs().max().ToDouble();
    }
}
