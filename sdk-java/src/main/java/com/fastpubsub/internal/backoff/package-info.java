/** How long to wait before the next attempt to connect. */
@NullMarked
package com.fastpubsub.internal.backoff;

import org.jspecify.annotations.NullMarked;
