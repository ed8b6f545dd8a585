using System.Reflection;
using Cil.Interfaces;
using Microsoft.Extensions.Configuration;

namespace Cil.Silo.Options;

/// <summary>Reads a service's options from the section "Cil" of a configuration.</summary>
public static class ServiceConfiguration
{
    private const string SettingsFile = "appsettings.json";

    /// <summary>
    /// The settings of a program: what its command line says, else the environment (Cil__Data, …), else appsettings.json of the
    /// working folder, else the program itself.
    /// </summary>
    /// <param name="commandLine">Adds what the command line says.</param>
    /// <param name="own">The program's own values, with the section in their names.</param>
    public static IConfigurationRoot Gather(
        Action<IConfigurationBuilder> commandLine, params IEnumerable<KeyValuePair<string, string?>> own)
    {
        IConfigurationBuilder builder = new ConfigurationBuilder()
            .AddInMemoryCollection(own)
            .AddJsonFile(Path.GetFullPath(SettingsFile), optional: true)
            .AddEnvironmentVariables();
        commandLine(builder);
        return builder.Build();
    }

    /// <exception cref="ServiceOptionsException">
    /// A value cannot be read, a setting is not known, or there are errors; all are listed.
    /// </exception>
    public static ServiceOptions Read(IConfiguration configuration)
    {
        var options = new ServiceOptions();
        var errors = new List<RequestError>();
        Bind(configuration.GetSection(ServiceOptions.Section), options, "", errors);
        // Of what could not be read the default stands there; it has no errors.
        errors.AddRange(new ServiceOptionsValidator().Errors(options).Where(error => !errors.Exists(known => known.Field == error.Field)));
        return errors.Count == 0 ? options : throw new ServiceOptionsException(errors);
    }

    private static void Bind(IConfigurationSection section, object target, string prefix, List<RequestError> errors)
    {
        foreach (IConfigurationSection child in section.GetChildren())
        {
            if (target.GetType()
                .GetProperties()
                .FirstOrDefault(one => one.CanWrite && one.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase)) is not { } property)
            {
                errors.Add(new RequestError($"{prefix}{child.Key}", "there is no such setting"));
                continue;
            }

            if (IsPart(property))
            {
                if (child.Value is { } word)
                    errors.Add(new RequestError($"{prefix}{property.Name}", $"has settings of its own, got '{word}'"));
                object part = property.GetValue(target) ?? Activator.CreateInstance(property.PropertyType)!;
                property.SetValue(target, part);
                Bind(child, part, $"{prefix}{property.Name}:", errors);
                continue;
            }

            try
            {
                object? value = property.PropertyType == typeof(IList<string>)
                    ? child.Get<List<string>>()
                    : child.Get(property.PropertyType);
                if (value is not null) property.SetValue(target, value);
            }
            catch (InvalidOperationException error)
            {
                errors.Add(new RequestError(
                    $"{prefix}{property.Name}", error.InnerException is { } inner ? $"'{child.Value}': {inner.Message}" : error.Message));
            }
        }
    }

    /// <summary>Whether a setting is a group of settings.</summary>
    internal static bool IsPart(PropertyInfo property) => property.PropertyType.IsClass && property.PropertyType != typeof(string);
}
