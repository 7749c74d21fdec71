/** Certificates and keys. */
@NullMarked
package com.fastpubsub.internal.transport.tls;

import org.jspecify.annotations.NullMarked;
