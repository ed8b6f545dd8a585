using System.Globalization;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Statistics;

namespace Cil.Client.Contracts;

/// <summary>
/// The fields of a job's form. They are named as <see cref="RenderRequest"/> names them, in camel case; errors use the same
/// names.
/// </summary>
public static class JobFields
{
    public const string Image = "image", Statistics = "statistics", Id = "id";

    private const string AnyWhole = "a whole number", AnyNumber = "a number",
        AnyStart = "a whole number, or auto", Automatic = "auto",
        AnyChoice = "true or false", AnyTime = "a time such as 2026-01-31T12:00:00Z";

    private static readonly string StandardTenant = new RenderRequest { Model = "", Prompt = "" }.Tenant;
    private static readonly string AnySeed = string.Create(CultureInfo.InvariantCulture, $"a whole number from 0 to {ulong.MaxValue}");
    private static readonly string AnyJoining = string.Join(" or ", Enum.GetNames<WindowMode>()).ToLowerInvariant(),
        AnyQuality = string.Join(" or ", Enum.GetNames<RenderQuality>()).ToLowerInvariant();

    private static readonly Dictionary<string, Field> Fields = new Field[]
    {
        Text(nameof(RenderRequest.Model), request => request.Model, (request, value) => request with { Model = value }),
        Text(nameof(RenderRequest.Prompt), request => request.Prompt, (request, value) => request with { Prompt = value }),
        Text(
            nameof(RenderRequest.NegativePrompt), request => request.NegativePrompt,
            (request, value) => request with { NegativePrompt = value }),
        Whole(nameof(RenderRequest.Width), request => request.Width, (request, value) => request with { Width = value }),
        Whole(nameof(RenderRequest.Height), request => request.Height, (request, value) => request with { Height = value }),
        Whole(nameof(RenderRequest.Frames), request => request.Frames, (request, value) => request with { Frames = value }),
        Whole(nameof(RenderRequest.PlaybackFps), request => request.PlaybackFps, (request, value) => request with { PlaybackFps = value }),
        Whole(nameof(RenderRequest.Steps), request => request.Steps, (request, value) => request with { Steps = value }),
        Number(nameof(RenderRequest.Guidance), request => request.Guidance, (request, value) => request with { Guidance = value }),
        Of<int?>(
            nameof(RenderRequest.Start), AnyStart,
            request => request.AutomaticStart ? Automatic : request.Start?.ToString(CultureInfo.InvariantCulture),
            ReadStart, (request, value) => request with { Start = value, AutomaticStart = value is null }),
        Of<string>(
            nameof(RenderRequest.AnalyticInit), "auto, off, or the id of measured statistics",
            request => StatisticsNames.Id(request.AnalyticInit)?.Value ?? request.AnalyticInit,
            ReadStatistics, (request, value) => request with { AnalyticInit = value }),
        Of<ulong>(
            nameof(RenderRequest.Seed), AnySeed, request => request.Seed?.ToString(CultureInfo.InvariantCulture),
            ReadSeed, (request, value) => request with { Seed = value }),
        Text(nameof(RenderRequest.Container), request => request.Container, (request, value) => request with { Container = value }),
        Text(
            nameof(RenderRequest.Tenant), request => request.Tenant == StandardTenant ? null : request.Tenant,
            (request, value) => request with { Tenant = value }),
        Whole(nameof(RenderRequest.Priority), request => request.Priority, (request, value) => request with { Priority = value }),
        Of<DateTimeOffset>(
            nameof(RenderRequest.Deadline), AnyTime, request => request.Deadline?.ToString("O", CultureInfo.InvariantCulture),
            ReadTime, (request, value) => request with { Deadline = value }),
        Of<WindowMode>(
            nameof(RenderRequest.Joining), AnyJoining, request => request.Joining.ToString().ToLowerInvariant(),
            ReadName, (request, value) => request with { Joining = value }),
        Whole(nameof(RenderRequest.Overlap), request => request.Overlap, (request, value) => request with { Overlap = value }),
        Of<bool>(
            nameof(RenderRequest.SplitGuidance), AnyChoice, request => request.SplitGuidance ? "true" : "false",
            ReadChoice, (request, value) => request with { SplitGuidance = value }),
        Of<bool>(
            nameof(RenderRequest.Approval), AnyChoice, request => request.Approval ? "true" : null, ReadChoice,
            (request, value) => request with { Approval = value }),
        Whole(nameof(RenderRequest.DraftSteps), request => request.DraftSteps, (request, value) => request with { DraftSteps = value }),
        Text(nameof(RenderRequest.After), request => request.After, (request, value) => request with { After = value }),
        Whole(
            nameof(RenderRequest.FpsCondition), request => request.FpsCondition, (request, value) => request with { FpsCondition = value }),
        Number(
            nameof(RenderRequest.MotionBucket), request => request.MotionBucket, (request, value) => request with { MotionBucket = value }),
        Number(
            nameof(RenderRequest.ImageGuidance), request => request.ImageGuidance,
            (request, value) => request with { ImageGuidance = value }),
        Number(
            nameof(RenderRequest.NoiseAugmentation), request => request.NoiseAugmentation,
            (request, value) => request with { NoiseAugmentation = value }),
        Number(nameof(RenderRequest.Motion), request => request.Motion, (request, value) => request with { Motion = value }),
        Number(
            nameof(RenderRequest.MotionShare), request => request.MotionShare, (request, value) => request with { MotionShare = value }),
        Of<RenderQuality>(
            nameof(RenderRequest.Quality), AnyQuality,
            request => request.Quality == RenderQuality.Full ? null : request.Quality.ToString().ToLowerInvariant(),
            ReadName, (request, value) => request with { Quality = value }),
    }.ToDictionary(field => field.Name, StringComparer.Ordinal);

