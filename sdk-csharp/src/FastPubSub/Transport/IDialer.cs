namespace FastPubSub.Transport;

/// <summary>Makes connections to one server address.</summary>
internal interface IDialer
{
    /// <summary>
    /// Connects and presents the token. A refusal that comes before the session starts is a failure here, or of the
    /// first receive. When the token is cancelled the call fails, with any exception.
    /// </summary>
    Task<IConnection> DialAsync(string token, CancellationToken cancellationToken);
}
