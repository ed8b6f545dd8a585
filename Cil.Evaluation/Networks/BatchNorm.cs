using Cil.Diffusion.Checkpoints;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Evaluation.Networks;

/// <summary>Batch norm with the statistics of training (torch.nn.BatchNorm2d and BatchNorm3d in eval mode).</summary>
internal sealed class BatchNorm(WeightScope w, long channels, double eps)
{
    private readonly Tensor weight = w.Get("weight", Initial.NormWeight, channels), bias = w.Get("bias", Initial.NormBias, channels);
    private readonly Tensor mean = w.Get("running_mean", Initial.NormBias, channels);
    private readonly Tensor variance = w.Get("running_var", Initial.NormWeight, channels);

    /// <param name="x">(N, channels, …).</param>
    internal Tensor Forward(Tensor x) => F.batch_norm(x, mean, variance, weight, bias, training: false, eps: eps);
}
