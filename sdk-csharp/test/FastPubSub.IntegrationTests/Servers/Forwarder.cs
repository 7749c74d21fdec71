using System.Net;
using System.Net.Sockets;

namespace FastPubSub.IntegrationTests.Servers;

/// <summary>One address in front of changing servers.</summary>
internal sealed class Forwarder : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private volatile string target;

    public Forwarder(string target)
    {
        this.target = target;
        listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Where new connections go.</summary>
    public string Target
    {
        get => target;
        set => target = value;
    }

    public string Address => listener.LocalEndpoint.ToString()!;

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ForwardAsync(await listener.AcceptTcpClientAsync(), IPEndPoint.Parse(target));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static async Task ForwardAsync(TcpClient client, IPEndPoint server)
    {
        using (client)
        using (var onward = new TcpClient())
        {
            try
            {
                await onward.ConnectAsync(server);
                await Task.WhenAny(
                    client.GetStream().CopyToAsync(onward.GetStream()), onward.GetStream().CopyToAsync(client.GetStream()));
            }
            catch (Exception exception) when (exception is SocketException or IOException)
            {
                // One side is gone; then the other goes, too.
            }
        }
    }
}
