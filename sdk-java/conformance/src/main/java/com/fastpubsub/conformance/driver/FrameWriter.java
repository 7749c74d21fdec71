package com.fastpubsub.conformance.driver;

import com.fastpubsub.conformance.v1.DriverFrame;
import com.fastpubsub.conformance.v1.Event;
import com.fastpubsub.conformance.v1.Hello;
import com.fastpubsub.conformance.v1.Result;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;

/** Writes the driver's frames, and numbers its events without a gap. Of any thread. */
final class FrameWriter {
    private final DataOutputStream out;
    private final Consumer<Throwable> broken;
    private long sequence;

    /** Makes a writer that tells of a broken pipe. */
    FrameWriter(OutputStream out, Consumer<Throwable> broken) {
        this.out = new DataOutputStream(new BufferedOutputStream(out));
        this.broken = broken;
    }

    void hello(Hello hello) {
        write(DriverFrame.newBuilder().setHello(hello).build());
    }

    void result(Result result) {
        write(DriverFrame.newBuilder().setResult(result).build());
    }

    synchronized void event(Event.Builder event) {
        sequence++;
        write(DriverFrame.newBuilder().setEvent(event.setSequence(sequence)).build());
    }

    private synchronized void write(DriverFrame frame) {
        byte[] encoded = frame.toByteArray();
        try {
            out.writeInt(encoded.length);
            out.write(encoded);
            out.flush();
        } catch (IOException failure) {
            broken.accept(failure);
        }
    }
}
