using System.Text.Json;
using FastPubSub.Core;

namespace FastPubSub.Tests.Core;

/// <summary>Secrets never show: SDK-19.</summary>
public class SecretTests
{
    private const string Hidden = "AT_1_c0ffee";

    [Fact]
    public void SDK_19_no_text_of_an_object_has_the_secret()
    {
        var master = new FastPubSubTokenClientOptions { Server = "http://x", MasterToken = Hidden };
        using var tokens = new FastPubSubTokenClient(master);
        object[] objects =
        [
            new Secret(Hidden),
            TokenSource.Fixed(Hidden),
            new FastPubSubClientOptions { Url = $"ws://user:{Hidden}@host/?token={Hidden}", TokenSource = TokenSource.Fixed(Hidden) },
            master,
            tokens,
            new CreatedToken("1", new Secret(Hidden), DateTimeOffset.UnixEpoch),
        ];
        Assert.All(objects, one => Assert.DoesNotContain("c0ffee", $"{one}", StringComparison.Ordinal));
        Assert.All([objects[0], objects[1], objects[5]], one => Assert.DoesNotContain("c0ffee", JsonSerializer.Serialize(one), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ws://user:c0ffee@host")]
    [InlineData("c0ffee://host")]
    [InlineData("ws://host/#c0ffee")]
    [InlineData("grpc://host/c0ffee")]
    [InlineData("ws://c0ffee bad")]
    public async Task SDK_19_a_wrong_address_is_refused_without_repeating_it(string url)
    {
        var refusal = await Assert.ThrowsAsync<FastPubSubException>(() => FastPubSubClient.ConnectAsync(url, Hidden, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorReasons.RequestInvalid, refusal.Reason);
        Assert.DoesNotContain("c0ffee", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_wrong_option_is_named()
    {
        var options = new FastPubSubClientOptions
        {
            Url = "ws://host",
            TokenSource = TokenSource.Fixed(Hidden),
            AttemptTimeout = TimeSpan.Zero,
            PublishBufferMessages = 0,
            Reconnect = new ReconnectOptions { Shortest = TimeSpan.FromSeconds(2), Longest = TimeSpan.FromSeconds(1) },
        };
        var refusal = await Assert.ThrowsAsync<FastPubSubException>(() => FastPubSubClient.ConnectAsync(options, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorReasons.RequestInvalid, refusal.Reason);
        Assert.All(
            [nameof(options.AttemptTimeout), nameof(options.PublishBufferMessages), nameof(options.Reconnect)],
            name => Assert.Contains(name, refusal.Message, StringComparison.Ordinal));
        var tls = new FastPubSubClientOptions
        {
            Url = "ws://host",
            TokenSource = TokenSource.Fixed(Hidden),
            Tls = new TlsOptions { InsecureSkipCertificateValidation = true },
        };
        Assert.Contains("wss://", (await Assert.ThrowsAsync<FastPubSubException>(
            () => FastPubSubClient.ConnectAsync(tls, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
    }
}
