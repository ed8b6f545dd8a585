namespace Cil.Client.Contracts;

/// <summary>Devices that the grid could use now.</summary>
/// <param name="Slots">Device slots of all classes that are listed here: waiting and running work.</param>
public sealed record ApiDemand(int Slots, IReadOnlyList<ApiClassDemand> Classes);
