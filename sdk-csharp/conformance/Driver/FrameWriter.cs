using System.Buffers.Binary;
using FastPubSub.Conformance.V1;
using Google.Protobuf;

namespace FastPubSub.Conformance;

/// <summary>
/// Writes the driver's frames, each in one write, and numbers the events. All methods may be called concurrently. After
/// the first failure nothing more is written.
/// </summary>
internal sealed class FrameWriter(Stream output)
{
    private readonly object gate = new();
    private readonly TaskCompletionSource broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ulong sequence;

    /// <summary>Fails when the output does; it never succeeds.</summary>
    public Task Broken => broken.Task;

    public void Write(Hello hello) => Write(new DriverFrame { Hello = hello });

    public void Write(Result result) => Write(new DriverFrame { Result = result });

    /// <summary>Gives the event the next number and writes it.</summary>
    public void Write(Event happened)
    {
        lock (gate)
        {
            happened.Sequence = ++sequence;
            Write(new DriverFrame { Event = happened });
        }
    }

    private void Write(DriverFrame frame)
    {
        var size = frame.CalculateSize();
        var bytes = new byte[sizeof(uint) + size];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)size);
        frame.WriteTo(bytes.AsSpan(sizeof(uint)));
        lock (gate)
        {
            if (broken.Task.IsCompleted)
            {
                return;
            }

            try
            {
                output.Write(bytes);
                output.Flush();
            }
            catch (IOException exception)
            {
                broken.SetException(new IOException($"the output broke: {exception.Message}", exception));
            }
        }
    }
}
