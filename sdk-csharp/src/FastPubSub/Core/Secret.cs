using System.Diagnostics;

namespace FastPubSub.Core;

/// <summary>
/// A secret text that cannot be printed by accident (SDK-19). It sits behind a delegate, so that neither a debugger's
/// view nor a serializer that walks properties and fields shows it.
/// </summary>
[DebuggerDisplay("[redacted]")]
[DebuggerTypeProxy(typeof(Nothing))]
internal sealed class Secret(string value)
{
    public const string Redacted = "[redacted]";

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly Func<string> reveal = () => value;

    /// <summary>The secret itself.</summary>
    public string Reveal() => reveal();

    public override string ToString() => Redacted;

    private sealed class Nothing
    {
        public Nothing(Secret secret) => _ = secret;
    }
}
