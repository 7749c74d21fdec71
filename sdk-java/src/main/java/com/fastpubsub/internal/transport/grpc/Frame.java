package com.fastpubsub.internal.transport.grpc;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** An encoded frame as it goes through gRPC: a part of an array. */
final class Frame {
    final byte[] bytes;
    final int start;
    final int length;

    Frame(byte[] bytes, int start, int length) {
        this.bytes = bytes;
        this.start = start;
        this.length = length;
    }

    static Frame of(ByteBuffer frame) {
        return new Frame(frame.array(), frame.arrayOffset() + frame.position(), frame.remaining());
    }

    /** Passes frames through. On the wire they are protobuf. */
    static final class Outgoing implements MethodDescriptor.Marshaller<Frame> {
        @Override
        public InputStream stream(Frame frame) {
            return new FrameStream(frame);
        }

        @Override
        public Frame parse(InputStream stream) {
            throw new IllegalStateException("requests are not received");
        }
    }

    /** Reads each frame into the same memory, which is valid until the next one. */
    static final class Incoming implements MethodDescriptor.Marshaller<Frame> {
        private static final int BUFFER_START = 32 << 10;
        private static final int BUFFER_KEPT = 1 << 20;

        private byte[] buffer = new byte[BUFFER_START];

        @Override
        public InputStream stream(Frame frame) {
            throw new IllegalStateException("responses are not sent");
        }

        @Override
        public Frame parse(InputStream stream) {
            if (buffer.length > BUFFER_KEPT) {
                buffer = new byte[BUFFER_START];
            }
            try {
                int length = 0;
                while (true) {
                    int read = stream.read(buffer, length, buffer.length - length);
                    if (read < 0) {
                        return new Frame(buffer, 0, length);
                    }
                    length += read;
                    if (length == buffer.length) {
                        buffer = Arrays.copyOf(buffer, 2 * length);
                    }
                }
            } catch (IOException broken) {
                throw new IllegalStateException(broken);
            }
        }
    }

    private static final class FrameStream extends ByteArrayInputStream
            implements KnownLength, Drainable {
        FrameStream(Frame frame) {
            super(frame.bytes, frame.start, frame.length);
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            return (int) transferTo(target);
        }
    }
}