    private delegate bool Reader<T>(string text, out T value);

    /// <summary>All fields that are no files.</summary>
    public static IEnumerable<string> Names => Fields.Keys.Append(Id);

    /// <summary>What a field is, in words.</summary>
    public static string Describe(string name) =>
        Fields.TryGetValue(name, out Field? field) ? field.Expected : "1 to 64 letters, digits, '-' or '_': the job's id";

    /// <summary>The fields that are not left to the model.</summary>
    public static IEnumerable<(string Name, string Value)> Write(RenderRequest request)
    {
        foreach (Field field in Fields.Values)
            if (field.Write(request) is { } value) yield return (field.Name, value);
    }

    /// <summary>Reads the fields of a form; what a field says counts only where it can be read.</summary>
    /// <param name="faults">Gets every field that is not known or cannot be read.</param>
    public static RenderRequest Read(IEnumerable<KeyValuePair<string, string>> fields, ICollection<RequestError> faults)
    {
        var request = new RenderRequest { Model = "", Prompt = "" };
        foreach ((string name, string text) in fields)
        {
            if (name == Id) continue;
            if (!Fields.TryGetValue(name, out Field? field)) faults.Add(new RequestError(name, "there is no such field"));
            else if (field.Read(request, text) is { } read) request = read;
            else faults.Add(new RequestError(name, $"expected {field.Expected}, got '{text}'"));
        }

        return request;
    }

    private static Field Text(string property, Func<RenderRequest, string?> get, Func<RenderRequest, string, RenderRequest> set) =>
        new(ApiJson.Field(property), "text", get, (request, text) => set(request, text));

    private static Field Whole(string property, Func<RenderRequest, int?> get, Func<RenderRequest, int, RenderRequest> set) =>
        Of<int>(property, AnyWhole, request => get(request)?.ToString(CultureInfo.InvariantCulture), ReadWhole, set);

    private static Field Number(string property, Func<RenderRequest, double?> get, Func<RenderRequest, double, RenderRequest> set) =>
        Of<double>(property, AnyNumber, request => get(request)?.ToString("R", CultureInfo.InvariantCulture), ReadNumber, set);

    private static Field Of<T>(
        string property, string expected, Func<RenderRequest, string?> get, Reader<T> read, Func<RenderRequest, T, RenderRequest> set) =>
        new(ApiJson.Field(property), expected, get, (request, text) => read(text, out T value) ? set(request, value) : null);

    internal static bool ReadWhole(string text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    private static bool ReadStart(string text, out int? value)
    {
        value = ReadWhole(text, out int start) ? start : null;
        return value is not null || text == Automatic;
    }

    private static bool ReadNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    private static bool ReadSeed(string text, out ulong value) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static bool ReadTime(string text, out DateTimeOffset value) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out value);

    private static bool ReadChoice(string text, out bool value) => bool.TryParse(text, out value);

    private static bool ReadName<T>(string text, out T value)
        where T : struct, Enum => Enum.TryParse(text, ignoreCase: true, out value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text[0]);

    // What jobs and data sets keep in storage is named by those who made them, never by a request.
    private static bool ReadStatistics(string text, out string value)
    {
        value = text is "auto" or "off" ? text : RenderJobId.IsId(text) ? StatisticsNames.Blob(new RenderJobId(text)) : "";
        return value.Length > 0;
    }

    private sealed record Field(
        string Name, string Expected, Func<RenderRequest, string?> Write, Func<RenderRequest, string, RenderRequest?> Read);
}
