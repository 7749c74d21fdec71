using FastPubSub.Conformance.V1;

namespace FastPubSub.Conformance;

internal sealed partial class Driver
{
    // How long what was closed may take to end.
    private static readonly TimeSpan LeakPatience = TimeSpan.FromSeconds(5);

    /// <summary>Starts a command; what has an order happens before this returns.</summary>
    private Task<Result> StartAsync(RunnerFrame frame) => frame.CommandCase switch
    {
        RunnerFrame.CommandOneofCase.Open => Open(frame.Open),
        RunnerFrame.CommandOneofCase.Close => OnClient(frame.Close.Client, client => client.CloseAsync(life.Token)),
        RunnerFrame.CommandOneofCase.Subscribe => OnClient(frame.Subscribe.Client, client => client.Ready(
            sdk => SubscribeAsync(sdk, frame.Subscribe))),
        RunnerFrame.CommandOneofCase.Unsubscribe => OnSubscription(frame.Unsubscribe.Subscription, subscription =>
            subscription.UnsubscribeAsync(life.Token)),
        RunnerFrame.CommandOneofCase.Publish => OnClient(frame.Publish.Client, client => client.Ready(
            sdk => Publishing.OneAsync(sdk, frame.Publish, life.Token))),
        RunnerFrame.CommandOneofCase.PublishBurst => OnClient(frame.PublishBurst.Client, client => client.Ready(
            sdk => Publishing.BurstAsync(sdk, frame.PublishBurst, life.Token))),
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
        RunnerFrame.CommandOneofCase.Inspect => OnClient(frame.Inspect.Client, client => client.Ready(client.InspectAsync)),
        RunnerFrame.CommandOneofCase.Token => TokenCalls.CallAsync(frame.Token, life.Token),
        RunnerFrame.CommandOneofCase.CloseAll => ResetAsync(),
        _ => Task.FromResult(Outcome.Unsupported($"command {frame.CommandCase}")),
    };

    private Task<Result> Open(OpenCommand command)
    {
        var client = new DrivenClient(command, output, log);
        lock (gate)
        {
            clients[command.Client] = client;
        }

        return client.OpenAsync(life.Token);
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

    private async Task<Result> SubscribeAsync(FastPubSubClient client, SubscribeCommand command)
    {
        try
        {
            var options = command.HasBufferMessages ? new SubscriptionOptions { BufferMessages = (int)command.BufferMessages } : null;
            var sdk = await client.SubscribeAsync(command.Tenant, command.Pattern, options, life.Token);
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
