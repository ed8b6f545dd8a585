using Cil.Interfaces;
using Microsoft.Extensions.Options;

namespace Cil.Silo.Options;

/// <summary>Finds everything that is wrong with options, not only the first.</summary>
internal abstract class OptionsValidator<T> : IValidateOptions<T>
    where T : class
{
    /// <summary>Each with its field and both sides; none where all is well.</summary>
    internal abstract IEnumerable<RequestError> Errors(T options);

    public ValidateOptionsResult Validate(string? name, T options)
    {
        string[] errors = [.. Errors(options).Select(error => $"{typeof(T).Name}.{error.Field}: {error.Message}")];
        return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    /// <summary>The same errors, of options that are a part of others.</summary>
    internal IEnumerable<RequestError> Errors(string part, T options) =>
        Errors(options).Select(error => error with { Field = $"{part}:{error.Field}" });

    private protected static IEnumerable<RequestError> AboveZero(params (string Field, TimeSpan Value)[] times) =>
        times.Where(time => time.Value <= TimeSpan.Zero).Select(time => new RequestError(time.Field, $"above zero, got {time.Value}"));

    private protected static IEnumerable<RequestError> NotNegative(params (string Field, TimeSpan Value)[] times) =>
        times.Where(time => time.Value < TimeSpan.Zero).Select(time => new RequestError(time.Field, $"zero or more, got {time.Value}"));

    private protected static IEnumerable<RequestError> AtLeastOne(params (string Field, int Value)[] numbers) =>
        numbers.Where(number => number.Value < 1).Select(number => new RequestError(number.Field, $"1 or more, got {number.Value}"));
}
