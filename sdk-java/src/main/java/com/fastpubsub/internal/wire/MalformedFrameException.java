package com.fastpubsub.internal.wire;

import java.io.Serial;

/** The bytes are not an encoded SessionResponse. */
public final class MalformedFrameException extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    MalformedFrameException() {
        super("the frame is not a SessionResponse");
    }
}
