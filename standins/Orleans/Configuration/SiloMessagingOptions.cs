namespace Orleans.Configuration;

/// <summary>Settings of requests that a silo sends.</summary>
public class SiloMessagingOptions : MessagingOptions;
