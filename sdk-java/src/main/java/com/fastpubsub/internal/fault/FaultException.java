package com.fastpubsub.internal.fault;

import java.io.Serial;

/** Carries a fault to the border of the SDK, where it becomes the public exception. */
public final class FaultException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    private final transient Fault fault;

    /** Wraps a fault. It has no stack trace: the public exception has one. */
    public FaultException(Fault fault) {
        super(fault.toString(), fault.cause(), false, false);
        this.fault = fault;
    }

    /** The fault. */
    public Fault fault() {
        return fault;
    }
}
