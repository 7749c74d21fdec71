/**
 * The client of FastPubSub. Only {@code com.fastpubsub} is public.
 *
 * <p>gRPC and Protocol Buffers are automatic modules: they have names to require, but no
 * descriptors. Reading one of them reads them all, so what they need of each other is found as long
 * as their jars are on the module path, too.
 */
@SuppressWarnings({"requires-automatic", "module"})
module com.fastpubsub.sdk {
    requires com.google.common;
    requires com.google.gson;
    requires com.google.protobuf;
    requires io.grpc;
    requires io.grpc.netty.shaded;
    requires io.grpc.protobuf;
    requires io.grpc.stub;
    requires java.net.http;
    requires static transitive org.jspecify;

    exports com.fastpubsub;

    // Generated messages are read by reflection.
    opens com.fastpubsub.v1 to
            com.google.protobuf;
}
