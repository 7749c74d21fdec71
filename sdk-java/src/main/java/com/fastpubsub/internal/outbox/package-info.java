/** The queue of what the client sends. It belongs to the client, not to a connection. */
@NullMarked
package com.fastpubsub.internal.outbox;

import org.jspecify.annotations.NullMarked;
