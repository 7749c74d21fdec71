using FastPubSub.Transport;

namespace FastPubSub.Tests.Transport;

/// <summary>Server addresses: SDK-1.</summary>
public class EndpointTests
{
    [Theory]
    [InlineData("ws://h", "h:80", "/", false)]
    [InlineData("wss://h/ws?a=b", "h:443", "/ws?a=b", true)]
    [InlineData("WS://h:8080/ws", "h:8080", "/ws", false)]
    [InlineData("ws://[::1]:65535/ws", "[::1]:65535", "/ws", false)]
    [InlineData("grpc://h", "h:9090", "/", false)]
    [InlineData("grpcs://h:1/", "h:1", "/", true)]
    public void SDK_1_an_address_says_where_the_server_is(string address, string host, string path, bool secure)
    {
        var endpoint = Endpoint.ForClient(address);
        Assert.Equal((host, path, secure), (endpoint.Host, endpoint.Path, endpoint.IsSecure));
        Assert.Equal(address.StartsWith("grpc", StringComparison.Ordinal), endpoint.IsGrpc);
    }

    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1:8080")]
    [InlineData("http://h")]
    [InlineData("ws://")]
    [InlineData("ws://:80")]
    [InlineData("ws://h:0/ws")]
    [InlineData("ws://h:99999/ws")]
    [InlineData("ws://h:-1/ws")]
    [InlineData("ws://h:x/ws")]
    [InlineData("grpc://h:0")]
    [InlineData("grpc://h:65536")]
    [InlineData("grpc://h/path")]
    [InlineData("grpc://h?query")]
    [InlineData("ws://user@h")]
    [InlineData("ws://h#fragment")]
    public void A_wrong_address_is_REQUEST_INVALID_and_says_what_a_right_one_is(string address)
    {
        var failure = Assert.Throws<FastPubSubException>(() => Endpoint.ForClient(address));
        Assert.Equal(ErrorReasons.RequestInvalid, failure.Reason);
        Assert.Contains("for example ws://127.0.0.1:8080/ws", failure.Message, StringComparison.Ordinal);
    }
}
