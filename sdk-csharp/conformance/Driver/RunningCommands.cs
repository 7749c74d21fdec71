namespace FastPubSub.Conformance;

/// <summary>The commands that have begun and not ended, each with what gives it up.</summary>
internal sealed class RunningCommands
{
    private readonly object gate = new();
    private readonly Dictionary<ulong, CancellationTokenSource> sources = [];

    /// <summary>A command begins; the token is cancelled when it is given up.</summary>
    public CancellationToken Begin(ulong id)
    {
        lock (gate)
        {
            var source = new CancellationTokenSource();
            sources[id] = source;
            return source.Token;
        }
    }

    /// <summary>A command has ended.</summary>
    public void End(ulong id)
    {
        lock (gate)
        {
            sources.Remove(id); // a source without a timer holds nothing
        }
    }

    /// <summary>Gives up a command, without a wait; one that has ended needs nothing.</summary>
    public void GiveUp(ulong id)
    {
        lock (gate)
        {
            _ = sources.GetValueOrDefault(id)?.CancelAsync();
        }
    }

    /// <summary>Gives up all of them.</summary>
    public Task GiveUpAllAsync()
    {
        lock (gate)
        {
            return Task.WhenAll(sources.Values.Select(source => source.CancelAsync()));
        }
    }
}
