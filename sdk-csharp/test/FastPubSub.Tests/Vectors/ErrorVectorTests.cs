using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using FastPubSub.Core;
using FastPubSub.Transport;
using Grpc.Core;
using Contract = FastPubSub.V1;

namespace FastPubSub.Tests.Vectors;

/// <summary>What the SDK makes of a refusal: ER-1 to ER-4, SDK-12.</summary>
public class ErrorVectorTests
{
    public static TheoryData<ErrorVector> Cases => VectorFile.Load<ErrorVector>("errors.json");

    [Theory]
    [MemberData(nameof(Cases), DisableDiscoveryEnumeration = true)]
    public async Task SDK_12_refusals(ErrorVector vector)
    {
        var fault = vector.Arrival switch
        {
            "failure" => OfFailure(vector.Failure!),
            "close" => OfClose(vector.Close!),
            "http" => await OfHttpAsync(vector.Http!),
            "grpc" => OfGrpc(vector.Grpc!),
            _ => throw new InvalidOperationException($"arrival {vector.Arrival}"),
        };
        Assert.Equal((vector.Reason, vector.Retryable), (fault.Reason, fault.IsRetryable));
        Assert.NotEmpty(fault.Text);
        Assert.Equal(vector.Text ?? fault.Text, fault.Text);
    }

    private static Fault OfFailure(ErrorVector.FailureArrival arrival) => Fault.FromFailure(new Contract.Failure
    {
        RequestId = arrival.RequestId,
        Reason = (Contract.ErrorReason)arrival.Reason,
        Message = arrival.Message,
        Retryable = arrival.Retryable,
        ClosesSession = arrival.ClosesSession,
    });

    private static Fault OfClose(ErrorVector.CloseArrival arrival) => arrival.Code == 1006
        ? WebSocketClosing.Broken(new WebSocketException(WebSocketError.ConnectionClosedPrematurely))
        : WebSocketClosing.Of((WebSocketCloseStatus)arrival.Code, arrival.Text);

    private static async Task<Fault> OfHttpAsync(ErrorVector.HttpArrival arrival)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)arrival.Status) { Content = new StringContent(arrival.Body) };
        response.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(arrival.ContentType);
        using var reader = new RefusalReader(new Answering(response));
        using var invoker = new HttpMessageInvoker(reader);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://server.test");
        await invoker.SendAsync(request, TestContext.Current.CancellationToken);
        return reader.Refusal!;
    }

    private static Fault OfGrpc(ErrorVector.GrpcArrival arrival)
    {
        var trailers = new Metadata();
        if (arrival.Details is not null)
        {
            trailers.Add("grpc-status-details-bin", Part.Join(arrival.Details));
        }

        return GrpcStatus.FaultOf(new RpcException(new Status((StatusCode)arrival.Code, arrival.Message), trailers));
    }

    private sealed class Answering(HttpResponseMessage response) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(response);
    }
}
