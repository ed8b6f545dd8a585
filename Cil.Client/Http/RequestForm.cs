using System.Globalization;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;

namespace Cil.Client.Http;

/// <summary>A request as the fields of a form, named as <see cref="RenderRequest"/> names them in camel case.</summary>
public static class RequestForm
{
    public const string Image = "image", Statistics = "statistics", Id = "id";

    /// <summary>The fields that are not left to the model.</summary>
    public static IEnumerable<(string Name, string Value)> Write(RenderRequest request)
    {
        yield return ("model", request.Model);
        yield return ("prompt", request.Prompt);
        yield return ("negativePrompt", request.NegativePrompt);
        if (request.Width is { } width) yield return ("width", Text(width));
        if (request.Height is { } height) yield return ("height", Text(height));
        if (request.Frames is { } frames) yield return ("frames", Text(frames));
        if (request.PlaybackFps is { } fps) yield return ("playbackFps", Text(fps));
        if (request.Steps is { } steps) yield return ("steps", Text(steps));
        if (request.Guidance is { } guidance) yield return ("guidance", guidance.ToString("R", CultureInfo.InvariantCulture));
        if (request.Start is { } start) yield return ("start", Text(start));
        yield return ("analyticInit", request.AnalyticInit);
        if (request.Seed is { } seed) yield return ("seed", seed.ToString(CultureInfo.InvariantCulture));
        yield return ("container", request.Container);
        yield return ("tenant", request.Tenant);
        yield return ("priority", Text(request.Priority));
        if (request.Deadline is { } deadline) yield return ("deadline", deadline.ToString("O", CultureInfo.InvariantCulture));
        yield return ("joining", request.Joining.ToString());
        if (request.Overlap is { } overlap) yield return ("overlap", Text(overlap));
        yield return ("splitGuidance", request.SplitGuidance ? "true" : "false");
    }

    /// <summary>Reads the fields of a form; what a field says counts only where it can be read.</summary>
    /// <param name="faults">Gets every field that is not known or cannot be read.</param>
    public static RenderRequest Read(IEnumerable<KeyValuePair<string, string>> fields, ICollection<RequestError> faults)
    {
        var request = new RenderRequest { Model = "", Prompt = "" };
        foreach ((string name, string text) in fields)
        {
            switch (name)
            {
                case "model": request = request with { Model = text }; break;
                case "prompt": request = request with { Prompt = text }; break;
                case "negativePrompt": request = request with { NegativePrompt = text }; break;
                case "width": request = request with { Width = Whole(name, text) }; break;
                case "height": request = request with { Height = Whole(name, text) }; break;
                case "frames": request = request with { Frames = Whole(name, text) }; break;
                case "playbackFps": request = request with { PlaybackFps = Whole(name, text) }; break;
                case "steps": request = request with { Steps = Whole(name, text) }; break;
                case "start": request = request with { Start = Whole(name, text) }; break;
                case "overlap": request = request with { Overlap = Whole(name, text) }; break;
                case "priority": request = request with { Priority = Whole(name, text) ?? 0 }; break;
                case "guidance": request = request with { Guidance = Parsed(name, text, double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number), number, "a number") }; break;
                case "seed": request = request with { Seed = Parsed(name, text, ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed), seed, $"a whole number from 0 to {ulong.MaxValue}") }; break;
                case "deadline":
                    bool isTime = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time);
                    request = request with { Deadline = Parsed(name, text, isTime, time, "a time such as 2026-01-31T12:00:00Z") };
                    break;
                case "splitGuidance": request = request with { SplitGuidance = Parsed(name, text, bool.TryParse(text, out bool split), split, "true or false") ?? false }; break;
                case "joining":
                    bool isWord = Enum.TryParse(text, ignoreCase: true, out WindowMode joining) && Enum.IsDefined(joining);
                    request = request with { Joining = Parsed(name, text, isWord, joining, string.Join(" or ", Enum.GetNames<WindowMode>()).ToLowerInvariant()) ?? default };
                    break;
                case "container": request = request with { Container = text }; break;
                case "tenant": request = request with { Tenant = text }; break;
                case "analyticInit": request = request with { AnalyticInit = text }; break;
                case Id: break;
                default: faults.Add(new RequestError(name, "there is no such field")); break;
            }
        }

        return request;

        int? Whole(string name, string text) =>
            Parsed(name, text, int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value), value, "a whole number");

        T? Parsed<T>(string name, string text, bool isRead, T value, string expected)
            where T : struct
        {
            if (isRead) return value;
            faults.Add(new RequestError(name, $"expected {expected}, got '{text}'"));
            return null;
        }
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
