using FastPubSub.Core;

namespace FastPubSub.Tests.Core;

/// <summary>The window of ids with their marks, compared with a plain list: SDK-9.</summary>
public class DuplicateWindowTests
{
    private const int UnarmedSize = 4096;
    private const int ArmedSize = 1 << 18;

    private readonly DuplicateWindow<int> window = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void SDK_9_the_window_knows_what_a_plain_list_knows(int seed)
    {
        var random = new Random(seed);
        var model = new List<(ulong Id, int Mark)>();
        var next = 0UL;
        for (var step = 0; step < 60; step++)
        {
            switch (random.Next(5))
            {
                case 0:
                    window.Arm();
                    break;
                case 1:
                    window.Disarm();
                    break;
                case 2 when window.IsArmed && model.Count > 0:
                    var changed = random.Next(model.Count);
                    model[changed] = (model[changed].Id, step);
                    window.Put(Id(model[changed].Id), step);
                    break;
                default:
                    for (var i = random.Next(3000); i > 0; i--)
                    {
                        window.Put(Id(++next), step);
                        model.Add((next, step));
                    }

                    break;
            }

            if (!window.IsArmed)
            {
                model.RemoveRange(0, Math.Max(0, model.Count - UnarmedSize));
            }

            for (var probe = 0; probe < 50 && next > 0; probe++)
            {
                var id = (ulong)random.NextInt64(1, (long)next + 1);
                var known = model.FindIndex(entry => entry.Id == id);
                Assert.Equal(window.IsArmed && known >= 0, window.TryGet(Id(id), out var mark));
                Assert.Equal(window.IsArmed && known >= 0 ? model[known].Mark : 0, mark);
            }

            Assert.False(window.TryGet(new MessageId(2, next), out _));
        }
    }

    [Fact]
    public void SDK_9_an_armed_window_is_bounded()
    {
        for (var i = 0UL; i < UnarmedSize + 3; i++)
        {
            window.Put(Id(i), 0); // so that the ring does not start at its beginning
        }

        window.Arm();
        window.Arm();
        for (var i = 0UL; i < ArmedSize; i++)
        {
            window.Put(Id(1_000_000 + i), 0);
        }

        Assert.False(window.TryGet(Id(UnarmedSize + 2), out _));
        Assert.True(window.TryGet(Id(1_000_000), out _));
        window.Put(Id(5_000_000), 0);
        Assert.False(window.TryGet(Id(1_000_000), out _));
        Assert.True(window.TryGet(Id(1_000_001), out _));
    }

    [Fact]
    public void The_window_knows_what_came_before_it_was_armed_and_keeps_the_newest_after()
    {
        for (var i = 0UL; i < UnarmedSize + 10; i++)
        {
            window.Put(Id(i), 0);
        }

        Assert.False(window.TryGet(Id(100), out _)); // nothing is known yet
        window.Arm();
        Assert.False(window.TryGet(Id(9), out _)); // the oldest are forgotten
        Assert.True(window.TryGet(Id(10), out _));
        window.Put(Id(9_999_999), 0);
        window.Disarm();
        window.Arm();
        Assert.False(window.TryGet(Id(10), out _));
        Assert.True(window.TryGet(Id(11), out _));
        Assert.True(window.TryGet(Id(9_999_999), out _));
    }

    private static MessageId Id(ulong number) => new(1, number);
}
