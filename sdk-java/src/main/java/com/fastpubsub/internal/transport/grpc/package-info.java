/** Session frames over the gRPC stream PubSubService.Session. */
@NullMarked
package com.fastpubsub.internal.transport.grpc;

import org.jspecify.annotations.NullMarked;
