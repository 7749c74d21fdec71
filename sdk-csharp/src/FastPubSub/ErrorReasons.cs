namespace FastPubSub;

/// <summary>
/// The reasons in <see cref="FastPubSubException.Reason"/>. A newer server may give reasons that are not
/// listed here; <see cref="FastPubSubException.IsRetryable"/> holds for those, too.
/// </summary>
public static class ErrorReasons
{
    /// <summary>No access token was given.</summary>
    public const string TokenMissing = "TOKEN_MISSING";

    /// <summary>The access token is malformed or unknown, or its secret is wrong.</summary>
    public const string TokenInvalid = "TOKEN_INVALID";

    /// <summary>An administrator has revoked the access token.</summary>
    public const string TokenRevoked = "TOKEN_REVOKED";

    /// <summary>The access token ran out, or it was deactivated.</summary>
    public const string TokenExpired = "TOKEN_EXPIRED";

    /// <summary>The access token does not allow the client's address.</summary>
    public const string IPNotAllowed = "IP_NOT_ALLOWED";

    /// <summary>The access token does not allow the region of the server.</summary>
    public const string RegionNotAllowed = "REGION_NOT_ALLOWED";

    /// <summary>The access token is for browsers of certain origins.</summary>
    public const string OriginNotAllowed = "ORIGIN_NOT_ALLOWED";

    /// <summary>The master token is missing or wrong.</summary>
    public const string MasterTokenInvalid = "MASTER_TOKEN_INVALID";

    /// <summary>The access token does not allow publishing to this tenant and channel.</summary>
    public const string PublishDenied = "PUBLISH_DENIED";

    /// <summary>The access token does not allow everything that the pattern can match.</summary>
    public const string SubscribeDenied = "SUBSCRIBE_DENIED";

    /// <summary>The tenant breaks the grammar of tenants.</summary>
    public const string TenantInvalid = "TENANT_INVALID";

    /// <summary>The channel breaks the grammar of channels.</summary>
    public const string ChannelInvalid = "CHANNEL_INVALID";

    /// <summary>The pattern breaks the grammar of patterns.</summary>
    public const string PatternInvalid = "PATTERN_INVALID";

    /// <summary>A rule of a grant breaks the grammar of rules.</summary>
    public const string RuleInvalid = "RULE_INVALID";

    /// <summary>The expiry is missing, in the past, or too far ahead.</summary>
    public const string TtlInvalid = "TTL_INVALID";

    /// <summary>A value is not accepted, for example of an option.</summary>
    public const string RequestInvalid = "REQUEST_INVALID";

    /// <summary>The server did not understand the client.</summary>
    public const string FrameInvalid = "FRAME_INVALID";

    /// <summary>The payload is longer than the limit.</summary>
    public const string PayloadTooLarge = "PAYLOAD_TOO_LARGE";

    /// <summary>The connection holds as many subscriptions as it may.</summary>
    public const string TooManySubscriptions = "TOO_MANY_SUBSCRIPTIONS";

    /// <summary>The access token has as many live connections as it may.</summary>
    public const string TooManyConnections = "TOO_MANY_CONNECTIONS";

    /// <summary>Too many requests in a short time.</summary>
    public const string RateLimited = "RATE_LIMITED";

    /// <summary>The client read more slowly than its messages arrived.</summary>
    public const string SlowConsumer = "SLOW_CONSUMER";

    /// <summary>There is no access token with this id.</summary>
    public const string TokenNotFound = "TOKEN_NOT_FOUND";

    /// <summary>The server is about to stop.</summary>
    public const string Draining = "DRAINING";

    /// <summary>The server has more work than it can do.</summary>
    public const string Overloaded = "OVERLOADED";

    /// <summary>The server is cut off from the other nodes.</summary>
    public const string BackplaneUnavailable = "BACKPLANE_UNAVAILABLE";

    /// <summary>The server is cut off from its token store.</summary>
    public const string StoreUnavailable = "STORE_UNAVAILABLE";

    /// <summary>The server failed.</summary>
    public const string Internal = "INTERNAL";

    /// <summary>The client's own: no server that speaks the protocol was reached.</summary>
    public const string Unreachable = "UNREACHABLE";

    /// <summary>
    /// The client's own: the connection broke before the server had answered. Whether the call took effect is
    /// unknown.
    /// </summary>
    public const string ConnectionLost = "CONNECTION_LOST";

    /// <summary>The client's own: there is no connection now, and the buffer for publishes is full.</summary>
    public const string BufferFull = "BUFFER_FULL";

    /// <summary>The client's own: a timeout passed.</summary>
    public const string TimedOut = "TIMED_OUT";

    /// <summary>
    /// The client's own: the caller's <see cref="CancellationToken"/> was cancelled. The call throws
    /// <see cref="OperationCanceledException"/>, which has an exception with this reason inside.
    /// </summary>
    public const string Canceled = "CANCELED";

    /// <summary>The client's own: the application has closed the client or the subscription.</summary>
    public const string Closed = "CLOSED";

    /// <summary>The client's own: the token source gave no token.</summary>
    public const string TokenSourceFailed = "TOKEN_SOURCE_FAILED";
}
