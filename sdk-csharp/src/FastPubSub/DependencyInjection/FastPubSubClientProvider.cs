namespace FastPubSub;

/// <summary>
/// Gives the one client of an application to the parts that ask for it by dependency injection. It connects when it is
/// asked first; when that fails, it tries again with the next request. The container that made it closes the client.
/// </summary>
public sealed class FastPubSubClientProvider : IAsyncDisposable, IDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly Func<CancellationToken, Task<FastPubSubClient>> connect;
    private FastPubSubClient? client;
    private bool disposed;

    internal FastPubSubClientProvider(Func<CancellationToken, Task<FastPubSubClient>> connect) => this.connect = connect;

    /// <summary>Gives the client, which is shared: do not close it.</summary>
    /// <param name="cancellationToken">Gives up connecting.</param>
    /// <returns>The connected client.</returns>
    /// <exception cref="FastPubSubException">There is no connection.</exception>
    public async ValueTask<FastPubSubClient> GetClientAsync(CancellationToken cancellationToken = default)
    {
        if (Volatile.Read(ref client) is { Completion.IsCompleted: false } live)
        {
            return live;
        }

        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (client is null or { Completion.IsCompleted: true })
            {
                Volatile.Write(ref client, await connect(cancellationToken).ConfigureAwait(false));
            }

            return client!;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Closes the client.</summary>
    /// <returns>A task that is complete when the client has ended.</returns>
    public async ValueTask DisposeAsync()
    {
        await gate.WaitAsync().ConfigureAwait(false);
        try
        {
            disposed = true;
            if (client is not null)
            {
                await client.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Closes the client, and waits for it, for containers that are not disposed asynchronously.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();
}
