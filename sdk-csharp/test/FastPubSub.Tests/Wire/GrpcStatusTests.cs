using FastPubSub.Transport;
using FastPubSub.Wire;

namespace FastPubSub.Tests.Wire;

/// <summary>The reason in the details of a gRPC status: ER-4.</summary>
public class GrpcStatusTests
{
    [Fact]
    public void ER_4_the_ErrorInfo_of_our_domain_is_the_refusal()
    {
        var refusal = GrpcStatus.RefusalOf(StatusOf(ErrorInfo("TOKEN_EXPIRED", "fastpubsub.v1", "false")), "get another");
        Assert.Equal(("TOKEN_EXPIRED", "get another", true), (refusal!.Reason, refusal.Text, refusal.IsRetryable));
        Assert.True(GrpcStatus.RefusalOf(StatusOf(ErrorInfo("NEW", "fastpubsub.v1", "true")), "")!.IsRetryable);
        Assert.False(GrpcStatus.RefusalOf(StatusOf(ErrorInfo("NEW", "fastpubsub.v1", "false")), "")!.IsRetryable);
        Assert.Null(GrpcStatus.RefusalOf(StatusOf(ErrorInfo("X", "somebody.else", "true")), ""));
        Assert.Null(GrpcStatus.RefusalOf([], ""));
    }

    [Fact]
    public void Damaged_details_never_throw()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var status = StatusOf(ErrorInfo("TOKEN_EXPIRED", "fastpubsub.v1", "true"));
            status[random.Next(status.Length)] = (byte)random.Next(256);
            var refusal = GrpcStatus.RefusalOf(status.AsSpan(0, random.Next(status.Length + 1)), "x");
            Assert.True(refusal is null || refusal.Reason.Length > 0);
        }
    }

    private static byte[] StatusOf(byte[] errorInfo) => Encode(output =>
    {
        Field(output, 1, [16], varint: true);
        Field(output, 2, "text"u8);
        Field(output, 3, Encode(any =>
        {
            Field(any, 1, "type.googleapis.com/google.rpc.ErrorInfo"u8);
            Field(any, 2, errorInfo);
        }));
    });

    private static byte[] ErrorInfo(string reason, string domain, string retryable) => Encode(output =>
    {
        Field(output, 1, System.Text.Encoding.UTF8.GetBytes(reason));
        Field(output, 2, System.Text.Encoding.UTF8.GetBytes(domain));
        Field(output, 3, Encode(entry =>
        {
            Field(entry, 1, "retryable"u8);
            Field(entry, 2, System.Text.Encoding.UTF8.GetBytes(retryable));
        }));
    });

    private static byte[] Encode(Action<FrameBuffer> write)
    {
        var buffer = new FrameBuffer(16);
        write(buffer);
        return buffer.Written.ToArray();
    }

    private static void Field(FrameBuffer output, uint number, ReadOnlySpan<byte> value, bool varint = false)
    {
        output.AppendVarint((number << 3) | (varint ? 0U : 2U));
        if (!varint)
        {
            output.AppendVarint((ulong)value.Length);
        }

        output.Append(value);
    }
}
