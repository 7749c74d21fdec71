using System.Runtime.CompilerServices;
using FastPubSub.Core;
using FastPubSub.Transport;
using Contract = FastPubSub.V1;

namespace FastPubSub;

/// <summary>
/// Creates, refreshes, revokes and lists access tokens with a master token. It belongs on the side of an administrator:
/// whoever has the master token may do everything. All methods may be called concurrently. It connects with the first
/// call.
/// </summary>
public sealed class FastPubSubTokenClient : IDisposable
{
    private readonly ITokenService service;
    private readonly TimeSpan timeout;
    private volatile bool isDisposed;

    /// <summary>Makes a token client.</summary>
    /// <param name="server">The server's address: http:// or https://, or grpc:// or grpcs:// for its gRPC port.</param>
    /// <param name="masterToken">A master token of the server.</param>
    /// <exception cref="FastPubSubException">A value is not accepted.</exception>
    public FastPubSubTokenClient(string server, string masterToken)
        : this(new FastPubSubTokenClientOptions { Server = server, MasterToken = masterToken })
    {
    }

    /// <summary>Makes a token client.</summary>
    /// <param name="options">The address, the master token and everything else.</param>
    /// <exception cref="FastPubSubException">A value is not accepted.</exception>
    public FastPubSubTokenClient(FastPubSubTokenClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var endpoint = Endpoint.ForTokens(options.Server);
        Credential.CheckMaster(options.MasterToken);
        if (options.Timeout <= TimeSpan.Zero)
        {
            throw Fault.New(ErrorReasons.RequestInvalid, $"{nameof(options.Timeout)}: {options.Timeout} is not positive").ToException();
        }

        if (options.Tls?.Problem() is { } problem)
        {
            throw Fault.New(ErrorReasons.RequestInvalid, problem).ToException();
        }

        TlsOptions.CheckUse(options.Tls, endpoint, "https:// or grpcs://");
        timeout = options.Timeout;
        var secret = new Secret(options.MasterToken);
        service = endpoint.IsGrpc ? new GrpcTokenService(endpoint, secret, options.Tls) : new RestTokenService(endpoint, secret, options.Tls);
    }

    /// <summary>Creates an access token. Only the result ever has its text.</summary>
    /// <param name="request">What the token is to be.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The token.</returns>
    /// <exception cref="FastPubSubException">The server refused, or was not reached.</exception>
    public async Task<CreatedToken> CreateAsync(TokenRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        TokenRequestCheck.Check(request);
        var created = await CallAsync(service.CreateAsync, TokenContract.From(request), cancellationToken).ConfigureAwait(false);
        return new CreatedToken(created.TokenId, new Secret(created.Token), TokenContract.TimeOf(created.ExpiresAt));
    }

    /// <summary>
    /// Changes when a token expires. A time in the past deactivates it: new connections are refused, live ones stay.
    /// </summary>
    /// <param name="tokenId">The token's id.</param>
    /// <param name="expiresAt">The new expiry.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The expiry in force.</returns>
    /// <exception cref="FastPubSubException">The server refused, or was not reached.</exception>
    public async Task<DateTimeOffset> RefreshAsync(string tokenId, DateTimeOffset expiresAt, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tokenId);
        TokenRequestCheck.CheckText(tokenId, nameof(tokenId));
        var request = new Contract.RefreshTokenRequest { TokenId = tokenId, ExpiresAt = TokenContract.From(expiresAt) };
        var refreshed = await CallAsync(service.RefreshAsync, request, cancellationToken).ConfigureAwait(false);
        return TokenContract.TimeOf(refreshed.NewExpiresAt);
    }

    /// <summary>Revokes a token, and closes its live connections.</summary>
    /// <param name="token">The token's id, or its whole text.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A task that is complete when the token is revoked.</returns>
    /// <exception cref="FastPubSubException">The server refused, or was not reached.</exception>
    public async Task RevokeAsync(string token, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(token);
        TokenRequestCheck.CheckText(token, nameof(token));
        var request = token.StartsWith("AT_", StringComparison.Ordinal)
            ? new Contract.RevokeTokenRequest { Token = token }
            : new Contract.RevokeTokenRequest { TokenId = token };
        await CallAsync(service.RevokeAsync, request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lists what is known of tokens, ordered by id, never a secret.</summary>
    /// <param name="createdBy">Only tokens that were created by this; empty: all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The tokens, read page by page.</returns>
    /// <exception cref="FastPubSubException">While reading: the server refused, or was not reached.</exception>
    public async IAsyncEnumerable<TokenInfo> ListAsync(string createdBy = "", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(createdBy);
        TokenRequestCheck.CheckText(createdBy, nameof(createdBy));
        var request = new Contract.ListTokensRequest { ClientId = createdBy };
        do
        {
            var page = await CallAsync(service.ListAsync, request, cancellationToken).ConfigureAwait(false);
            foreach (var info in page.Tokens)
            {
                yield return TokenContract.ToPublic(info);
            }

            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
    }

    /// <summary>Closes the connections. Calls fail with <see cref="ErrorReasons.Closed"/> from then on.</summary>
    public void Dispose()
    {
        isDisposed = true;
        service.Dispose();
    }

    /// <summary>Never shows the master token.</summary>
    /// <returns>The text, for logs.</returns>
    public override string ToString() => $"FastPubSubTokenClient {{ MasterToken = {Secret.Redacted} }}";

    private async Task<TResponse> CallAsync<TRequest, TResponse>(
        Func<TRequest, CancellationToken, Task<TResponse>> call, TRequest request, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(timeout, TimeProvider.System, cancellationToken);
        var closed = Fault.New(ErrorReasons.Closed, "the token client has been disposed");
        if (isDisposed)
        {
            throw closed.ToException();
        }

        try
        {
            return await call(request, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (cancellationToken.IsCancellationRequested)
        {
            throw Cancellation.Translate(
                Fault.Wrap(exception, ErrorReasons.Canceled, "the caller gave up before the server had answered"), cancellationToken);
        }
        catch (Exception exception) when (isDisposed)
        {
            throw closed.With(closed.Text, exception).ToException();
        }
        catch (Exception exception) when (deadline.Token.IsCancellationRequested && exception is not FastPubSubException { IsRetryable: false })
        {
            throw Fault.Wrap(exception, ErrorReasons.TimedOut, $"the server has not answered within {timeout.TotalSeconds} s").ToException();
        }
    }
}
