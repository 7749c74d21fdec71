package com.fastpubsub.internal.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads protobuf from a part of an array. Never beyond its end. For one thread, and used again. */
final class Reader {
    private static final VarHandle FIXED64 =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int GROUP_START = 3;
    private static final int GROUP_END = 4;
    private static final int FIXED_32 = 5;

    private static final int MAX_DEPTH = 100;

    byte[] bytes = new byte[0];
    int at;
    int end;

    void reset(byte[] from, int start, int stop) {
        bytes = from;
        at = start;
        end = stop;
    }

    boolean hasMore() {
        return at < end;
    }

    /** A tag, which is a field number of at least 1 and a kind. */
    int tag() throws MalformedFrameException {
        long tag = varint();
        if (tag >>> 3 == 0 || tag >>> 32 != 0) {
            throw new MalformedFrameException();
        }
        return (int) tag;
    }

    long varint() throws MalformedFrameException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (at == end) {
                throw new MalformedFrameException();
            }
            byte b = bytes[at++];
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                if (shift == 63 && b > 1) {
                    throw new MalformedFrameException();
                }
                return value;
            }
        }
        throw new MalformedFrameException();
    }

    long fixed64() throws MalformedFrameException {
        if (end - at < Long.BYTES) {
            throw new MalformedFrameException();
        }
        long value = (long) FIXED64.get(bytes, at);
        at += Long.BYTES;
        return value;
    }

    /** The length of a length-delimited value, all of which is there. */
    int length() throws MalformedFrameException {
        long length = varint();
        if (length < 0 || length > end - at) {
            throw new MalformedFrameException();
        }
        return (int) length;
    }

    /** Goes past the value of a field. */
    void skip(int tag) throws MalformedFrameException {
        skip(tag, MAX_DEPTH);
    }

    private void skip(int tag, int depth) throws MalformedFrameException {
        switch (tag & 7) {
            case VARINT -> varint();
            case FIXED_64 -> advance(Long.BYTES);
            case LENGTH_DELIMITED -> advance(length());
            case FIXED_32 -> advance(Integer.BYTES);
            case GROUP_START -> skipGroup(tag, depth);
            default -> throw new MalformedFrameException();
        }
    }

    private void skipGroup(int start, int depth) throws MalformedFrameException {
        if (depth == 0) {
            throw new MalformedFrameException();
        }
        int tag = tag();
        while ((tag & 7) != GROUP_END) {
            skip(tag, depth - 1);
            tag = tag();
        }
        if (tag >>> 3 != start >>> 3) {
            throw new MalformedFrameException();
        }
    }

    private void advance(int count) throws MalformedFrameException {
        if (end - at < count) {
            throw new MalformedFrameException();
        }
        at += count;
    }
}
