using FastPubSub.Conformance.V1;

namespace FastPubSub.Conformance;

internal sealed partial class Driver
{
    // How long what was closed may take to end.
    private static readonly TimeSpan LeakPatience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Starts a command; what has an order happens before this returns. The token is cancelled when the command is given up.
    /// </summary>
    private Task<Result> StartAsync(RunnerFrame frame, CancellationToken givenUp) => frame.CommandCase switch
    {
        RunnerFrame.CommandOneofCase.Open => Open(frame.Open, givenUp),
        RunnerFrame.CommandOneofCase.Close => OnClient(frame.Close.Client, client => client.CloseAsync(givenUp)),
        RunnerFrame.CommandOneofCase.Subscribe => OnClient(frame.Subscribe.Client, client => client.Ready(
            sdk => SubscribeAsync(sdk, frame.Subscribe, givenUp), givenUp)),
        RunnerFrame.CommandOneofCase.Unsubscribe => OnSubscription(frame.Unsubscribe.Subscription, subscription =>
            subscription.UnsubscribeAsync(givenUp)),
        RunnerFrame.CommandOneofCase.Publish => OnClient(frame.Publish.Client, client => client.Ready(
            sdk => Publishing.OneAsync(sdk, frame.Publish, givenUp), givenUp)),
        RunnerFrame.CommandOneofCase.PublishBurst => OnClient(frame.PublishBurst.Client, client => client.Ready(
            sdk => Publishing.BurstAsync(sdk, frame.PublishBurst, givenUp), givenUp)),
        RunnerFrame.CommandOneofCase.Consume => OnSubscription(frame.Consume.Subscription, subscription =>
        {
            subscription.Pause(frame.Consume.Paused);
            return Task.FromResult(Outcome.Success);
        }),
        RunnerFrame.CommandOneofCase.SupplyToken => OnClient(frame.SupplyToken.Client, client =>
        {
            client.Supply(frame.SupplyToken.Token);
            return Task.FromResult(Outcome.Success);
        }),
        RunnerFrame.CommandOneofCase.Inspect => OnClient(frame.Inspect.Client, client => client.Ready(client.InspectAsync, givenUp)),
        RunnerFrame.CommandOneofCase.Token => TokenCalls.CallAsync(frame.Token, givenUp),
        RunnerFrame.CommandOneofCase.CloseAll => ResetAsync(),
        RunnerFrame.CommandOneofCase.Cancel => Cancel(frame.Cancel.CommandId),
        RunnerFrame.CommandOneofCase.Drop => OnClient(frame.Drop.Client, Drop),
        _ => Task.FromResult(Outcome.Unsupported($"command {frame.CommandCase}")),
    };

    private Task<Result> Cancel(ulong command)
    {
        commands.GiveUp(command);
        return Task.FromResult(Outcome.Success);
    }

    /// <summary>Leaves a client behind: it closes itself, and only the end of the driver waits for that.</summary>
    private Task<Result> Drop(DrivenClient client)
    {
        Track(client.AbandonAsync());
        return Task.FromResult(Outcome.Success);
    }

    private Task<Result> Open(OpenCommand command, CancellationToken givenUp)
    {
        var client = new DrivenClient(command, output, log);
        lock (gate)
        {
            clients[command.Client] = client;
        }

        return client.OpenAsync(givenUp);
    }

    private Task<Result> OnClient(ulong id, Func<DrivenClient, Task<Result>> call)
    {
        DrivenClient? client;
        lock (gate)
        {
            client = clients.GetValueOrDefault(id);
        }

        return client is null ? Task.FromResult(Outcome.NoClient(id)) : call(client);
    }

    private Task<Result> OnSubscription(ulong id, Func<DrivenSubscription, Task<Result>> call)
    {
        DrivenSubscription? subscription;
        lock (gate)
        {
            subscription = subscriptions.GetValueOrDefault(id);
        }

        return subscription is null ? Task.FromResult(Outcome.NoSubscription(id)) : call(subscription);
    }

    private async Task<Result> SubscribeAsync(FastPubSubClient client, SubscribeCommand command, CancellationToken givenUp)
    {
        try
        {
            var options = command.HasBufferMessages ? new SubscriptionOptions { BufferMessages = (int)command.BufferMessages } : null;
            var sdk = await client.SubscribeAsync(command.Tenant, command.Pattern, options, givenUp);
            var subscription = new DrivenSubscription(command.Subscription, sdk, output);
            subscription.Pause(command.Paused);
            lock (gate)
            {
                subscriptions[command.Subscription] = subscription;
            }

            Track(subscription.ConsumeAsync(life.Token));
            return Outcome.Success;
        }
        catch (Exception exception)
        {
            return Outcome.Of(exception);
        }
    }

    private async Task<Result> ResetAsync()
    {
        await CloseAllAsync();
        var leaked = await LiveTasks.AfterAsync(LeakPatience);
        return Outcome.Of(new Success
        {
            CloseAll = new CloseAllAnswer { Leaked = (uint)leaked.Count, Detail = string.Join('\n', leaked) },
        });
    }
}
