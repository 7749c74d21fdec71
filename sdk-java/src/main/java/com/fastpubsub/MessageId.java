package com.fastpubsub;

/**
 * Names one published message, unique across the cluster. No order follows from it.
 *
 * @param origin the number of the server that accepted the message, unsigned
 * @param sequence the number of the message there, unsigned
 */
public record MessageId(long origin, long sequence) {
    /** The two numbers in hexadecimal. */
    @Override
    public String toString() {
        return String.format("%016x-%016x", origin, sequence);
    }
}
