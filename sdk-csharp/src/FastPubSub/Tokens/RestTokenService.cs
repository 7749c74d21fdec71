using System.Net.Http.Headers;
using FastPubSub.Transport;
using Google.Protobuf;
using Contract = FastPubSub.V1;

namespace FastPubSub.Core;

/// <summary>The token service over HTTP with JSON.</summary>
internal sealed class RestTokenService : ITokenService
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true));
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    private readonly Endpoint endpoint;
    private readonly Secret masterToken;
    private readonly Handshake handshake = new();
    private readonly HttpMessageInvoker client;
    private readonly Uri root;
    private readonly string prefix; // of a server behind a path of a proxy

    public RestTokenService(Endpoint endpoint, Secret masterToken, TlsOptions? tls)
    {
        this.endpoint = endpoint;
        this.masterToken = masterToken;
        client = new(HttpHandlers.Create(endpoint, tls, handshake));
        root = new(endpoint.ToUri(endpoint.Scheme), "/");
        prefix = endpoint.Path.Split('?')[0].TrimEnd('/');
    }

    public Task<Contract.CreateTokenResponse> CreateAsync(Contract.CreateTokenRequest request, CancellationToken cancellationToken) =>
        CallAsync<Contract.CreateTokenResponse>(HttpMethod.Post, "/v1/get-token", request, cancellationToken);

    public Task<Contract.RefreshTokenResponse> RefreshAsync(Contract.RefreshTokenRequest request, CancellationToken cancellationToken) =>
        CallAsync<Contract.RefreshTokenResponse>(HttpMethod.Put, "/v1/refresh-token", request, cancellationToken);

    public Task<Contract.RevokeTokenResponse> RevokeAsync(Contract.RevokeTokenRequest request, CancellationToken cancellationToken) =>
        CallAsync<Contract.RevokeTokenResponse>(HttpMethod.Delete, "/v1/revoke-token", request, cancellationToken);

    public Task<Contract.ListTokensResponse> ListAsync(Contract.ListTokensRequest request, CancellationToken cancellationToken)
    {
        var query = $"client_id={Uri.EscapeDataString(request.ClientId)}&page_token={Uri.EscapeDataString(request.PageToken)}";
        return CallAsync<Contract.ListTokensResponse>(HttpMethod.Get, "/v1/tokens?" + query, null, cancellationToken);
    }

    public void Dispose() => client.Dispose();

    private async Task<TResponse> CallAsync<TResponse>(HttpMethod method, string path, IMessage? body, CancellationToken cancellationToken)
        where TResponse : IMessage, new()
    {
        using var request = new HttpRequestMessage(method, new Uri(root, prefix + path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", masterToken.Reveal());
        request.Headers.TryAddWithoutValidation("User-Agent", HttpHandlers.UserAgent);
        if (body is not null)
        {
            request.Content = new StringContent(Formatter.Format(body), new MediaTypeHeaderValue("application/json"));
        }

        try
        {
            using var response = await client.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                throw (await Problem.ReadAsync(response, cancellationToken).ConfigureAwait(false)
                    ?? Problem.OfStatus(response.StatusCode, $"{method} {path.Split('?')[0]}")).ToException();
            }

            return Parser.Parse<TResponse>(await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw Fault.Wrap(exception, ErrorReasons.Unreachable, "the answer is not one of a FastPubSub server; is the address right?").Final().ToException();
        }
        catch (Exception exception) when (exception is not FastPubSubException)
        {
            throw Unreachable.Of(endpoint.Host, handshake, exception);
        }
    }
}
