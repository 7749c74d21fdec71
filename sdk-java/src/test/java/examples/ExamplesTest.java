package examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fastpubsub.integration.ExampleServer;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The examples do what they say. */
class ExamplesTest {
    private static ExampleServer running;
    private static Server server;

    @BeforeAll
    static void start() {
        running = ExampleServer.start();
        server =
                new Server(
                        running.address(),
                        running.accessToken(),
                        running.tokenService(),
                        running.masterToken());
    }

    @AfterAll
    static void stop() {
        running.close();
    }

    @Test
    void quickstart() {
        assertThat(Quickstart.run(server)).isEqualTo("orders.new: hello");
    }

    @Test
    void freshTokens() {
        assertThat(FreshTokens.run(server, Duration.ofMinutes(1))).contains("PT1M");
    }

    @Test
    void publishing() {
        assertThat(Publishing.run(server)).isEqualTo("1000 acknowledged, then PUBLISH_DENIED");
    }

    @Test
    void slowConsumer() {
        assertThat(SlowConsumer.run(server)).isEqualTo("read 10, missed 90");
    }

    @Test
    void manySubscriptions() throws InterruptedException {
        assertThat(ManySubscriptions.run(server)).isEqualTo("100 subscriptions, one connection");
    }
}
