package com.fastpubsub.conformance.driver;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;

/** Carries out what the conformance runner writes to standard input, until its end. */
public final class Main {
    private Main() {}

    /**
     * Runs the driver.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) {
        System.setOut(System.err); // a stray print must not get between the frames
        StandardErrorLog.start();
        FrameWriter out =
                new FrameWriter(new FileOutputStream(FileDescriptor.out), Main::failWithoutWaiting);
        try {
            new Driver(out).serve(new FrameReader(new FileInputStream(FileDescriptor.in)));
        } catch (IOException | RuntimeException | Error broken) {
            failWithoutWaiting(broken);
        }
        System.exit(0);
    }

    /** Standard output or input is broken: nobody listens any more. */
    private static void failWithoutWaiting(Throwable broken) {
        System.err.println("driver: " + broken);
        Runtime.getRuntime().halt(1);
    }
}
