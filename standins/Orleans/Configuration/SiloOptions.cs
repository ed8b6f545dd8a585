namespace Orleans.Configuration;

/// <summary>Settings of a silo.</summary>
public class SiloOptions
{
    /// <summary>The silo's name; a made-up one when it is not set.</summary>
    public string SiloName { get; set; } = null!;
}
