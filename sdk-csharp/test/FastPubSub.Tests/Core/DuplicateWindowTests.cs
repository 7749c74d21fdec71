using FastPubSub.Core;

namespace FastPubSub.Tests.Core;

/// <summary>The window of ids, compared with a plain list: SDK-9.</summary>
public class DuplicateWindowTests
{
    private const int UnarmedSize = 4096;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void SDK_9_the_window_knows_what_a_plain_list_knows(int seed)
    {
        var random = new Random(seed);
        var window = new DuplicateWindow();
        var model = new List<ulong>();
        var next = 0UL;
        for (var step = 0; step < 60; step++)
        {
            switch (random.Next(4))
            {
                case 0:
                    window.Arm();
                    break;
                case 1:
                    window.Disarm();
                    Trim();
                    break;
                default:
                    for (var i = random.Next(3000); i > 0; i--)
                    {
                        window.Add(new MessageId(1, ++next));
                        model.Add(next);
                    }

                    break;
            }

            if (!window.IsArmed)
            {
                Trim();
            }

            for (var probe = 0; probe < 50 && next > 0; probe++)
            {
                var id = (ulong)random.NextInt64(1, (long)next + 1);
                Assert.Equal(window.IsArmed && model.BinarySearch(id) >= 0, window.Contains(new MessageId(1, id)));
            }

            Assert.False(window.Contains(new MessageId(2, next)));
        }

        void Trim() => model.RemoveRange(0, Math.Max(0, model.Count - UnarmedSize));
    }
}
