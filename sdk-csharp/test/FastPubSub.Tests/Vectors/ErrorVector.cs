namespace FastPubSub.Tests.Vectors;

/// <summary>A case of errors.json: a refusal, as it arrives, and what the SDK's error says.</summary>
public sealed record ErrorVector : Vector
{
    public required string Arrival { get; init; }

    public FailureArrival? Failure { get; init; }

    public CloseArrival? Close { get; init; }

    public HttpArrival? Http { get; init; }

    public GrpcArrival? Grpc { get; init; }

    public required string Reason { get; init; }

    public required bool Retryable { get; init; }

    /// <summary>Null: the server has given no text that counts.</summary>
    public string? Text { get; init; }

    /// <summary>A Failure of the session protocol; the reason is its number.</summary>
    public sealed record FailureArrival(ulong RequestId, int Reason, string Message, bool Retryable, bool ClosesSession);

    /// <summary>The close of a WebSocket; 1005: no code, 1006: no Close frame.</summary>
    public sealed record CloseArrival(int Code, string Text);

    /// <summary>The answer to the upgrade request.</summary>
    public sealed record HttpArrival(int Status, string ContentType, string Body);

    /// <summary>The end of a gRPC stream; what the details say is there for readers.</summary>
    public sealed record GrpcArrival(int Code, string Message, Part[]? Details = null, GrpcErrorInfo? ErrorInfo = null);

    /// <summary>A google.rpc.ErrorInfo.</summary>
    public sealed record GrpcErrorInfo(string Reason, string Domain, Dictionary<string, string> Metadata);
}
