namespace FastPubSub;

/// <summary>Names one published message, unique across the cluster. No order follows from it.</summary>
/// <param name="Origin">The node that accepted the message, as a number drawn when the node started.</param>
/// <param name="Sequence">A number that the node gives once.</param>
public readonly record struct MessageId(ulong Origin, ulong Sequence)
{
    /// <summary>Both parts in hexadecimal.</summary>
    /// <returns>The text, for logs.</returns>
    public override string ToString() => $"{Origin:x16}-{Sequence:x16}";
}
