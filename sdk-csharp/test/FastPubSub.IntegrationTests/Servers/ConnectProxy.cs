using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FastPubSub.IntegrationTests.Servers;

/// <summary>
/// An HTTP proxy that tunnels to one server, whose name it alone knows. It may want to know who asks.
/// </summary>
internal sealed class ConnectProxy : IDisposable
{
    /// <summary>A name that is in no DNS (RFC 6761).</summary>
    public const string Host = "fastpubsub.invalid";

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint target;
    private readonly string? login; // what it wants to read, as it stands in the header
    private readonly ConcurrentQueue<string> requests = new();

    public ConnectProxy(string target, string? userAndPassword = null)
    {
        this.target = IPEndPoint.Parse(target);
        login = userAndPassword is null ? null : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(userAndPassword));
        listener.Start();
        _ = AcceptAsync();
    }

    public string Address => listener.LocalEndpoint.ToString()!;

    /// <summary>The first line of every request that was let through.</summary>
    public string[] Tunnels => [.. requests];

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var onward = new TcpClient())
        {
            try
            {
                var stream = client.GetStream();
                var head = await HeadAsync(stream);
                while (!IsWelcome(head))
                {
                    await AnswerAsync(stream, "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"test\"\r\nContent-Length: 0");
                    head = await HeadAsync(stream);
                }

                requests.Enqueue(head.Split("\r\n")[0]);
                await onward.ConnectAsync(target);
                await AnswerAsync(stream, "200 OK");
                await Task.WhenAny(stream.CopyToAsync(onward.GetStream()), onward.GetStream().CopyToAsync(stream));
            }
            catch (Exception exception) when (exception is SocketException or IOException)
            {
                // One side is gone; then the other goes, too.
            }
        }
    }

    private bool IsWelcome(string head) =>
        login is null || head.Contains($"Proxy-Authorization: {login}\r\n", StringComparison.OrdinalIgnoreCase);

    private static Task AnswerAsync(NetworkStream stream, string status) =>
        stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n\r\n")).AsTask();

    private static async Task<string> HeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var next = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(next);
            head.Append((char)next[0]);
        }

        return head.ToString();
    }
}
