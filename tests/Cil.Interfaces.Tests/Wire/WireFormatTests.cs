namespace Cil.Interfaces.Tests.Wire;

/// <summary>
/// Silos and clients of two versions talk to each other while one replaces the other. When the frozen text differs: a
/// new type, or a member with a number of its own is fine, so add its line to frozen-wire.txt; a new call too, if its grain's interface
/// gets the next [Version], so that the call goes to silos that know it; a changed alias, number, type or parameter breaks running
/// clusters, so undo it and add a new member or call beside the old one.
/// </summary>
public sealed class WireFormatTests
{
    [Fact]
    public void WireFormat_IsAsItWasFrozen()
    {
        string frozen = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Wire", "frozen-wire.txt"));

        string now = WireFormat.Describe();

        Assert.True(
            now == frozen,
            $"the wire format has changed; read the summary of {nameof(WireFormatTests)} before changing frozen-wire.txt. It would "
                + $"now be:\n{now}");
    }

    [Fact]
    public void WireFormat_HasAnAliasForEveryTypeAndCall()
    {
        Assert.All(
            WireFormat.Messages.Concat(WireFormat.Grains),
            type => Assert.StartsWith("cil.", WireFormat.AliasOf(type), StringComparison.Ordinal));
        Assert.All(WireFormat.Grains.SelectMany(grain => grain.GetMethods()), call => Assert.NotNull(WireFormat.AliasOf(call)));
    }

    [Fact]
    public void WireFormat_UsesNoAliasTwice()
    {
        Assert.Distinct(WireFormat.Messages.Concat(WireFormat.Grains).Select(WireFormat.AliasOf));
        Assert.All(WireFormat.Grains, grain => Assert.Distinct(grain.GetMethods().Select(WireFormat.AliasOf)));
    }

    [Fact]
    public void WireFormat_NumbersEveryMemberOnce() => Assert.All(
        WireFormat.Messages.Where(type => !type.IsEnum),
        type =>
        {
            Assert.Empty(WireFormat.Unnumbered(type));
            Assert.Distinct(WireFormat.Numbered(type).Select(pair => pair.Id));
        });
}
