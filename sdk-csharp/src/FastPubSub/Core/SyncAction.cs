namespace FastPubSub.Core;

/// <summary>What a connection must send to match the application's wish.</summary>
internal enum SyncAction
{
    Nothing,
    Subscribe,
    Unsubscribe,
}
