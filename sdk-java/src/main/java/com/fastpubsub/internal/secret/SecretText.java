package com.fastpubsub.internal.secret;

/** A secret text. It shows itself only to who asks for it by name (SDK-19). */
public final class SecretText {
    private static final String REDACTED = "[redacted]";

    private final String value;

    /** Wraps a secret. */
    public SecretText(String value) {
        this.value = value;
    }

    /** The secret itself. */
    public String reveal() {
        return value;
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return REDACTED;
    }
}
