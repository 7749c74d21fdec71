/** Calls of the token service over gRPC and over HTTP. */
@NullMarked
package com.fastpubsub.internal.token;

import org.jspecify.annotations.NullMarked;
