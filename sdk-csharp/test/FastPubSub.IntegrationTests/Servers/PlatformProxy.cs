using System.Net;

namespace FastPubSub.IntegrationTests.Servers;

/// <summary>
/// Makes a proxy the platform's for its name, and for no other, until it is disposed. One at a time in a process.
/// </summary>
internal sealed class PlatformProxy : IWebProxy, IDisposable
{
    private readonly IWebProxy before = HttpClient.DefaultProxy;
    private readonly Uri address;

    public PlatformProxy(ConnectProxy proxy, NetworkCredential? credentials)
    {
        address = new($"http://{proxy.Address}");
        Credentials = credentials;
        HttpClient.DefaultProxy = this;
    }

    public ICredentials? Credentials { get; set; }

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : address;

    public bool IsBypassed(Uri host) => host.Host != ConnectProxy.Host;

    public void Dispose() => HttpClient.DefaultProxy = before;
}
