using Google.Protobuf;
using Contract = FastPubSub.V1;

namespace FastPubSub.Wire;

/// <summary>Encodes the commands that are not publishes.</summary>
internal static class Commands
{
    public static byte[] Subscribe(ulong requestId, string tenant, string pattern) => new Contract.SessionRequest
    {
        Subscribe = new() { RequestId = requestId, Tenant = tenant, Pattern = pattern },
    }.ToByteArray();

    public static byte[] Unsubscribe(ulong requestId, string tenant, string pattern) => new Contract.SessionRequest
    {
        Unsubscribe = new() { RequestId = requestId, Tenant = tenant, Pattern = pattern },
    }.ToByteArray();

    /// <summary>The result holds the token.</summary>
    public static byte[] Authenticate(ulong requestId, string token) => new Contract.SessionRequest
    {
        Authenticate = new() { RequestId = requestId, Token = token },
    }.ToByteArray();

    public static byte[] Ping(ulong requestId) => new Contract.SessionRequest
    {
        Ping = new() { RequestId = requestId },
    }.ToByteArray();
}
