package com.fastpubsub.internal.transport.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.Reason;
import com.fastpubsub.internal.fault.Fault;
import com.fastpubsub.internal.transport.Conn;
import com.fastpubsub.internal.transport.Endpoint;
import com.fastpubsub.internal.transport.TlsConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One WebSocket against a server that does what it should not. */
class WebSocketConnTest {
    private static final long PATIENCE_SECONDS = 60;
    private static final byte BINARY = (byte) 0x82;

    private final FakeServer server = new FakeServer();
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final BlockingQueue<Fault> ends = new LinkedBlockingQueue<>();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final CountDownLatch goOn = new CountDownLatch(1);
    private volatile boolean slow;
    private final Conn conn = dialer().prepare(new Listener());

    private WebSocketDialer dialer() {
        try {
            return new WebSocketDialer(
                    Endpoint.ofSession(server.address()),
                    TlsConfig.SYSTEM,
                    Duration.ofSeconds(PATIENCE_SECONDS),
                    task -> {
                        Thread thread = new Thread(task, "network");
                        threads.add(thread);
                        return thread;
                    });
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private final class Listener implements Conn.Listener {
        @Override
        public void received(byte[] frame, int length) {
            heard.add(Arrays.toString(Arrays.copyOf(frame, length)));
            if (slow) {
                try {
                    goOn.await();
                } catch (InterruptedException interrupted) {
                    throw new AssertionError(interrupted);
                }
            }
        }

        @Override
        public void ended(Fault cause) {
            ends.add(cause);
        }
    }

    private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        T value = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(value).isNotNull();
        return value;
    }

    private void connect(byte... behind) throws IOException {
        conn.open("AT_a_b");
        server.upgrade(server.request(), "fastpubsub.v1", behind);
    }

    @AfterEach
    void endsItsThread() throws IOException, InterruptedException { // SDK-17
        conn.abort();
        server.close();
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            assertThat(thread.isAlive()).isFalse();
        }
    }

    @Test
    void asksForTheUpgradeAsTheServerWantsIt() throws Exception {
        conn.open("AT_a_b");
        List<String> request = server.request();
        assertThat(request.get(0)).isEqualTo("GET /ws?a=b HTTP/1.1");
        assertThat(request)
                .anyMatch(line -> line.equalsIgnoreCase("authorization: Bearer AT_a_b"))
                .anyMatch(line -> line.equalsIgnoreCase("sec-websocket-protocol: fastpubsub.v1"))
                .noneMatch(line -> line.toLowerCase().startsWith("origin"));
    }

    @Test
    void whatComesWithTheUpgradeIsRead() throws Exception {
        connect(BINARY, (byte) 2, (byte) 7, (byte) 8);
        assertThat(next(heard)).isEqualTo("[7, 8]");
    }

    /** SDK-7: the end is noticed, also when it comes while a message is being handled. */
    @Test
    void theEndBehindAMessageIsNoticed() throws Exception {
        slow = true;
        connect(BINARY, (byte) 1, (byte) 7);
        server.end();
        assertThat(next(heard)).isEqualTo("[7]");
        goOn.countDown();
        assertThat(next(ends).reason()).isEqualTo(Reason.CONNECTION_LOST);
    }

    @Test
    void partsMakeOneMessage() throws Exception {
        connect((byte) 0x02, (byte) 1, (byte) 7);
        server.send((byte) 0x89, (byte) 0); // a ping may stand between them
        server.send((byte) 0x80, (byte) 1, (byte) 8);
        assertThat(next(heard)).isEqualTo("[7, 8]");
    }

    @Test
    void aPingIsAnswered() throws Exception {
        connect();
        server.send((byte) 0x89, (byte) 1, (byte) 5);
        assertThat(server.frame()).containsExactly(0x8a, 5);
    }

    @Test
    void aMessageIsSent() throws Exception {
        connect(BINARY, (byte) 0);
        assertThat(next(heard)).isEqualTo("[]");
        assertThat(conn.send(ByteBuffer.wrap(new byte[] {1, 2})))
                .succeedsWithin(Duration.ofSeconds(PATIENCE_SECONDS));
        assertThat(server.frame()).containsExactly(BINARY, 1, 2);
        conn.close();
        assertThat(server.frame()).containsExactly(0x88, 3, -24); // 1000
    }

    @Test
    void aCloseIsAnsweredAndSaysWhy() throws Exception {
        connect();
        byte[] why = "TOKEN_REVOKED: gone".getBytes();
        byte[] close = new byte[4 + why.length];
        close[0] = (byte) 0x88;
        close[1] = (byte) (2 + why.length);
        close[2] = 3;
        close[3] = -16; // 1008
        System.arraycopy(why, 0, close, 4, why.length);
        server.send(close);
        Fault cause = next(ends);
        assertThat(cause.reason()).isEqualTo(Reason.TOKEN_REVOKED);
        assertThat(cause.text()).isEqualTo("gone");
        assertThat(Arrays.copyOf(server.frame(), 3)).containsExactly(0x88, 3, -16);
    }

    @Test
    void whatIsNotPartOfTheProtocolEndsIt() throws Exception {
        connect((byte) 0x81, (byte) 1, (byte) 'a');
        assertThat(next(ends).text()).contains("text message");
    }

    @Test
    void aFrameWithARuleBrokenEndsIt() throws Exception {
        connect((byte) 0xf2, (byte) 1, (byte) 'a');
        assertThat(next(ends).reason()).isEqualTo(Reason.CONNECTION_LOST);
    }

    @Test
    void anotherSubprotocolIsFinal() throws Exception {
        conn.open("AT_a_b");
        server.upgrade(server.request(), "llps.v1");
        Fault cause = next(ends);
        assertThat(cause.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(cause.isRetryable()).isFalse();
        assertThat(cause.text()).contains("does not speak fastpubsub.v1");
    }

    @Test
    void aRefusalHasTheReasonOfItsBody() throws Exception {
        conn.open("AT_a_b");
        server.request();
        String body = "{\"reason\":\"TOKEN_EXPIRED\",\"detail\":\"too old\"}";
        server.send(
                "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/problem+json\r\nContent-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body);
        Fault cause = next(ends);
        assertThat(cause.reason()).isEqualTo(Reason.TOKEN_EXPIRED);
        assertThat(cause.text()).isEqualTo("too old");
    }

    @Test
    void somethingThatIsNoHttpIsUnreachable() throws Exception {
        conn.open("AT_a_b");
        server.request();
        server.send("this is something else\r\n\r\n");
        assertThat(next(ends).reason()).isEqualTo(Reason.UNREACHABLE);
    }

    @Test
    void aServerThatHangsUpIsUnreachable() throws Exception {
        conn.open("AT_a_b");
        server.request();
        server.end();
        Fault cause = next(ends);
        assertThat(cause.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(cause.isRetryable()).isTrue();
    }

    @Test
    void anAttemptThatIsCutAsksForNothing() {
        conn.abort();
        conn.open("AT_a_b");
        assertThat(threads).isEmpty();
        assertThat(conn.send(ByteBuffer.allocate(1))).isCompletedExceptionally();
    }
}
