using System.Reflection;
using Cil.Interfaces;
using Microsoft.Extensions.Configuration;

namespace Cil.Silo.Options;

/// <summary>Reads a service's options from the section "Cil" of a configuration.</summary>
public static class ServiceConfiguration
{
    /// <exception cref="ServiceOptionsException">A value cannot be read, a setting is not known, or there are faults; all are listed.</exception>
    public static ServiceOptions Read(IConfiguration configuration)
    {
        var options = new ServiceOptions();
        var faults = new List<RequestError>();
        Bind(configuration.GetSection(ServiceOptions.Section), options, "", faults);
        // Of what could not be read the default stands there; it has no faults.
        faults.AddRange(new ServiceOptionsValidator().Faults(options).Where(fault => !faults.Exists(known => known.Field == fault.Field)));
        return faults.Count == 0 ? options : throw new ServiceOptionsException(faults);
    }

    private static void Bind(IConfigurationSection section, object target, string prefix, List<RequestError> faults)
    {
        foreach (IConfigurationSection child in section.GetChildren())
        {
            if (target.GetType().GetProperties().FirstOrDefault(one => one.CanWrite && one.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase)) is not { } property)
            {
                faults.Add(new RequestError($"{prefix}{child.Key}", "there is no such setting"));
                continue;
            }

            if (IsPart(property))
            {
                if (child.Value is { } word) faults.Add(new RequestError($"{prefix}{property.Name}", $"has settings of its own, got '{word}'"));
                object part = property.GetValue(target) ?? Activator.CreateInstance(property.PropertyType)!;
                property.SetValue(target, part);
                Bind(child, part, $"{prefix}{property.Name}:", faults);
                continue;
            }

            try
            {
                object? value = property.PropertyType == typeof(IList<string>) ? child.Get<List<string>>() : child.Get(property.PropertyType);
                if (value is not null) property.SetValue(target, value);
            }
            catch (InvalidOperationException error)
            {
                faults.Add(new RequestError($"{prefix}{property.Name}", error.InnerException is { } inner ? $"'{child.Value}': {inner.Message}" : error.Message));
            }
        }
    }

    /// <summary>Whether a setting is a group of settings.</summary>
    internal static bool IsPart(PropertyInfo property) => property.PropertyType.IsClass && property.PropertyType != typeof(string);
}
