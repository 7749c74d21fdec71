using FastPubSub.Bench;

namespace FastPubSub.Conformance.Tests;

/// <summary>The command line of the measuring program.</summary>
public class SettingsTests
{
    private static readonly string[] Enough = ["--measure", "receive", "--url", "ws://h"];

    [Fact]
    public void Every_flag_is_read()
    {
        string[] arguments =
        [
            "--measure", "latency", "--url", "ws://h", "--tenant", "t", "--channel", "c", "--messages", "1", "--warm-up", "0",
            "--payload-bytes", "16", "--rate", "5", "--in-flight", "6", "--subscriptions", "7",
        ];
        Assert.True(Settings.TryParse(arguments, "AT_1_2", out var settings, out _));
        Assert.Equal(("latency", "ws://h", "AT_1_2", "t", "c"), (settings.Measure, settings.Url, settings.Token, settings.Tenant, settings.Channel));
        Assert.Equal((1, 0, 16), (settings.Messages, settings.WarmUp, settings.PayloadBytes));
        Assert.Equal((5, 6, 7), (settings.Rate, settings.InFlight, settings.Subscriptions));
    }

    [Theory]
    [InlineData("--unknown", "1", "unknown flag --unknown")]
    [InlineData("--measure", "nothing", "--measure nothing: not one of")]
    [InlineData("--messages", "many", "--messages many: not a whole number")]
    [InlineData("--messages", "-1", "--messages -1: not a whole number")]
    [InlineData("--messages", "0", "not positive")]
    [InlineData("--payload-bytes", "15", "at least 16")]
    [InlineData("--url", "", "--url is missing")]
    public void A_wrong_flag_is_refused_and_named(string name, string value, string problem)
    {
        Assert.False(Settings.TryParse([.. Enough, name, value], "AT_1_2", out _, out var said));
        Assert.Contains(problem, said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flag_without_a_value_and_a_missing_token_are_refused()
    {
        Assert.False(Settings.TryParse([.. Enough, "--rate"], "AT_1_2", out _, out var said));
        Assert.Equal("--rate has no value", said);
        Assert.False(Settings.TryParse(Enough, null, out _, out said));
        Assert.Equal("FASTPUBSUB_TOKEN is missing", said);
    }
}
