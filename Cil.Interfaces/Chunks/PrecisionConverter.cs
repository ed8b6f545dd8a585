using System.ComponentModel;
using System.Globalization;

namespace Cil.Interfaces.Chunks;

/// <summary>Lets a configuration bind a <see cref="Precision"/>.</summary>
internal sealed class PrecisionConverter : TypeConverter
{
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

    public override object ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        Precision.Parse((string)value);
}
