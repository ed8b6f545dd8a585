using Cil.Diffusion.Checkpoints;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Evaluation.Networks.Raft;

/// <summary>Batch norm in the context network; in the feature network instance norm, which has no parameters.</summary>
internal sealed class RaftNorm(WeightScope w, long channels, bool isBatchNorm)
{
    // PyTorch's default for both.
    private const double Eps = 1e-5;

    private readonly BatchNorm? batch = isBatchNorm ? new BatchNorm(w, channels, Eps) : null;

    /// <param name="x">(N, channels, h, w).</param>
    internal Tensor Forward(Tensor x) => batch is null ? F.instance_norm(x, eps: Eps) : batch.Forward(x);
}
