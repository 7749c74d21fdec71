/** What a connection must be able to do for a session, and what the transports share. */
@NullMarked
package com.fastpubsub.internal.transport;

import org.jspecify.annotations.NullMarked;
