namespace FastPubSub.Core;

internal sealed partial class Supervisor
{
    /// <summary>
    /// Replaces a session's token shortly before it expires, again and again, as long as the session lives. When the
    /// source fails until the token has expired, the server ends the session and the client reconnects.
    /// </summary>
    private async Task RenewTokenAsync(Session session)
    {
        if (!settings.Source.IsRenewable)
        {
            return;
        }

        while (session.TokenExpiry is { } expiry && settings.Time.GetUtcNow() < expiry)
        {
            var plan = RenewalSchedule.For(expiry - settings.Time.GetUtcNow());
            var wait = plan.First;
            while (settings.Time.GetUtcNow() < expiry)
            {
                if (!await SleepAsync(wait, session.Life).ConfigureAwait(false))
                {
                    return;
                }

                if (await AuthenticateAsync(session).ConfigureAwait(false))
                {
                    break;
                }

                wait = plan.Again;
            }
        }
    }

    /// <summary>Asks for a token and presents it; it says whether that worked.</summary>
    private async Task<bool> AuthenticateAsync(Session session)
    {
        using var deadline = new Deadline(settings.AttemptTimeout, settings.Time, life.Token);
        Fault? failure;
        try
        {
            var token = await Credential.AskAsync(settings.Source, deadline.Token).ConfigureAwait(false);
            failure = await session.Authenticate(token).WaitAsync(
                ErrorReasons.TimedOut, "the server has not answered the fresh token in time", deadline.Token).ConfigureAwait(false);
        }
        catch (FastPubSubException exception)
        {
            failure = exception.Fault;
        }

        if (failure is not null && session.IsAlive && !life.IsCancellationRequested)
        {
            Report(failure.With($"the token could not be renewed; it expires at {session.TokenExpiry:u}: {failure.Text}", failure.Cause));
        }

        return failure is null;
    }
}
