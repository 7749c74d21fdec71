using System.Net.WebSockets;
using System.Reflection;
using FastPubSub.Core;
using FastPubSub.Transport;
using FastPubSub.V1;
using Google.Protobuf.Reflection;

namespace FastPubSub.Tests.Core;

/// <summary>The client's table of reasons is that of the contract: SDK-7, SDK-12.</summary>
public class CatalogueTests
{
    public static TheoryData<int> Reasons => [.. Values().Select(value => value.Number)];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void SDK_12_every_reason_of_the_contract_is_known_and_tried_again_as_it_says(int number)
    {
        var value = Values().Single(other => other.Number == number);
        var text = Catalogue.TextOf((ErrorReason)number);
        Assert.Equal(value.Name["ERROR_REASON_".Length..], text);
        Assert.True(Catalogue.Knows(text));
        var expected = value.GetOptions().GetExtension(ErrorExtensions.Traits).Retry switch
        {
            V1.Retry.FreshToken => FastPubSub.Core.Retry.FreshToken,
            V1.Retry.Later => FastPubSub.Core.Retry.Later,
            V1.Retry.Yes => FastPubSub.Core.Retry.Yes,
            _ => FastPubSub.Core.Retry.No,
        };
        Assert.Equal(expected, Catalogue.RetryOf(text));
        Assert.Equal(expected != FastPubSub.Core.Retry.No, new FastPubSubException(text, "").IsRetryable);
    }

    [Fact]
    public void Every_public_reason_is_known()
    {
        var constants = typeof(ErrorReasons).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetValue(null)!).ToArray();
        Assert.All(constants, reason => Assert.True(Catalogue.Knows(reason), reason));
        Assert.Equal(constants.Length, constants.Distinct().Count());
    }

    [Fact]
    public void A_reason_of_a_newer_server_is_kept_and_its_own_word_on_retrying_counts()
    {
        var failure = Fault.FromFailure(new Failure { Reason = (ErrorReason)99, Message = "new", Retryable = true });
        Assert.Equal(("99", true), (failure.Reason, failure.IsRetryable));
        Assert.False(Fault.FromFailure(new Failure { Reason = (ErrorReason)99 }).IsRetryable);
        Assert.False(Fault.FromFailure(new Failure { Reason = ErrorReason.TokenInvalid, Retryable = true }).IsRetryable);
    }

    [Theory]
    [InlineData(ErrorReasons.Closed)]
    [InlineData(ErrorReasons.Canceled)]
    [InlineData(ErrorReasons.Unreachable)]
    [InlineData(ErrorReasons.ConnectionLost)]
    [InlineData(ErrorReasons.BufferFull)]
    [InlineData(ErrorReasons.TimedOut)]
    [InlineData(ErrorReasons.TokenSourceFailed)]
    public void SDK_12_a_server_cannot_give_a_reason_of_the_clients_own(string reason)
    {
        Assert.True(Catalogue.IsOwn(reason));
        var refusal = Fault.Refusal(reason, "said by the server", retryable: true);
        Assert.Equal((Catalogue.Unspecified, true), (refusal.Reason, refusal.IsRetryable));
        Assert.Contains("said by the server", refusal.Text, StringComparison.Ordinal);
        Assert.False(Fault.Refusal(reason, "", retryable: false).IsRetryable);
        var overloaded = WebSocketClosing.Of((WebSocketCloseStatus)1013, $"{reason}: said by the server");
        Assert.Equal(ErrorReasons.Overloaded, overloaded.Reason);
        var lost = WebSocketClosing.Of(WebSocketCloseStatus.PolicyViolation, $"{reason}: said by the server");
        Assert.Equal((ErrorReasons.ConnectionLost, true), (lost.Reason, lost.IsRetryable));
    }

    [Fact]
    public void Every_public_reason_is_a_servers_or_the_clients_own()
    {
        var servers = Values().Select(value => value.Name["ERROR_REASON_".Length..]).ToHashSet();
        var constants = typeof(ErrorReasons).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetValue(null)!);
        Assert.All(constants, reason => Assert.NotEqual(servers.Contains(reason), Catalogue.IsOwn(reason)));
    }

    private static IEnumerable<EnumValueDescriptor> Values() =>
        ErrorReflection.Descriptor.EnumTypes.Single(type => type.Name == "ErrorReason").Values.Where(value => value.Number != 0);
}
