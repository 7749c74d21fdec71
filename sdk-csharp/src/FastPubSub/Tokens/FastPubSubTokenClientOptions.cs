using System.Diagnostics;
using FastPubSub.Core;

namespace FastPubSub;

/// <summary>Everything that a token client can be told.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed record FastPubSubTokenClientOptions
{
    private readonly Secret masterToken = new(string.Empty);

    /// <summary>The server's address: http:// or https://, or grpc:// or grpcs:// for its gRPC port.</summary>
    public required string Server { get; init; }

    /// <summary>A master token of the server. It can be set and not read.</summary>
    public required string MasterToken
    {
        [DebuggerStepThrough]
        internal get => masterToken.Reveal();
        init => masterToken = new Secret(value);
    }

    /// <summary>How a connection with TLS is secured.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>How long one call may take. Default: 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Never shows the master token.</summary>
    /// <returns>The text, for logs.</returns>
    public override string ToString() => $"FastPubSubTokenClientOptions {{ MasterToken = {Secret.Redacted} }}";
}
