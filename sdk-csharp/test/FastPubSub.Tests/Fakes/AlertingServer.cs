using System.Net;
using System.Net.Sockets;

namespace FastPubSub.Tests.Fakes;

/// <summary>A server that answers the first message of every TLS handshake with an alert.</summary>
internal sealed class AlertingServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Task serving;

    public AlertingServer(byte alert)
    {
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        serving = ServeAsync([21, 3, 3, 0, 2, 2, alert]); // a record with a fatal alert, of TLS 1.2
    }

    public int Port { get; }

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await serving;
    }

    private async Task ServeAsync(byte[] answer)
    {
        while (true)
        {
            try
            {
                using var client = await listener.AcceptSocketAsync();
                var hello = new byte[4096];
                await client.ReceiveAsync(hello);
                await client.SendAsync(answer);
                client.Shutdown(SocketShutdown.Send);
                while (await client.ReceiveAsync(hello) > 0)
                {
                }
            }
            catch (Exception over) when (over is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return; // the listener has been stopped
            }
        }
    }
}
