using FastPubSub;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers FastPubSub with dependency injection.</summary>
public static class FastPubSubServiceCollectionExtensions
{
    /// <summary>
    /// Registers a <see cref="FastPubSubClientProvider"/> as a singleton. The client logs to the container's
    /// <see cref="ILoggerFactory"/> if the options name no other.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="options">Makes the options of the client, with whatever the container has.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddFastPubSub(this IServiceCollection services, Func<IServiceProvider, FastPubSubClientOptions> options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        services.TryAddSingleton(provider => new FastPubSubClientProvider(cancellationToken =>
        {
            var made = options(provider);
            return FastPubSubClient.ConnectAsync(
                made with { LoggerFactory = made.LoggerFactory ?? provider.GetService<ILoggerFactory>() }, cancellationToken);
        }));
        return services;
    }
}
