namespace FastPubSub.Core;

/// <summary>A server's wish that the client moves.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Text">For people.</param>
/// <param name="Until">When the server closes the connection.</param>
internal sealed record Departure(string Reason, string Text, DateTimeOffset Until);
