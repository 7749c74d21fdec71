using FastPubSub.Transport;
using Grpc.Core;
using Grpc.Net.Client;
using Contract = FastPubSub.V1;

namespace FastPubSub.Core;

/// <summary>The token service over gRPC.</summary>
internal sealed class GrpcTokenService : ITokenService
{
    private readonly Endpoint endpoint;
    private readonly Secret masterToken;
    private readonly Handshake handshake = new();
    private readonly GrpcChannel channel;
    private readonly Contract.TokenService.TokenServiceClient client;
    private readonly CancellationTokenSource life = new(); // cancelled when the client is disposed of
    private int disposed; // 1: it is

    public GrpcTokenService(Endpoint endpoint, Secret masterToken, TlsOptions? tls)
    {
        this.endpoint = endpoint;
        this.masterToken = masterToken;
        channel = GrpcDialer.OpenChannel(endpoint, tls, handshake, life.Token);
        client = new(channel);
    }

    public Task<Contract.CreateTokenResponse> CreateAsync(Contract.CreateTokenRequest request, CancellationToken cancellationToken) =>
        CallAsync(client.CreateTokenAsync(request, Metadata(), cancellationToken: cancellationToken));

    public Task<Contract.RefreshTokenResponse> RefreshAsync(Contract.RefreshTokenRequest request, CancellationToken cancellationToken) =>
        CallAsync(client.RefreshTokenAsync(request, Metadata(), cancellationToken: cancellationToken));

    public Task<Contract.RevokeTokenResponse> RevokeAsync(Contract.RevokeTokenRequest request, CancellationToken cancellationToken) =>
        CallAsync(client.RevokeTokenAsync(request, Metadata(), cancellationToken: cancellationToken));

    public Task<Contract.ListTokensResponse> ListAsync(Contract.ListTokensRequest request, CancellationToken cancellationToken) =>
        CallAsync(client.ListTokensAsync(request, Metadata(), cancellationToken: cancellationToken));

    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
        {
            channel.Dispose();
            life.Cancel();
            life.Dispose();
        }
    }

    private Metadata Metadata() => new() { { "authorization", "Bearer " + masterToken.Reveal() } };

    private async Task<TResponse> CallAsync<TResponse>(AsyncUnaryCall<TResponse> call)
    {
        try
        {
            using (call)
            {
                return await call.ResponseAsync.ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            throw GrpcStatus.DialFault(endpoint.Host, handshake, exception);
        }
    }
}
