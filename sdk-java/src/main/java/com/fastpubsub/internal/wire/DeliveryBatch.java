package com.fastpubsub.internal.wire;

import com.fastpubsub.Message;
import java.util.Arrays;

/**
 * The deliveries of one frame, in order, each with the handles of the patterns that matched. The
 * decoder owns it and uses it again for the next frame; the messages in it may be kept.
 */
public final class DeliveryBatch {
    private static final int FIRST_CAPACITY = 64;

    private Message[] messages = new Message[FIRST_CAPACITY];
    private long[] origins = new long[FIRST_CAPACITY];
    private long[] sequences = new long[FIRST_CAPACITY];
    private int[] ends = new int[FIRST_CAPACITY]; // where the handles of each delivery end
    private long[] handles = new long[FIRST_CAPACITY];
    private int size;
    private int handleCount;

    DeliveryBatch() {}

    /** How many deliveries there are. */
    public int size() {
        return size;
    }

    /** The message of a delivery. */
    public Message message(int index) {
        return messages[index];
    }

    /** The first number of the message's id. */
    public long origin(int index) {
        return origins[index];
    }

    /** The second number of the message's id. */
    public long sequence(int index) {
        return sequences[index];
    }

    /** Where the handles of a delivery begin. */
    public int firstHandle(int index) {
        return index == 0 ? 0 : ends[index - 1];
    }

    /** Where the handles of a delivery end. */
    public int endOfHandles(int index) {
        return ends[index];
    }

    /** The pattern handle at a position. */
    public long handle(int position) {
        return handles[position];
    }

    void clear() {
        Arrays.fill(messages, 0, size, null);
        size = 0;
        handleCount = 0;
    }

    void addHandle(long handle) {
        if (handleCount == handles.length) {
            handles = Arrays.copyOf(handles, 2 * handleCount);
        }
        handles[handleCount++] = handle;
    }

    /** Adds a delivery whose handles have been added. */
    void add(Message message, long origin, long sequence) {
        if (size == messages.length) {
            messages = Arrays.copyOf(messages, 2 * size);
            origins = Arrays.copyOf(origins, 2 * size);
            sequences = Arrays.copyOf(sequences, 2 * size);
            ends = Arrays.copyOf(ends, 2 * size);
        }
        messages[size] = message;
        origins[size] = origin;
        sequences[size] = sequence;
        ends[size++] = handleCount;
    }
}
