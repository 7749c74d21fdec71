/** The bounded buffer between a connection and one local subscription. */
@NullMarked
package com.fastpubsub.internal.inbox;

import org.jspecify.annotations.NullMarked;
