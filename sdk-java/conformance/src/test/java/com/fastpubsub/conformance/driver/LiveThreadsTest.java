package com.fastpubsub.conformance.driver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.ClientOptions;
import com.fastpubsub.FastPubSub;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SDK-17: what a client that was not closed leaves behind is found, on both transports. */
class LiveThreadsTest {
    @ParameterizedTest
    @ValueSource(strings = {"ws", "grpc"})
    void aClientThatRunsIsFoundUntilItIsClosed(String scheme) throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var connecting =
                    FastPubSub.connectAsync(
                            scheme + "://127.0.0.1:" + silent.getLocalPort(),
                            ClientOptions.withToken("AT_a_b")
                                    .connectTimeout(Duration.ofMinutes(5))
                                    .attemptTimeout(Duration.ofMinutes(5))
                                    .build());
            List<Thread> left = LiveThreads.left();
            assertThat(left).isNotEmpty();
            assertThat(LiveThreads.describe(left)).contains("fastpubsub-").contains("\tat ");
            connecting.cancel(true);
            List<Thread> after = LiveThreads.left();
            after.removeIf(thread -> !left.contains(thread));
            assertThat(after).isEmpty();
        }
    }
}
