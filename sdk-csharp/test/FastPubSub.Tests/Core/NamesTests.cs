using FastPubSub.Core;
using FastPubSub.Tests.Vectors;

namespace FastPubSub.Tests.Core;

/// <summary>Names are checked as the server checks them: SDK-16, CH-1 to CH-9.</summary>
public class NamesTests
{
    private static readonly SessionLimits Limits = SessionLimits.Default;

    public static TheoryData<NameVector> Tenants => VectorFile.Load<NameVector>("tenants.json");

    public static TheoryData<NameVector> Channels => VectorFile.Load<NameVector>("channels.json");

    public static TheoryData<NameVector> Patterns => VectorFile.Load<NameVector>("patterns.json");

    [Theory]
    [MemberData(nameof(Tenants), DisableDiscoveryEnumeration = true)]
    public void SDK_16_tenants(NameVector vector) =>
        Check(vector, () => Assert.Equal(vector.Normalized, Names.Tenant(vector.Tenant!, Limits.Tenant)));

    [Theory]
    [MemberData(nameof(Channels), DisableDiscoveryEnumeration = true)]
    public void SDK_16_channels(NameVector vector) => Check(vector, () => Names.Channel(vector.Channel!, Limits.Channel));

    [Theory]
    [MemberData(nameof(Patterns), DisableDiscoveryEnumeration = true)]
    public void SDK_16_patterns(NameVector vector) => Check(vector, () => Names.Pattern(vector.Pattern!, Limits.Channel));

    [Theory]
    [InlineData("a\ud800")] // no UTF-8
    [InlineData("ä")]
    [InlineData("a\0")]
    public void What_is_not_of_the_alphabet_is_refused(string name)
    {
        Assert.Equal(ErrorReasons.TenantInvalid, Assert.Throws<FastPubSubException>(() => Names.Tenant(name, Limits.Tenant)).Reason);
        Assert.Equal(ErrorReasons.ChannelInvalid, Assert.Throws<FastPubSubException>(() => Names.Channel(name, Limits.Channel)).Reason);
        Assert.Equal(ErrorReasons.PatternInvalid, Assert.Throws<FastPubSubException>(() => Names.Pattern(name, Limits.Channel)).Reason);
    }

    [Fact]
    public void The_text_names_the_byte_that_is_odd()
    {
        var refusal = Assert.Throws<FastPubSubException>(() => Names.Channel("x #", Limits.Channel));
        Assert.StartsWith("CHANNEL_INVALID: channel \"x #\" has ' ' at byte 1; ", refusal.Message, StringComparison.Ordinal);
    }

    private static void Check(NameVector vector, Action check)
    {
        if (vector.Valid)
        {
            check();
            return;
        }

        var refusal = Assert.Throws<FastPubSubException>(check);
        Assert.Equal(vector.Reason, refusal.Reason);
        Assert.False(refusal.IsRetryable);
    }
}
