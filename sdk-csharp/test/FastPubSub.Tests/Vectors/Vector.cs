namespace FastPubSub.Tests.Vectors;

/// <summary>What every case of a vector file has.</summary>
public abstract record Vector
{
    public required string Name { get; init; }

    public required string[] Rules { get; init; }

    public sealed override string ToString() => Name;
}

/// <summary>Some bytes: parts that follow each other, each as often as it says.</summary>
public sealed record Part(string Hex, int Times = 1)
{
    public static byte[] Join(IEnumerable<Part> parts) => [.. parts.SelectMany(part =>
        Enumerable.Repeat(Convert.FromHexString(part.Hex.Replace(" ", "", StringComparison.Ordinal)), part.Times).SelectMany(bytes => bytes))];
}
