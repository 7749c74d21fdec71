using FastPubSub.Tests.Fakes;
using FastPubSub.V1;

namespace FastPubSub.Tests.Client;

/// <summary>Tokens are renewed in place: SDK-2.</summary>
public class RenewalTests
{
    private readonly Bench bench = new();
    private int asked;
    private Exception? failure;

    [Fact]
    public async Task SDK_2_a_token_is_replaced_before_it_expires_without_reconnecting()
    {
        var (client, peer) = await bench.ConnectedAsync(Source(), bench.Time.GetUtcNow().AddMinutes(10));
        await bench.Time.PassAsync(TimeSpan.FromMinutes(9));
        var command = (await peer.RequestAsync()).Authenticate;
        Assert.Equal("AT_1_2", command.Token);
        peer.Succeed(command.RequestId, expiry: bench.Time.GetUtcNow().AddMinutes(30));
        await bench.Time.PassAsync(TimeSpan.FromMinutes(29));
        Assert.Equal("AT_1_3", (await peer.RequestAsync()).Authenticate.Token);
        Assert.False(bench.Network.HasDial);
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_2_a_source_that_fails_is_asked_again_before_the_token_expires()
    {
        var (client, peer) = await bench.ConnectedAsync(Source(), bench.Time.GetUtcNow().AddMinutes(10));
        failure = new InvalidOperationException("no database");
        await bench.Time.PassAsync(TimeSpan.FromMinutes(9));
        var report = await bench.ErrorAsync();
        Assert.Equal(ErrorReasons.TokenSourceFailed, report.Reason);
        Assert.Contains("could not be renewed", report.Message, StringComparison.Ordinal);
        failure = null;
        await bench.Time.PassAsync(TimeSpan.FromSeconds(10));
        var command = (await peer.RequestAsync()).Authenticate;
        peer.Succeed(command.RequestId, expiry: bench.Time.GetUtcNow().AddMinutes(30));
        await client.DisposeAsync().Soon();
    }

    [Fact]
    public async Task SDK_2_a_refused_fresh_token_is_reported_and_the_session_goes_on()
    {
        var (client, peer) = await bench.ConnectedAsync(Source(), bench.Time.GetUtcNow().AddMinutes(10));
        await bench.Time.PassAsync(TimeSpan.FromMinutes(9));
        peer.Fail((await peer.RequestAsync()).Authenticate.RequestId, ErrorReason.TokenInvalid);
        Assert.Equal(ErrorReasons.TokenInvalid, (await bench.ErrorAsync()).Reason);
        Assert.Equal(ConnectionState.Connected, client.Status.State);
        await client.DisposeAsync().Soon();
    }

    private TokenSource Source() => TokenSource.FromCallback(
        _ => failure is null ? new ValueTask<string>($"AT_1_{++asked}") : throw failure);
}
