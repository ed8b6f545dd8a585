namespace TorchSharp;

public static partial class torch
{
    /// <summary>Types of a tensor's numbers; libtorch's own numbering.</summary>
    public enum ScalarType : sbyte
    {
        Byte = 0,
        Int8 = 1,
        Int16 = 2,
        Int32 = 3,
        Int64 = 4,
        Float16 = 5,
        Float32 = 6,
        Float64 = 7,
        ComplexFloat32 = 9,
        ComplexFloat64 = 10,
        Bool = 11,
        QInt8 = 12,
        QUInt8 = 13,
        QInt32 = 14,
        BFloat16 = 15,
    }

    public static ScalarType @bool { get; } = ScalarType.Bool;

    public static ScalarType uint8 { get; } = ScalarType.Byte;

    public static ScalarType int8 { get; } = ScalarType.Int8;

    public static ScalarType int16 { get; } = ScalarType.Int16;

    public static ScalarType int32 { get; } = ScalarType.Int32;

    public static ScalarType int64 { get; } = ScalarType.Int64;

    public static ScalarType bfloat16 { get; } = ScalarType.BFloat16;

    public static ScalarType float16 { get; } = ScalarType.Float16;

    public static ScalarType float32 { get; } = ScalarType.Float32;

    public static ScalarType float64 { get; } = ScalarType.Float64;

    public static ScalarType @int { get; } = ScalarType.Int32;

    public static ScalarType @long { get; } = ScalarType.Int64;

    public static ScalarType half { get; } = ScalarType.Float16;

    public static ScalarType @float { get; } = ScalarType.Float32;

    public static ScalarType @double { get; } = ScalarType.Float64;

    public static bool is_integral(ScalarType type) =>
        type is ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16 or ScalarType.Int32 or ScalarType.Int64 or ScalarType.Bool;

    public static bool is_floating_point(ScalarType type) =>
        type is ScalarType.Float16 or ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16;

    public static bool is_complex(ScalarType type) => type is ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64;

    internal static ScalarType ToScalarType(Type type) =>
        type == typeof(float) ? ScalarType.Float32
        : type == typeof(double) ? ScalarType.Float64
        : type == typeof(long) ? ScalarType.Int64
        : type == typeof(int) ? ScalarType.Int32
        : type == typeof(byte) ? ScalarType.Byte
        : type == typeof(bool) ? ScalarType.Bool
        : type == typeof(short) ? ScalarType.Int16
        : type == typeof(sbyte) ? ScalarType.Int8
        : type == typeof(Half) ? ScalarType.Float16
        : type == typeof(BFloat16) ? ScalarType.BFloat16
        : throw new NotSupportedException($"The type {type.FullName} is not supported.");
}
