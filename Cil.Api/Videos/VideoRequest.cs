using System.Globalization;
using Cil.Api.Identity;
using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;

namespace Cil.Api.Videos;

/// <summary>What this face's fields ask the grid for.</summary>
/// <param name="Seconds">How long the video plays.</param>
internal sealed record VideoRequest(RenderRequest Request, string Seconds)
{
    private const string Length = "seconds", Size = "size", Width = "width", Height = "height",
        FrameCount = "num_frames", Fps = "fps", Model = "model", User = "user";

    // This face's names of the fields that go to the grid as they are.
    private static readonly Dictionary<string, string> Native = new(StringComparer.Ordinal)
    {
        [VideoFields.Prompt] = ApiJson.Field(nameof(RenderRequest.Prompt)),
        ["negative_prompt"] = ApiJson.Field(nameof(RenderRequest.NegativePrompt)),
        [Width] = ApiJson.Field(nameof(RenderRequest.Width)),
        [Height] = ApiJson.Field(nameof(RenderRequest.Height)),
        [FrameCount] = ApiJson.Field(nameof(RenderRequest.Frames)),
        [Fps] = ApiJson.Field(nameof(RenderRequest.PlaybackFps)),
        ["num_inference_steps"] = ApiJson.Field(nameof(RenderRequest.Steps)),
        ["guidance_scale"] = ApiJson.Field(nameof(RenderRequest.Guidance)),
        ["seed"] = ApiJson.Field(nameof(RenderRequest.Seed)),
        [VideoFields.Reference] = JobFields.Image,
    };

    /// <summary>The fields that there are, apart from the picture.</summary>
    internal static IEnumerable<string> Names =>
        Native.Keys.Where(name => name != VideoFields.Reference).Concat([Model, Length, Size, User]);

    /// <summary>What a field is, in words.</summary>
    internal static string Describe(string name) => name switch
    {
        Model => "a model's name; one that is not there stands for the first one",
        Length => "how long the video plays; without it and num_frames, as long as the model makes at once",
        Size => "WIDTHxHEIGHT in pixels",
        User => "taken, and not looked at",
        _ => JobFields.Describe(Native[name]),
    };

    /// <summary>A field's error by the name that this face has for it.</summary>
    internal static RequestError Named(RequestError error) => error.Field == Native[Width] || error.Field == Native[Height]
        ? error with { Field = Size }
        : Native.Where(pair => pair.Value == error.Field).Select(pair => error with { Field = pair.Key }).FirstOrDefault(error);

    /// <param name="start">What is asked for where a field says nothing: a new request, or that of the video which is remixed.</param>
    /// <param name="errors">Gets every field that is not known or cannot be read.</param>
    internal static VideoRequest Read(
        IReadOnlyDictionary<string, string> fields, RenderRequest start,
        IReadOnlyList<ModelInfo> models, Caller caller, List<RequestError> errors)
    {
        // Clients send the names of models that only others have; here the first one stands for them.
        ModelInfo model = models.FirstOrDefault(one => one.Name == fields.GetValueOrDefault(Model, start.Model)) ?? models[0];
        var native = new List<KeyValuePair<string, string>>();
        foreach ((string name, string text) in fields)
        {
            if (name is Model or Length or User) continue;
            if (name == Size) native.AddRange(ReadSize(text, errors));
            else if (Native.TryGetValue(name, out string? known) && name != VideoFields.Reference)
                native.Add(KeyValuePair.Create(known, text));
            else errors.Add(new RequestError(name, "there is no such field, or this service cannot do it"));
        }

        var unread = new List<RequestError>();
        RenderRequest asked = JobFields.Read(
            JobFields.Write(start).Select(field => KeyValuePair.Create(field.Name, field.Value)).Concat(native), unread);
        errors.AddRange(unread.Select(Named));
        int fps = asked.PlaybackFps ?? model.PlaybackFps;
        if (!fields.ContainsKey(FrameCount) && fields.TryGetValue(Length, out string? seconds))
            asked = asked with { Frames = ReadSeconds(seconds, fps, errors) };
        if (!fields.TryGetValue(VideoFields.Prompt, out string? prompt) || prompt.Length == 0)
            errors.Add(new RequestError(VideoFields.Prompt, "1 to 32000 characters; nothing was sent"));
        string length = ((double)(asked.Frames ?? model.Frames) / Math.Max(1, fps)).ToString("0.###", CultureInfo.InvariantCulture);
        return new VideoRequest(asked with { Model = model.Name, Tenant = caller.Tenant, Container = "mp4" }, length);
    }

    private static IEnumerable<KeyValuePair<string, string>> ReadSize(string text, List<RequestError> errors)
    {
        if (text.Split('x') is [var width, var height]
            && int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            && int.TryParse(height, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            return [KeyValuePair.Create(Native[Width], width), KeyValuePair.Create(Native[Height], height)];
        }

        errors.Add(new RequestError(Size, $"expected WIDTHxHEIGHT in pixels, such as 64x64, got '{text}'"));
        return [];
    }

    private static int? ReadSeconds(string text, int fps, List<RequestError> errors)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
            && seconds > 0
            && seconds * fps <= int.MaxValue)
        {
            return Math.Max(1, (int)Math.Round(seconds * fps));
        }

        errors.Add(new RequestError(Length, $"expected a number above 0, got '{text}'"));
        return null;
    }
}
