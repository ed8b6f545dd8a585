namespace Cil.Diffusion.Samplers;

/// <summary>What each DDIM step needs, in ascending order of time (lvdm/models/samplers/ddim.py, make_schedule).</summary>
public sealed class DdimTables
{
    public DdimTables(NoiseSchedule schedule, int[] timesteps, double eta)
    {
        int count = timesteps.Length;
        (Timesteps, Alphas, AlphasPrevious, Sigmas, Scale, ScalePrevious) =
            (timesteps, new float[count], new float[count], new float[count], new float[count], new float[count]);
        for (int i = 0; i < count; i++)
        {
            // The last step lands on abar[0], not on 1.
            Alphas[i] = schedule.AlphasCumprod[timesteps[i]];
            AlphasPrevious[i] = i == 0 ? schedule.AlphasCumprod[0] : schedule.AlphasCumprod[timesteps[i - 1]];
            Scale[i] = schedule.Scale[timesteps[i]];
            ScalePrevious[i] = i == 0
                ? (schedule.Options.RescaleToTimeZero ? schedule.Scale[0] : Scale[0])
                : schedule.Scale[timesteps[i - 1]];
            double a = Alphas[i], previous = AlphasPrevious[i];
            Sigmas[i] = (float)(eta * Math.Sqrt((1 - previous) / (1 - a) * (1 - (a / previous))));
        }
    }

    public int[] Timesteps { get; }

    public float[] Alphas { get; }

    public float[] AlphasPrevious { get; }

    public float[] Sigmas { get; }

    public float[] Scale { get; }

    public float[] ScalePrevious { get; }

    public int Count => Timesteps.Length;
}
