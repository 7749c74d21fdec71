using FastPubSub.Core;

namespace FastPubSub.Tests.Core;

/// <summary>Wishes and what connections have been told of them: SDK-3, SDK-7, SDK-18.</summary>
public class RegistryTests
{
    private readonly Registry registry = new();

    [Fact]
    public void The_newest_wish_wins_however_late_the_connection_looks()
    {
        var ledger = registry.Open();
        var member = Join("a");
        registry.Leave(member);
        Assert.Equal(SyncAction.Nothing, ledger.Sync(member.Route, out _));
        var again = Join("a");
        Assert.Equal(SyncAction.Subscribe, ledger.Sync(again.Route, out var telling));
        Assert.Equal(SyncAction.Nothing, ledger.Sync(again.Route, out _));
        registry.Leave(again);
        Assert.Equal(SyncAction.Unsubscribe, ledger.Sync(again.Route, out _));
        ledger.Acknowledged(telling!); // of a subscribe that an unsubscribe has followed
        Assert.False(again.Ready.Outcome.IsCompleted);
    }

    [Fact]
    public void SDK_7_after_a_reconnect_everything_is_missing_once()
    {
        var (a, b) = (Join("a"), Join("b"));
        var first = registry.Open();
        Assert.Equal(2, first.Missing().Count);
        Assert.Empty(first.Missing());
        first.Close();
        registry.Leave(b);
        Assert.Same(a.Route, Assert.Single(registry.Open().Missing()).Route);
    }

    [Fact]
    public void SDK_18_a_second_subscription_to_a_live_pattern_is_ready_at_once()
    {
        var ledger = registry.Open();
        var first = Join("a");
        ledger.Sync(first.Route, out var telling);
        Assert.False(Join("a").Ready.Outcome.IsCompleted);
        ledger.Acknowledged(telling!);
        Assert.True(first.Ready.Outcome.IsCompletedSuccessfully);
        Assert.True(Join("a").Ready.Outcome.IsCompletedSuccessfully);
        ledger.Close();
        Assert.False(Join("a").Ready.Outcome.IsCompleted);
    }

    [Fact]
    public void A_refusal_ends_every_subscription_to_the_pattern()
    {
        var ledger = registry.Open();
        var (a, b) = (Join("a"), Join("a"));
        ledger.Sync(a.Route, out var telling);
        ledger.Refused(telling!, Fault.New(ErrorReasons.SubscribeDenied, "x"));
        Assert.All([a, b], member => Assert.Equal(ErrorReasons.SubscribeDenied, member.Ready.Outcome.Result?.Reason));
        Assert.NotSame(a.Route, Join("a").Route);
    }

    [Fact]
    public void After_the_end_nobody_joins()
    {
        registry.End(Fault.New(ErrorReasons.Closed, "x"), quietly: true);
        Assert.Equal(ErrorReasons.Closed, Assert.Throws<FastPubSubException>(() => Join("a")).Reason);
    }

    private Member Join(string pattern) => registry.Join("t", pattern, new Inbox(new InboxLimits(10, 10), TimeProvider.System));
}
