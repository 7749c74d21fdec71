using System.Security.Cryptography;
using FastPubSub.Tests.Fakes;
using FastPubSub.Transport;

namespace FastPubSub.Tests.Transport;

/// <summary>What the handshake learns of a connection: SDK-12.</summary>
public sealed class FirstWordTests : IDisposable
{
    private static readonly byte[] Request = [1, 2, 3];

    private readonly Handshake handshake = new();
    private readonly Connection connection = new();
    private readonly FirstWord stream;

    public FirstWordTests() => stream = new(connection, handshake);

    public void Dispose()
    {
        stream.Dispose();
        connection.Dispose();
    }

    [Fact]
    public async Task SDK_12_an_alert_is_read_although_nothing_can_be_written_any_more()
    {
        connection.Cut();
        connection.Said.SetException(Alert());
        await Assert.ThrowsAsync<IOException>(() => stream.WriteAsync(Request).Soon());
        Assert.True(handshake.IsUnmet);
    }

    [Fact]
    public async Task SDK_12_an_alert_is_waited_for_by_a_write_that_fails_while_another_reads()
    {
        var read = stream.ReadAsync(new byte[8]).Soon();
        connection.Cut();
        var write = stream.WriteAsync(Request).Soon();
        Assert.False(write.IsCompleted);
        connection.Said.SetException(Alert());
        await Assert.ThrowsAsync<IOException>(() => write);
        await Assert.ThrowsAsync<IOException>(() => read);
        Assert.True(handshake.IsUnmet);
        Assert.Equal(1, connection.Reads);
    }

    [Fact]
    public async Task SDK_12_a_connection_that_is_cut_without_an_alert_says_nothing()
    {
        connection.Cut();
        connection.Said.SetException(new IOException("reset"));
        await Assert.ThrowsAsync<IOException>(() => stream.WriteAsync(Request).Soon());
        Assert.False(handshake.IsUnmet);
    }

    [Fact]
    public async Task SDK_12_the_end_after_a_certificate_was_asked_for_in_vain_is_a_failure()
    {
        connection.Said.SetResult(0);
        Assert.Equal(0, await stream.ReadAsync(new byte[8]).Soon());
        handshake.Refused();
        Assert.Equal(0, await stream.ReadAsync(Memory<byte>.Empty).Soon()); // only looks whether there is something
        await Assert.ThrowsAsync<EndOfStreamException>(() => stream.ReadAsync(new byte[8]).Soon());
    }

    [Fact]
    public async Task SDK_12_a_server_that_has_said_something_does_not_insist()
    {
        handshake.Refused();
        connection.Said.SetResult(3);
        Assert.Equal(3, await stream.ReadAsync(new byte[8]).Soon());
        Assert.False(handshake.IsUnmet);
        connection.Cut();
        await Assert.ThrowsAsync<IOException>(() => stream.WriteAsync(Request).Soon());
        Assert.Equal(1, connection.Reads); // what comes now is its user's
    }

    private static IOException Alert() => new("cannot decrypt", new CryptographicException(0x0A00045C));

    /// <summary>A connection whose reads all have the same outcome.</summary>
    private sealed class Connection : MemoryStream
    {
        private bool cut;

        public TaskCompletionSource<int> Said { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Reads { get; private set; }

        public void Cut() => cut = true;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Reads++;
            return new(Said.Task);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            cut ? ValueTask.FromException(new IOException("broken pipe")) : ValueTask.CompletedTask;
    }
}
