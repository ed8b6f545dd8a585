using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Numbers out of tensors that have one element, converted to the type asked for.</summary>
public static class TensorExtensionMethods
{
    public static float ToSingle(this Tensor value) => (float)value.ToDouble();

    public static double ToDouble(this Tensor value) => One(value, ScalarType.Float64, t => t.item<double>());

    public static int ToInt32(this Tensor value) => One(value, ScalarType.Int32, t => t.item<int>());

    public static long ToInt64(this Tensor value) => One(value, ScalarType.Int64, t => t.item<long>());

    public static bool ToBoolean(this Tensor value) => One(value, ScalarType.Bool, t => t.item<bool>());

    private static T One<T>(Tensor value, ScalarType type, Func<Tensor, T> read)
    {
        using Tensor converted = value.to_type(type);
        return read(converted);
    }
}
