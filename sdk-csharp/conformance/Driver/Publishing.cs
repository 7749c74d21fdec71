using System.Buffers.Binary;
using FastPubSub.Conformance.V1;
using Contract = FastPubSub.V1;

namespace FastPubSub.Conformance;

/// <summary>Publishes. What reaches the SDK in order does so before a method returns.</summary>
internal static class Publishing
{
    public static Task<Result> OneAsync(FastPubSubClient client, PublishCommand command, CancellationToken cancellationToken)
    {
        var options = new PublishOptions
        {
            DeliveryMode = ModeOf(command.DeliveryMode),
            Acknowledge = !command.Unacknowledged,
            Timeout = command.Timeout?.ToTimeSpan(),
        };
        return ResultOfAsync([client.PublishAsync(command.Tenant, command.Channel, command.Payload.Memory, options, cancellationToken)]);
    }

    public static Task<Result> BurstAsync(FastPubSubClient client, PublishBurstCommand command, CancellationToken cancellationToken)
    {
        var options = new PublishOptions { Acknowledge = !command.Unacknowledged };
        var publishes = new ValueTask[command.Count];
        for (var i = 0; i < publishes.Length; i++)
        {
            var payload = new byte[Math.Max(sizeof(ulong), command.PayloadBytes)];
            BinaryPrimitives.WriteUInt64BigEndian(payload, command.First + (ulong)i);
            publishes[i] = client.PublishAsync(command.Tenant, command.Channel, payload, options, cancellationToken);
        }

        return ResultOfAsync(publishes);
    }

    /// <summary>A mode that the SDK does not have reaches it as its number.</summary>
    private static DeliveryMode ModeOf(Contract.DeliveryMode mode) => mode switch
    {
        Contract.DeliveryMode.Unspecified or Contract.DeliveryMode.Broadcast => DeliveryMode.Broadcast,
        Contract.DeliveryMode.OneLowLatency => DeliveryMode.OneLowLatency,
        Contract.DeliveryMode.OneRandom => DeliveryMode.OneRandom,
        _ => (DeliveryMode)mode,
    };

    /// <summary>Waits for all; the first failure counts.</summary>
    private static async Task<Result> ResultOfAsync(ValueTask[] publishes)
    {
        Exception? first = null;
        foreach (var publish in publishes)
        {
            try
            {
                await publish;
            }
            catch (Exception exception)
            {
                first ??= exception;
            }
        }

        return first is null ? Outcome.Success : Outcome.Of(first);
    }
}
