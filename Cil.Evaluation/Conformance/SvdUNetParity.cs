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
internal sealed class SvdUNetParity : IParityComponent
{
    private const string Small = "params_x0.05.out", Scalar = "out_scalar_timestep", OrderName = "time_context";

    public string Name => "Stable Video Diffusion U-Net (UNetSpatioTemporalConditionModel)";

    public IReadOnlyCollection<string> Inputs { get; } = ["sample", "timestep", "timestep_scalar", "encoder_hidden_states", "added_time_ids"];

    public bool Recognises(ParityCase parity) => parity.IsClass("UNetSpatioTemporalConditionModel");

    public IEnumerable<ParityValue> Run(ParityCase parity)
    {
        parity.Require("sample", "timestep", "encoder_hidden_states", "added_time_ids", "out");
        CheckpointWeights weights = parity.Weights();
        var network = new SvdUNet(parity.Convert(SvdUNetConfig.Read), WeightScope.Root(weights));
        weights.Verify();
        Tensor Forward(string time, TimeContextOrder order) =>
            network.Forward(parity["sample"], parity[time], parity["encoder_hidden_states"], parity["added_time_ids"], order);

        (TimeContextOrder order, Tensor value) = Ordered(parity, order => Forward("timestep", order));
        yield return ("out", value);
        if (parity.Has(Scalar)) yield return (Scalar, Forward("timestep_scalar", order));
        if (!parity.Has(Small)) yield break;
        foreach (Tensor parameter in weights.Tensors) _ = parameter.mul_(0.05f);
        yield return (Small, Forward("timestep", order));
    }

    private static (TimeContextOrder Order, Tensor Value) Ordered(ParityCase parity, Func<TimeContextOrder, Tensor> forward)
    {
        if (parity.Config.TryGetProperty(OrderName, out _))
        {
            TimeContextOrder said = parity.Parameters<string>(OrderName) switch
            {
                "sample" => TimeContextOrder.Sample,
                "legacy" => TimeContextOrder.Legacy,
                var other => throw new ParityException($"{parity.Folder}: config.json: {OrderName}: expected sample or legacy, got {other}"),
            };
            return (said, forward(said));
        }

        Tensor expected = parity["out"], sample = forward(TimeContextOrder.Sample);
        if (parity["sample"].size(0) == 1 || !sample.shape.SequenceEqual(expected.shape)) return (TimeContextOrder.Sample, sample);
        Tensor legacy = forward(TimeContextOrder.Legacy);
        return Distance(legacy) < Distance(sample) ? (TimeContextOrder.Legacy, legacy) : (TimeContextOrder.Sample, sample);

        double Distance(Tensor value) => (value - expected).abs().max().ToDouble();
    }
}
