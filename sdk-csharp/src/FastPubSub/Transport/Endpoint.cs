using System.Globalization;
using FastPubSub.Core;

namespace FastPubSub.Transport;

/// <summary>What a server address says.</summary>
/// <param name="Scheme">ws, wss, grpc, grpcs, http or https.</param>
/// <param name="IsSecure">TLS.</param>
/// <param name="Host">Host and port.</param>
/// <param name="Path">With the query; starts with a slash.</param>
internal sealed record Endpoint(string Scheme, bool IsSecure, string Host, string Path)
{
    private const int DefaultGrpcPort = 9090;

    public bool IsGrpc => Scheme is "grpc" or "grpcs";

    /// <summary>Reads the address of a client (SDK-1). A failure never repeats what may be a secret.</summary>
    public static Endpoint ForClient(string address) => Parse(address, "ws", "wss", "ws://127.0.0.1:8080/ws");

    /// <summary>Reads the address of a token client.</summary>
    public static Endpoint ForTokens(string address) => Parse(address, "http", "https", "http://127.0.0.1:8080");

    /// <summary>The address with another scheme.</summary>
    public Uri ToUri(string scheme) => new($"{scheme}://{Host}{Path}");

    private static Endpoint Parse(string address, string plain, string secure, string example)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri))
        {
            throw Invalid("it cannot be read; it has a host, perhaps a port from 1 to 65535, and perhaps a path", example);
        }

        var isGrpc = uri.Scheme is "grpc" or "grpcs";
        if (!isGrpc && uri.Scheme != plain && uri.Scheme != secure)
        {
            throw Invalid($"it must start with {plain}://, {secure}://, grpc:// or grpcs://", example);
        }

        var problem = ProblemOf(uri, isGrpc);
        if (problem is not null)
        {
            throw Invalid(problem, example);
        }

        var port = uri.Port >= 0 ? uri.Port : DefaultGrpcPort;
        var host = string.Create(CultureInfo.InvariantCulture, $"{uri.Host}:{port}");
        return new(uri.Scheme, uri.Scheme == secure || uri.Scheme == "grpcs", host, isGrpc ? "/" : uri.PathAndQuery);
    }

    private static string? ProblemOf(Uri uri, bool isGrpc)
    {
        if (uri.Host.Length == 0)
        {
            return "it names no host";
        }

        if (uri.Port == 0)
        {
            return "a port is 1 to 65535";
        }

        if (uri.UserInfo.Length > 0)
        {
            return "it has a user or a password in it; a token is given beside the address";
        }

        if (uri.Fragment.Length > 0)
        {
            return "it has a fragment";
        }

        return isGrpc && uri.PathAndQuery.Trim('/').Length > 0
            ? "an address with grpc:// or grpcs:// has a host and a port, and no path"
            : null;
    }

    private static FastPubSubException Invalid(string what, string example) =>
        Fault.New(ErrorReasons.RequestInvalid, $"the server address is not valid: {what}; for example {example}").ToException();
}
