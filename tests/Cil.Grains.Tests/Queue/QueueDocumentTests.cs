using System.Globalization;
using System.Text.RegularExpressions;
using Cil.Grains.Queue;

namespace Cil.Grains.Tests.Queue;

public sealed partial class QueueDocumentTests
{
    [Fact]
    public void Document_NamesEverySettingWithItsDefault()
    {
        Dictionary<string, string> document = File.ReadLines(Path.Combine(Root(), "docs", "queue.md"))
            .Select(line => Row().Match(line))
            .Where(row => row.Success)
            .ToDictionary(row => row.Groups[1].Value, row => row.Groups[2].Value);
        var options = new QueueOptions();

        Assert.Equal(
            typeof(QueueOptions)
                .GetProperties()
                .ToDictionary(property => property.Name, property => Words(property.GetValue(options)!))
                .OrderBy(pair => pair.Key),
            document.OrderBy(pair => pair.Key));
    }

    private static string Words(object value) => value switch
    {
        TimeSpan { TotalMinutes: >= 1 } time => $"{time.TotalMinutes} min",
        TimeSpan { TotalSeconds: >= 1 } time => $"{time.TotalSeconds} s",
        TimeSpan time => $"{time.TotalMilliseconds} ms",
        IList<string> { Count: 0 } => "none",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Cil.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("not inside the repository");
    }

    [GeneratedRegex(@"^\| `(\w+)` \| ([^|]+) \|")]
    private static partial Regex Row();
}
