using Contract = FastPubSub.V1;

namespace FastPubSub.Core;

/// <summary>What a server accepts, in bytes.</summary>
internal sealed record SessionLimits(int Tenant, int Channel, int Payload, int Frame)
{
    /// <summary>Hold until a server has said otherwise.</summary>
    public static readonly SessionLimits Default = new(128, 256, 65535, int.MaxValue);

    public static SessionLimits Of(Contract.Limits? limits) => limits is null ? Default : new(
        Limit(limits.MaxTenantBytes, Default.Tenant),
        Limit(limits.MaxChannelBytes, Default.Channel),
        Limit(limits.MaxPayloadBytes, Default.Payload),
        Limit(limits.MaxFrameBytes, Default.Frame));

    private static int Limit(uint declared, int otherwise) =>
        declared == 0 ? otherwise : (int)Math.Min(declared, int.MaxValue);
}
