namespace FastPubSub.Core;

internal sealed partial class Session
{
    // After how many intervals without a word from the peer it is given up.
    private const int MissedPings = 2;

    /// <summary>
    /// Pings the peer in the interval that the server has asked for, and ends the session when nothing has come for too
    /// long. Anything that comes is a sign of life.
    /// </summary>
    private async Task KeepAliveAsync()
    {
        var interval = Welcome.KeepAlive;
        var missed = 0;
        Ping();
        while (await RestAsync(interval).ConfigureAwait(false))
        {
            missed = heard ? 0 : missed + 1;
            heard = false;
            if (missed >= MissedPings)
            {
                End(Fault.New(ErrorReasons.ConnectionLost, $"the server has not answered {MissedPings} pings, {interval.TotalSeconds} s apart"));
                return;
            }

            Ping();
        }
    }

    /// <summary>Waits; it is false when the session ends meanwhile.</summary>
    private async Task<bool> RestAsync(TimeSpan wait)
    {
        try
        {
            await Task.Delay(TimerSpan.Of(wait), parts.Time, life.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
