using Cil.Api.Http;
using Cil.Client.Contracts;
using Cil.Interfaces.Jobs;

namespace Cil.Api.Jobs;

/// <summary>Which jobs of a list are wanted, by what only the jobs themselves know.</summary>
/// <param name="States">Null for any.</param>
/// <param name="Model">Null for any.</param>
/// <param name="Text">Part of a prompt or of an id, in any case; null for any.</param>
internal sealed record JobFilter(IReadOnlySet<JobState>? States, string? Model, string? Text)
{
    private const string StateName = "state", ModelName = "model", TextName = "text";
    private const int MostText = 200;

    private static readonly Dictionary<string, JobState> Known = Enum.GetValues<JobState>().ToDictionary(
        state => ApiJson.Field(state.ToString()), StringComparer.Ordinal);

    internal static IReadOnlyList<string> Names { get; } = [StateName, ModelName, TextName];

    internal bool IsEmpty => States is null && Model is null && Text is null;

    internal static JobFilter Read(QueryReader reader)
    {
        string? text = reader.Text(TextName);
        if (text?.Length > MostText) reader.Add(TextName, $"at most {MostText} characters, got {text.Length}");
        return new JobFilter(ReadStates(reader), NotEmpty(reader.Text(ModelName)), NotEmpty(text));
    }

    internal bool Fits(JobSnapshot job) =>
        States?.Contains(job.State) != false
        && (Model is null || job.Model == Model)
        && (Text is null || Has(job.Prompt, Text) || Has(job.Id.Value, Text));

    private static bool Has(string whole, string part) => whole.Contains(part, StringComparison.OrdinalIgnoreCase);

    private static string? NotEmpty(string? text) => text is { Length: > 0 } ? text : null;

    private static HashSet<JobState>? ReadStates(QueryReader reader)
    {
        if (NotEmpty(reader.Text(StateName)) is not { } text) return null;
        var states = new HashSet<JobState>();
        foreach (string name in text.Split(','))
        {
            if (Known.TryGetValue(name, out JobState state)) _ = states.Add(state);
            else reader.Add(StateName, $"of {string.Join(", ", Known.Keys)}, several with ',' between; got '{name}'");
        }

        return states;
    }
}
