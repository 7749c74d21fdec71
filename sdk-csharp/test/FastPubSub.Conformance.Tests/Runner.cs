using System.Buffers.Binary;
using System.IO.Pipelines;
using FastPubSub.Conformance.V1;
using Google.Protobuf;

namespace FastPubSub.Conformance.Tests;

/// <summary>The runner's end of the pipes to a driver.</summary>
internal sealed class Runner
{
    private readonly Pipe input = new(); // of the driver
    private readonly Pipe output = new();
    private readonly Stream commands;
    private readonly Stream frames;

    public Runner()
    {
        commands = input.Writer.AsStream();
        frames = output.Reader.AsStream();
        Serving = Driver.ServeAsync(input.Reader.AsStream(), output.Writer.AsStream());
    }

    /// <summary>Complete when the driver has ended.</summary>
    public Task Serving { get; }

    public void Send(RunnerFrame frame) => SendRaw(Framed(frame.ToByteArray()));

    public void SendRaw(byte[] bytes)
    {
        commands.Write(bytes);
        commands.Flush();
    }

    /// <summary>Ends the driver's input.</summary>
    public void End() => commands.Dispose();

    public async Task<DriverFrame> NextAsync()
    {
        var header = new byte[sizeof(uint)];
        await frames.ReadExactlyAsync(header).Soon();
        var frame = new byte[BinaryPrimitives.ReadUInt32BigEndian(header)];
        await frames.ReadExactlyAsync(frame).Soon();
        return DriverFrame.Parser.ParseFrom(frame);
    }

    /// <summary>The next result; events before it are passed over.</summary>
    public async Task<Result> ResultAsync()
    {
        while (true)
        {
            if (await NextAsync() is { Result: { } result })
            {
                return result;
            }
        }
    }

    private static byte[] Framed(byte[] frame)
    {
        var bytes = new byte[sizeof(uint) + frame.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)frame.Length);
        frame.CopyTo(bytes, sizeof(uint));
        return bytes;
    }
}
