namespace FastPubSub.Bench;

/// <summary>What was measured is not what was to be measured.</summary>
internal sealed class BenchException(string message) : Exception(message);
