using System.Net;
using FastPubSub.Core;

namespace FastPubSub.Transport;

/// <summary>
/// Looks at the answer to the upgrade request, and keeps why it was refused, which the platform's WebSocket does not
/// pass on. For one request.
/// </summary>
internal sealed class RefusalReader(HttpMessageHandler next) : DelegatingHandler(next)
{
    /// <summary>Why the upgrade was refused; null when it was not, or when there was no answer.</summary>
    public Fault? Refusal { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.SwitchingProtocols)
        {
            Refusal = await Problem.ReadAsync(response, cancellationToken).ConfigureAwait(false)
                ?? Problem.OfStatus(response.StatusCode, "the upgrade to a WebSocket");
        }

        return response;
    }
}
