namespace Cil.Client.Contracts;

/// <summary>Devices of one class that the grid could use now.</summary>
/// <param name="Slots">Device slots: waiting and running work.</param>
/// <param name="Waiting">Chunks that wait for a device of this class; none of what is paused.</param>
/// <param name="Running">Jobs on devices of this class, once for each device.</param>
/// <param name="Workers">Workers of this class that are there.</param>
public sealed record ApiClassDemand(string Class, int Slots, int Waiting, int Running, int Workers);
