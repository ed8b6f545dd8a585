namespace Cil.TestKit.Scaling;

/// <summary>How fast an autoscaler follows: the fields of a ScaledObject and of its horizontal autoscaler.</summary>
/// <param name="Poll">How often it asks.</param>
/// <param name="Cooldown">Without demand for so long the last worker is stopped.</param>
/// <param name="Stabilisation">The largest demand of so long counts.</param>
/// <param name="DownEvery">One worker is stopped in this time.</param>
/// <param name="Grace">A worker that has not ended so long after it was told to is killed.</param>
internal sealed record AutoscalerTimes(TimeSpan Poll, TimeSpan Cooldown, TimeSpan Stabilisation, TimeSpan DownEvery, TimeSpan Grace);
