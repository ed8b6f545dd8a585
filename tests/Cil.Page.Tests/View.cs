namespace Cil.Page.Tests;

/// <summary>What a page is looked at with.</summary>
internal sealed record View(string Name, int Width, int Height, bool IsPhone = false, bool IsDark = false)
{
    internal static View Desktop { get; } = new("desktop", 1280, 900);

    internal static View Phone { get; } = new("phone", 360, 740, IsPhone: true);

    /// <summary>Both sizes, in both colours.</summary>
    internal static IEnumerable<View> All =>
        [Desktop, Desktop with { Name = "desktop-dark", IsDark = true }, Phone, Phone with { Name = "phone-dark", IsDark = true }];
}
