namespace FastPubSub.Transport;

/// <summary>
/// One live connection. It carries encoded frames and knows nothing of what is in them. Failures are
/// <see cref="FastPubSubException"/> with the catalogue's reason wherever the peer or the network has said one.
/// </summary>
internal interface IConnection
{
    /// <summary>
    /// Writes one encoded SessionRequest, whole. The frame is the caller's again when the task is complete. One task
    /// calls it at a time.
    /// </summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> frame);

    /// <summary>
    /// Waits for the next encoded SessionResponse, which is valid until the next call. One task calls it at a time.
    /// After a failure there is nothing more; the failure says why the connection ended.
    /// </summary>
    ValueTask<ReadOnlyMemory<byte>> ReceiveAsync();

    /// <summary>
    /// Tells the peer that the client has finished, after what has been sent. Receiving goes on until the peer has
    /// closed, too. It may take as long as the peer takes; <see cref="Abort"/> ends that.
    /// </summary>
    ValueTask CloseAsync();

    /// <summary>
    /// Cuts the connection and makes every other call return. It may be called at any time, concurrently, again and
    /// again.
    /// </summary>
    void Abort();
}
