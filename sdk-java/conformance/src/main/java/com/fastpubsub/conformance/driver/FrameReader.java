package com.fastpubsub.conformance.driver;

import com.fastpubsub.conformance.v1.RunnerFrame;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Reads the runner's frames: a length of 4 bytes, big-endian, and that many bytes. */
final class FrameReader {
    /** Beyond any frame of a runner, in bytes. */
    private static final int LIMIT = 64 << 20;

    private final DataInputStream in;

    FrameReader(InputStream in) {
        this.in = new DataInputStream(new BufferedInputStream(in));
    }

    /** The next frame; nothing at the end. An end in the middle of a frame is an error. */
    Optional<RunnerFrame> next() throws IOException {
        byte[] head = in.readNBytes(Integer.BYTES);
        if (head.length == 0) {
            return Optional.empty();
        }
        if (head.length < Integer.BYTES) {
            throw new EOFException("the runner's output ends in the middle of a length");
        }
        int length =
                (head[0] & 0xff) << 24
                        | (head[1] & 0xff) << 16
                        | (head[2] & 0xff) << 8
                        | head[3] & 0xff;
        if (length < 0 || length > LIMIT) {
            throw new IOException("a frame of the runner has a length of " + length + " bytes");
        }
        byte[] frame = in.readNBytes(length);
        if (frame.length < length) {
            throw new EOFException("the runner's output ends in the middle of a frame");
        }
        return Optional.of(RunnerFrame.parseFrom(frame));
    }
}
