namespace FastPubSub.Core;

/// <summary>Bounds of a subscription's buffer. One message always has room, however long it is.</summary>
/// <param name="Messages">How many messages.</param>
/// <param name="Bytes">How many bytes of payloads.</param>
internal readonly record struct InboxLimits(int Messages, int Bytes);
