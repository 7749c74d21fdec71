using Contract = FastPubSub.V1;

namespace FastPubSub.Core;

/// <summary>The server's first word.</summary>
internal sealed record SessionWelcome(
    string SessionId, string Node, string ServerVersion, SessionLimits Limits, TimeSpan KeepAlive)
{
    private static readonly TimeSpan DefaultKeepAlive = TimeSpan.FromSeconds(20);

    public static SessionWelcome Of(Contract.Welcome welcome)
    {
        var keepAlive = welcome.KeepAliveInterval?.ToTimeSpan() ?? TimeSpan.Zero;
        return new(
            welcome.SessionId,
            welcome.Node,
            welcome.ServerVersion,
            SessionLimits.Of(welcome.Limits),
            keepAlive > TimeSpan.Zero ? keepAlive : DefaultKeepAlive);
    }
}
