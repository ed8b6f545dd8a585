namespace Cil.Interfaces.Queue;

/// <summary>How many devices of a class the grid could use now.</summary>
/// <param name="Class">The class of devices.</param>
/// <param name="Waiting">Chunks that wait for a device of this class; those of what is paused do not count.</param>
/// <param name="Running">Jobs on devices of this class, once for each device.</param>
/// <param name="Workers">Workers of this class that the queue knows.</param>
[GenerateSerializer, Immutable, Alias("cil.ClassDemand")]
public sealed record ClassDemand(
    [property: Id(0)] string Class, [property: Id(1)] int Waiting, [property: Id(2)] int Running, [property: Id(3)] int Workers)
{
    /// <summary>Device slots: waiting and running work.</summary>
    public int Slots => Waiting + Running;
}
