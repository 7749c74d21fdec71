using System.Text;
using FastPubSub.Core;
using FastPubSub.Wire;
using Grpc.Core;

namespace FastPubSub.Transport;

/// <summary>
/// Reads why a gRPC call was refused: the ErrorInfo in the trailer grpc-status-details-bin, which is an encoded
/// google.rpc.Status.
/// </summary>
internal static class GrpcStatus
{
    private const string DetailsTrailer = "grpc-status-details-bin";
    private const string Domain = "fastpubsub.v1";
    private const string ErrorInfoType = "/google.rpc.ErrorInfo";

    // google.rpc.Status.details, google.protobuf.Any and google.rpc.ErrorInfo.
    private const uint TagDetails = (3 << 3) | (uint)WireKind.Bytes;
    private const uint TagTypeUrl = (1 << 3) | (uint)WireKind.Bytes;
    private const uint TagValue = (2 << 3) | (uint)WireKind.Bytes;
    private const uint TagReason = (1 << 3) | (uint)WireKind.Bytes;
    private const uint TagDomain = (2 << 3) | (uint)WireKind.Bytes;
    private const uint TagMetadata = (3 << 3) | (uint)WireKind.Bytes;

    /// <summary>The refusal that a failed call carries, or null.</summary>
    public static Fault? RefusalOf(RpcException exception) =>
        exception.Trailers.GetValueBytes(DetailsTrailer) is { } details ? RefusalOf(details, exception.Status.Detail) : null;

    /// <summary>The refusal in an encoded google.rpc.Status, or null when there is none of our domain.</summary>
    public static Fault? RefusalOf(ReadOnlySpan<byte> status, string text)
    {
        var reader = new WireReader(status);
        while (!reader.IsAtEnd && reader.TryReadTag(out var tag))
        {
            if (tag != TagDetails)
            {
                if (!reader.TrySkip(tag))
                {
                    return null;
                }

                continue;
            }

            if (!reader.TryReadBytes(out var any))
            {
                return null;
            }

            var detail = FieldsOf(any);
            if (TextOf(detail, TagTypeUrl).EndsWith(ErrorInfoType, StringComparison.Ordinal)
                && RefusalOfErrorInfo(detail.GetValueOrDefault(TagValue), text) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    /// <summary>Why a stream ended.</summary>
    public static Fault FaultOf(Exception exception)
    {
        if (exception is not RpcException failed)
        {
            return Fault.Wrap(exception, ErrorReasons.ConnectionLost, "the connection broke");
        }

        var cause = failed.Status.DebugException; // what the call knows beside it is in the text
        return RefusalOf(failed) ?? failed.StatusCode switch
        {
            StatusCode.Unauthenticated => Fault.Wrap(cause, ErrorReasons.TokenInvalid, "the server refused the token"),
            StatusCode.ResourceExhausted => Fault.Wrap(cause, ErrorReasons.RateLimited, "the server refused the connection"),
            StatusCode.Unimplemented or StatusCode.PermissionDenied or StatusCode.NotFound =>
                Fault.Wrap(cause, ErrorReasons.Unreachable, "the server does not offer this service; is the address right?").Final(),
            StatusCode.Internal when failed.Status.DebugException is null => // said by the server, not found out here
                Fault.Wrap(cause, ErrorReasons.Internal, $"the server failed: {failed.Status.Detail}"),
            _ => Fault.Wrap(cause, ErrorReasons.ConnectionLost, $"the connection broke: {DetailOf(failed.Status)}"),
        };
    }

    /// <summary>Why no call came about.</summary>
    public static FastPubSubException DialFault(string host, Handshake handshake, Exception exception)
    {
        if (exception is not RpcException failed)
        {
            return Unreachable.Of(host, handshake, exception);
        }

        var answer = FaultOf(failed);
        return RefusalOf(failed) is not null || answer.Reason != ErrorReasons.ConnectionLost
            ? answer.ToException()
            : Unreachable.Of(host, handshake, failed.Status.DebugException ?? failed);
    }

    /// <summary>What a status says; of one that was found out here the text at the bottom, since its own lists exceptions.</summary>
    private static string DetailOf(Status status) =>
        status.DebugException is { } cause ? Unreachable.TextOf(cause) : status.Detail;

    private static Fault? RefusalOfErrorInfo(byte[]? info, string text)
    {
        if (info is null)
        {
            return null;
        }

        var fields = FieldsOf(info);
        var reason = TextOf(fields, TagReason);
        return TextOf(fields, TagDomain) == Domain && reason.Length > 0
            ? Fault.Refusal(reason, text, HasEntry(info, "retryable", "true"))
            : null;
    }

    private static bool HasEntry(ReadOnlySpan<byte> info, string key, string value)
    {
        var reader = new WireReader(info);
        while (!reader.IsAtEnd && reader.TryReadTag(out var tag))
        {
            if (tag == TagMetadata && reader.TryReadBytes(out var entry))
            {
                var fields = FieldsOf(entry);
                if (TextOf(fields, TagTypeUrl) == key && TextOf(fields, TagValue) == value)
                {
                    return true;
                }
            }
            else if (tag == TagMetadata || !reader.TrySkip(tag))
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>The last value of each field that is bytes or a text.</summary>
    private static Dictionary<uint, byte[]> FieldsOf(ReadOnlySpan<byte> message)
    {
        var fields = new Dictionary<uint, byte[]>();
        var reader = new WireReader(message);
        while (!reader.IsAtEnd && reader.TryReadTag(out var tag))
        {
            if ((tag & 7) == (uint)WireKind.Bytes && reader.TryReadBytes(out var value))
            {
                fields[tag] = value.ToArray();
            }
            else if ((tag & 7) == (uint)WireKind.Bytes || !reader.TrySkip(tag))
            {
                break;
            }
        }

        return fields;
    }

    private static string TextOf(Dictionary<uint, byte[]> fields, uint tag) =>
        fields.TryGetValue(tag, out var value) ? Encoding.UTF8.GetString(value) : string.Empty;
}
