using System.Net.WebSockets;
using FastPubSub.Core;

namespace FastPubSub.Transport;

/// <summary>Says why a WebSocket ended. A server closes with the text "REASON: what is wrong".</summary>
internal static class WebSocketClosing
{
    private const WebSocketCloseStatus TryAgainLater = (WebSocketCloseStatus)1013;

    public static Fault Of(WebSocketCloseStatus code, string? text)
    {
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (colon > 0 && Catalogue.Knows(text![..colon]) && !Catalogue.IsOwn(text[..colon]))
        {
            return Fault.New(text[..colon], text[(colon + 1)..].Trim());
        }

        var reason = code switch
        {
            WebSocketCloseStatus.EndpointUnavailable => ErrorReasons.Draining,
            WebSocketCloseStatus.MessageTooBig => ErrorReasons.PayloadTooLarge,
            WebSocketCloseStatus.InternalServerError => ErrorReasons.Internal,
            TryAgainLater => ErrorReasons.Overloaded,
            _ => ErrorReasons.ConnectionLost,
        };
        return Fault.New(reason, string.IsNullOrEmpty(text)
            ? $"the server closed the connection with code {(int)code}"
            : $"the server closed the connection with code {(int)code}: {text}");
    }

    public static Fault Broken(Exception cause) => Fault.Wrap(cause, ErrorReasons.ConnectionLost, "the connection broke");
}
