namespace Cil.Diffusion.Samplers;

/// <summary>The times that DDIM visits (lvdm/models/utils_diffusion.py, make_ddim_timesteps).</summary>
public static class DdimGrid
{
    private const double Tiny = 1e-9;

    /// <param name="steps">S, 1 to M.</param>
    /// <param name="start">M, 1 to 1000: sampling starts at time M - 1.</param>
    /// <returns>Times in ascending order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">M or S is out of range.</exception>
    public static int[] Timesteps(TimestepSpacing spacing, int steps, int start)
    {
        if (start is < 1 or > 1000) throw new ArgumentOutOfRangeException(nameof(start), start, $"start M: must be 1 to 1000, got {start}");
        if (steps < 1 || steps > start)
            throw new ArgumentOutOfRangeException(nameof(steps), steps, $"steps: must be 1 to M = {start}, got {steps}");
        if (spacing == TimestepSpacing.Uniform)
        {
            int stride = start / steps;
            // The largest can reach M itself where the stride does not divide it; the table ends at M - 1 at the latest.
            return [.. Enumerable.Range(0, ((start - 1) / stride) + 1).Select(k => Math.Min((k * stride) + 1, start - 1)).Distinct()];
        }

        double step = (double)start / steps;
        var times = new List<int>(steps);
        // The original's loop can keep a value of 1e-12 at the end, which becomes time -1; it is never wanted.
        for (int k = 0; start - (k * step) > Tiny; k++) times.Add((int)Math.Round(start - (k * step), MidpointRounding.ToEven) - 1);
        times.Reverse();
        return [.. times];
    }
}
