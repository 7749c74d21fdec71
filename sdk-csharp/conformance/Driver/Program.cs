using FastPubSub.Conformance;
using Microsoft.Win32.SafeHandles;

// A remote control of the C# SDK: frames from standard input, frames to standard output. A stray print must not get
// between the frames, and a broken pipe must be an error, which the console's own stream hides.
LiveTasks.Track();
using var input = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
using var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
Console.SetOut(Console.Error);

try
{
    await Driver.ServeAsync(input, output);
    return 0;
}
catch (Exception exception) when (exception is IOException or InvalidDataException)
{
    Console.Error.WriteLine($"driver: {exception.Message}");
    return 1;
}
