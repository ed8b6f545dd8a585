namespace Cil.Api.Videos;

/// <summary>Why a video could not be made.</summary>
public sealed record VideoFailure(string Code, string Message);
