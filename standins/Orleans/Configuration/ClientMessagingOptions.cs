namespace Orleans.Configuration;

/// <summary>Settings of requests that a client sends.</summary>
public class ClientMessagingOptions : MessagingOptions;
