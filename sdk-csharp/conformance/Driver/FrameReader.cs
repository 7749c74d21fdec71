using System.Buffers.Binary;
using FastPubSub.Conformance.V1;
using Google.Protobuf;

namespace FastPubSub.Conformance;

/// <summary>Reads the runner's frames: 4 bytes length, big-endian, then as many bytes of one message. For one thread.</summary>
internal sealed class FrameReader(Stream input)
{
    // The longest frame that the runner sends, in bytes.
    private const int Limit = 64 << 20;

    private readonly byte[] header = new byte[sizeof(uint)];

    /// <summary>Waits for the next frame; null at the end of the input.</summary>
    /// <exception cref="InvalidDataException">The input is not made of frames.</exception>
    public RunnerFrame? Read()
    {
        var read = input.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (read == 0)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(header);
        if (read < header.Length || length > Limit)
        {
            throw new InvalidDataException(read < header.Length ? "the input ends within a length" : $"a frame of {length} bytes is too long");
        }

        var frame = new byte[length];
        if (input.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) < frame.Length)
        {
            throw new InvalidDataException("the input ends within a frame");
        }

        try
        {
            return RunnerFrame.Parser.ParseFrom(frame);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new InvalidDataException("a frame is not a RunnerFrame", exception);
        }
    }
}
