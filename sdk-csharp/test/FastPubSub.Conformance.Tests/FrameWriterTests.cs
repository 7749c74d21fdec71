using FastPubSub.Conformance.V1;

namespace FastPubSub.Conformance.Tests;

/// <summary>An output that breaks is an error, and events have no gaps.</summary>
public class FrameWriterTests
{
    [Fact]
    public async Task The_first_failure_of_the_output_ends_the_driver()
    {
        using var input = new MemoryStream();
        using var output = new FullDisk();
        var failure = await Assert.ThrowsAsync<IOException>(() => Driver.ServeAsync(input, output).Soon());
        Assert.Contains("no space left", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Events_are_numbered_from_one_on_without_a_gap()
    {
        using var output = new MemoryStream();
        var writer = new FrameWriter(output);
        Parallel.For(0, 100, _ => writer.Write(new Event { Lagged = new() }));
        output.Position = 0;
        for (var expected = 1UL; expected <= 100; expected++)
        {
            var length = new byte[sizeof(uint)];
            output.ReadExactly(length);
            var frame = new byte[System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(length)];
            output.ReadExactly(frame);
            Assert.Equal(expected, DriverFrame.Parser.ParseFrom(frame).Event.Sequence);
        }
    }

    private sealed class FullDisk : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("no space left");

        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("no space left");
    }
}
