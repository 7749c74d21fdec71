namespace FastPubSub.Transport;

/// <summary>A stream within TLS that tells the handshake what the server says first, and passes on everything.</summary>
internal sealed class FirstWord(Stream inner, Handshake handshake) : Stream
{
    private readonly byte[] unread = new byte[1];
    private volatile bool heard;
    private volatile Task<int>? reading; // the last read before the server has been heard

    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        heard ? inner.ReadAsync(buffer, cancellationToken) : new(reading = ReadFirstAsync(buffer, cancellationToken));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        heard ? inner.WriteAsync(buffer, cancellationToken) : WriteFirstAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void SetLength(long value) => inner.SetLength(value);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask WriteFirstAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            await ListenAsync(cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reads what the server may have said before it cut the connection, which nobody else is going to read.</summary>
    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        Task last = reading is { IsCompleted: false } pending ? pending : ReadFirstAsync(unread, cancellationToken);
        await last.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<int> ReadFirstAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (count == 0 && buffer.Length > 0 && handshake.IsUnmet)
            {
                throw new EndOfStreamException("the server closed the connection"); // the end itself makes HTTP connect anew
            }

            if (count > 0)
            {
                heard = true;
                handshake.Heard();
            }

            return count;
        }
        catch (Exception exception) when (CertificateAlert.IsIn(exception))
        {
            handshake.Refused();
            throw;
        }
    }
}
