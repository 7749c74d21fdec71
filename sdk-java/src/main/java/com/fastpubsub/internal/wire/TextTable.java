package com.fastpubsub.internal.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one text for each hash slot: a bounded memory of names that come again and again. A name
 * that is not in it costs allocations. For one thread.
 */
final class TextTable {
    private final @Nullable Slot[] slots;

    /**
     * Makes a table.
     *
     * @param size how many texts it keeps; a power of two
     */
    TextTable(int size) {
        slots = new @Nullable Slot[size];
    }

    /** The text of the bytes from start to end. */
    String get(byte[] bytes, int start, int end) throws MalformedFrameException {
        int hash = 1;
        for (int i = start; i < end; i++) {
            hash = 31 * hash + bytes[i];
        }
        int index = (hash ^ hash >>> 16) & slots.length - 1;
        Slot slot = slots[index];
        if (slot != null
                && Arrays.equals(slot.encoded, 0, slot.encoded.length, bytes, start, end)) {
            return slot.text;
        }
        slot = new Slot(Arrays.copyOfRange(bytes, start, end));
        slots[index] = slot;
        return slot.text;
    }

    private static final class Slot {
        final byte[] encoded;
        final String text;

        Slot(byte[] encoded) throws MalformedFrameException {
            this.encoded = encoded;
            try {
                text =
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .decode(ByteBuffer.wrap(encoded))
                                .toString();
            } catch (CharacterCodingException notUtf8) {
                throw new MalformedFrameException();
            }
        }
    }
}
