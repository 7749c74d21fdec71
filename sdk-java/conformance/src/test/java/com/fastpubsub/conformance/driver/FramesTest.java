package com.fastpubsub.conformance.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fastpubsub.conformance.v1.CloseCommand;
import com.fastpubsub.conformance.v1.DriverFrame;
import com.fastpubsub.conformance.v1.Event;
import com.fastpubsub.conformance.v1.RunnerFrame;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What goes through the pipes between the runner and the driver. */
class FramesTest {
    private static final RunnerFrame FRAME =
            RunnerFrame.newBuilder()
                    .setCommandId(7)
                    .setClose(CloseCommand.newBuilder().setClient(300))
                    .build();

    private static byte[] encoded() {
        byte[] body = FRAME.toByteArray();
        return ByteBuffer.allocate(4 + body.length).putInt(body.length).put(body).array();
    }

    private static FrameReader reader(byte[] bytes) {
        return new FrameReader(new ByteArrayInputStream(bytes));
    }

    @Test
    void framesAreReadUntilTheEnd() throws IOException {
        FrameReader in = reader(encoded());
        assertThat(in.next()).contains(FRAME);
        assertThat(in.next()).isEmpty();
    }

    @Test
    void anEndInTheMiddleIsAnError() {
        for (int length = 1; length < encoded().length; length++) {
            FrameReader in = reader(Arrays.copyOf(encoded(), length));
            assertThatThrownBy(in::next).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void aLengthThatCannotBeIsAnError() {
        byte[] stray = "a stray print".getBytes();
        assertThatThrownBy(reader(stray)::next).hasMessageContaining("has a length of");
    }

    @Test
    void eventsAreNumberedWithoutAGap() throws IOException {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        FrameWriter out = new FrameWriter(written, broken -> {});
        out.event(Event.newBuilder());
        out.event(Event.newBuilder());
        ByteBuffer bytes = ByteBuffer.wrap(written.toByteArray());
        for (int number = 1; number <= 2; number++) {
            byte[] body = new byte[bytes.getInt()];
            bytes.get(body);
            assertThat(DriverFrame.parseFrom(body).getEvent().getSequence()).isEqualTo(number);
        }
        assertThat(bytes.hasRemaining()).isFalse();
    }

    @Test
    void aBrokenPipeIsTold() {
        List<Throwable> told = new ArrayList<>();
        OutputStream broken =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("Broken pipe");
                    }
                };
        new FrameWriter(broken, told::add).event(Event.newBuilder());
        assertThat(told).singleElement().isInstanceOf(IOException.class);
    }
}
