using FastPubSub.Core;
using FastPubSub.Transport;
using Contract = FastPubSub.V1;

namespace FastPubSub.Tests.Fakes;

/// <summary>What connects.</summary>
public enum Attempter
{
    WebSocket,
    Grpc,
    TokensOverRest,
    TokensOverGrpc,
}

/// <summary>Attempts to reach one port of this machine, one after the other, with TLS.</summary>
internal sealed class Attempts : IDisposable
{
    private readonly Func<CancellationToken, Task> attempt;
    private readonly IDisposable? client;

    public Attempts(Attempter by, int port, TlsOptions tls)
    {
        var isOfTokens = by is Attempter.TokensOverRest or Attempter.TokensOverGrpc;
        IsGrpc = by is Attempter.Grpc or Attempter.TokensOverGrpc;
        var address = $"{(IsGrpc ? "grpcs" : isOfTokens ? "https" : "wss")}://127.0.0.1:{port}";
        if (isOfTokens)
        {
            var endpoint = Endpoint.ForTokens(address);
            ITokenService tokens = IsGrpc
                ? new GrpcTokenService(endpoint, new Secret("MT_x"), tls)
                : new RestTokenService(endpoint, new Secret("MT_x"), tls);
            client = tokens;
            attempt = token => tokens.ListAsync(new Contract.ListTokensRequest(), token);
            return;
        }

        IDialer dialer = IsGrpc ? new GrpcDialer(Endpoint.ForClient(address), tls) : new WebSocketDialer(Endpoint.ForClient(address), tls);
        attempt = token => dialer.DialAsync("AT_x", token);
    }

    public bool IsGrpc { get; }

    /// <summary>Why the next attempt fails.</summary>
    public Task<FastPubSubException> NextAsync(CancellationToken cancellationToken = default) => Patience.FailureOf(attempt(cancellationToken));

    public void Dispose() => client?.Dispose();
}
