package com.fastpubsub.internal.token;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.secret.SecretText;
import com.fastpubsub.internal.transport.ConnectFailure;
import com.fastpubsub.internal.transport.Endpoint;
import com.fastpubsub.internal.transport.Handshake;
import com.fastpubsub.internal.transport.PlatformHttp;
import com.fastpubsub.internal.transport.Problem;
import com.fastpubsub.internal.transport.TlsConfig;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Over HTTP with the Connect protocol: the message is the body, and a refusal is JSON. */
public final class HttpTokenCalls implements TokenCalls {
    private static final int OK = 200;
    private static final String PROTOBUF = "application/proto";

    private final Endpoint endpoint;
    private final SecretText masterToken;
    private final Duration timeout;
    private final Handshake handshake = new Handshake();
    private volatile @Nullable HttpClient http;

    /** Makes no connection yet. */
    public HttpTokenCalls(
            Endpoint endpoint,
            TlsConfig tls,
            SecretText masterToken,
            Duration timeout,
            Executor executor)
            throws GeneralSecurityException {
        this.endpoint = endpoint;
        this.masterToken = masterToken;
        this.timeout = timeout;
        HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .followRedirects(HttpClient.Redirect.NEVER) // the token goes nowhere else
                        .version(HttpClient.Version.HTTP_1_1)
                        .executor(executor);
        if (endpoint.secure()) {
            builder.sslContext(tls.context(handshake));
        }
        http = builder.build();
    }

    @Override
    public <Q extends Message, R extends Message> void call(
            MethodDescriptor<Q, R> method, Q request, Outcome<R> outcome) {
        HttpClient client = http;
        if (client == null) {
            outcome.failed(Fault.of(Reason.CLOSED, "the token client has been closed"));
            return;
        }
        client.sendAsync(post(method, request), this::answer)
                .whenComplete(
                        (response, failure) -> {
                            if (failure != null) {
                                outcome.failed(faultOf(failure));
                            } else if (response.statusCode() == OK) {
                                parse(method, response.body(), outcome);
                            } else {
                                outcome.failed(
                                        ConnectError.faultOf(
                                                response.statusCode(), response.body()));
                            }
                        });
    }

    private HttpResponse.BodySubscriber<byte[]> answer(HttpResponse.ResponseInfo head) {
        handshake.reset();
        return HttpResponse.BodySubscribers.ofByteArray();
    }

    private <Q extends Message> HttpRequest post(MethodDescriptor<Q, ?> method, Q request) {
        String base = endpoint.uri("http").toString();
        String path = (base.endsWith("/") ? "" : "/") + method.getFullMethodName();
        return HttpRequest.newBuilder(URI.create(base + path))
                .timeout(timeout)
                .header("Authorization", "Bearer " + masterToken.reveal())
                .header("Content-Type", PROTOBUF)
                .header("Connect-Protocol-Version", "1")
                .header("User-Agent", "fastpubsub-java")
                .POST(HttpRequest.BodyPublishers.ofByteArray(request.toByteArray()))
                .build();
    }

    private static <R extends Message> void parse(
            MethodDescriptor<?, R> method, byte[] body, Outcome<R> outcome) {
        R response;
        try {
            response = method.parseResponse(new ByteArrayInputStream(body));
        } catch (StatusRuntimeException malformed) {
            outcome.failed(Problem.faultOfStatus(OK, "a call whose answer is no message of ours"));
            return;
        }
        outcome.answered(response);
    }

    private Fault faultOf(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        if (cause instanceof HttpTimeoutException) {
            return Fault.of(Reason.TIMED_OUT, "the server has not answered in time");
        }
        return ConnectFailure.of(endpoint, handshake, cause);
    }

    @Override
    public void close() {
        HttpClient client = http;
        http = null;
        if (client != null) {
            PlatformHttp.end(client);
        }
    }
}
