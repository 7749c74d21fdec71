using System.Collections.Frozen;
using Contract = FastPubSub.V1;

namespace FastPubSub.Core;

/// <summary>
/// What the contract's error catalogue says of each reason, and the client's own reasons. A test compares it with
/// the contract.
/// </summary>
internal static class Catalogue
{
    /// <summary>The reason of a server that gave none, or none that a server can give.</summary>
    public const string Unspecified = "UNSPECIFIED";

    private static readonly FrozenDictionary<string, Retry> Retries = new Dictionary<string, Retry>
    {
        [ErrorReasons.TokenMissing] = Retry.No,
        [ErrorReasons.TokenInvalid] = Retry.No,
        [ErrorReasons.TokenRevoked] = Retry.No,
        [ErrorReasons.TokenExpired] = Retry.FreshToken,
        [ErrorReasons.IPNotAllowed] = Retry.No,
        [ErrorReasons.RegionNotAllowed] = Retry.No,
        [ErrorReasons.OriginNotAllowed] = Retry.No,
        [ErrorReasons.MasterTokenInvalid] = Retry.No,
        [ErrorReasons.PublishDenied] = Retry.No,
        [ErrorReasons.SubscribeDenied] = Retry.No,
        [ErrorReasons.TenantInvalid] = Retry.No,
        [ErrorReasons.ChannelInvalid] = Retry.No,
        [ErrorReasons.PatternInvalid] = Retry.No,
        [ErrorReasons.RuleInvalid] = Retry.No,
        [ErrorReasons.TtlInvalid] = Retry.No,
        [ErrorReasons.RequestInvalid] = Retry.No,
        [ErrorReasons.FrameInvalid] = Retry.No,
        [ErrorReasons.PayloadTooLarge] = Retry.No,
        [ErrorReasons.TooManySubscriptions] = Retry.Later,
        [ErrorReasons.TooManyConnections] = Retry.Later,
        [ErrorReasons.RateLimited] = Retry.Later,
        [ErrorReasons.SlowConsumer] = Retry.Yes,
        [ErrorReasons.TokenNotFound] = Retry.No,
        [ErrorReasons.Draining] = Retry.Yes,
        [ErrorReasons.Overloaded] = Retry.Yes,
        [ErrorReasons.BackplaneUnavailable] = Retry.Yes,
        [ErrorReasons.StoreUnavailable] = Retry.Yes,
        [ErrorReasons.Internal] = Retry.Yes,
        [ErrorReasons.Unreachable] = Retry.Yes,
        [ErrorReasons.ConnectionLost] = Retry.Yes,
        [ErrorReasons.BufferFull] = Retry.Later,
        [ErrorReasons.TimedOut] = Retry.Yes,
        [ErrorReasons.Canceled] = Retry.No,
        [ErrorReasons.Closed] = Retry.No,
        [ErrorReasons.TokenSourceFailed] = Retry.Yes,
    }.ToFrozenDictionary();

    private static readonly FrozenSet<string> Own = new[]
    {
        ErrorReasons.Unreachable, ErrorReasons.ConnectionLost, ErrorReasons.BufferFull, ErrorReasons.TimedOut,
        ErrorReasons.Canceled, ErrorReasons.Closed, ErrorReasons.TokenSourceFailed,
    }.ToFrozenSet();

    private static readonly FrozenDictionary<Contract.ErrorReason, string> Texts = new Dictionary<Contract.ErrorReason, string>
    {
        [Contract.ErrorReason.Unspecified] = Unspecified,
        [Contract.ErrorReason.TokenMissing] = ErrorReasons.TokenMissing,
        [Contract.ErrorReason.TokenInvalid] = ErrorReasons.TokenInvalid,
        [Contract.ErrorReason.TokenRevoked] = ErrorReasons.TokenRevoked,
        [Contract.ErrorReason.TokenExpired] = ErrorReasons.TokenExpired,
        [Contract.ErrorReason.IpNotAllowed] = ErrorReasons.IPNotAllowed,
        [Contract.ErrorReason.RegionNotAllowed] = ErrorReasons.RegionNotAllowed,
        [Contract.ErrorReason.OriginNotAllowed] = ErrorReasons.OriginNotAllowed,
        [Contract.ErrorReason.MasterTokenInvalid] = ErrorReasons.MasterTokenInvalid,
        [Contract.ErrorReason.PublishDenied] = ErrorReasons.PublishDenied,
        [Contract.ErrorReason.SubscribeDenied] = ErrorReasons.SubscribeDenied,
        [Contract.ErrorReason.TenantInvalid] = ErrorReasons.TenantInvalid,
        [Contract.ErrorReason.ChannelInvalid] = ErrorReasons.ChannelInvalid,
        [Contract.ErrorReason.PatternInvalid] = ErrorReasons.PatternInvalid,
        [Contract.ErrorReason.RuleInvalid] = ErrorReasons.RuleInvalid,
        [Contract.ErrorReason.TtlInvalid] = ErrorReasons.TtlInvalid,
        [Contract.ErrorReason.RequestInvalid] = ErrorReasons.RequestInvalid,
        [Contract.ErrorReason.FrameInvalid] = ErrorReasons.FrameInvalid,
        [Contract.ErrorReason.PayloadTooLarge] = ErrorReasons.PayloadTooLarge,
        [Contract.ErrorReason.TooManySubscriptions] = ErrorReasons.TooManySubscriptions,
        [Contract.ErrorReason.TooManyConnections] = ErrorReasons.TooManyConnections,
        [Contract.ErrorReason.RateLimited] = ErrorReasons.RateLimited,
        [Contract.ErrorReason.SlowConsumer] = ErrorReasons.SlowConsumer,
        [Contract.ErrorReason.TokenNotFound] = ErrorReasons.TokenNotFound,
        [Contract.ErrorReason.Draining] = ErrorReasons.Draining,
        [Contract.ErrorReason.Overloaded] = ErrorReasons.Overloaded,
        [Contract.ErrorReason.BackplaneUnavailable] = ErrorReasons.BackplaneUnavailable,
        [Contract.ErrorReason.StoreUnavailable] = ErrorReasons.StoreUnavailable,
        [Contract.ErrorReason.Internal] = ErrorReasons.Internal,
    }.ToFrozenDictionary();

    /// <summary>What the catalogue says of a reason. One that this client does not know is not tried again.</summary>
    public static Retry RetryOf(string reason) => Retries.GetValueOrDefault(reason, Retry.No);

    /// <summary>Whether the reason is in the catalogue or the client's own.</summary>
    public static bool Knows(string reason) => Retries.ContainsKey(reason);

    /// <summary>Whether the reason is the client's own, which no server gives.</summary>
    public static bool IsOwn(string reason) => Own.Contains(reason);

    /// <summary>The text of a reason of the contract. One that only a newer server knows is shown by its number.</summary>
    public static string TextOf(Contract.ErrorReason reason) =>
        Texts.TryGetValue(reason, out var text) ? text : ((int)reason).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
