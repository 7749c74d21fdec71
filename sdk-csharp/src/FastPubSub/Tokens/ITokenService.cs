using Contract = FastPubSub.V1;

namespace FastPubSub.Core;

/// <summary>
/// The token service over one wire. Failures are <see cref="FastPubSubException"/>, or anything when the token was
/// cancelled.
/// </summary>
internal interface ITokenService : IDisposable
{
    Task<Contract.CreateTokenResponse> CreateAsync(Contract.CreateTokenRequest request, CancellationToken cancellationToken);

    Task<Contract.RefreshTokenResponse> RefreshAsync(Contract.RefreshTokenRequest request, CancellationToken cancellationToken);

    Task<Contract.RevokeTokenResponse> RevokeAsync(Contract.RevokeTokenRequest request, CancellationToken cancellationToken);

    Task<Contract.ListTokensResponse> ListAsync(Contract.ListTokensRequest request, CancellationToken cancellationToken);
}
