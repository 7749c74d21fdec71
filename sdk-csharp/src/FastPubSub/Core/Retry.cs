namespace FastPubSub.Core;

/// <summary>Whether the same may succeed when it is tried again.</summary>
internal enum Retry
{
    /// <summary>Never without a change on the client's side.</summary>
    No,

    /// <summary>With a fresh access token.</summary>
    FreshToken,

    /// <summary>After the client has given something back or has slowed down.</summary>
    Later,

    /// <summary>With back-off.</summary>
    Yes,
}
