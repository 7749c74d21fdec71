namespace FastPubSub.Wire;

/// <summary>How the value of a field is encoded: the lowest three bits of its tag.</summary>
internal enum WireKind : uint
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    StartGroup = 3,
    EndGroup = 4,
    Fixed32 = 5,
}
