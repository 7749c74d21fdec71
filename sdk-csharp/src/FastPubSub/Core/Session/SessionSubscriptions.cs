namespace FastPubSub.Core;

internal sealed partial class Session
{
    /// <summary>
    /// Subscribes to everything that the application wants and that this connection does not have, and waits until it
    /// has it. A pattern that the server refuses for good ends with that reason; when it may be accepted later, the
    /// whole attempt fails.
    /// </summary>
    /// <returns>Null, or why the attempt failed.</returns>
    public async Task<Fault?> ResubscribeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var missing = ledger.Missing();
            if (missing.Count == 0)
            {
                return null;
            }

            var receipts = new Receipt[missing.Count];
            for (var i = 0; i < receipts.Length; i++)
            {
                receipts[i] = new Receipt();
                SendSubscribe(new PendingCommand(CommandKind.Resubscribe, receipts[i]) { Telling = missing[i] });
            }

            foreach (var receipt in receipts)
            {
                var refusal = await receipt.WaitAsync(
                    ErrorReasons.TimedOut, "the subscriptions were not acknowledged in time", cancellationToken).ConfigureAwait(false);
                if (refusal?.Retry == Retry.Yes)
                {
                    return refusal;
                }
            }
        }
    }

    /// <summary>
    /// Unsubscribes from everything, and waits until the server has acknowledged it or the token is cancelled: what was
    /// delivered to this connection has then been received, and nothing more will be. Its feed finishes.
    /// </summary>
    public async Task RetireAsync(CancellationToken cancellationToken)
    {
        var receipts = new List<Receipt>();
        foreach (var route in ledger.Told())
        {
            var receipt = new Receipt();
            receipts.Add(receipt);
            SendUnsubscribe(new PendingCommand(CommandKind.Retire, receipt) { Route = route });
        }

        receipts.Add(Fence());
        foreach (var receipt in receipts)
        {
            await receipt.WaitAsync(ErrorReasons.TimedOut, "the server has not answered in time", cancellationToken).ConfigureAwait(false);
        }

        feed.Finish();
    }
}
