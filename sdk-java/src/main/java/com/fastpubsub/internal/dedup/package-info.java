/** The ids of messages that have been delivered. */
@NullMarked
package com.fastpubsub.internal.dedup;

import org.jspecify.annotations.NullMarked;
