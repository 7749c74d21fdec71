namespace FastPubSub.Conformance;

/// <summary>The SDK's types do not let anybody ask for this.</summary>
internal sealed class InexpressibleException(string what, Exception? cause = null) : Exception(what, cause);
