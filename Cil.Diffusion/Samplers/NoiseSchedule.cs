namespace Cil.Diffusion.Samplers;

/// <summary>
/// The variance-preserving schedule of DynamiCrafter and VideoCrafter1 (lvdm/models/ddpm3d.py, register_schedule), in
/// float64 and rounded to float32 at the end, as the original's buffers are.
/// </summary>
public sealed class NoiseSchedule
{
    private const int TurningStep = 400;

    public NoiseSchedule(ScheduleOptions options)
    {
        Options = options;
        int count = options.Timesteps;
        double first = Math.Sqrt(options.LinearStart), last = Math.Sqrt(options.LinearEnd);
        double[] cumulative = new double[count];
        double product = 1;
        for (int i = 0; i < count; i++)
        {
            double root = first + ((last - first) * i / (count - 1));
            product *= 1 - (root * root);
            cumulative[i] = product;
        }

        if (options.ZeroTerminalSnr) ToZeroTerminal(cumulative);
        Betas = new float[count];
        AlphasCumprod = new float[count];
        for (int i = 0; i < count; i++)
        {
            Betas[i] = (float)(1 - (cumulative[i] / (i == 0 ? 1 : cumulative[i - 1])));
            AlphasCumprod[i] = (float)cumulative[i];
        }

        Scale = new float[count];
        for (int i = 0; i < count; i++)
        {
            double reached = options.BaseScale ?? 1;
            Scale[i] = (float)(i < TurningStep ? 1 + ((reached - 1) * i / (TurningStep - 1)) : reached);
        }
    }

    public ScheduleOptions Options { get; }

    public int Count => AlphasCumprod.Length;

    public float[] Betas { get; }

    /// <summary>abar: the signal's share of the variance at each time, index 0 to 999.</summary>
    public float[] AlphasCumprod { get; }

    /// <summary>s_t of the dynamic rescale: training noises s_t x0. All ones without it.</summary>
    public float[] Scale { get; }

    private static void ToZeroTerminal(double[] cumulative)
    {
        double first = Math.Sqrt(cumulative[0]), last = Math.Sqrt(cumulative[^1]);
        for (int i = 0; i < cumulative.Length; i++)
        {
            double root = (Math.Sqrt(cumulative[i]) - last) * first / (first - last);
            cumulative[i] = root * root;
        }
    }
}
